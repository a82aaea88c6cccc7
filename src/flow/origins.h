/* Which frames brought which octets of one direction of a connection: the latest of them, at most `ORIGINS_MAX`, as the budget allows. */
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
	frame_ref frame, ready;         /* that brought them; with which they, and all before them, were there */
	int64_t ready_ns;
};

/* A zeroed struct origins is an empty one. */
struct origins {
	struct origin *ring;
	uint32_t first, count, room;
};

/* Octets [from, until) are there now, and so are all before them; a dissector took those before `consumed`. `from` never falls from call to call. Forgets what was
 * consumed half a minute ago, before it takes more room (no message is so slow, but a session goes on for weeks), and the oldest where there is no room. */
void origins_add(struct origins *o, uint64_t from, uint64_t until, uint64_t consumed, const struct arrival *arrival, struct budget *budget);
/* The frame with which everything up to here was there; leaves *ret where that is earlier or not known. */
void origins_ready(const struct origins *o, struct arrival *ret);
void origins_free(struct origins *o, struct budget *budget);

/*
 * The frames of octets [from, until): in `arena`, sorted, each once, with room for one more. Answers how many; 0 where none is known. *ret_ready is the
 * frame with which the octets could be read: the highest of them, or a later one that filled a hole in front of them, which then is in the list too.
 */
unsigned origins_of(const struct origins *o, uint64_t from, uint64_t until, struct arena *arena, frame_ref **ret_frames, struct arrival *ret_ready);

#endif
