#include "trail/attempt.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "flow/flow.h"
#include "trail/marker.h"

struct attempt *attempt_new(struct phone *p, uint64_t number)
{
	struct attempt *a = memory_get(sizeof *a);

	a->phone = p;
	a->number = number;
	return a;
}

void attempt_free(struct attempt *a)
{
	if (!a)
		return;
	arena_free(&a->arena);
	if (a->sleeps && !a->packed)
		spill_drop(&a->bed);
	free(a->packed);
	free(a->dreams);
	evidence_free(&a->evidence);
	free(a->events);
	free(a);
}

struct place place_of(const struct event *e)
{
	return (struct place){ e->frame, e->at_ns };
}

size_t attempt_octets(const struct attempt *a)
{
	return a->arena.used + a->sleeping_octets + a->evidence.octets;
}

bool is_foreign_advertisement(const struct event *e, struct mac device)
{
	return is_advertisement(e) && !mac_equal(e->mac_src, device);
}

/* The switch speaks before the phone is there and after it has gone: that is not its time. */
static void stretch(struct attempt *a, const struct event *e)
{
	if (is_foreign_advertisement(e, a->phone->mac))
		return;
	if (!a->start_ns || e->at_ns < a->start_ns)
		a->start_ns = e->at_ns;
	if (!a->end_ns || e->at_ns > a->end_ns)
		a->end_ns = e->at_ns;
}

static void measure(struct attempt *a)
{
	a->start_ns = a->end_ns = 0;
	for (size_t i = 0; i < a->count; i++)
		stretch(a, a->events[i]);
}

static void place(struct attempt *a, struct event *e)
{
	size_t at = a->count;

	if (a->count == a->room) {
		a->room = a->room ? 2 * a->room : 4;
		a->events = memory_resize(a->events, a->room, sizeof *a->events);
	}
	while (at && place_before(place_of(e), place_of(a->events[at - 1])))
		at--;
	memmove(a->events + at + 1, a->events + at, (a->count - at) * sizeof *a->events);
	a->events[at] = e;
	a->count++;
}

static void take_out(struct attempt *a, size_t at, size_t n)
{
	memmove(a->events + at, a->events + at + n, (a->count - at - n) * sizeof *a->events);
	a->count -= n;
}

/* ---- progress of one connection ---- */

/* The same fields with other numbers: the copy takes them over, so that a session of months needs no more memory than one of minutes. */
static bool renew(struct event *copy, const struct event *e)
{
	struct record fields = copy->fields;
	struct item *to = fields.first;
	const struct item *from = e->fields.first;

	for (; to && from && to->field == from->field && to->form == from->form && to->form < FORM_TEXT; to = to->next)
		from = from->next;
	if (to || from || e->frame_count)
		return false;
	for (to = fields.first, from = e->fields.first; to; to = to->next, from = from->next) {
		struct item *next = to->next;

		*to = *from;
		to->next = next;
	}
	*copy = *e;
	copy->fields = fields;
	return true;
}

/* The earlier report of the same connection leaves the list; NULL without one. */
static struct event *take_progress(struct attempt *a, const struct event *e)
{
	for (size_t i = a->count; e->kind == &tcp_progress && i--;) {
		struct event *earlier = a->events[i];

		if (earlier->kind == &tcp_progress && earlier->flow == e->flow) {
			take_out(a, i, 1);
			return earlier;
		}
	}
	return NULL;
}

/* ---- bounds ---- */

/* Leaves the memory of events that were taken out behind. */
static void compact(struct attempt *a)
{
	struct arena fresh = { 0 };

	for (size_t i = 0; i < a->count; i++)
		a->events[i] = event_copy(a->events[i], &fresh);
	arena_free(&a->arena);
	a->arena = fresh;
}

static void leave_out(struct attempt *a, size_t at, size_t n)
{
	take_out(a, at, n);
	a->left_out += n;
}

static void bound(struct attempt *a, const struct attempt_limits *l)
{
	if (a->count > l->head + l->tail)
		leave_out(a, l->head, a->count - l->head - l->tail);
	if (a->arena.used <= l->octets)
		return;
	compact(a);
	/* A few events so large that they fill the room: half of what is not the beginning goes, the older half. A quarter of the room must be
	 * free again, or each next event would copy everything. */
	while (a->arena.used > l->octets / 4 * 3 && a->count > 1) {
		size_t keep = l->head < a->count / 2 ? l->head : a->count / 2;

		leave_out(a, keep, (a->count - keep + 1) / 2);
		compact(a);
	}
}

void attempt_add(struct attempt *a, const struct event *e, const struct attempt_limits *limits)
{
	struct event *copy = take_progress(a, e);

	if (!copy || !renew(copy, e))
		copy = event_copy(e, &a->arena);
	place(a, copy);
	stretch(a, copy);
	bound(a, limits);
}

/* ---- taking apart ---- */

struct attempt *attempt_split(struct attempt *a, uint64_t number, struct place from)
{
	struct attempt *rest = attempt_new(a->phone, number);
	size_t at = a->count;

	while (at && !place_before(place_of(a->events[at - 1]), from))
		at--;
	for (size_t i = at; i < a->count; i++)
		place(rest, event_copy(a->events[i], &rest->arena));
	take_out(a, at, a->count - at);
	evidence_split(&a->evidence, from, &rest->evidence);
	measure(a);
	measure(rest);
	return rest;
}

void attempt_remove_advertisements(struct attempt *a, unsigned file)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->count; i++)
		if (frame_file(a->events[i]->frame) != file || !is_foreign_advertisement(a->events[i], a->phone->mac))
			a->events[kept++] = a->events[i];
	a->count = kept;
	evidence_remove_foreign(&a->evidence, file);
}

bool attempt_has_flow(const struct attempt *a, uint64_t flow)
{
	for (size_t i = a->count; i--;)
		if (a->events[i]->flow == flow)
			return true;
	return false;
}
