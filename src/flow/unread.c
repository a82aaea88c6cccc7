#include "flow/unread.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/memory.h"

/* Exchanges at once: a busy span port has some thousands. Several may share a set, or two would take each other's place with every packet. */
enum { SETS = 2048, WAYS = 4, PLACES = SETS * WAYS };

_Static_assert(sizeof(struct unread_place) == 64, "a place is a line");

struct unread {
	uint64_t seed;
	struct unread_place *places;    /* in `room`, one line each */
	void *room;
};

struct unread *unread_new(void)
{
	struct unread *u = memory_get(sizeof *u);
	uintptr_t begin;

	u->room = memory_get((PLACES + 1) * sizeof *u->places);
	begin = ((uintptr_t)u->room + sizeof *u->places - 1) / sizeof *u->places * sizeof *u->places;
	u->places = (struct unread_place *)begin;

	/* Without a seed somebody could make two exchanges share a place, and each packet cost a little more. */
	if (getrandom(&u->seed, sizeof u->seed, GRND_NONBLOCK) < 0)
		u->seed = (uint64_t)(uintptr_t)u;
	return u;
}

void unread_free(struct unread *u)
{
	if (!u)
		return;
	free(u->room);
	free(u);
}

/* By addresses and ports alone: a flow's first packet must find the places of all that have these ends. */
static struct unread_place *set_of(struct unread *u, const uint8_t addresses[8], const uint8_t ports[4])
{
	uint64_t a, h;
	uint32_t p;

	memcpy(&a, addresses, sizeof a);
	memcpy(&p, ports, sizeof p);
	h = (a ^ u->seed) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ h >> 32 ^ p) * UINT64_C(0xd6e8feb86659fd93);
	return &u->places[(h >> 32 & (SETS - 1)) * WAYS];
}

struct unread_place *unread_find(struct unread *u, const struct glance *g, uint64_t version)
{
	struct unread_place *set = set_of(u, g->addresses, g->ports);

	for (struct unread_place *at = set; at < set + WAYS; at++)
		if (at->version == version + 1 && memcmp(&at->glance, g, sizeof *g) == 0)
			return at;
	return NULL;
}

/* What was said of the same packets before, or else what was said first, gives way. */
void unread_add(struct unread *u, const struct glance *g, uint64_t version, struct flow *flow, uint64_t flow_number)
{
	struct unread_place *set = set_of(u, g->addresses, g->ports);

	if (memcmp(&set->glance, g, sizeof *g) != 0)
		memmove(set + 1, set, (WAYS - 1) * sizeof *set);
	*set = (struct unread_place){ *g, version + 1, flow, flow_number, 0 };
}

static void forget(struct unread *u, const struct addr *src, const struct addr *dst, uint16_t src_port, uint16_t dst_port)
{
	const uint8_t ports[4] = { (uint8_t)(src_port >> 8), (uint8_t)src_port, (uint8_t)(dst_port >> 8), (uint8_t)dst_port };
	struct unread_place *set;
	uint8_t addresses[8];

	memcpy(addresses, src->octet, 4);
	memcpy(addresses + 4, dst->octet, 4);
	set = set_of(u, addresses, ports);
	for (unsigned i = 0; i < WAYS; i++)
		set[i].version = 0;
}

void unread_forget(struct unread *u, const struct layers *l)
{
	if (l->src.family != 4)
		return;
	forget(u, &l->src, &l->dst, l->src_port, l->dst_port);
	forget(u, &l->dst, &l->src, l->dst_port, l->src_port);
}
