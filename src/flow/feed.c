#include "flow/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "flow/choose.h"

enum {
	WAIT_MAX = 256 * 1024,          /* what a dissector may wait for (dissector.h) */
	ROOM_FIRST = 256,
	TRIAL_MAX = 4096,               /* octets that may wait while a dissector is on trial */
	UNDECIDED_MAX = 16 * 1024,      /* octets and segments that wait for a dissector */
	UNDECIDED_SEGMENTS = 32,
	ATTEMPTS_MAX = 4,               /* dissectors that may refuse the first octets */
};

/* ---- octets that wait ---- */

static void keep(struct feed *f, struct feed_side *s, struct span octets)
{
	size_t room = s->room ? s->room : ROOM_FIRST;

	if (!octets.len)
		return;
	while (room < s->len + octets.len)
		room *= 2;
	if (room != s->room) {
		s->data = memory_resize(s->data, room, 1);
		f->budget->used += room - s->room;
		s->room = room;
	}
	memcpy(s->data + s->len, octets.data, octets.len);
	s->len += octets.len;
}

static void consume(struct feed *f, struct feed_side *s, size_t len)
{
	s->len -= len;
	if (s->len) {
		memmove(s->data, s->data + len, s->len);
	} else if (s->room) {           /* most connections are idle most of the time */
		free(s->data);
		s->data = NULL;
		f->budget->used -= s->room;
		s->room = 0;
	}
}

/* Keeps the budget's account of the dissector's memory. */
static void account(struct feed *f)
{
	const struct dissector *d = f->dissector;
	size_t held = d ? d->state_size + (d->held ? d->held(f->state) : 0) : 0;

	f->budget->used += held - f->held;
	f->held = held;
}

static void close_dissector(struct feed *f)
{
	if (f->dissector && f->dissector->close)
		f->dissector->close(f->state);
	free(f->state);
	f->state = NULL;
	f->dissector = NULL;
	account(f);
	for (int n = 0; n < 2; n++) {           /* whoever comes next is in the middle of what was read already */
		f->sides[n].unsure |= f->sides[n].begun;
		f->sides[n].begun = f->sides[n].told = false;
	}
}

void feed_free(struct feed *f)
{
	close_dissector(f);
	for (int side = 0; side < 2; side++) {
		struct feed_side *s = &f->sides[side];

		free(s->data);
		f->budget->used -= s->room;
		s->data = NULL;
		s->room = s->len = 0;
		origins_free(&s->origins, f->budget);
	}
	f->over = true;
}

/* ---- calls ---- */

static struct emit emit_for(const struct feed *f, enum side side, uint64_t offset, const struct arrival *arrival, struct layers *room)
{
	room->transport = TRANSPORT_NONE;
	return (struct emit){ .report = f->report, .dissector = f->dissector, .arrival = *arrival, .time_digits = f->path->time_digits,
		.flow = f->path->number, .layers = room, .path = f->path, .side = side, .offset = offset };
}

static void settle(const struct feed *f, struct emit *to, uint64_t until, const struct arrival *end)
{
	const struct origins *const origins[2] = { &f->sides[0].origins, &f->sides[1].origins };

	if (to->first)
		emit_settle_stream(to, origins, to->offset, until, end);
}

/* The dissector has taken something of this side: this is its protocol. */
static void begin(struct feed *f, enum side side)
{
	f->sides[side].begun = true;
	f->on_trial = false;
}

static size_t call_stream(struct feed *f, enum side side, struct span octets, uint64_t offset, const struct arrival *arrival)
{
	struct layers room;
	struct emit to = emit_for(f, side, offset, arrival, &room);
	size_t used = f->dissector->stream(f->state, side, octets, &to);

	account(f);
	if (to.first)
		begin(f, side);
	settle(f, &to, offset + (used == STREAM_MORE || used > octets.len ? octets.len : used), NULL);
	return used;
}

/* Whether the dissector goes on behind what is missing. */
static bool call_gap(struct feed *f, enum side side, uint64_t missing, const struct arrival *arrival)
{
	struct feed_side *s = &f->sides[side];
	struct layers room;
	struct emit to = emit_for(f, side, s->next - s->len, arrival, &room);
	bool go_on = f->dissector->gap && f->dissector->gap(f->state, side, missing, &to);

	account(f);
	origins_ready(&s->origins, &to.arrival);
	settle(f, &to, s->next, NULL);
	return go_on;
}

/* ---- reading ---- */

