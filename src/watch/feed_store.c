/* A board kept from the store that a daemon writes. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "sink/store_read.h"
#include "watch/feed.h"

enum { POLL_MS = 50, STATUS_MS = 1000 };
#define LOOK_BACK_NS (24 * 3600 * NS_PER_S)

struct reading {
	struct feed feed;
	struct board *board;
	struct store_reader *reader;
	struct store_filter filter;
	struct arena arena;             /* of the entries */
	const struct store_entry *entries;
	size_t count, next;             /* what has changed, and which of it is told next */
	bool is_begun;                  /* the last day was told */
	int64_t status_ns;              /* when the daemon is looked at again */
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static bool tell(struct reading *r, const struct store_entry *e)
{
	struct arena a = { 0 };
	const struct report *report = NULL;
	char number[32];
	bool good = store_read_attempt(r->reader, e->id, false, &a, &report);

	snprintf(number, sizeof number, "%lld", (long long)e->id);
	if (good && report)
		board_tell(r->board, report->phones[0], report->phones[0]->attempts[0], number);
	arena_free(&a);
	return good;
}

static bool read_changes(struct reading *r)
{
	bool good;

	arena_reset(&r->arena);
	r->next = r->count = 0;
	good = store_read_list(r->reader, &r->filter, &r->arena, &r->entries, &r->count);
	for (size_t i = 0; i < r->count; i++)
		if (r->entries[i].change > r->filter.changed_after)
			r->filter.changed_after = r->entries[i].change;
	return good;
}

/* Of the last day the latest sign-in of each phone counts; of what happens from then on each is seen. */
static bool tell_changes(struct reading *r)
{
	bool good = true;

	while (good && r->next < r->count) {
		good = tell(r, &r->entries[r->next++]);
		if (r->is_begun)
			return good;
	}
	r->is_begun = true;
	return good;
}

/* Whether somebody still writes; packets and losses as its counters say. */
static bool read_status(struct reading *r)
{
	struct arena a = { 0 };
	struct store_status s;
	bool good = store_read_status(r->reader, &a, &s);

	r->status_ns = r->board->now_ns + STATUS_MS * NS_PER_MS;
	if (good) {
		r->board->packets = 0;
		for (size_t i = 0; i < s.interface_count; i++)
			r->board->packets += s.interfaces[i].packets;
		r->board->lost = s.packets_lost;
		snprintf(r->board->trouble, sizeof r->board->trouble, "%s", s.has_run && s.state == RUN_ALIVE ? "" : "no daemon is running");
	}
	arena_free(&a);
	return good;
}

static enum feed_state reading_run(struct feed *feed)
{
	struct reading *r = (struct reading *)feed;
	bool good = true;

	r->board->now_ns = now_ns();
	store_reader_now(r->reader, r->board->now_ns);
	if (r->next == r->count && store_reader_changed(r->reader))
		good = read_changes(r);
	good = good && tell_changes(r);
	if (good && r->board->now_ns >= r->status_ns)
		good = read_status(r);
	if (!good)
		snprintf(r->board->trouble, sizeof r->board->trouble, "the store cannot be read any more");
	return good ? FEED_GOES_ON : FEED_TROUBLE;
}

static void reading_wait(const struct feed *feed, int *ret_fd, int *ret_timeout_ms)
{
	const struct reading *r = (const struct reading *)feed;

	*ret_fd = -1;
	*ret_timeout_ms = r->next < r->count ? 0 : POLL_MS;
}

static void reading_close(struct feed *feed)
{
	struct reading *r = (struct reading *)feed;

	store_reader_close(r->reader);
	arena_free(&r->arena);
	free(r);
}

static const struct feed_type type = { reading_run, reading_wait, reading_close };

struct feed *feed_store(struct board *b, const char *path, const struct mac *phones, size_t phone_count)
{
	struct reading *r = memory_get(sizeof *r);

	b->now_ns = now_ns();
	*r = (struct reading){ .feed = { &type }, .board = b, .reader = store_reader_open(path, b->now_ns),
		.filter = { .phones = phones, .phone_count = phone_count, .has_since = true, .since_ns = b->now_ns - LOOK_BACK_NS, .limit = BOARD_PHONES_MAX } };
	if (!r->reader) {
		free(r);
		return NULL;
	}
	return &r->feed;
}
