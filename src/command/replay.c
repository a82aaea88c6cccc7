/*
 * dialtone replay: a capture put back on a wire, written into another capture, or sent through the pipeline into the store, packet for packet when each is
 * due. One of three outlets behind one player (replay/play.h).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/unfinished.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "command/replay_parts.h"
#include "command/stored.h"

#define NOTHING_NS (500 * NS_PER_MS)    /* between two lines of progress */

static volatile sig_atomic_t stopped;

/* A second one ends the program at once. */
static void on_signal(int signal_number)
{
	if (stopped) {
		unfinished_remove();
		signal(signal_number, SIG_DFL);
		raise(signal_number);
	}
	stopped = 1;
}

static void listen_to_signals(void)
{
	const struct sigaction a = { .sa_handler = on_signal };

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
	if (c->changed)
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

static void be_realtime(void)
{
	if (!pace_realtime())
		log_warning("--realtime: %s: it is as punctual as the machine is idle", strerror(errno));
}

static int run(struct replay *r)
{
	struct play_result result;
	int status;

	listen_to_signals();
	if (r->realtime)
		be_realtime();
	result = play_run(r->player, &r->outlet);
	status = r->sender ? finish_wire(r, &result) : r->store ? finish_into(r, &result) : finish_capture(r, &result);
	tell_rewriting(&result.rewrite);
	return result.end == PLAY_REFUSED || result.end == PLAY_BROKE_OFF ? STATUS_TROUBLE : status;
}

/* ---- opening ---- */

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

static void open_files(int argc, char **argv, struct replay *r)
{
	bool twice = r->play.rounds != 1 || r->phones.count || r->into;
	unsigned count;
	char **files;

	if (!options_files(argc, argv, &files, &count))
		return;
	r->several_files = count > 1;
	r->tape = tape_of_files(files, count, r->filter, r->preload || (twice && reads_stdin(files, count)));
}

static bool has_packets(const struct replay *r, const struct report *report)
{
	if (!report)
		log_error("%s: has just been deleted", r->attempt);
	else if (report->phones[0]->attempts[0]->packet_count == 0)
		log_error("%s: no packets are kept of this sign-in", r->attempt);
	return report && report->phones[0]->attempts[0]->packet_count;
}

static void open_attempt(struct replay *r)
{
	struct store_reader *reader = stored_open(r->db);
	const struct report *report;
	const struct attempt_report *a;
	struct arena arena = { 0 };
	int64_t id;
	bool may_write = !r->write || strcmp(r->write, "-") == 0 || stored_may_write(r->db, "-w", r->write);

	if (reader && may_write && store_read_find(reader, r->attempt, &id) && store_read_attempt(reader, id, true, &arena, &report) && has_packets(r, report)) {
		a = report->phones[0]->attempts[0];
		r->several_files = report->capture_count > 1;
		r->tape = tape_of_packets(a->packets, a->packet_count);
		if (a->packets_left_out)
			log_warning("%s: %" PRIu64 " of its packets were not kept", r->attempt, a->packets_left_out);
	}
	arena_free(&arena);
	store_reader_close(reader);
}

static bool open_tape(int argc, char **argv, struct replay *r)
{
	if (r->attempt)
		open_attempt(r);
	else
		open_files(argc, argv, r);
	return r->tape && read_window(r);
}

static bool open_all(int argc, char **argv, struct replay *r)
{
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

int command_replay(int argc, char **argv)
{
	struct replay r = { .play = { .rounds = 1, .pace = { PACE_ORIGINAL, 1 } } };
	int status = STATUS_TROUBLE, go = replay_options(argc, argv, &r);

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
