/*
 * dialtone replay: a capture put back on a wire, written into another capture, or sent through the pipeline into the store, packet for packet when each is
 * due. One of three outlets behind one player (replay/play.h).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "replay/outlet.h"

static const char help[] =
	"usage: dialtone replay [options] FILE... -i INTERFACE | -w FILE | --into DB\n\n"
	"Puts captures (- is standard input; several files are one timeline) back on a wire, with their own timing; or writes them into another capture; or\n"
	"follows the phones in them as if they were live.\n\n"
	"where to\n"
	"  -i INTERFACE      send the frames there (needs CAP_NET_RAW)\n"
	"  --yes-really      also where the interface carries the default route\n"
	"  --send-cut        also frames that the snap length cut, as far as they are there\n"
	"  -w FILE           write a capture instead: pcapng, or pcap where it ends in .pcap; - is standard output\n"
	"  --into DB         follow the phones and store their sign-ins there, as analyze --db does, while time goes on\n"
	"  --all-clients     with --into: follow desktop clients too\n"
	"  --sip-domain D    with --into: the users' SIP domain, where the capture does not tell\n"
	"  --firmware V      with --into: the phones' firmware, where the capture does not tell\n"
	"  --policy NAME     with --into: judge by the rules of this client, as analyze does\n"
	"when\n"
	"  --speed N         N times as fast as captured (1)\n"
	"  --pps N           N packets a second\n"
	"  --mbps N          N million bits a second\n"
	"  --topspeed        without waiting\n"
	"  --loop N          N times; 0 without end\n"
	"  --limit N         at most N packets\n"
	"  --start-at T      from this time on: seconds from the start, or a time like 2026-11-24T13:31:05Z\n"
	"  --until T         only before this time\n"
	"  --preload         read everything into memory first\n"
	"  --new-time        with -w and --into: the first packet has the present time\n"
	"  --stats           tell how punctual it was\n"
	"what\n"
	"  --filter BPF      only packets that this tcpdump expression matches\n"
	"  --phone MAC       only what this device sent or received; with --into, follow it whatever it does; repeat for more\n"
	"  --map-mac A=B     change an Ethernet address, also inside ARP, DHCP, LLDP and neighbour discovery\n"
	"  --map-ip A=B      change an IP address, also inside ARP, DHCP, ICMP and neighbour discovery\n"
	"  --map-net A/N=B/N the same for a whole network\n"
	"  --vlan WHAT       set N, push N, or strip; repeat for more\n"
	"  --fix-checksums   compute checksums anew instead of correcting them for what was changed\n"
	"  -v                tell more\n"
	"  --help            this text\n\n"
	"Exit status: 0 all was sent, 1 some frames could not be, 2 wrong usage, or it had to end.\n";

#define NOTHING_NS (500 * NS_PER_MS)    /* between two lines of progress */

struct replay {
	struct play_options play;
	struct phone_list phones;
	const char *interface, *write, *into, *filter, *start_at, *until;
	struct follow_options follow;
	bool yes_really, send_cut, preload, stats, paced;

	struct interface to;
	struct sender *sender;
	struct capture_out *capture;
	struct into *store;
	struct mac *followed;           /* the phones as they are called after --map-mac */
	struct tape *tape;
	struct play *player;
	struct outlet outlet;
	struct wire wire;
	bool several_files, progress;
	int64_t told_ns;                /* when progress was told last */
};

static volatile sig_atomic_t stopped;

