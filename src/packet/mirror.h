/*
 * Copies that a mirror port makes: the same packet again within a few milliseconds, perhaps with another VLAN tag, TTL or MAC address
 * (a mirror of two VLANs sees a routed packet twice). A retransmission is not a copy: it comes later or bears another IP id.
 */
#ifndef PACKET_MIRROR_H
#define PACKET_MIRROR_H

#include "packet/packet.h"

struct mirror;

struct mirror *mirror_new(void);
void mirror_free(struct mirror *m);

/* Whether this packet is a copy of one seen within the last 5 ms of packet time. Remembers it otherwise. Bounded memory. */
bool mirror_is_copy(struct mirror *m, const struct packet *p, const struct layers *l);
uint64_t mirror_copies(const struct mirror *m);

#endif
