/*
 * What says that the answer to a question about two addresses may not be what it was: numbers that rise, one for everybody and one for each of the
 * addresses that share a place. Cheap enough to be asked for every packet.
 */
#ifndef FLOW_VERSIONS_H
#define FLOW_VERSIONS_H

#include "base/addr.h"

enum { VERSION_PLACES = 1024 };

struct versions {
	uint64_t everybody;
	uint32_t of[VERSION_PLACES];    /* by the last octets of an address */
};

static inline unsigned versions_place(const uint8_t last_octets[2])
{
	return ((unsigned)last_octets[0] << 8 | last_octets[1]) & (VERSION_PLACES - 1);
}

static inline void versions_rise(struct versions *v, const struct addr *a)
{
	v->of[versions_place(a->octet + (a->family == 4 ? 2 : 14))]++;
}

/* Of two IPv4 addresses that follow one another, as in a header. None of the three numbers ever falls: where the sum is the same, they are. */
static inline uint64_t versions_of(const struct versions *v, const uint8_t addresses[8])
{
	return v->everybody + v->of[versions_place(addresses + 2)] + v->of[versions_place(addresses + 6)];
}

#endif
