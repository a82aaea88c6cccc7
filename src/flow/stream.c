#include "flow/stream.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "flow/feed.h"

#define REORDER_NS (20 * NS_PER_MS)
#define PATIENCE_NS (2 * NS_PER_S)
#define NEVER INT64_MAX

enum {
	PIECES_MAX = 1024,
	YOUNG_MAX = 256,                /* holes that events are held back for; where there are more, the capture is too bad for order */
};

/* One direction: what waits behind a hole. What is in order is the feed's. */
struct half {
	struct pieces waiting;
	bool has_fin;
	uint64_t fin_at;
	struct arrival fin;
	uint64_t acked;                 /* by the other side: all before */
	int64_t beyond_ns;              /* since when octets are acknowledged that were not seen; NEVER */
	bool hole, other_heard;         /* other_heard: the other side sent something since `since_ns` */
	uint64_t hole_at;
	struct arrival opened;          /* what came behind the hole first */
	int64_t since_ns;               /* when the hole was last filled in part, or opened */
	int64_t acked_ns;               /* since when all of it is acknowledged; NEVER */
};

struct stream {
	struct streams *all;
	void *user;
	struct stream *older, *younger; /* of those that are not over */
	struct stream *next_hole, **hole_link;  /* of those that have a hole whose time may come */
	bool living, in_holes, given_up;
	struct half halves[2];
	struct feed feed;
};

void streams_start(struct streams *ss)
{
	ss->holes_end = &ss->holes;
	ss->next_check_ns = NEVER;
}

/* ---- lists ---- */

static void leave_living(struct stream *s)
{
	struct streams *ss = s->all;

	if (!s->living)
		return;
	*(s->older ? &s->older->younger : &ss->oldest) = s->younger;
	*(s->younger ? &s->younger->older : &ss->youngest) = s->older;
	s->older = s->younger = NULL;
	s->living = false;
	ss->budget.used -= sizeof *s;
}

static void join_living(struct stream *s)
{
	struct streams *ss = s->all;

	leave_living(s);
	s->older = ss->youngest;
	*(ss->youngest ? &ss->youngest->younger : &ss->oldest) = s;
	ss->youngest = s;
	s->living = true;
	ss->budget.used += sizeof *s;
}

static void leave_holes(struct stream *s)
{
	if (!s->in_holes)
		return;
	*s->hole_link = s->next_hole;
	if (s->next_hole)
		s->next_hole->hole_link = s->hole_link;
	else
		s->all->holes_end = s->hole_link;
	s->in_holes = false;
	s->all->hole_count--;
}

static void join_holes(struct stream *s)
{
	struct streams *ss = s->all;

	if (s->in_holes)
		return;
	s->hole_link = ss->holes_end;
	s->next_hole = NULL;
	*ss->holes_end = s;
	ss->holes_end = &s->next_hole;
	s->in_holes = true;
	ss->hole_count++;
}

/* ---- holes ---- */

static uint64_t next_of(const struct stream *s, enum side side)
{
	return s->feed.sides[side].next;
}

/* Where the hole in front of what waits ends; UINT64_MAX where nothing waits. */
static uint64_t hole_end(const struct half *h)
{
	if (h->waiting.first)
		return h->waiting.first->from;
	return h->has_fin ? h->fin_at : UINT64_MAX;
}

/* When the hole becomes a gap if nothing happens. */
static int64_t deadline(const struct half *h)
{
	if (!h->hole)
		return NEVER;
	if (h->acked_ns != NEVER)
		return h->acked_ns + REORDER_NS;
	return h->other_heard ? NEVER : h->since_ns + PATIENCE_NS;
}

static bool is_young(const struct half *h, int64_t now_ns)
{
	return h->hole && now_ns - h->opened.at_ns < PATIENCE_NS;
}

static void check_at(struct streams *ss, int64_t at_ns)
{
	if (at_ns < ss->next_check_ns)
		ss->next_check_ns = at_ns;
}

/* Whether the hole has to be looked at again, and then when. */
static bool watch(struct stream *s, const struct half *h, int64_t now_ns)
{
	bool young = is_young(h, now_ns);

	check_at(s->all, deadline(h));
	if (young)
		check_at(s->all, h->opened.at_ns + PATIENCE_NS);
	return young || deadline(h) != NEVER;
}

static void open_hole(struct stream *s, enum side side, const struct arrival *arrival)
{
	struct half *h = &s->halves[side];

	if (!h->hole)
		h->opened = *arrival;
	if (!h->hole || h->hole_at != next_of(s, side)) {
		h->hole_at = next_of(s, side);
		h->since_ns = arrival->at_ns;
		h->other_heard = false;
		h->acked_ns = NEVER;
	}
	h->hole = true;
	if (h->acked_ns == NEVER && h->acked >= hole_end(h))
		h->acked_ns = h->beyond_ns;
	if (watch(s, h, arrival->at_ns))
		join_holes(s);
}

