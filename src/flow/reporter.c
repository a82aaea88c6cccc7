#include "flow/reporter.h"

#include <stdlib.h>
#include <string.h>

#include "flow/oddities.h"

/* What may wait behind young holes: then everything is handed on, and what comes late bears the frame that it came in. */
enum { WAITING_MAX = 4096, WAITING_OCTETS = 4 * 1024 * 1024 };

void reporter_start(struct reporter *r, const struct flows_user *user)
{
	r->user = *user;
	r->oddities = oddities_new();
}

void reporter_free(struct reporter *r)
{
	arena_free(&r->arena);
	oddities_free(r->oddities);
}

/* ---- order ---- */

static bool may_come_late(const struct event *e)
{
	return e->kind == &tcp_closed || e->kind == &tcp_timeout || e->kind->internal;
}

/* Too late for its place: it bears the frame that shows it to be all that comes, behind those it came in. */
static void postpone(struct reporter *r, struct event *e)
{
	unsigned count = e->frame_count ? e->frame_count : 1;
	frame_ref *frames = arena_get(&r->arena, (count + 1) * sizeof *frames);

	memcpy(frames, e->frame_count ? e->frames : &e->frame, count * sizeof *frames);
	frames[count] = r->now;
	e->frames = frames;
	e->frame_count = count + 1;
	e->frame = r->now;
	e->at_ns = r->now_ns;
}

/* The queue is sorted by frame; those of one frame stay as they came, and so do those that may come late and do. */
static void enqueue(struct reporter *r, struct draft *d)
{
	struct draft **link = &r->first;
	bool late = d->event.frame < r->handed;

	r->named = r->named || d->event.frame == r->now;
	if (late && !may_come_late(&d->event)) {
		postpone(r, &d->event);
		late = false;
	}
	if (r->last && r->last->event.frame <= d->event.frame)
		link = &r->last->next;
	while (*link && (late ? (*link)->event.frame < r->handed : (*link)->event.frame <= d->event.frame))
		link = &(*link)->next;
	d->next = *link;
	*link = d;
	if (!d->next)
		r->last = d;
	r->waiting++;
}

static void hand_on(struct reporter *r, struct event *e)
{
	if (e->frame > r->handed)
		r->handed = e->frame;
	r->user.event(r->user.user, e);
}

void reporter_release(struct reporter *r, frame_ref before)
{
	bool full = r->waiting > WAITING_MAX || r->arena.used > WAITING_OCTETS;

	while (r->first && (full || r->first->event.frame < before)) {
		struct draft *d = r->first;

		r->first = d->next;
		r->waiting--;
		hand_on(r, &d->event);
	}
	if (!r->first) {
		r->last = NULL;
		if (r->arena.used)
			arena_reset(&r->arena);
	}
}

/* ---- what every event bears ---- */

static void address(struct event *e, const struct layers *l)
{
	e->has_ether = l->has_outer;
	e->eth_src = l->outer_src;
	e->eth_dst = l->outer_dst;
	e->mac_src = l->ether_src;
	e->mac_dst = l->ether_dst;
	e->vlan_count = l->vlan_count;
	memcpy(e->vlans, l->vlans, sizeof e->vlans);
	e->has_ip = l->src.family != 0;
	e->src = (struct endpoint){ l->src, l->src_port };
	e->dst = (struct endpoint){ l->dst, l->dst_port };
}

static struct draft *draft_new(struct reporter *r, const struct kind *kind)
{
	struct draft *d = arena_get(&r->arena, sizeof *d);

	d->event.kind = kind;
	d->event.fields.arena = &r->arena;
	return d;
}

static struct draft *draft_of(struct event *e)
{
	return (struct draft *)(void *)e;
}

/* ---- a dissector's side (dissector.h) ---- */

struct event *emit_begin(struct emit *to, const struct kind *kind)
{
	struct draft *d = draft_new(to->report, kind);

	d->event.cut = to->arrival.cut;
	return &d->event;
}

void emit_end(struct emit *to, struct event *e)
{
	struct draft *d = draft_of(e);

	if (to->last)
		to->last->next = d;
	else
		to->first = d;
	to->last = d;
}

static void put_reason(struct event *e, const char *reason)
{
	const struct record *reasons = event_list(e, &event_malformed);

	put_string(reasons->arena ? (struct record *)(uintptr_t)reasons : put_list(&e->fields, &event_malformed), NULL, reason);
}

