#include "trail/evidence.h"

#include <stdlib.h>

#include "base/memory.h"

static size_t octets_of(const struct kept_packet *p)
{
	return sizeof *p + p->packet.data.len;
}

static struct place place_of_packet(const struct packet *p)
{
	return (struct place){ p->frame, p->at_ns };
}

void evidence_free(struct evidence *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->at[i].octets);
	free(e->at);
	*e = (struct evidence){ 0 };
}

/* ---- finding ---- */

/* What is asked for came lately, nearly always. */
struct kept_packet *evidence_find(const struct evidence *e, frame_ref frame)
{
	for (size_t i = e->count; i--;) {
		frame_ref there = e->at[i].packet.frame;

		if (there == frame)
			return &e->at[i];
		if (frame_file(there) == frame_file(frame) && there < frame)
			break;
	}
	return NULL;
}

/* ---- adding ---- */

static void make_room(struct evidence *e)
{
	if (e->count < e->room)
		return;
	e->room = e->room ? 2 * e->room : 16;
	e->at = memory_resize(e->at, e->room, sizeof *e->at);
}

/* The packet is another's now, with its octets. */
static void append(struct evidence *e, const struct kept_packet *p)
{
	make_room(e);
	e->at[e->count++] = *p;
	e->octets += octets_of(p);
}

/* The latest of its connection that nobody reads, if no event names it: what comes next takes its place. */
static struct kept_packet *latest_passing(const struct evidence *e, uint64_t flow)
{
	enum { NEAR = 64 };             /* where several such connections go on at once, each is near the end */

	for (size_t i = e->count, near = NEAR; i-- && near--;)
		if (e->at[i].flow == flow && e->at[i].passing)
			return e->at[i].named ? NULL : &e->at[i];
	return NULL;
}

void evidence_take_out(struct evidence *e, struct kept_packet *p)
{
	size_t at = (size_t)(p - e->at);

	e->octets -= octets_of(p);
	free(p->octets);
	memmove(p, p + 1, (e->count - at - 1) * sizeof *p);
	e->count--;
}

void evidence_add(struct evidence *e, const struct kept_packet *p)
{
	struct kept_packet *earlier = p->passing ? latest_passing(e, p->flow) : NULL, copy = *p;
	size_t at;

	if (evidence_find(e, p->packet.frame))
		return;
	if (earlier)
		evidence_take_out(e, earlier);
	copy.octets = memory_copy(p->packet.data.data, p->packet.data.len);
	copy.packet.data.data = copy.octets;
	append(e, &copy);
	for (at = e->count - 1; at && place_before(place_of_packet(&p->packet), place_of_packet(&e->at[at - 1].packet)); at--)
		e->at[at] = e->at[at - 1];
	e->at[at] = copy;
}

void evidence_miss(struct evidence *e, struct place place)
{
	if (!e->left_out || place_before(e->last_left_out, place))
		e->last_left_out = place;
	e->left_out++;
}

/* ---- taking apart ---- */

/* What was left out cannot be told apart any more: where some of it was of the rest, all may have been. */
void evidence_split(struct evidence *e, struct place from, struct evidence *rest)
{
	size_t at = e->count;

	while (at && !place_before(place_of_packet(&e->at[at - 1].packet), from))
		at--;
	for (size_t i = at; i < e->count; i++) {
		append(rest, &e->at[i]);
		e->octets -= octets_of(&e->at[i]);
	}
	e->count = at;
	if (e->left_out && !place_before(e->last_left_out, from)) {
		rest->left_out = e->left_out;
		rest->last_left_out = e->last_left_out;
	}
}

void evidence_remove_foreign(struct evidence *e, unsigned file)
{
	for (size_t i = e->count; i--;)
		if (e->at[i].foreign && frame_file(e->at[i].packet.frame) == file)
			evidence_take_out(e, &e->at[i]);
}

/* ---- bounds ---- */

/* The packets [from, until) make room until no more than `octets` are held; those that are named only if `named`. */
static size_t leave_out(struct evidence *e, size_t from, size_t until, size_t octets, bool named)
{
	size_t kept = from;

	for (size_t i = from; i < e->count; i++) {
		struct kept_packet *p = &e->at[i];

		if (i < until && e->octets > octets && (named || !p->named)) {
			evidence_miss(e, place_of_packet(&p->packet));
			e->octets -= octets_of(p);
			free(p->octets);
		} else {
			e->at[kept++] = *p;
		}
	}
	until -= e->count - kept;
	e->count = kept;
	return until;
}

/* How many packets at the front, or at the back, take no more than `octets`. */
static size_t fill(const struct evidence *e, size_t octets, bool back)
{
	size_t n = 0, sum = 0;

	while (n < e->count) {
		sum += octets_of(&e->at[back ? e->count - 1 - n : n]);
		if (sum > octets)
			break;
		n++;
	}
	return n;
}

/* An eighth of the room must be free again, or each next packet would move them all. The latest eighth waits for its events. */
void evidence_bound(struct evidence *e, size_t max, size_t head)
{
	size_t goal = max / 8 * 7, from, until;

	if (e->octets <= max)
		return;
	from = fill(e, head, false);
	until = e->count - fill(e, max / 8, true);
	if (until < from)
		until = from;
	until = leave_out(e, from, until, goal, false);
	leave_out(e, from, until, goal, true);
	leave_out(e, from, e->count, goal, true);
}
