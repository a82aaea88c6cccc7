/*
 * Which Ethernet address an IP address belongs to: the address that a DHCP answer gave or confirmed to a client, that a client of DHCP said to
 * have, or that the sender of ARP said to be its own (RFC 826; not a probe, RFC 5227 2.1.1). The latest word wins. Bounded: the binding that
 * was used least recently is forgotten first.
 */
#ifndef TRAIL_BINDING_H
#define TRAIL_BINDING_H

#include "flow/versions.h"
#include "trail/event.h"

struct bindings;

/* `watches` says whose addresses bindings_watched finds. An address's version rises whenever bindings_watched answers otherwise than before. */
struct bindings *bindings_new(size_t max, bool (*watches)(void *user, struct mac owner), void *user, struct versions *versions);
void bindings_free(struct bindings *b);

/* `watches` says yes of who has this address from now on. Else it would be found only when its binding is confirmed the next time. */
void bindings_watch(struct bindings *b, const struct addr *a);

/* Learns what a DHCP or ARP event says. Answers whether that changed anything. */
bool bindings_learn(struct bindings *b, const struct event *e);
bool bindings_set(struct bindings *b, const struct addr *a, struct mac owner);

/* Whose the address is; NULL if nobody is known. Good until the next change. */
const struct mac *bindings_owner(struct bindings *b, const struct addr *a);

/* The same for every packet: NULL at the cost of a look at one bit where the address is nobody's that is watched, nearly always. */
const struct mac *bindings_watched(struct bindings *b, const struct addr *a);

/* Addresses that are asked as servers (of DNS, of SIP): what they ask in turn, they ask for others. */
void bindings_note_server(struct bindings *b, const struct addr *a);
bool bindings_is_server(struct bindings *b, const struct addr *a);


size_t bindings_count(const struct bindings *b);

#endif