void emit_malformed(struct emit *to, struct event *e, const char *reason)
{
	struct reporter *r = to->report;

	if (to->arrival.cut) {
		if (e)
			e->cut = true;
		return;
	}
	r->malformed++;
	oddities_count(r->oddities, to->dissector->name, reason);
	oddities_count_malformed(r->oddities, frame_file(to->arrival.frame));
	if (e)
		put_reason(e, reason);
}

void emit_counted(struct emit *to, const char *what)
{
	to->report->counted++;
	oddities_count(to->report->oddities, to->dissector->name, what);
}

void emit_range(struct emit *to, struct event *e, enum side side, uint64_t from, uint64_t until)
{
	struct draft *d = draft_of(e);

	(void)to;
	d->ranged = true;
	d->side = side;
	d->from = from;
	d->until = until;
}

uint64_t emit_offset(const struct emit *to)
{
	return to->offset;
}

int64_t emit_time_ns(const struct emit *to)
{
	return to->arrival.at_ns;
}

const struct layers *emit_layers(const struct emit *to)
{
	if (to->path && !to->layers->transport)
		path_layers(to->path, to->side, to->layers);
	return to->layers;
}

bool emit_is_cut(const struct emit *to)
{
	return to->arrival.cut;
}

/* ---- frames ---- */

static void settle(struct emit *to, struct draft *d, const struct arrival *arrival, const struct layers *l)
{
	d->event.frame = arrival->frame;
	d->event.at_ns = arrival->at_ns;
	d->event.time_digits = to->time_digits;
	d->event.flow = to->flow;
	address(&d->event, l);
	enqueue(to->report, d);
}

void emit_settle_datagram(struct emit *to)
{
	for (struct draft *d = to->first, *next; d; d = next) {
		next = d->next;
		if (to->frame_count > 1) {
			frame_ref *frames = arena_get(&to->report->arena, to->frame_count * sizeof *frames);

			memcpy(frames, to->frames, to->frame_count * sizeof *frames);
			d->event.frames = frames;
			d->event.frame_count = to->frame_count;
		}
		settle(to, d, &to->arrival, to->layers);
	}
	to->first = to->last = NULL;
}

/* The frame that ended a side completes what is read of it then. */
static unsigned add_end(struct reporter *r, frame_ref **frames, unsigned count, const struct arrival *end, struct arrival *ready)
{
	if (!count)
		*frames = arena_get(&r->arena, sizeof **frames);
	if (count && (*frames)[count - 1] >= end->frame)
		return count;
	*ready = *end;
	(*frames)[count] = end->frame;
	return count + 1;
}

void emit_settle_stream(struct emit *to, const struct origins *const origins[2], uint64_t from, uint64_t until, const struct arrival *end)
{
	for (struct draft *d = to->first, *next; d; d = next) {
		enum side side = d->ranged ? d->side : to->side;
		struct arrival ready = to->arrival;
		frame_ref *frames = NULL;
		unsigned count = origins_of(origins[side], d->ranged ? d->from : from, d->ranged ? d->until : until, &to->report->arena, &frames, &ready);
		struct layers l;

		next = d->next;
		if (end)
			count = add_end(to->report, &frames, count, end, &ready);
		if (count > 1) {
			d->event.frames = frames;
			d->event.frame_count = count;
		}
		path_layers(to->path, side, &l);
		settle(to, d, &ready, &l);
	}
	to->first = to->last = NULL;
}

/* ---- TCP's own ---- */

struct event *reporter_begin_tcp(struct reporter *r, const struct kind *kind, const struct path *path, frame_ref frame, int64_t at_ns)
{
	struct draft *d = draft_new(r, kind);
	struct layers l;

	path_layers(path, SIDE_CLIENT, &l);
	address(&d->event, &l);
	d->event.frame = frame;
	d->event.at_ns = at_ns;
	d->event.time_digits = path->time_digits;
	d->event.flow = path->number;
	return &d->event;
}

void reporter_add_tcp(struct reporter *r, struct event *e)
{
	enqueue(r, draft_of(e));
}

uint64_t reporter_malformed_of(const struct reporter *r, unsigned file)
{
	return oddities_malformed_of(r->oddities, file);
}

void reporter_each_oddity(const struct reporter *r, void (*each)(void *, const char *, const char *, uint64_t), void *user)
{
	oddities_each(r->oddities, each, user);
}
