/*
 * The packets of one attempt as they were captured, so that it comes with its evidence.
 *
 * Where they are too many for the room, the beginning and the latest stay. Of what lies between, packets that no event names go first, the oldest
 * first: an acknowledgement before a certificate. What had to go is counted in `left_out`.
 */
#ifndef TRAIL_EVIDENCE_H
#define TRAIL_EVIDENCE_H

#include "trail/place.h"

struct kept_packet {
	struct packet packet;           /* its octets belong to the evidence */
	uint8_t *octets;
	uint64_t flow;                  /* as in struct event */
	bool named;                     /* an event of the attempt came in it */
	bool passing;                   /* of a connection that nobody reads: the next one takes its place, unless it is named */
	bool foreign;                   /* a switch's advertisement */
};

/* A zeroed one is empty. */
struct evidence {
	struct kept_packet *at;         /* in packet order */
	size_t count, room;
	size_t octets;                  /* of memory that they take */
	uint64_t left_out;              /* packets that are gone or never came, though they belong here */
	struct place last_left_out;
};

void evidence_free(struct evidence *e);

/* Puts a copy in its place. Not one that is there already. */
void evidence_add(struct evidence *e, const struct kept_packet *p);

/* The packet of this frame, or NULL. Good until the next change. */
struct kept_packet *evidence_find(const struct evidence *e, frame_ref frame);

/* One of them leaves, and is not missed. */
void evidence_take_out(struct evidence *e, struct kept_packet *p);

void evidence_miss(struct evidence *e, struct place place);

/* All from `from` on leave `e` for the empty `rest`. */
void evidence_split(struct evidence *e, struct place from, struct evidence *rest);

/* Removes what a switch advertised in this capture file. */
void evidence_remove_foreign(struct evidence *e, unsigned file);

/* Keeps to `max` octets, of which `head` are for the beginning. */
void evidence_bound(struct evidence *e, size_t max, size_t head);

#endif
