/*
 * The latest packets of whoever is no phone yet, and the fragments of datagrams that are not whole yet: here they are found when an event says whose
 * they are. A ring of fixed size, so that a packet of somebody who never becomes a phone costs a copy and no memory.
 */
#ifndef TRAIL_STRAY_H
#define TRAIL_STRAY_H

#include "trail/evidence.h"

enum { STRAYS_MAX = 2048, STRAYS_OCTETS = 1 << 20 };

struct strays;

struct strays *strays_new(void);
void strays_free(struct strays *s);

/* A packet longer than the ring is not kept. */
void strays_add(struct strays *s, const struct packet *p, uint64_t flow);

/* *ret is good until the next strays_add; its octets belong to the strays. False where it is not there, or not any more. */
bool strays_find(const struct strays *s, frame_ref frame, struct kept_packet *ret);

#endif