static void on_signal(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

/* A second one ends the program at once. */
static void listen_to_signals(void)
{
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

/* ---- what is told ---- */

static double seconds(int64_t ns)
{
	return (double)ns / 1e9;
}

static void tell_rate(FILE *out, uint64_t packets, uint64_t octets, int64_t elapsed_ns)
{
	double s = seconds(elapsed_ns > 0 ? elapsed_ns : 1);

	fprintf(out, "%" PRIu64 " packets, %" PRIu64 " octets in %.3f s", packets, octets, seconds(elapsed_ns));
	if (packets)
		fprintf(out, " (%.1f packets/s, %.3f Mbit/s)", (double)packets / s, (double)octets * 8 / s / 1e6);
}

static void tell_progress(void *user, bool known, int64_t packet_ns)
{
	struct replay *r = user;
	int64_t now = play_now(r->player);
	const struct sender_counters *c;

	(void)known, (void)packet_ns;
	if (!r->progress || now - r->told_ns < NOTHING_NS)
		return;
	r->told_ns = now;
	c = sender_counters(r->sender);
	fputs("\r", stderr);
	tell_rate(stderr, c->packets, c->octets, now);
	fputs("\033[K", stderr);
	fflush(stderr);
}

static void end_progress(const struct replay *r)
{
	if (r->progress && r->told_ns)
		fputs("\r\033[K", stderr);
}

static uint64_t tell_left_out(const struct replay *r)
{
	static const char *const why[LEFT_WHYS] = {
		[LEFT_TOO_LONG] = "not sent, longer than the interface's MTU allows",
		[LEFT_CUT] = "not sent, cut by the snap length (--send-cut sends what is there)",
		[LEFT_TOO_SHORT] = "not sent, too short for an Ethernet header",
		[LEFT_FAILED] = "not sent, refused by the system",
	};
	uint64_t all = 0;

	for (int i = 0; i < LEFT_WHYS; i++) {
		const struct left_out *l = &sender_counters(r->sender)->left_out[i];
		char frames[LEFT_TEXT];

		all += l->count;
		if (l->count)
			log_warning("%" PRIu64 " %s %s: %s", l->count, l->count == 1 ? "frame" : "frames", why[i], left_out_format(l, r->several_files, frames));
	}
	return all;
}

static void tell_lateness(const struct spread *s)
{
	static const struct { const char *name; double part; } parts[] = { { "median", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 } };

	if (!s->count)
		return;
	printf("late by min %.1f", (double)s->min / 1e3);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		printf(", %s %.1f", parts[i].name, (double)spread_at(s, parts[i].part) / 1e3);
	printf(", max %.1f microseconds\n", (double)s->max / 1e3);
}

static void tell_rewriting(const struct rewrite_counters *c)
{
	if (c->tunnels)
		log_warning("%" PRIu64 " packets have another one inside, which was left as it was", c->tunnels);
	if (c->no_link)
		log_warning("%" PRIu64 " packets were left as they were: nothing is known of their link type", c->no_link);
	if (c->no_ether)
		log_warning("%" PRIu64 " packets have no Ethernet header: --map-mac and --vlan did nothing to it", c->no_ether);
	log_info("%" PRIu64 " packets were changed", c->changed);
}

/* ---- the outlets ---- */

static int finish_wire(struct replay *r, const struct play_result *result)
{
	const struct sender_counters *c = sender_counters(r->sender);
	uint64_t left_out;

	end_progress(r);
	fputs("sent ", stdout);
	tell_rate(stdout, c->packets, c->octets, result->elapsed_ns);
	printf("; %" PRIu64 " failed%s\n", c->left_out[LEFT_FAILED].count, result->end == PLAY_STOPPED ? "; stopped" : "");
	if (r->stats)
		tell_lateness(&c->late);
	if (r->stats && c->full)
		printf("a queue was full %" PRIu64 " times\n", c->full);
	output_finish();
	left_out = tell_left_out(r);
	return left_out ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int finish_capture(struct replay *r, const struct play_result *result)
{
	if (result->end == PLAY_REFUSED || !capture_out_finish(r->capture))
		return STATUS_TROUBLE;
	log_info("%s: %" PRIu64 " packets written", r->write, result->packets);
	return EXIT_SUCCESS;
}

static int finish_into(struct replay *r, const struct play_result *result)
{
	struct follow_counters c;

	if (result->end == PLAY_REFUSED || !into_finish(r->store))
		return STATUS_TROUBLE;
	c = into_counters(r->store);
	printf("%" PRIu64 " packets in %.3f s, %" PRIu64 " sign-ins of %" PRIu64 " phones%s\n", result->packets, seconds(result->elapsed_ns), c.attempts, c.phones,
		result->end == PLAY_STOPPED ? "; stopped" : "");
	output_finish();
	return EXIT_SUCCESS;
}

static int run(struct replay *r)
{
	struct play_result result;
	int status;

	listen_to_signals();
	result = play_run(r->player, &r->outlet);
	status = r->sender ? finish_wire(r, &result) : r->store ? finish_into(r, &result) : finish_capture(r, &result);
	tell_rewriting(&result.rewrite);
	return result.end == PLAY_REFUSED || result.end == PLAY_BROKE_OFF ? STATUS_TROUBLE : status;
}

/* ---- opening ---- */

static bool refuse(const char *why)
{
	log_error("replay: %s", why);
	return false;
}

static bool open_wire(struct replay *r)
{
	if (!interface_find(r->interface, &r->to))
		return false;
	if (!r->yes_really && interface_has_default_route(r->interface)) {
		log_error("%s: carries the default route, so that a network would get what is sent; --yes-really sends all the same", r->interface);
		return false;
	}
	r->sender = sender_new(&r->to, r->send_cut, &stopped);
	if (!r->sender)
		return false;
	r->wire.sender = r->sender;
	r->outlet = wire_outlet(&r->wire);
	r->outlet.idle = tell_progress;
	r->outlet.idle_user = r;
	return true;
}

/* Packets are changed before they are read: a phone has its new address then. */
static void name_followed(struct replay *r)
{
	r->followed = memory_copy(r->phones.at, r->phones.count * sizeof *r->phones.at);
	for (size_t i = 0; i < r->phones.count; i++)
		rules_mac(&r->play.rules, &r->followed[i]);
	r->follow.phones = r->followed;
	r->follow.phone_count = r->phones.count;
}

static bool open_into(struct replay *r)
{
	struct capture_info *captures;
	unsigned count;

	name_followed(r);
	r->follow.judge.keep_events = r->follow.judge.tell_story = true;
	if (!tape_captures(r->tape, &captures, &count))
		return false;
	r->store = into_new(r->into, &r->follow, captures, count);
	if (!r->store)
		return false;
	r->outlet = into_outlet(r->store);
	return true;
}

static bool open_capture(struct replay *r)
{
	r->capture = capture_out_new(r->write);
	if (!r->capture)
		return false;
	r->outlet = capture_outlet(r->capture);
	return true;
}

/* A time as RFC 3339 says it, in UTC or with an offset, or seconds from the start of the captures. */
static bool read_moment(const struct replay *r, const char *option, const char *text, int64_t *ret)
{
	int64_t start;
	double value;
	char *end;

	if (moment_parse(text, ret))
		return true;
	value = strtod(text, &end);
	if (end == text || *end || !(value >= 0) || value > 1e9) {
		log_error("%s %s: seconds, or a time like 2026-11-24T13:31:05Z, are needed", option, text);
		return false;
	}
	*ret = (tape_start(r->tape, &start) ? start : 0) + (int64_t)(value * 1e9 + 0.5);
	return true;
}

static bool read_window(struct replay *r)
{
	r->play.has_start = r->start_at;
	r->play.has_until = r->until;
	return (!r->start_at || read_moment(r, "--start-at", r->start_at, &r->play.start_ns))
		&& (!r->until || read_moment(r, "--until", r->until, &r->play.until_ns));
}

static int64_t present_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static bool reads_stdin(char **files, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(files[i], "-") == 0)
			return true;
	return false;
}

static bool open_tape(int argc, char **argv, struct replay *r)
{
	bool twice = r->play.rounds != 1 || r->phones.count || r->into;
	unsigned count;
	char **files;

	if (!options_files(argc, argv, &files, &count))
		return false;
	r->several_files = count > 1;
	r->tape = tape_of_files(files, count, r->filter, r->preload || (twice && reads_stdin(files, count)));
	return r->tape && read_window(r);
}

static bool judges(const struct replay *r)
{
	return r->follow.all_clients || r->follow.judge.sip_domain || r->follow.judge.firmware || r->follow.judge.policy;
}

/* What would do nothing is refused. */
static bool fits_together(const struct replay *r)
{
	if (!!r->interface + !!r->write + !!r->into != 1)
		return refuse("one of -i INTERFACE, -w FILE and --into DB is needed");
	if (!r->into && judges(r))
		return refuse("--all-clients, --sip-domain, --firmware and --policy are for --into");
	if (!r->interface && (r->yes_really || r->send_cut || r->stats))
		return refuse("--yes-really, --send-cut and --stats are for -i");
	if (r->write && r->paced)
		return refuse("-w waits for nothing: --speed, --pps, --mbps and --topspeed are for -i and --into");
	if (r->interface && r->play.new_time)
		return refuse("--new-time is for -w and --into: a frame on a wire bears no time");
	if (!r->interface && r->play.rounds != 1 && !r->play.new_time)
		return refuse("--loop without -i needs --new-time: else all rounds would have the same times");
	return true;
}

static bool open_all(int argc, char **argv, struct replay *r)
{
	if (!fits_together(r))
		return false;
	r->play.phones = r->phones.at;
	r->play.phone_count = r->into ? 0 : r->phones.count;
	r->play.stop = &stopped;
	r->play.new_start_ns = present_ns();
	if (r->write)
		r->play.pace = (struct pace_options){ PACE_TOP, 1 };
	/* What may be refused comes before what takes time. */
	if ((r->interface && !open_wire(r)) || (r->write && !open_capture(r)) || !open_tape(argc, argv, r) || (r->into && !open_into(r)))
		return false;
	r->player = play_new(&r->play, r->tape);
	if (!r->player)
		return false;
	if (r->sender && r->play.pace.mode != PACE_TOP)
		sender_clock(r->sender, play_now, r->player);
	r->progress = r->sender && isatty(STDERR_FILENO);
	return true;
}

static void close_all(struct replay *r)
{
	play_free(r->player);
	tape_free(r->tape);
	sender_free(r->sender);
	capture_out_free(r->capture);
	into_free(r->store);
	free(r->followed);
	rules_free(&r->play.rules);
	phone_list_free(&r->phones);
}

/* ---- the command line ---- */

enum {
	OPT_YES_REALLY = 256, OPT_SEND_CUT, OPT_SPEED, OPT_PPS, OPT_MBPS, OPT_TOPSPEED, OPT_LOOP, OPT_LIMIT, OPT_START_AT, OPT_UNTIL, OPT_PRELOAD, OPT_NEW_TIME,
	OPT_INTO, OPT_ALL_CLIENTS, OPT_SIP_DOMAIN, OPT_FIRMWARE, OPT_POLICY, OPT_STATS, OPT_FILTER, OPT_PHONE, OPT_MAP_MAC, OPT_MAP_IP, OPT_MAP_NET, OPT_VLAN, OPT_FIX_CHECKSUMS,
};

static const struct option options[] = {
	{ "yes-really", no_argument, NULL, OPT_YES_REALLY },
	{ "send-cut", no_argument, NULL, OPT_SEND_CUT },
	{ "into", required_argument, NULL, OPT_INTO },
	{ "all-clients", no_argument, NULL, OPT_ALL_CLIENTS },
	{ "sip-domain", required_argument, NULL, OPT_SIP_DOMAIN },
	{ "firmware", required_argument, NULL, OPT_FIRMWARE },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "speed", required_argument, NULL, OPT_SPEED },
	{ "pps", required_argument, NULL, OPT_PPS },
	{ "mbps", required_argument, NULL, OPT_MBPS },
	{ "topspeed", no_argument, NULL, OPT_TOPSPEED },
	{ "loop", required_argument, NULL, OPT_LOOP },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "start-at", required_argument, NULL, OPT_START_AT },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "preload", no_argument, NULL, OPT_PRELOAD },
	{ "new-time", no_argument, NULL, OPT_NEW_TIME },
	{ "stats", no_argument, NULL, OPT_STATS },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "phone", required_argument, NULL, OPT_PHONE },
	{ "map-mac", required_argument, NULL, OPT_MAP_MAC },
	{ "map-ip", required_argument, NULL, OPT_MAP_IP },
	{ "map-net", required_argument, NULL, OPT_MAP_NET },
	{ "vlan", required_argument, NULL, OPT_VLAN },
	{ "fix-checksums", no_argument, NULL, OPT_FIX_CHECKSUMS },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool read_pace(struct replay *r, const char *option, enum pace_mode mode, const char *text)
{
	char *end = NULL;
	double rate = text ? strtod(text, &end) : 1;

	if (r->paced)
		return refuse("only one of --speed, --pps, --mbps and --topspeed can be given");
	if (text && (end == text || *end || !(rate >= 1e-6 && rate <= 1e9))) {
		log_error("--%s %s: a number above 0 is needed", option, text);
		return false;
	}
	r->paced = true;
	r->play.pace = (struct pace_options){ mode, rate };
	return true;
}

