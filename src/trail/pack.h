/*
 * Events of one attempt as few octets: what one has in common with those before it is not repeated, numbers are as long as they need to be. For this process
 * only: kinds and fields are told by where they are in its memory.
 */
#ifndef TRAIL_PACK_H
#define TRAIL_PACK_H

#include "trail/event.h"

/* A zeroed one is ready; the same sequence of events comes out as went in. */
struct pack {
	unsigned char *octets;
	size_t len, room;               /* of packing; room 0: of unpacking, with octets and len the caller's */
	size_t at;                      /* of unpacking */
	uintptr_t place;                /* the kind or field that came last */
	struct event like[2];           /* the latest event of one sender, and of others */
};

void pack_event(struct pack *p, const struct event *e);
struct event *unpack_event(struct pack *p, struct arena *arena);

/* Ready for other events; the memory stays. */
void pack_clear(struct pack *p);
void pack_free(struct pack *p);

#endif
