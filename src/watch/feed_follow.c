/* A board kept from packets. */
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/moment.h"
#include "packet/source_live.h"
#include "packet/source_paced.h"
#include "watch/feed.h"

enum { BURST = 512, TICK_MS = 10, WATCH_MS = 100 };

struct following {
	struct feed feed;
	struct board *board;
	struct source *source;
	bool is_live;
	struct follow *follow;
	uint64_t lost;                  /* told to the follow */
	int64_t watch_ns, looked_ns;    /* monotonic: when the interfaces are looked at again; the clock of packets: when they were */
};

static int64_t clock_ns(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void told(void *user, const struct phone_report *phone, const struct attempt_report *a)
{
	struct following *f = user;

	board_tell(f->board, phone, a, NULL);
}

/* ---- losses ---- */

static void look_at_interfaces(struct following *f)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC), clock = clock_ns(CLOCK_REALTIME);
	uint64_t lost = 0, gone = 0;

	if (now < f->watch_ns)
		return;
	f->watch_ns = now + WATCH_MS * NS_PER_MS;
	source_live_watch(f->source);
	for (unsigned i = 0; i < source_captures(f->source); i++) {
		lost += source_capture(f->source, i)->dropped;
		gone += source_live_counters(f->source, i)->gone;
	}
	if (lost > f->lost)
		follow_lost(f->follow, f->looked_ns, clock, lost - f->lost);
	f->lost = f->board->lost = lost;
	f->board->gone = gone;
	f->looked_ns = clock;
}

/* ---- packets ---- */

static bool quiet_until(const struct following *f, int64_t *ret_ns)
{
	return f->is_live ? source_live_quiet(f->source, ret_ns) : source_paced_now(f->source, ret_ns);
}

static void finish(struct following *f)
{
	unsigned count = source_captures(f->source);
	const struct capture_info **captures = memory_get((count + 1) * sizeof *captures);

	for (unsigned i = 0; i < count; i++)
		captures[i] = source_capture(f->source, i);
	follow_finish(f->follow, captures, count);
	f->board->ended = true;
	f->board->changes++;
	free(captures);
}

static enum feed_state following_run(struct feed *feed)
{
	struct following *f = (struct following *)feed;
	enum source_answer answer = SOURCE_PACKET;
	struct packet p;
	uint64_t changes = f->board->changes;
	int64_t quiet;

	if (f->is_live)
		look_at_interfaces(f);
	for (unsigned n = 0; n < BURST && f->board->changes == changes && (answer = source_next(f->source, &p)) == SOURCE_PACKET; n++) {
		follow_packet(f->follow, &p);
		if (p.at_ns > f->board->now_ns)
			f->board->now_ns = p.at_ns;
	}
	f->board->packets = pipeline_counters(follow_pipeline(f->follow))->packets;
	if (answer == SOURCE_WAIT && quiet_until(f, &quiet)) {
		follow_tick(f->follow, quiet);
		if (quiet > f->board->now_ns)
			f->board->now_ns = quiet;
	}
	if (answer == SOURCE_PACKET || answer == SOURCE_WAIT)
		return FEED_GOES_ON;
	finish(f);
	return answer == SOURCE_END ? FEED_ENDED : FEED_TROUBLE;
}

static void following_wait(const struct feed *feed, int *ret_fd, int *ret_timeout_ms)
{
	const struct following *f = (const struct following *)feed;

	source_wait(f->source, ret_fd, ret_timeout_ms);
	if (*ret_timeout_ms < 0 || *ret_timeout_ms > TICK_MS)
		*ret_timeout_ms = TICK_MS;
}

static void following_close(struct feed *feed)
{
	struct following *f = (struct following *)feed;

	follow_free(f->follow);
	source_close(f->source);
	free(f);
}

static const struct feed_type type = { following_run, following_wait, following_close };

struct feed *feed_follow(struct board *b, struct source *source, bool is_live, struct follow_options *options)
{
	struct following *f = memory_get(sizeof *f);

	options->user = f;
	options->report = told;
	*f = (struct following){ .feed = { &type }, .board = b, .source = source, .is_live = is_live, .looked_ns = clock_ns(CLOCK_REALTIME) };
	f->follow = follow_new(options);
	if (!f->follow) {
		free(f);
		return NULL;
	}
	return &f->feed;
}
