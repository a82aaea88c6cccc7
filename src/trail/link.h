/*
 * Whose link a capture file was taken on. LLDP and CDP advertisements go from one end of a cable to the other and never further (IEEE 802.1AB
 * 7.1), so what a switch advertises is said to the one phone at the other end. Frames of a tunnel (a remote mirror) tell nothing here.
 *
 * In this order:
 *  - one phone in the file advertises itself: the link is its own. Several do: it is nobody's.
 *  - else, one phone in the file sends to or gets frames from single addresses: it is the one. Several do: nobody's.
 *    (Broadcasts of other phones of the VLAN reach every port and do not count.)
 *  - else, one phone is seen at all (one that never got an address): it is the one.
 */
#ifndef TRAIL_LINK_H
#define TRAIL_LINK_H

#include "trail/event.h"
#include "trail/evidence.h"

struct links;

struct links *links_new(void);
void links_free(struct links *l);

/* When the first event of this event's file was; the event itself may be it. */
int64_t links_start(struct links *l, const struct event *e);

/* How a phone's own frame was seen. */
enum sight { SIGHT_BROADCAST, SIGHT_UNICAST, SIGHT_ADVERTISES, SIGHTS };

/* A frame of this phone, in or out of its port. Answers whether the link's phone is another one now. */
bool links_see(struct links *l, unsigned file, struct mac phone, enum sight sight);

/* The phone of the link; false where it is nobody's. */
bool links_phone(struct links *l, unsigned file, struct mac *ret);

/* Keeps the switch's latest advertisements, for a phone that shows only later; with the packet if there is one. */
void links_keep(struct links *l, const struct event *advertisement, const struct kept_packet *packet);

/* The packet of an advertisement that is kept, or NULL. Good until the next links_keep. */
const struct kept_packet *links_packet(struct links *l, frame_ref frame);

/* Calls `each` for the advertisements of this file that were still good at `at_ns`, oldest first. */
void links_each(struct links *l, unsigned file, int64_t at_ns, void (*each)(void *user, const struct event *e), void *user);

#endif
