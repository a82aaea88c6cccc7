#include "flow/origins.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"

#define KEPT_NS (30 * NS_PER_S)

enum { ROOM_FIRST = 2 };

static struct origin *at(const struct origins *o, uint32_t n)
{
	return &o->ring[(o->first + n) % o->room];
}

static void grow(struct origins *o, struct budget *budget)
{
	uint32_t room = o->room ? o->room * 2 : ROOM_FIRST;
	struct origin *ring = memory_get(room * sizeof *ring);

	for (uint32_t i = 0; i < o->count; i++)
		ring[i] = *at(o, i);
	budget->used += (room - o->room) * sizeof *ring;
	free(o->ring);
	o->ring = ring;
	o->room = room;
	o->first = 0;
}

/* A quarter of the budget is kept for octets: they are worth more than to know where old ones came from. */
static bool may_grow(const struct origins *o, const struct budget *budget)
{
	return o->room < ROOM_FIRST || (o->room < ORIGINS_MAX && budget->used < budget->max - budget->max / 4);
}

static void drop_first(struct origins *o)
{
	o->first = (o->first + 1) % o->room;
	o->count--;
}

static void drop_old(struct origins *o, uint64_t consumed, int64_t now_ns)
{
	while (o->count && at(o, 0)->until <= consumed && now_ns - at(o, 0)->ready_ns > KEPT_NS)
		drop_first(o);
}

void origins_add(struct origins *o, uint64_t from, uint64_t until, uint64_t consumed, const struct arrival *arrival, struct budget *budget)
{
	struct origin one = { from, until, arrival->frame, arrival->frame, arrival->at_ns };

	if (o->count && at(o, o->count - 1)->ready > one.ready) {
		one.ready = at(o, o->count - 1)->ready;
		one.ready_ns = at(o, o->count - 1)->ready_ns;
	}
	if (o->count == o->room)
		drop_old(o, consumed, arrival->at_ns);
	if (o->count == o->room && may_grow(o, budget))
		grow(o, budget);
	if (o->count == o->room)
		drop_first(o);
	*at(o, o->count++) = one;
}

void origins_ready(const struct origins *o, struct arrival *ret)
{
	if (!o->count || at(o, o->count - 1)->ready <= ret->frame)
		return;
	ret->frame = at(o, o->count - 1)->ready;
	ret->at_ns = at(o, o->count - 1)->ready_ns;
}

void origins_free(struct origins *o, struct budget *budget)
{
	budget->used -= o->room * sizeof *o->ring;
	free(o->ring);
	*o = (struct origins){ 0 };
}

static int compare(const void *a, const void *b)
{
	const frame_ref *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static unsigned sort_once(frame_ref *frames, unsigned count)
{
	unsigned kept = 0;

	qsort(frames, count, sizeof *frames, compare);
	for (unsigned i = 0; i < count; i++)
		if (i == 0 || frames[i] != frames[kept - 1])
			frames[kept++] = frames[i];
	return kept;
}

unsigned origins_of(const struct origins *o, uint64_t from, uint64_t until, struct arena *arena, frame_ref **ret_frames, struct arrival *ret_ready)
{
	uint32_t end = o->count, begin;
	unsigned count = 0;

	while (end && at(o, end - 1)->from >= until)
		end--;
	for (begin = end; begin && at(o, begin - 1)->until > from; begin--)
		;
	if (begin == end)
		return 0;
	ret_ready->frame = at(o, end - 1)->ready;
	ret_ready->at_ns = at(o, end - 1)->ready_ns;
	*ret_frames = arena_get(arena, (end - begin + 2) * sizeof **ret_frames);
	for (uint32_t i = begin; i < end; i++)
		(*ret_frames)[count++] = at(o, i)->frame;
	(*ret_frames)[count++] = ret_ready->frame;
	return sort_once(*ret_frames, count);
}
