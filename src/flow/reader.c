#include "flow/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "flow/choose.h"

enum {
	WAIT_MAX = 256 * 1024,          /* what a dissector may wait for (dissector.h) */
	ROOM_FIRST = 2048,
	ROOM_KEPT = 4096,               /* a larger buffer is given back when it is empty */
	TRIAL_MAX = 4096,               /* octets that may wait while a dissector is on trial */
	UNDECIDED_MAX = 16 * 1024,      /* octets and segments that wait for a dissector */
	UNDECIDED_SEGMENTS = 32,
	ATTEMPTS_MAX = 4,               /* dissectors that may refuse the first octets */
};

/* ---- octets that wait ---- */

static void keep(struct reader *r, struct reader_side *s, struct span octets)
{
	size_t room = s->room ? s->room : ROOM_FIRST;

	if (!octets.len)
		return;
	while (room < s->len + octets.len)
		room *= 2;
	if (room != s->room) {
		s->data = memory_resize(s->data, room, 1);
		r->budget->used += room - s->room;
		s->room = room;
	}
	memcpy(s->data + s->len, octets.data, octets.len);
	s->len += octets.len;
}

static void consume(struct reader *r, struct reader_side *s, size_t len)
{
	s->len -= len;
	if (s->len) {
		memmove(s->data, s->data + len, s->len);
	} else if (s->room > ROOM_KEPT) {
		free(s->data);
		s->data = NULL;
		r->budget->used -= s->room;
		s->room = 0;
	}
}

static void close_dissector(struct reader *r)
{
	if (r->dissector && r->dissector->close)
		r->dissector->close(r->state);
	free(r->state);
	r->state = NULL;
	r->dissector = NULL;
}

void reader_free(struct reader *r)
{
	close_dissector(r);
	for (int side = 0; side < 2; side++) {
		struct reader_side *s = &r->sides[side];

		free(s->data);
		r->budget->used -= s->room;
		s->data = NULL;
		s->room = s->len = 0;
		origins_free(&s->origins, r->budget);
	}
	r->over = true;
}

/* ---- calls ---- */

static struct emit emit_for(const struct reader *r, enum side side, uint64_t offset, const struct arrival *arrival, struct layers *room)
{
	room->transport = TRANSPORT_NONE;
	return (struct emit){ .report = r->report, .dissector = r->dissector, .arrival = *arrival, .time_digits = r->path->time_digits,
		.flow = r->path->number, .layers = room, .path = r->path, .side = side, .offset = offset };
}

static void settle(const struct reader *r, struct emit *to, uint64_t until, const struct arrival *end)
{
	const struct origins *const origins[2] = { &r->sides[0].origins, &r->sides[1].origins };

	if (to->first)
		emit_settle_stream(to, origins, to->offset, until, end);
}

static size_t call_stream(struct reader *r, enum side side, struct span octets, uint64_t offset, const struct arrival *arrival)
{
	struct layers room;
	struct emit to = emit_for(r, side, offset, arrival, &room);
	size_t used = r->dissector->stream(r->state, side, octets, &to);

	if (to.first)
		r->on_trial = false;
	settle(r, &to, offset + (used == STREAM_MORE || used > octets.len ? octets.len : used), NULL);
	return used;
}

/* Whether the dissector goes on behind what is missing. */
static bool call_gap(struct reader *r, enum side side, uint64_t missing, const struct arrival *arrival)
{
	struct reader_side *s = &r->sides[side];
	struct layers room;
	struct emit to = emit_for(r, side, s->next - s->len, arrival, &room);
	bool go_on = r->dissector->gap && r->dissector->gap(r->state, side, missing, &to);

	origins_ready(&s->origins, &to.arrival);
	settle(r, &to, s->next, NULL);
	return go_on;
}

/* ---- reading ---- */

/* The dissector wants no more; on trial that means that these octets are not its protocol's. */
static void dismiss(struct reader *r, bool refused)
{
	if (refused)
		r->refused = r->dissector;
	if (r->by_port == r->dissector)
		r->by_port = NULL;
	close_dissector(r);
}

/* Before the first octets of a side that began before the capture: a dissector that recognises them begins there, another has to find its way. */
static bool find_way(struct reader *r, enum side side, struct span octets, const struct arrival *arrival)
{
	struct reader_side *s = &r->sides[side];

	if (!s->unsure || s->told)
		return true;
	s->told = true;
	return choose_recognises(r->dissector, octets, TRANSPORT_TCP) || call_gap(r, side, 0, arrival);
}

/* Gives `octets`, of which the first is stream octet `offset`. Answers how many were consumed; afterwards there may be no dissector any more. */
static size_t read_some(struct reader *r, enum side side, struct span octets, uint64_t offset, const struct arrival *arrival)
{
	struct reader_side *s = &r->sides[side];
	size_t done = s->pass < octets.len ? (size_t)s->pass : octets.len;

	s->pass -= done;
	while (done < octets.len) {
		struct span left = span_part(octets, done, octets.len);
		size_t used;

		if (!find_way(r, side, left, arrival)) {
			dismiss(r, false);
			return done;
		}
		used = call_stream(r, side, left, offset + done, arrival);
		if (used == STREAM_MORE)
			return done;
		if (used == STREAM_STOP) {
			dismiss(r, true);
			return done;
		}
		r->on_trial = false;
		s->pass = used > left.len ? used - left.len : 0;
		done += used > left.len ? left.len : used;
	}
	return done;
}

/* More than a dissector may wait for: it has to do without. */
static void overflow(struct reader *r, enum side side, const struct arrival *arrival)
{
	struct reader_side *s = &r->sides[side];
	struct layers room;
	struct emit to = emit_for(r, side, s->next - s->len, arrival, &room);

	emit_counted(&to, "message longer than 256 KiB");
	if (call_gap(r, side, 0, arrival))
		consume(r, s, s->len);
	else
		reader_free(r);
}