static bool read_count(const char *option, const char *text, uint64_t *ret)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end) {
		log_error("--%s %s: a whole number is needed", option, text);
		return false;
	}
	*ret = n;
	return true;
}

/* "set" and "push" have their number behind them, as the next word. */
static bool read_vlan(struct replay *r, int argc, char **argv)
{
	const char *what = optarg, *id = NULL;

	if (rules_vlan_takes_id(what) && optind < argc)
		id = argv[optind++];
	return rules_vlan(&r->play.rules, what, id);
}

static bool read_when(struct replay *r, int o)
{
	switch (o) {
	case OPT_SPEED: return read_pace(r, "speed", PACE_ORIGINAL, optarg);
	case OPT_PPS: return read_pace(r, "pps", PACE_PACKETS, optarg);
	case OPT_MBPS: return read_pace(r, "mbps", PACE_BITS, optarg);
	case OPT_TOPSPEED: return read_pace(r, "topspeed", PACE_TOP, NULL);
	case OPT_LOOP: return read_count("loop", optarg, &r->play.rounds);
	case OPT_LIMIT: r->play.has_limit = true; return read_count("limit", optarg, &r->play.limit);
	case OPT_START_AT: r->start_at = optarg; return true;
	case OPT_UNTIL: r->until = optarg; return true;
	case OPT_PRELOAD: r->preload = true; return true;
	case OPT_NEW_TIME: r->play.new_time = true; return true;
	default: return false;
	}
}

