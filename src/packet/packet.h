/*
 * A packet as a capture holds it, and what decapsulation finds in it.
 *
 * packet -> (decap) -> layers -> (fragment) -> layers of a whole datagram -> flow. All spans point into the packet's own octets, or, for a
 * datagram put together from fragments, into the reassembler's; they are good until the next packet is read.
 */
#ifndef PACKET_PACKET_H
#define PACKET_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/cursor.h"

/* A frame of one of the inputs: its number (from 1, within its file) and its file (from 0), in one value that sorts and compares. */
typedef uint64_t frame_ref;

static inline frame_ref frame_of(unsigned file, uint64_t number) { return (uint64_t)file << 44 | number; }
static inline uint64_t frame_number(frame_ref f) { return f & ((UINT64_C(1) << 44) - 1); }
static inline unsigned frame_file(frame_ref f) { return (unsigned)(f >> 44); }

/* How far a packet's time may be from 1970 in either direction, 142 years: so the difference of any two is an int64_t, also where a year was added to one. */
#define PACKET_TIME_MAX_NS (INT64_C(4500000000) * 1000000000)

struct packet {
	frame_ref frame;
	int64_t at_ns;                  /* packet time, the only clock; within PACKET_TIME_MAX_NS */
	uint8_t time_digits;            /* digits of a second that the capture has: 3, 6, 9 ... */
	uint16_t link_type;             /* LINKTYPE_ number (tcpdump.org/linktypes) */
	uint32_t wire_len;              /* octets on the wire; data.len may be less (snap length) */
	struct span data;
};

enum { VLANS_MAX = 8 };

enum transport { TRANSPORT_NONE, TRANSPORT_UDP, TRANSPORT_TCP };

/* TCP flags as in the header (RFC 9293 section 3.1). */
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

/* What decap read from one packet. Where tunnels nest, `outer` is the first Ethernet header, everything else the innermost. */
struct layers {
	bool has_outer, has_ether;      /* false on links without Ethernet */
	struct mac outer_src, outer_dst;        /* what events print as eth_src and eth_dst */
	struct mac ether_src, ether_dst;        /* the innermost: whose packet it is */
	uint16_t ether_type;            /* of what is in `ether_payload`; 0 where the innermost frame is 802.3/LLC */
	struct span ether_payload;      /* behind the innermost Ethernet header and its tags; for ARP, LLDP, CDP */
	uint8_t vlan_count;
	uint16_t vlans[VLANS_MAX];      /* VLAN ids, outer first; a priority tag counts as 0 */

	struct addr src, dst;           /* innermost IP; family 0 if there is none */
	uint8_t ip_protocol, ttl;
	struct span ip;                 /* from the innermost IP header on, cut at the IP total length: what nDPI is given */
	struct span ip_payload;         /* behind the IP header and IPv6 extension headers */

	bool is_fragment;               /* of IP: the fields below say which part; transport stays NONE */
	bool more_fragments;
	uint32_t fragment_id, fragment_offset;  /* octets */

	enum transport transport;
	uint16_t src_port, dst_port;
	uint8_t tcp_flags;
	uint32_t tcp_seq, tcp_ack;
	struct span payload;            /* of UDP or TCP, as far as it was captured */
	uint32_t payload_len;           /* as it was on the wire: more than payload.len where the snap length cut it */
};

#endif
