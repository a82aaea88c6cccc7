/*
 * A first look at a packet: whose it is, without all that decapsulation finds. For the many packets of which it is known already that nobody reads them.
 */
#ifndef PACKET_GLANCE_H
#define PACKET_GLANCE_H

#include "packet/packet.h"

/* Compared as a whole: no padding. */
struct glance {
	uint8_t macs[12];               /* receiver, sender */
	uint8_t addresses[8];           /* sender, receiver */
	uint8_t ports[4];               /* sender, receiver */
	uint8_t protocol;               /* of IP: TCP or UDP */
	uint8_t zero[7];
};

/*
 * False for everything but the plainest packet: Ethernet with up to two VLAN tags, IPv4 without options, no fragment, TCP, or UDP at no tunnel's port,
 * and no length that contradicts another. Of such a packet decap_packet would find the same, and count nothing.
 */
bool glance_at(const struct packet *p, struct glance *ret);

#endif
