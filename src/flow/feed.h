/*
 * Gives the octets of a connection, once they are in order, to a dissector; finds out which one that is.
 *
 * The dissector of the server's port is tried without asking, unless another one surely recognises the first octets of a side. It is on trial until
 * it has consumed something: if it stops before, the others get their chance. Without one, the first octets wait (a little) for somebody to recognise
 * them, or for nDPI's label.
 */
#ifndef FLOW_FEED_H
#define FLOW_FEED_H

#include "flow/reporter.h"

/* One direction. */
struct feed_side {
	uint64_t next;                  /* stream offset behind the last octet that was given */
	uint8_t *data;                  /* given and not consumed: they end at `next` */
	size_t len, room;
	uint64_t pass;                  /* so many of the next octets are passed over; then nothing waits */
	uint64_t broken;                /* `next` when it was told that nothing more would come */
	bool begun;                     /* the dissector took something of it */
	bool unsure;                    /* its next octet may be in the middle of a message */
	bool told;                      /* and the dissector knows */
	bool ended;
	struct origins origins;
};

struct feed {
	struct reporter *report;
	struct budget *budget;
	const struct path *path;
	bool markers;                   /* only dissectors that show markers */
	const struct dissector *by_port, *dissector, *refused;
	void *state;
	size_t held;                    /* octets of memory of the state, as far as the budget knows */
	bool on_trial, over;
	bool late;                      /* a dissector has read a part and is done */
	bool any;                       /* octets came; `first` is the side that sent the first */
	enum side first;
	unsigned segments;              /* while there is no dissector */
	struct feed_side sides[2];
};

void feed_octets(struct feed *f, enum side side, struct span octets, const struct arrival *arrival);
void feed_gap(struct feed *f, enum side side, uint64_t missing, const struct arrival *arrival);
void feed_end(struct feed *f, enum side side, const struct arrival *arrival);
void feed_label(struct feed *f, const struct dissector *d, const struct arrival *arrival);
/* What is waited for will never come; though after a reset something may. */
void feed_break(struct feed *f, const struct arrival *arrival);
void feed_free(struct feed *f);

#endif
