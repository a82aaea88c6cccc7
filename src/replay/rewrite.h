/*
 * Changes frames by rules: Ethernet addresses, VLAN tags, IP addresses, and what follows from them. A frame to which no rule applies stays as it is,
 * octet for octet.
 *
 * --map-mac     source and destination; the addresses inside ARP (RFC 826), DHCP (chaddr, and the client identifier where it is the address: RFC 2131,
 *               RFC 2132 9.14), neighbour discovery (the link-layer address options, RFC 4861 4.6.1), and LLDP (chassis and port identifier).
 * --map-ip      source and destination; ARP; the addresses in DHCP's header and its options 3, 6, 42, 50, 54 and 120; the A and AAAA records of DNS over
 *               UDP; targets, prefixes and DNS servers of neighbour discovery; and the packet that an ICMP error returns. Not: what is in other payload.
 * --vlan        one after the other, as given. A pushed tag is 802.1Q, before another tag 802.1ad. Frames that never leave their link (IEEE 802.1Q
 *               table 8-1, and Cisco's 01:00:0c:cc:cc:cc) get no tag.
 *
 * Checksums of IPv4, TCP, UDP, ICMP and ICMPv6 follow what was changed (RFC 1624): right ones stay right, also in first fragments and in frames that the
 * snap length cut, and wrong ones stay wrong. With `fix_checksums` they are computed anew where the whole packet is there; UDP without one stays so.
 *
 * What is inside a tunnel stays as it was: rewrite_counters tells of how many packets.
 */
#ifndef REPLAY_REWRITE_H
#define REPLAY_REWRITE_H

#include "packet/packet.h"
#include "replay/rules.h"

struct rewrite_counters {
	uint64_t changed;               /* packets */
	uint64_t tunnels;               /* packets with another one inside, which was left as it was */
	uint64_t no_link;               /* of a link type in which no IP header is found: not changed at all */
	uint64_t no_ether;              /* without Ethernet header: no MAC address or VLAN tag of it can be changed */
};

struct rewriter;

/* `rules` must last as long as the rewriter. */
struct rewriter *rewriter_new(const struct rules *rules);

/* What the rules make of `p`. Its octets are good until the next call, and as long as those of `p`. */
struct packet rewriter_packet(struct rewriter *r, const struct packet *p);
const struct rewrite_counters *rewriter_counters(const struct rewriter *r);
void rewriter_free(struct rewriter *r);

#endif