static void close_hole(struct stream *s, struct half *h)
{
	h->hole = false;
	if (!s->halves[0].hole && !s->halves[1].hole)
		leave_holes(s);
}

/* ---- in order ---- */

static void end_if_there(struct stream *s, enum side side)
{
	struct half *h = &s->halves[side];

	if (h->has_fin && !h->waiting.first && next_of(s, side) >= h->fin_at)
		feed_end(&s->feed, side, &h->fin);
}

static void gap(struct stream *s, enum side side, uint64_t missing, enum gap_reason reason, const struct arrival *arrival)
{
	s->all->gap(s->user, side, missing, reason, arrival);
	feed_gap(&s->feed, side, missing, arrival);
}

/* Octets that begin at `next`; `missing` more were cut off by the snap length. */
static void read_on(struct stream *s, enum side side, struct span octets, uint64_t missing, const struct arrival *arrival)
{
	feed_octets(&s->feed, side, octets, arrival);
	if (missing)
		gap(s, side, missing, GAP_SNAP, arrival);
}

/* Reads what waits as far as it is in order now. */
static void drain(struct stream *s, enum side side)
{
	struct half *h = &s->halves[side];
	struct piece *p;

	while (h->waiting.first && h->waiting.first->from <= next_of(s, side)) {
		p = pieces_take(&h->waiting, &s->all->budget);
		read_on(s, side, span_of(p->octets, p->len), p->until - p->from - p->len, &p->arrival);
		free(p);
	}
	end_if_there(s, side);
}

static void look_for_hole(struct stream *s, enum side side, const struct arrival *arrival)
{
	struct half *h = &s->halves[side];
	uint64_t end = hole_end(h);

	if (h->acked <= next_of(s, side))
		h->beyond_ns = NEVER;
	if (end != UINT64_MAX && end > next_of(s, side))
		open_hole(s, side, arrival);
	else if (h->hole)
		close_hole(s, h);
}

/* The hole in front will not fill. */
static void give_up_hole(struct stream *s, enum side side)
{
	struct half *h = &s->halves[side];
	uint64_t end = hole_end(h);
	struct arrival arrival = h->waiting.first ? h->waiting.first->arrival : h->fin;

	if (end == UINT64_MAX)
		return;
	if (end > next_of(s, side))
		gap(s, side, end - next_of(s, side), GAP_HOLE, &arrival);
	drain(s, side);
}

static void give_up_holes(struct stream *s, enum side side)
{
	while (s->halves[side].waiting.first)
		give_up_hole(s, side);
	give_up_hole(s, side);
	if (s->halves[side].hole)
		close_hole(s, &s->halves[side]);
}

/* ---- bounds ---- */

static void finish_if_over(struct stream *s)
{
	if (!s->feed.over)
		return;
	for (int side = 0; side < 2; side++) {
		pieces_free(&s->halves[side].waiting, &s->all->budget);
		s->halves[side].hole = false;
	}
	leave_holes(s);
	leave_living(s);
}

static void stay_in_bounds(struct stream *s, const struct arrival *arrival)
{
	struct streams *ss = s->all;

	for (int side = 0; side < 2; side++) {
		struct half *h = &s->halves[side];

		while (h->waiting.first && (h->waiting.count > PIECES_MAX || h->waiting.used + s->feed.sides[side].len > ss->side_max))
			give_up_hole(s, (enum side)side);
		look_for_hole(s, (enum side)side, arrival);
	}
	join_living(s);
	finish_if_over(s);
	while (ss->budget.used > ss->budget.max && ss->oldest) {
		struct stream *victim = ss->oldest;

		victim->given_up = true;
		stream_abort(victim, arrival);
		if (victim != s)
			ss->given_up(victim->user);
	}
}

/* ---- time ---- */

static void tick(struct stream *s, int64_t now_ns)
{
	bool wait = false;

	for (int side = 0; side < 2; side++) {
		struct half *h = &s->halves[side];

		if (deadline(h) <= now_ns) {
			struct arrival now = h->opened;

			now.at_ns = now_ns;
			give_up_hole(s, (enum side)side);
			look_for_hole(s, (enum side)side, &now);
		}
		wait |= watch(s, h, now_ns);
	}
	if (!wait)
		leave_holes(s);
	finish_if_over(s);
}

