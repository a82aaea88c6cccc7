/* Segments that came out of order, waiting for a hole in front of them to fill. No two overlap: the octets that came first stay. */
#ifndef FLOW_PIECES_H
#define FLOW_PIECES_H

#include "base/cursor.h"
#include "flow/origins.h"

struct piece {
	struct piece *next;
	uint64_t from, until;           /* stream offsets, as on the wire */
	struct arrival arrival;
	size_t len;                     /* octets there are; fewer than until - from where the snap length cut the segment */
	uint8_t octets[];
};

/* A zeroed struct pieces is an empty one. */
struct pieces {
	struct piece *first, *last;
	size_t count, used;             /* octets of memory */
};

/* Keeps a copy of what of [from, from + wire_len) is not there yet. */
void pieces_add(struct pieces *p, uint64_t from, struct span octets, uint64_t wire_len, const struct arrival *arrival, struct budget *budget);

/* Takes out the first piece; the caller gives it to piece_free. NULL where there is none. */
struct piece *pieces_take(struct pieces *p, struct budget *budget);
void pieces_free(struct pieces *p, struct budget *budget);

#endif
