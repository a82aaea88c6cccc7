/* The parts of rewriting: each finds its fields in a draft and changes what a rule applies to. All begin at octet `at` of the frame. */
#ifndef REPLAY_REWRITE_PARTS_H
#define REPLAY_REWRITE_PARTS_H

#include "packet/packet.h"
#include "replay/draft.h"
#include "replay/rules.h"

struct rewrite {
	const struct rules *rules;
	struct draft d;
	struct addr src, dst;           /* of the first IP header, as it was: what decap finds further inside is a tunnel's */
};

/* One field. */
void rewrite_mac(struct rewrite *w, size_t at);
void rewrite_addr(struct rewrite *w, size_t at, unsigned family);

/* rewrite_ip.c: an IP packet of either version. `returned`: it is what an ICMP error sends back, perhaps only its beginning. */
void rewrite_ip(struct rewrite *w, size_t at, bool returned);

/* rewrite_bodies.c: [at, until) is what the message has. */
void rewrite_arp(struct rewrite *w, size_t at);
void rewrite_lldp(struct rewrite *w, size_t at);
void rewrite_dhcp(struct rewrite *w, size_t at, size_t until);
void rewrite_dns(struct rewrite *w, size_t at, size_t until);
void rewrite_neighbour(struct rewrite *w, size_t at, size_t until, uint8_t type);       /* `at`: the ICMPv6 header */

#endif
