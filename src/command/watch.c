/*
 * dialtone watch: sign-ins while they happen. A feed keeps the board (an interface, a paced capture, the daemon's store); a screen or plain lines show it; a
 * rig ends the watch with what came of it.
 */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/saving.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "packet/source_live.h"
#include "packet/source_paced.h"
#include "sink/sink.h"
#include "sink/store.h"
#include "watch/feed.h"
#include "watch/plain.h"
#include "watch/rig.h"
#include "watch/screen.h"
#include "watch/view.h"

static const char help[] =
	"usage: dialtone watch [options] -i INTERFACE | FILE... |\n\n"
	"Shows sign-ins while they happen: on an interface, in a capture played as if it were live, or, without either, in the store of the running daemon.\n\n"
	"what\n"
	"  -i INTERFACE      follow the phones there (needs CAP_NET_RAW); repeat for more\n"
	"  --no-promisc      do not make the interfaces promiscuous\n"
	"  --speed N         of a capture: N times as fast (1)\n"
	"  --db FILE         this store instead of the daemon's\n"
	"  --phone MAC       only this device, whatever it does; repeat for more\n"
	"  --all-clients     desktop clients too\n"
	"  --sip-domain D    the users' SIP domain, where the packets do not tell\n"
	"  --firmware V      the phones' firmware, where the packets do not tell\n"
	"  --policy NAME     judge by the rules of this client\n"
	"  --filter BPF      only packets that this tcpdump expression matches\n"
	"how\n"
	"  --plain           lines instead of a screen; so it is where the output is no terminal\n"
	"  --ascii           no characters beyond ASCII\n"
	"for a test rig\n"
	"  --until WHAT      end at the first verdict, signed-in or failed\n"
	"  --timeout T       end after this time: 90s, 5m, 1h\n"
	"  --expect WHAT     signed-in (else), failed, or the code of a finding\n"
	"  --on-verdict PROGRAM\n"
	"                    run it for each verdict with MAC, outcome, cause and id as arguments\n"
	"  --junit FILE      write the outcome as JUnit XML\n"
	"  -v                tell more\n"
	"  --help            this text\n\n"
	"Exit status: 0 signed in (or as expected), 1 not, 2 trouble, 3 nothing was decided.\n";

struct watch {
	struct phone_list phones;
	char *interfaces[LIVE_INTERFACES];
	unsigned interface_count;
	struct follow_options follow;
	struct rig rig;
	const char *db, *filter, *junit;
	double speed;                   /* 0: none was given, as captured */
	bool no_promisc, plain, ascii;
	int verbosity;
	int64_t timeout_ns;

