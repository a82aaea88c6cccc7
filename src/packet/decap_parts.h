/*
 * The walk through a packet's headers. Each kind of header has a reader, which takes its header from the cursor, fills layers, and answers what comes
 * next; decap.c calls one after the other, a bounded number of times.
 */
#ifndef PACKET_DECAP_PARTS_H
#define PACKET_DECAP_PARTS_H

#include "packet/decap.h"

enum header {
	HEADER_NONE,            /* no further header */
	/* decap_link.c */
	HEADER_ETHERNET, HEADER_VLAN, HEADER_LLC, HEADER_SLL, HEADER_SLL2, HEADER_NULL, HEADER_LOOP, HEADER_PKTAP, HEADER_PPI, HEADER_NFLOG, HEADER_MPACKET,
	HEADER_VNTAG, HEADER_ETAG, HEADER_CISCO_META, HEADER_ITAG,
	/* decap_ppp.c */
	HEADER_PPP, HEADER_PPP_DIRECTION, HEADER_PPP_PPPD, HEADER_PPPOE, HEADER_C_HDLC, HEADER_MPLS,
	/* decap_wlan.c */
	HEADER_RADIOTAP, HEADER_WLAN, HEADER_WLAN_SWAPPED,
	/* decap_ip.c */
	HEADER_IP, HEADER_IPV4, HEADER_IPV6, HEADER_IPV6_OPTIONS, HEADER_IPV6_FRAGMENT, HEADER_AH, HEADER_UDP, HEADER_TCP,
	/* decap_tunnel.c: over IP */
	HEADER_GRE, HEADER_ERSPAN_1, HEADER_ERSPAN_2, HEADER_ERSPAN_3, HEADER_WCCP, HEADER_ETHERIP, HEADER_NSH,
	/* decap_udp.c: over UDP */
	HEADER_VXLAN, HEADER_VXLAN_GPE, HEADER_GENEVE, HEADER_GTP, HEADER_L2TP, HEADER_TEREDO, HEADER_CAPWAP, HEADER_GRE_IN_UDP,
	HEADER_MPLS_IN_UDP, HEADER_TZSP, HEADER_ESP_IN_UDP,
	HEADER_COUNT,
};

/* Ethernet types (IEEE 802 numbers at IANA). */
enum {
	TYPE_MIN = 0x0600,      /* less is a length (IEEE 802.3 3.2.6) */
	TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd, TYPE_ARP = 0x0806, TYPE_LLDP = 0x88cc,
	TYPE_VLAN = 0x8100, TYPE_VLAN_AD = 0x88a8, TYPE_VLAN_9100 = 0x9100, TYPE_VLAN_9200 = 0x9200,
	TYPE_MPLS = 0x8847, TYPE_MPLS_MULTICAST = 0x8848, TYPE_PPPOE = 0x8864, TYPE_PPP = 0x880b, TYPE_ETHERNET = 0x6558,
	TYPE_ERSPAN = 0x88be, TYPE_ERSPAN_3 = 0x22eb, TYPE_WCCP = 0x883e, TYPE_NSH = 0x894f,
	TYPE_VNTAG = 0x8926, TYPE_ETAG = 0x893f, TYPE_CISCO_META = 0x8909, TYPE_ITAG = 0x88e7, TYPE_MACSEC = 0x88e5,
};

/* IP protocols (IANA). */
enum {
	PROTOCOL_HOPOPT = 0, PROTOCOL_IPV4 = 4, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_IPV6 = 41, PROTOCOL_ROUTING = 43, PROTOCOL_FRAGMENT = 44,
	PROTOCOL_GRE = 47, PROTOCOL_ESP = 50, PROTOCOL_AH = 51, PROTOCOL_DESTINATION = 60, PROTOCOL_ETHERIP = 97, PROTOCOL_IPCOMP = 108, PROTOCOL_L2TP = 115,
	PROTOCOL_MOBILITY = 135, PROTOCOL_MPLS = 137, PROTOCOL_HIP = 139, PROTOCOL_SHIM6 = 140, PROTOCOL_ETHERNET = 143,
};

struct walk {
	struct cursor c;                /* what is left, as far as it was captured */
	size_t missing;                 /* octets of the wire behind the end of `c` */
	struct layers *l;
	struct decap_counters *counters;
	bool padded;                    /* an 802.11 header is filled up to 32 bits */
	bool failed;                    /* a header was cut short, malformed, or not opened */
};

typedef enum header header_reader(struct walk *w);

header_reader read_ethernet, read_vlan, read_llc, read_sll, read_sll2, read_null, read_loop, read_pktap, read_ppi, read_nflog, read_mpacket;
header_reader read_vntag, read_etag, read_cisco_meta, read_itag;
header_reader read_ppp, read_ppp_direction, read_ppp_pppd, read_pppoe, read_c_hdlc, read_mpls;
header_reader read_radiotap, read_wlan, read_wlan_swapped;
header_reader read_ip, read_ipv4, read_ipv6, read_ipv6_options, read_ipv6_fragment, read_ah, read_udp, read_tcp;
header_reader read_gre, read_erspan_1, read_erspan_2, read_erspan_3, read_wccp, read_etherip, read_nsh;
header_reader read_vxlan, read_vxlan_gpe, read_geneve, read_gtp, read_l2tp, read_teredo, read_capwap;
header_reader read_gre_in_udp, read_mpls_in_udp, read_tzsp, read_esp_in_udp;

/* ---- what comes next ---- */

enum header next_of_link(struct walk *w, uint16_t link_type);
enum header next_of_type(struct walk *w, uint16_t ether_type);  /* what an Ethernet type names, wherever it stands */
enum header next_in_frame(struct walk *w, uint16_t type);       /* the same in a frame: fills ether_type and ether_payload; lengths are LLC */
enum header next_of_protocol(struct walk *w, uint8_t protocol); /* of IP; fills ip_protocol and ip_payload */
enum header next_of_ports(uint16_t src, uint16_t dst);          /* a tunnel, or none */

/* ---- what readers share ---- */

/* A header that does not end within what was captured: malformed, unless the packet was cut. Always HEADER_NONE. */
enum header walk_short(struct walk *w);
/* A header that contradicts itself. Always HEADER_NONE. */
enum header walk_malformed(struct walk *w);
/* Something that is not opened: counted by name. Always HEADER_NONE. */
enum header walk_skipped(struct walk *w, const char *name);

/* What follows is `len` octets on the wire: what lies behind is padding or a trailer. False where that is more than the wire had. */
bool walk_limit(struct walk *w, size_t len);

static inline uint8_t walk_peek(const struct walk *w)
{
	return cursor_left(&w->c) ? *w->c.at : 0;
}

/* The octets of the wire that are left. */
static inline size_t walk_wire_left(const struct walk *w)
{
	return cursor_left(&w->c) + w->missing;
}

/* Passes over `len` octets. */
static inline bool walk_skip(struct walk *w, size_t len)
{
	cursor_skip(&w->c, len);
	return cursor_ok(&w->c);
}

static inline struct mac walk_mac(struct cursor *c)
{
	struct span s = cursor_take(c, 6);
	struct mac m = { { 0 } };

	if (s.len)
		memcpy(m.octet, s.data, sizeof m.octet);
	return m;
}

#endif