void streams_tick(struct streams *ss, int64_t now_ns)
{
	if (streams_quiet(ss, now_ns))
		return;
	ss->next_check_ns = NEVER;
	for (struct stream *s = ss->holes, *next; s; s = next) {
		next = s->next_hole;
		tick(s, now_ns);
	}
}

frame_ref streams_young_hole(const struct streams *ss, int64_t now_ns)
{
	frame_ref first = UINT64_MAX;

	if (ss->hole_count > YOUNG_MAX)
		return UINT64_MAX;
	for (const struct stream *s = ss->holes; s; s = s->next_hole)
		for (int side = 0; side < 2; side++)
			if (is_young(&s->halves[side], now_ns) && s->halves[side].opened.frame < first)
				first = s->halves[side].opened.frame;
	return first;
}

/* ---- from outside ---- */

struct stream *stream_new(struct streams *ss, const struct path *path, const struct dissector *by_port, bool markers, void *user)
{
	struct stream *s = memory_get(sizeof *s);

	s->all = ss;
	s->user = user;
	s->halves[0].beyond_ns = s->halves[1].beyond_ns = NEVER;
	s->feed = (struct feed){ .report = ss->report, .budget = &ss->budget, .path = path, .markers = markers, .by_port = by_port };
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	feed_free(&s->feed);
	finish_if_over(s);
	free(s);
}

void stream_began_before(struct stream *s, enum side side)
{
	s->feed.sides[side].unsure = true;
}

/* Keeps out of [from, from + wire_len) what was given already. False where nothing is left. */
static bool trim(const struct stream *s, enum side side, uint64_t *from, struct span *octets, uint64_t *wire_len)
{
	uint64_t next = next_of(s, side), old;

	if (*from >= next)
		return *wire_len > 0;
	old = next - *from;
	if (old >= *wire_len)
		return false;
	*octets = old < octets->len ? span_part(*octets, (size_t)old, octets->len) : span_of(octets->data, 0);
	*from = next;
	*wire_len -= old;
	return true;
}

void stream_segment(struct stream *s, enum side side, uint64_t from, struct span octets, uint64_t wire_len, const struct arrival *arrival)
{
	struct half *h = &s->halves[side];

	if (s->feed.over || s->feed.sides[side].ended || !trim(s, side, &from, &octets, &wire_len))
		return;
	if (from == next_of(s, side) && !h->waiting.first) {
		read_on(s, side, octets, wire_len - octets.len, arrival);
		end_if_there(s, side);
	} else {
		pieces_add(&h->waiting, from, octets, wire_len, arrival, &s->all->budget);
		drain(s, side);
	}
	stay_in_bounds(s, arrival);
}

void stream_fin(struct stream *s, enum side side, uint64_t at, const struct arrival *arrival)
{
	struct half *h = &s->halves[side];

	if (h->has_fin || s->feed.over)
		return;
	h->has_fin = true;
	h->fin_at = at;
	h->fin = *arrival;
	end_if_there(s, side);
	stay_in_bounds(s, arrival);
}

void stream_acked(struct stream *s, enum side side, uint64_t until, const struct arrival *arrival)
{
	struct half *h = &s->halves[side];

	if (s->feed.over)
		return;
	h->other_heard = true;
	if (until <= h->acked)
		return;
	h->acked = until;
	if (until > next_of(s, side) && h->beyond_ns == NEVER)
		h->beyond_ns = arrival->at_ns;
	if (h->hole && h->acked_ns == NEVER && until >= hole_end(h)) {
		h->acked_ns = arrival->at_ns;
		watch(s, h, arrival->at_ns);
		join_holes(s);
	}
}

void stream_label(struct stream *s, const struct dissector *d)
{
	const struct arrival now = { s->all->report->now, s->all->report->now_ns, false };

	feed_label(&s->feed, d, &now);
	stay_in_bounds(s, &now);
}

void stream_reset(struct stream *s, const struct arrival *arrival)
{
	for (int side = 0; side < 2 && !s->feed.over; side++)
		give_up_holes(s, (enum side)side);
	feed_break(&s->feed, arrival);
	finish_if_over(s);
}

void stream_abort(struct stream *s, const struct arrival *arrival)
{
	stream_reset(s, arrival);
	feed_free(&s->feed);
	finish_if_over(s);
}

void stream_lift_markers(struct stream *s)
{
	s->feed.markers = false;
}

bool stream_is_undecided(const struct stream *s)
{
	return !s->feed.over && !s->feed.dissector && !s->feed.late;
}

bool stream_was_read(const struct stream *s)
{
	return s->feed.dissector || s->feed.late;
}

bool stream_was_given_up(const struct stream *s)
{
	return s->given_up;
}

bool stream_is_over(const struct stream *s)
{
	return s->feed.over;
}