/*
 * The dissector wants no more. Where a side's very first octets make it say so, they are not its protocol's. Others get their chance, with what comes
 * next if it had begun: TLS follows LDAP's StartTLS, or HTTP's CONNECT.
 */
static void dismiss(struct feed *f, enum side side, bool refused)
{
	f->late |= f->sides[side].begun;
	f->segments = 0;
	if (refused)
		f->refused = f->dissector;
	if (f->by_port == f->dissector)
		f->by_port = NULL;
	close_dissector(f);
}

/* Before the first octets of a side that began before the capture: a dissector that recognises them begins there, another has to find its way. */
static bool find_way(struct feed *f, enum side side, struct span octets, const struct arrival *arrival)
{
	struct feed_side *s = &f->sides[side];

	if (!s->unsure || s->told)
		return true;
	s->told = true;
	return choose_recognises(f->dissector, octets, TRANSPORT_TCP) || call_gap(f, side, 0, arrival);
}

/* Gives `octets`, of which the first is stream octet `offset`. Answers how many were consumed; afterwards there may be no dissector any more. */
static size_t read_some(struct feed *f, enum side side, struct span octets, uint64_t offset, const struct arrival *arrival)
{
	struct feed_side *s = &f->sides[side];
	size_t done = s->pass < octets.len ? (size_t)s->pass : octets.len;

	s->pass -= done;
	while (done < octets.len) {
		struct span left = span_part(octets, done, octets.len);
		size_t used;

		if (!find_way(f, side, left, arrival)) {
			dismiss(f, side, false);
			return done;
		}
		used = call_stream(f, side, left, offset + done, arrival);
		if (used == STREAM_MORE)
			return done;
		if (used == STREAM_STOP) {
			dismiss(f, side, true);
			return done;
		}
		begin(f, side);
		s->pass = used > left.len ? used - left.len : 0;
		done += used > left.len ? left.len : used;
	}
	return done;
}

/* More than a dissector may wait for: it has to do without. */
static void overflow(struct feed *f, enum side side, const struct arrival *arrival)
{
	struct feed_side *s = &f->sides[side];
	struct layers room;
	struct emit to = emit_for(f, side, s->next - s->len, arrival, &room);

	emit_counted(&to, "message longer than 256 KiB");
	if (call_gap(f, side, 0, arrival))
		consume(f, s, s->len);
	else
		feed_free(f);
}

static void read_waiting(struct feed *f, enum side side, const struct arrival *arrival)
{
	struct feed_side *s = &f->sides[side];
	size_t used;

	if (!s->len || !f->dissector)
		return;
	used = read_some(f, side, span_of(s->data, s->len), s->next - s->len, arrival);
	consume(f, s, used);
	if (f->dissector && s->len > WAIT_MAX)
		overflow(f, side, arrival);
}

/* ---- which dissector ---- */

static const struct dissector *recognised(const struct feed *f, struct span octets)
{
	const struct dissector *d;

	if (f->dissector && choose_recognises(f->dissector, octets, TRANSPORT_TCP))
		return f->dissector;
	if (f->by_port && choose_recognises(f->by_port, octets, TRANSPORT_TCP))
		return f->by_port;
	d = choose_recognised(octets, TRANSPORT_TCP, f->markers);
	return d == f->refused ? NULL : d;
}

/* Any segment may be the first of another protocol: of one that came before the capture, or that follows on what nobody here reads (STARTTLS). */
static const struct dissector *recognised_late(struct feed *f, enum side side, size_t latest)
{
	struct feed_side *s = &f->sides[side], *other = &f->sides[side_other(side)];
	const struct dissector *d;

	if (f->dissector || latest >= s->len)
		return NULL;
	d = recognised(f, span_of(s->data + s->len - latest, latest));
	if (d) {
		consume(f, s, s->len - latest);
		consume(f, other, other->len);
	}
	return d;
}

static void adopt(struct feed *f, const struct dissector *d, bool on_trial)
{
	f->on_trial = on_trial;
	if (d == f->dissector)
		return;
	close_dissector(f);
	f->dissector = d;
	f->state = memory_get(d->state_size);
	account(f);
}

/* Whether there is a dissector now. */
static bool choose(struct feed *f, enum side side, size_t latest)
{
	struct feed_side *s = &f->sides[side];
	const struct dissector *d = recognised(f, span_of(s->data, s->len));

	if (!d)
		d = recognised_late(f, side, latest);
	if (d)
		adopt(f, d, false);
	else if (!f->dissector && f->by_port)
		adopt(f, f->by_port, true);
	return f->dissector;
}