	struct board board, still;      /* as it is, and as it was when it was paused */
	struct feed *feed;
	struct view view;
	struct canvas canvas;
	struct plain *lines;
	bool on_screen, quit;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static int64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* ---- export ---- */

static bool write_packets(struct saving *out, const struct board_phone *p)
{
	pcapng_attempt(out->out, &p->phone, &p->attempt, NULL, 0);
	return saving_finish(out);
}

/* Beside where the user is; what is there already stays. */
static void export(struct watch *w)
{
	const struct board_phone *p = view_chosen(&w->view, &w->board);
	struct saving out;
	char name[96];

	if (!p)
		return;
	if (!p->attempt.packet_count) {
		snprintf(w->view.note, sizeof w->view.note, p->stored[0] ? "dialtone export %s -w FILE writes its packets." : "No packets were kept%s.", p->stored);
		return;
	}
	snprintf(name, sizeof name, "dialtone-%s.pcapng", p->attempt.id);
	if (access(name, F_OK) == 0)
		snprintf(w->view.note, sizeof w->view.note, "%s is there already.", name);
	else if (!saving_start(&out, name))
		snprintf(w->view.note, sizeof w->view.note, "%s cannot be written.", name);
	else if (!write_packets(&out, p))
		snprintf(w->view.note, sizeof w->view.note, "%s could not be written.", name);
	else
		snprintf(w->view.note, sizeof w->view.note, "%zu packets are in %s.", p->attempt.packet_count, name);
}

/* ---- screen ---- */

static const struct board *shown(const struct watch *w)
{
	return w->view.paused ? &w->still : &w->board;
}

static void draw(struct watch *w)
{
	unsigned rows, columns;

	screen_size(&rows, &columns);
	canvas_clear(&w->canvas, rows, columns, !w->ascii && screen_has_utf8());
	view_draw(&w->view, shown(w), &w->canvas);
	screen_show(&w->canvas, !getenv("NO_COLOR") || !*getenv("NO_COLOR"));
}

static void pause_or_go_on(struct watch *w)
{
	w->view.paused = !w->view.paused;
	board_free(&w->still);
	if (w->view.paused)
		board_copy(&w->board, &w->still);
}

/* Whether any key was pressed. */
static bool read_keys(struct watch *w)
{
	bool any = false;
	char character = 0;
	enum press key;

	while ((key = screen_key(&character)) != PRESS_NONE) {
		any = true;
		switch (view_press(&w->view, shown(w), key, character)) {
		case WISH_QUIT: w->quit = true; break;
		case WISH_EXPORT: export(w); break;
		case WISH_PAUSE: pause_or_go_on(w); break;
		default: break;
		}
	}
	return any;
}

/* ---- the loop ---- */

/* How often clocks on the screen go on, and how often at most it shows what is new: packets come first. */
#define CLOCKS_NS (NS_PER_S / 4)
#define DRAWING_NS (NS_PER_S / 50)

static void wait_for_something(const struct watch *w, bool over)
{
	struct pollfd fds[2] = { { .fd = -1, .events = POLLIN }, { .fd = w->on_screen ? STDIN_FILENO : -1, .events = POLLIN } };
	int timeout = 250;

	if (!over)
		feed_wait(w->feed, &fds[0].fd, &timeout);
	poll(fds, 2, timeout);
}

static void show(struct watch *w, uint64_t *changes, int64_t *drawn_ns)
{
	int64_t now = clock_ns();

	if (w->lines)
		plain_show(w->lines, &w->board);
	if (!w->on_screen)
		return;
	if (read_keys(w) || now - *drawn_ns >= (w->board.changes != *changes ? DRAWING_NS : CLOCKS_NS)) {
		draw(w);
		*drawn_ns = now;
		*changes = w->board.changes;
	}
}

/* What stays on the screen when all was told is for a person to read: it ends with a key. For a rig it ends at once. */
static bool may_end(const struct watch *w, bool over)
{
	if (w->quit || stopped)
		return true;
	return over && !(w->on_screen && w->rig.until == UNTIL_ENDED && !w->timeout_ns);
}

static int run(struct watch *w)
{
	enum feed_state state = FEED_GOES_ON;
	int64_t end_ns = w->timeout_ns ? clock_ns() + w->timeout_ns : INT64_MAX, drawn_ns = 0;
	uint64_t changes = UINT64_MAX;
	bool over = false;

	while (!may_end(w, over)) {
		if (state == FEED_GOES_ON)
			state = feed_run(w->feed);
		show(w, &changes, &drawn_ns);
		rig_tell(&w->rig, &w->board);
		over = state != FEED_GOES_ON || rig_is_done(&w->rig, &w->board) || clock_ns() >= end_ns;
		if (!may_end(w, over))
			wait_for_something(w, state != FEED_GOES_ON);
	}
	return state == FEED_TROUBLE ? RIG_TROUBLE : rig_status(&w->rig, &w->board);
}

/* ---- beginning ---- */

static struct feed *open_live(struct watch *w)
{
	const struct live_options live = { .interfaces = w->interfaces, .count = w->interface_count, .filter = w->filter, .promiscuous = !w->no_promisc,
		.ring = 8 << 20, .snap = LIVE_SNAP_MAX };
	struct source *s = source_open_live(&live);
	struct feed *f = s ? feed_follow(&w->board, s, true, &w->follow) : NULL;

	if (s && !f)
		source_close(s);
	for (unsigned i = 0; i < w->interface_count; i++)
		snprintf(w->board.about + strlen(w->board.about), sizeof w->board.about - strlen(w->board.about), "%s%s", i ? ", " : "", w->interfaces[i]);
	return f;
}

static struct feed *open_files(struct watch *w, int argc, char **argv)
{
	char **files;
	unsigned count;
	struct source *s = options_files(argc, argv, &files, &count) ? source_open_files(files, count, w->filter) : NULL;
	struct feed *f;

