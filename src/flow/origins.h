/* Which frames brought which octets of one direction of a connection: the latest of them, as many as `ORIGINS_MAX` and the budget allow. */
#ifndef FLOW_ORIGINS_H
#define FLOW_ORIGINS_H

#include "base/arena.h"
#include "packet/packet.h"

enum { ORIGINS_MAX = 1024 };

/* Octets that may be in use over all connections together. */
struct budget {
	size_t used, max;
};

/* A frame and its time. */
struct arrival {
	frame_ref frame;
	int64_t at_ns;
	bool cut;                       /* by the snap length */
};

struct origin {
	uint64_t from, until;           /* stream offsets */
	struct arrival arrival;
};

/* A zeroed struct origins is an empty one. */
struct origins {
	struct origin *ring;
	uint32_t first, count, room;
};

/* `from` never falls from call to call. Forgets the oldest where there is no room. */
void origins_add(struct origins *o, const struct origin *one, struct budget *budget);
void origins_free(struct origins *o, struct budget *budget);

/* The frames of octets [from, until): in `arena`, sorted, each once. *ret_last is the highest of them. Answers how many; 0 where none is known. */
unsigned origins_of(const struct origins *o, uint64_t from, uint64_t until, struct arena *arena, frame_ref **ret_frames, struct arrival *ret_last);

#endif