static void read_both(struct feed *f, const struct arrival *arrival)
{
	read_waiting(f, f->first, arrival);
	read_waiting(f, side_other(f->first), arrival);
}

/* Nobody knows these octets. Behind a dissector they can only be known by the beginning of a segment: none of them is kept. */
static void stay_undecided(struct feed *f, enum side side)
{
	if (f->late)
		consume(f, &f->sides[side], f->sides[side].len);
	if (f->sides[0].len + f->sides[1].len > UNDECIDED_MAX || ++f->segments > UNDECIDED_SEGMENTS)
		feed_free(f);
}

static void decide(struct feed *f, enum side side, size_t latest, const struct arrival *arrival)
{
	for (unsigned i = 0; i < ATTEMPTS_MAX && choose(f, side, latest); i++) {
		read_both(f, arrival);
		if (f->over || f->dissector)
			break;
	}
	if (f->dissector)
		f->on_trial = f->on_trial && f->sides[0].len + f->sides[1].len <= TRIAL_MAX;
	else if (!f->over)
		stay_undecided(f, side);
}

/* ---- from outside ---- */

/* A segment that came in IP fragments came in several frames; one that waited behind a hole is known by the last of them. */
static void note_origin(struct feed *f, struct feed_side *s, uint64_t from, const struct arrival *arrival)
{
	const struct reporter *r = f->report;

	for (unsigned i = 0; arrival->frame == r->now && i + 1 < r->frame_count; i++) {
		struct arrival part = *arrival;

		part.frame = r->frames[i];
		origins_add(&s->origins, from, s->next, from - s->len, &part, f->budget);
	}
	origins_add(&s->origins, from, s->next, from - s->len, arrival, f->budget);
}

void feed_octets(struct feed *f, enum side side, struct span octets, const struct arrival *arrival)
{
	struct feed_side *s = &f->sides[side];
	const uint64_t from = s->next;
	size_t used = 0;

	s->next += octets.len;
	if (f->over || !octets.len)
		return;
	note_origin(f, s, from, arrival);
	if (!f->any)
		f->first = side;
	f->any = true;
	if (!f->dissector || f->on_trial || (!s->begun && s->len < TRIAL_MAX && !s->pass)) {
		keep(f, s, octets);
		decide(f, side, octets.len, arrival);
		return;
	}
	if (!s->len)
		used = read_some(f, side, octets, from, arrival);
	keep(f, s, span_part(octets, used, octets.len));
	if (f->dissector && s->len > octets.len - used)
		read_waiting(f, side, arrival);
	if (!f->dissector && !f->over)
		decide(f, side, s->len, arrival);
}

void feed_gap(struct feed *f, enum side side, uint64_t missing, const struct arrival *arrival)
{
	struct feed_side *s = &f->sides[side];

	if (!f->over && s->pass && s->pass >= missing) {
		s->pass -= missing;
	} else if (!f->over && !f->dissector) {
		s->unsure = true;
		consume(f, s, s->len);
	} else if (!f->over) {
		s->pass = 0;
		if (call_gap(f, side, missing, arrival))
			consume(f, s, s->len);
		else
			feed_free(f);
	}
	s->next += missing;
}

void feed_end(struct feed *f, enum side side, const struct arrival *arrival)
{
	struct feed_side *s = &f->sides[side];

	if (f->over || s->ended)
		return;
	s->ended = true;
	if (f->dissector && f->dissector->end) {
		struct layers room;
		struct emit to = emit_for(f, side, s->next - s->len, arrival, &room);

		f->dissector->end(f->state, side, span_of(s->data, s->len), &to);
		settle(f, &to, s->next, arrival);
	}
	consume(f, s, s->len);
	if (f->sides[side_other(side)].ended)
		feed_free(f);
}

void feed_label(struct feed *f, const struct dissector *d, const struct arrival *arrival)
{
	if (f->over || f->dissector || d == f->refused || !d->stream)
		return;
	adopt(f, d, true);
	read_both(f, arrival);
}

void feed_break(struct feed *f, const struct arrival *arrival)
{
	for (int n = 0; n < 2 && f->dissector; n++) {
		struct feed_side *s = &f->sides[n];

		if (s->ended || s->broken == s->next)
			continue;
		s->broken = s->next;
		s->pass = 0;
		if (call_gap(f, (enum side)n, 0, arrival))
			consume(f, s, s->len);
		else
			feed_free(f);
	}
}