static void read_waiting(struct reader *r, enum side side, const struct arrival *arrival)
{
	struct reader_side *s = &r->sides[side];
	size_t used;

	if (!s->len || !r->dissector)
		return;
	used = read_some(r, side, span_of(s->data, s->len), s->next - s->len, arrival);
	consume(r, s, used);
	if (r->dissector && s->len > WAIT_MAX)
		overflow(r, side, arrival);
}

/* ---- which dissector ---- */

static const struct dissector *recognised(const struct reader *r, struct span octets)
{
	const struct dissector *d;

	if (r->by_port && choose_recognises(r->by_port, octets, TRANSPORT_TCP))
		return r->by_port;
	d = choose_recognised(octets, TRANSPORT_TCP, r->markers);
	return d == r->refused ? NULL : d;
}

/* A side that began before the capture may begin a message with any segment. */
static const struct dissector *recognised_late(struct reader *r, enum side side, size_t latest)
{
	struct reader_side *s = &r->sides[side];
	const struct dissector *d;

	if (!s->unsure || latest >= s->len)
		return NULL;
	d = recognised(r, span_of(s->data + s->len - latest, latest));
	if (d)
		consume(r, s, s->len - latest);
	return d;
}

static void adopt(struct reader *r, const struct dissector *d, bool on_trial)
{
	r->on_trial = on_trial;
	if (d == r->dissector)
		return;
	close_dissector(r);
	r->dissector = d;
	r->state = memory_get(d->state_size);
	r->sides[0].told = r->sides[1].told = false;
}

/* Whether there is a dissector now. */
static bool choose(struct reader *r, enum side side, size_t latest)
{
	struct reader_side *s = &r->sides[side];
	const struct dissector *d = recognised(r, span_of(s->data, s->len));

	if (!d)
		d = recognised_late(r, side, latest);
	if (d)
		adopt(r, d, false);
	else if (!r->dissector && r->by_port)
		adopt(r, r->by_port, true);
	return r->dissector;
}

static void read_both(struct reader *r, const struct arrival *arrival)
{
	read_waiting(r, r->first, arrival);
	read_waiting(r, side_other(r->first), arrival);
}

static void decide(struct reader *r, enum side side, size_t latest, const struct arrival *arrival)
{
	size_t waiting = r->sides[0].len + r->sides[1].len;
	bool tried = false;

	for (unsigned i = 0; i < ATTEMPTS_MAX && choose(r, side, latest); i++) {
		tried = true;
		read_both(r, arrival);
		if (r->over || r->dissector || !r->on_trial)
			break;
	}
	if (r->dissector)
		r->on_trial = r->on_trial && waiting <= TRIAL_MAX;
	else if ((tried && !r->on_trial) || waiting > UNDECIDED_MAX || ++r->segments > UNDECIDED_SEGMENTS)
		reader_free(r);
}

/* ---- from outside ---- */

void reader_octets(struct reader *r, enum side side, struct span octets, const struct arrival *arrival)
{
	struct reader_side *s = &r->sides[side];
	const uint64_t from = s->next;
	size_t used = 0;

	s->next += octets.len;
	if (r->over || !octets.len)
		return;
	origins_add(&s->origins, from, s->next, arrival, r->budget);
	if (!r->any)
		r->first = side;
	r->any = true;
	if (!r->dissector || r->on_trial) {
		keep(r, s, octets);
		decide(r, side, octets.len, arrival);
		return;
	}
	if (!s->len)
		used = read_some(r, side, octets, from, arrival);
	if (!r->dissector) {
		reader_free(r);
		return;
	}
	keep(r, s, span_part(octets, used, octets.len));
	if (s->len > octets.len - used)
		read_waiting(r, side, arrival);
	if (!r->dissector)
		reader_free(r);
}

void reader_gap(struct reader *r, enum side side, uint64_t missing, const struct arrival *arrival)
{
	struct reader_side *s = &r->sides[side];

	if (!r->over && s->pass && s->pass >= missing) {
		s->pass -= missing;
	} else if (!r->over && !r->dissector) {
		s->unsure = true;
		consume(r, s, s->len);
	} else if (!r->over) {
		s->pass = 0;
		if (call_gap(r, side, missing, arrival))
			consume(r, s, s->len);
		else
			reader_free(r);
	}
	s->next += missing;
}

void reader_end(struct reader *r, enum side side, const struct arrival *arrival)
{
	struct reader_side *s = &r->sides[side];

	if (r->over || s->ended)
		return;
	s->ended = true;
	if (r->dissector && r->dissector->end) {
		struct layers room;
		struct emit to = emit_for(r, side, s->next - s->len, arrival, &room);

		r->dissector->end(r->state, side, span_of(s->data, s->len), &to);
		settle(r, &to, s->next, arrival);
	}
	consume(r, s, s->len);
	if (r->sides[side_other(side)].ended)
		reader_free(r);
}

void reader_label(struct reader *r, const struct dissector *d, const struct arrival *arrival)
{
	if (r->over || r->dissector || d == r->refused || !d->stream)
		return;
	adopt(r, d, true);
	read_both(r, arrival);
	if (!r->dissector && !r->on_trial)
		reader_free(r);
}

void reader_abort(struct reader *r, const struct arrival *arrival)
{
	for (int n = 0; n < 2 && !r->over && r->dissector; n++) {
		struct reader_side *s = &r->sides[n];

		if (!s->ended && (s->len || s->pass))
			call_gap(r, (enum side)n, 0, arrival);
	}
	reader_free(r);
}