static bool read_what(struct replay *r, int o, int argc, char **argv)
{
	switch (o) {
	case OPT_FILTER: r->filter = optarg; return true;
	case OPT_PHONE: return phone_list_add(&r->phones, optarg);
	case OPT_MAP_MAC: return rules_map_mac(&r->play.rules, optarg);
	case OPT_MAP_IP: return rules_map_ip(&r->play.rules, optarg);
	case OPT_MAP_NET: return rules_map_net(&r->play.rules, optarg);
	case OPT_VLAN: return read_vlan(r, argc, argv);
	case OPT_FIX_CHECKSUMS: r->play.rules.fix_checksums = true; return true;
	default: return read_when(r, o);
	}
}

static bool read_option(struct replay *r, int o, int argc, char **argv)
{
	switch (o) {
	case 'i': r->interface = optarg; return true;
	case 'w': r->write = optarg; return true;
	case OPT_INTO: r->into = optarg; return true;
	case OPT_ALL_CLIENTS: r->follow.all_clients = true; return true;
	case OPT_SIP_DOMAIN: r->follow.judge.sip_domain = optarg; return true;
	case OPT_FIRMWARE: r->follow.judge.firmware = optarg; return true;
	case OPT_POLICY: r->follow.judge.policy = optarg; return true;
	case OPT_YES_REALLY: r->yes_really = true; return true;
	case OPT_SEND_CUT: r->send_cut = true; return true;
	case OPT_STATS: r->stats = true; return true;
	default: return read_what(r, o, argc, argv);
	}
}

/* 0 to go on, 1 help was given, -1 wrong usage. */
static int read_options(int argc, char **argv, struct replay *r)
{
	int o, verbosity = 0;

	while ((o = options_next(argc, argv, ":i:w:vh", options)) != -1) {
		if (o == 'h') {
			fputs(help, stdout);
			return 1;
		}
		if (o == 'v')
			log_set_verbosity(++verbosity);
		else if (!read_option(r, o, argc, argv))
			return -1;
	}
	return 0;
}

int command_replay(int argc, char **argv)
{
	struct replay r = { .play = { .rounds = 1, .pace = { PACE_ORIGINAL, 1 } } };
	int status = STATUS_TROUBLE, go = read_options(argc, argv, &r);

	output_start();
	if (go == 1) {
		output_finish();
		status = EXIT_SUCCESS;
	} else if (go == 0 && open_all(argc, argv, &r)) {
		status = run(&r);
	}
	close_all(&r);
	return status;
}
