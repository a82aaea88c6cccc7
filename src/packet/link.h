/* Link types by number (tcpdump.org/linktypes). Only those that decap opens have a constant here; libpcap knows the names of all. */
#ifndef PACKET_LINK_H
#define PACKET_LINK_H

#include <stdint.h>

enum {
	LINK_NULL = 0, LINK_ETHERNET = 1, LINK_PPP = 9, LINK_PPP_HDLC = 50, LINK_PPP_ETHER = 51, LINK_RAW = 101, LINK_C_HDLC = 104, LINK_IEEE802_11 = 105,
	LINK_LOOP = 108, LINK_SLL = 113, LINK_RADIOTAP = 127, LINK_PPP_PPPD = 166, LINK_PPI = 192, LINK_PPP_WITH_DIR = 204, LINK_MPLS = 219,
	LINK_IPV4 = 228, LINK_IPV6 = 229, LINK_NFLOG = 239, LINK_PKTAP = 258, LINK_MPACKET = 274, LINK_SLL2 = 276,
	/* DLT_RAW of BSD and of OpenBSD: numbers of the system that captured, met in files all the same */
	LINK_RAW_BSD = 12, LINK_RAW_OPENBSD = 14,
};

enum { LINK_NAME = 32 };

/* "EN10MB", as tcpdump says it; "LINKTYPE 299" where it has no name. Returns out. */
const char *link_name(uint16_t link_type, char out[LINK_NAME]);

#endif