	if (!s)
		return NULL;
	s = source_open_paced(s, (struct pace_options){ PACE_ORIGINAL, w->speed > 0 ? w->speed : 1 });
	f = feed_follow(&w->board, s, false, &w->follow);
	if (!f)
		source_close(s);
	snprintf(w->board.about, sizeof w->board.about, "%s%s", files[0], count > 1 ? " and more" : "");
	if (w->speed > 0 && w->speed != 1)
		snprintf(w->board.about + strlen(w->board.about), sizeof w->board.about - strlen(w->board.about), ", %g times as fast", w->speed);
	return f;
}

static const char *store_path(const struct watch *w)
{
	return w->db ? w->db : STORE_PATH;
}

static bool refuse(const char *why)
{
	log_error("watch: %s", why);
	return false;
}

/* What would do nothing is refused: whoever wrote it expects something of it. */
static bool fits_together(const struct watch *w, char *const *files, int count)
{
	const struct judge_options *judge = &w->follow.judge;
	bool stored = !w->interface_count && !count;

	if (w->interface_count && count)
		return refuse("either interfaces or captures");
	if (w->db && !stored)
		return refuse("--db names a store: neither -i nor a capture goes with it");
	if (w->no_promisc && !w->interface_count)
		return refuse("--no-promisc is for -i");
	if (w->speed > 0 && !count)
		return refuse("--speed is for captures");
	if (stored && (w->follow.all_clients || judge->sip_domain || judge->firmware || judge->policy || w->filter))
		return refuse("--all-clients, --sip-domain, --firmware, --policy and --filter are for -i and captures: what is stored was judged already");
	for (int i = 0; w->junit && i < count; i++)
		if (!saving_is_apart("--junit", w->junit, files[i]))
			return false;
	return !w->junit || saving_is_apart("--junit", w->junit, store_path(w));
}

static bool open_feed(struct watch *w, int argc, char **argv)
{
	w->follow.phones = w->phones.at;
	w->follow.phone_count = w->phones.count;
	w->follow.judge.tell_story = true;
	w->follow.evidence_octets = 1 << 20;
	if (w->interface_count) {
		w->feed = open_live(w);
	} else if (optind < argc) {
		w->feed = open_files(w, argc, argv);
	} else {
		snprintf(w->board.about, sizeof w->board.about, "%s", store_path(w));
		w->feed = feed_store(&w->board, store_path(w), w->phones.at, w->phones.count);
	}
	return w->feed;
}

/* ---- the command line ---- */

enum {
	OPT_NO_PROMISC = 256, OPT_SPEED, OPT_DB, OPT_PHONE, OPT_ALL_CLIENTS, OPT_SIP_DOMAIN, OPT_FIRMWARE, OPT_POLICY, OPT_FILTER, OPT_PLAIN, OPT_ASCII, OPT_UNTIL, OPT_TIMEOUT,
	OPT_EXPECT, OPT_ON_VERDICT, OPT_JUNIT,
};

static const struct option options[] = {
	{ "no-promisc", no_argument, NULL, OPT_NO_PROMISC },
	{ "speed", required_argument, NULL, OPT_SPEED },
	{ "db", required_argument, NULL, OPT_DB },
	{ "phone", required_argument, NULL, OPT_PHONE },
	{ "all-clients", no_argument, NULL, OPT_ALL_CLIENTS },
	{ "sip-domain", required_argument, NULL, OPT_SIP_DOMAIN },
	{ "firmware", required_argument, NULL, OPT_FIRMWARE },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "plain", no_argument, NULL, OPT_PLAIN },
	{ "ascii", no_argument, NULL, OPT_ASCII },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "expect", required_argument, NULL, OPT_EXPECT },
	{ "on-verdict", required_argument, NULL, OPT_ON_VERDICT },
	{ "junit", required_argument, NULL, OPT_JUNIT },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool read_speed(const char *text, double *ret)
{
	char *end;
	double v = strtod(text, &end);

	if (*end || end == text || !(v > 0 && v <= 1e6)) {
		log_error("--speed %s: a number above 0, like 4 or 0.5", text);
		return false;
	}
	*ret = v;
	return true;
}

/* "90s", "5m", "1h", "90". */
static bool read_timeout(const char *text, int64_t *ret_ns)
{
	char *end;
	double v = strtod(text, &end);
	double unit = strcmp(end, "") == 0 || strcmp(end, "s") == 0 ? 1 : strcmp(end, "m") == 0 ? 60 : strcmp(end, "h") == 0 ? 3600 : 0;

	if (end == text || unit == 0 || !(v > 0 && v * unit <= 366 * 86400.0)) {
		log_error("--timeout %s: a time like 90s, 5m or 1h", text);
		return false;
	}
	*ret_ns = (int64_t)(v * unit * 1e9);
	return true;
}

