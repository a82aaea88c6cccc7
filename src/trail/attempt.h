/*
 * The events of one attempt: copies in packet order, bounded in number and in octets.
 *
 * The first `head` events stay; of what follows, the latest `tail`. How a long session ended is thus there however long it was. Of the progress
 * reports of one connection only the latest is kept. What had to go is counted in `left_out`.
 */
#ifndef TRAIL_ATTEMPT_H
#define TRAIL_ATTEMPT_H

#include "trail/phone.h"
#include "trail/place.h"

struct attempt_limits {
	size_t head, tail;
	size_t octets;          /* of all events together; a single event may be larger */
	size_t evidence;        /* octets of packets, if fewer than the options say; 0: as they say */
};

struct attempt *attempt_new(struct phone *p, uint64_t number);
void attempt_free(struct attempt *a);

struct place place_of(const struct event *e);

/* Puts a copy of the event in its place. */
void attempt_add(struct attempt *a, const struct event *e, const struct attempt_limits *limits);

/* Octets that its events and packets take, in memory or asleep. */
size_t attempt_octets(const struct attempt *a);

/* A new attempt of the same phone with all events and packets from `from` on; they leave `a`. */
struct attempt *attempt_split(struct attempt *a, uint64_t number, struct place from);

/* Removes what others than the phone advertised (LLDP, CDP) in this capture file, and its packets. */
void attempt_remove_advertisements(struct attempt *a, unsigned file);

/* Whether the event is an advertisement of something else than this device. */
bool is_foreign_advertisement(const struct event *e, struct mac device);

/* Whether an event of this flow is there. */
bool attempt_has_flow(const struct attempt *a, uint64_t flow);

#endif
