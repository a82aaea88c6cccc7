#include "trail/sleep.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "trail/pack.h"
#include "trail/trail_parts.h"

enum {
	SLEEP_MIN = 512,                /* with fewer octets it is not worth it */
	FILE_MIN = 512,                 /* packed: fewer are not worth a place in the file */
	DREAMS_MAX = 1024,              /* octets: with more there is life in it */
	DREAMS_FEW = 256,               /* where it is woken without a look into the file */
	AWAKE_MAX = 4 << 20,
};

/* Kept from attempt to attempt: its memory is as long as the longest. */
static struct pack *scratch(void)
{
	static struct pack pack;

	pack_clear(&pack);
	return &pack;
}

bool attempt_sleep(struct attempt *a)
{
	struct pack *p = scratch();

	if (a->sleeps || a->arena.used < SLEEP_MIN)
		return false;
	for (size_t i = 0; i < a->count; i++)
		pack_event(p, a->events[i]);
	if (!p->len)
		return false;
	if (p->len < FILE_MIN) {
		a->packed = memory_resize(NULL, p->len, 1);
		memcpy(a->packed, p->octets, p->len);
		a->packed_octets = p->len;
	} else if (!spill_keep(p->octets, p->len, &a->bed)) {
		return false;
	}
	a->sleeps = true;
	a->sleeping_octets = a->arena.used;
	arena_free(&a->arena);
	free(a->events);
	a->events = NULL;
	a->room = 0;
	return true;
}

bool attempt_sleeps_on(struct attempt *a, const struct event *e)
{
	struct pack *p = scratch();

	if (!a->sleeps || a->dream_octets > (a->packed ? DREAMS_FEW : DREAMS_MAX))
		return false;
	pack_event(p, e);
	a->dreams = memory_resize(a->dreams, a->dream_octets + p->len, 1);
	memcpy(a->dreams + a->dream_octets, p->octets, p->len);
	a->dream_octets += p->len;
	return true;
}

static void remember_dreams(struct attempt *a, const struct attempt_limits *limits)
{
	struct arena arena = { 0 };

	for (size_t at = 0; at < a->dream_octets;) {
		struct pack one = { .octets = a->dreams, .len = a->dream_octets, .at = at };

		attempt_add(a, unpack_event(&one, &arena), limits);
		at = one.at;
	}
	arena_free(&arena);
	free(a->dreams);
	a->dreams = NULL;
	a->dream_octets = 0;
}

void attempt_wake(struct attempt *a, const struct attempt_limits *limits)
{
	struct pack pack = { .octets = a->packed, .len = a->packed_octets };

	if (!pack.octets) {
		pack.len = a->bed.len;
		pack.octets = memory_lend(pack.len);
		spill_fetch(&a->bed, pack.octets);
		spill_drop(&a->bed);
	}
	a->packed = NULL;
	a->events = memory_resize(NULL, a->count, sizeof(struct event *));
	for (size_t i = 0; i < a->count; i++)
		a->events[i] = unpack_event(&pack, &a->arena);
	pack_free(&pack);
	a->room = a->count;
	a->sleeps = false;
	a->sleeping_octets = 0;
	remember_dreams(a, limits);
}

/* ---- who sleeps ---- */

/* Those that were not heard of for longest. What is awake then may be all that can sleep: the next time is when there is much more. */
void trail_let_sleep(struct trail *t)
{
	struct surroundings *s = &t->surroundings;
	size_t awake = s->octets - s->asleep;

	/* Packets that are kept do not sleep. */
	if (awake <= t->sleep_from + AWAKE_MAX || s->evidence_octets || !spill_is_allowed())
		return;
	devices_let_sleep(s, AWAKE_MAX / 4 * 3);
	awake = s->octets - s->asleep;
	t->sleep_from = awake > AWAKE_MAX / 4 * 3 ? awake - AWAKE_MAX / 4 * 3 : 0;
}