static bool read_until(const char *text, enum rig_until *ret)
{
	static const char *const words[] = { [UNTIL_VERDICT] = "verdict", [UNTIL_SIGNED_IN] = "signed-in", [UNTIL_FAILED] = "failed" };

	for (int i = UNTIL_VERDICT; i <= UNTIL_FAILED; i++)
		if (strcmp(text, words[i]) == 0) {
			*ret = (enum rig_until)i;
			return true;
		}
	log_error("--until %s: verdict, signed-in or failed", text);
	return false;
}

static bool read_expect(const char *text, const char **ret)
{
	const struct rule *rule = rule_find(text);

	if (!rule && strcmp(text, "signed-in") != 0 && strcmp(text, "failed") != 0) {
		log_error("--expect %s: signed-in, failed, or the code of a finding (dialtone explain lists them)", text);
		return false;
	}
	*ret = rule ? rule->code : text;
	return true;
}

static bool read_interface(struct watch *w, char *name)
{
	if (w->interface_count == LIVE_INTERFACES) {
		log_error("-i %s: at most %d interfaces", name, LIVE_INTERFACES);
		return false;
	}
	w->interfaces[w->interface_count++] = name;
	return true;
}

static bool read_option(void *user, int o)
{
	struct watch *w = user;

	switch (o) {
	case 'v': log_set_verbosity(++w->verbosity); return true;
	case 'i': return read_interface(w, optarg);
	case OPT_NO_PROMISC: w->no_promisc = true; return true;
	case OPT_SPEED: return read_speed(optarg, &w->speed);
	case OPT_DB: w->db = optarg; return true;
	case OPT_PHONE: return phone_list_add(&w->phones, optarg);
	case OPT_ALL_CLIENTS: w->follow.all_clients = true; return true;
	case OPT_SIP_DOMAIN: w->follow.judge.sip_domain = optarg; return true;
	case OPT_FIRMWARE: w->follow.judge.firmware = optarg; return true;
	case OPT_POLICY: w->follow.judge.policy = optarg; return true;
	case OPT_FILTER: w->filter = optarg; return true;
	case OPT_PLAIN: w->plain = true; return true;
	case OPT_ASCII: w->ascii = true; return true;
	case OPT_UNTIL: return read_until(optarg, &w->rig.until);
	case OPT_TIMEOUT: return read_timeout(optarg, &w->timeout_ns);
	case OPT_EXPECT: return read_expect(optarg, &w->rig.expect);
	case OPT_ON_VERDICT: w->rig.on_verdict = optarg; return true;
	case OPT_JUNIT: w->junit = optarg; return true;
	default: return false;
	}
}

static int write_junit(const struct watch *w, int status)
{
	struct saving out;

	if (!saving_start(&out, w->junit))
		return STATUS_TROUBLE;
	rig_junit(out.out, &w->rig, &w->board);
	return saving_finish(&out) ? status : STATUS_TROUBLE;
}

static int watch(struct watch *w)
{
	const struct sigaction action = { .sa_handler = stop };
	int status;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);      /* a key of the terminal, which must become itself again */
	w->on_screen = !w->plain && screen_open();
	if (!w->on_screen)
		w->lines = plain_new(stdout, !w->ascii);
	status = run(w);
	screen_close();
	return w->junit ? write_junit(w, status) : status;
}

int command_watch(int argc, char **argv)
{
	struct watch w = { 0 };
	int status = STATUS_TROUBLE, go = options_read(argc, argv, ":i:vh", options, help, read_option, &w);

	output_start();
	if (go == 1)
		status = EXIT_SUCCESS;
	else if (go == 0 && fits_together(&w, argv + optind, argc - optind) && (!w.junit || saving_possible(w.junit)) && open_feed(&w, argc, argv))
		status = watch(&w);
	output_finish();
	feed_close(w.feed);
	board_free(&w.board);
	board_free(&w.still);
	canvas_free(&w.canvas);
	plain_free(w.lines);
	rig_free(&w.rig);
	phone_list_free(&w.phones);
	return status;
}
