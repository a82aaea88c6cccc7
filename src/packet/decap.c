#include "packet/decap_parts.h"

#include <stdio.h>

#include "packet/link.h"

/* Headers of one packet, tags and extension headers counted one by one: no network has more. */
enum { HEADERS_MAX = 200 };

static header_reader *const readers[HEADER_COUNT] = {
	[HEADER_ETHERNET] = read_ethernet, [HEADER_VLAN] = read_vlan, [HEADER_LLC] = read_llc, [HEADER_SLL] = read_sll, [HEADER_SLL2] = read_sll2,
	[HEADER_NULL] = read_null, [HEADER_LOOP] = read_loop, [HEADER_PKTAP] = read_pktap, [HEADER_PPI] = read_ppi, [HEADER_NFLOG] = read_nflog,
	[HEADER_MPACKET] = read_mpacket,
	[HEADER_VNTAG] = read_vntag, [HEADER_ETAG] = read_etag, [HEADER_CISCO_META] = read_cisco_meta, [HEADER_ITAG] = read_itag,
	[HEADER_PPP] = read_ppp, [HEADER_PPP_DIRECTION] = read_ppp_direction, [HEADER_PPP_PPPD] = read_ppp_pppd, [HEADER_PPPOE] = read_pppoe,
	[HEADER_C_HDLC] = read_c_hdlc, [HEADER_MPLS] = read_mpls,
	[HEADER_RADIOTAP] = read_radiotap, [HEADER_WLAN] = read_wlan, [HEADER_WLAN_SWAPPED] = read_wlan_swapped,
	[HEADER_IP] = read_ip, [HEADER_IPV4] = read_ipv4, [HEADER_IPV6] = read_ipv6, [HEADER_IPV6_OPTIONS] = read_ipv6_options,
	[HEADER_IPV6_FRAGMENT] = read_ipv6_fragment, [HEADER_AH] = read_ah, [HEADER_UDP] = read_udp, [HEADER_TCP] = read_tcp,
	[HEADER_GRE] = read_gre, [HEADER_ERSPAN_1] = read_erspan_1, [HEADER_ERSPAN_2] = read_erspan_2, [HEADER_ERSPAN_3] = read_erspan_3,
	[HEADER_WCCP] = read_wccp, [HEADER_ETHERIP] = read_etherip, [HEADER_NSH] = read_nsh,
	[HEADER_VXLAN] = read_vxlan, [HEADER_VXLAN_GPE] = read_vxlan_gpe, [HEADER_GENEVE] = read_geneve, [HEADER_GTP] = read_gtp, [HEADER_L2TP] = read_l2tp,
	[HEADER_TEREDO] = read_teredo, [HEADER_CAPWAP] = read_capwap, [HEADER_GRE_IN_UDP] = read_gre_in_udp, [HEADER_MPLS_IN_UDP] = read_mpls_in_udp,
	[HEADER_TZSP] = read_tzsp, [HEADER_ESP_IN_UDP] = read_esp_in_udp,
};

/* ---- what readers share ---- */

enum header walk_malformed(struct walk *w)
{
	w->counters->malformed++;
	w->failed = true;
	return HEADER_NONE;
}

enum header walk_short(struct walk *w)
{
	if (!w->missing)
		return walk_malformed(w);
	w->failed = true;
	return HEADER_NONE;
}

static bool named(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = strstr(list, name); at; at = strstr(at + 1, name))
		if ((at == list || at[-1] == ' ') && (at[len] == ',' || !at[len]))
			return true;
	return false;
}

enum header walk_skipped(struct walk *w, const char *name)
{
	char *list = w->counters->skipped_what;
	size_t used = strlen(list), room = sizeof w->counters->skipped_what - used;

	w->counters->skipped++;
	w->failed = true;
	if (!named(list, name) && strlen(name) + 3 <= room)
		snprintf(list + used, room, "%s%s", used ? ", " : "", name);
	return HEADER_NONE;
}

bool walk_limit(struct walk *w, size_t len)
{
	size_t there = cursor_left(&w->c);
	bool fits = len <= there + w->missing;

	if (len < there)
		w->c.end = w->c.at + len;
	w->missing = len > there ? len - there : 0;
	return fits;
}

/* ---- the walk ---- */

static void walk(struct walk *w, enum header next)
{
	unsigned left = HEADERS_MAX;

	while (next != HEADER_NONE && left--)
		next = readers[next](w);
	if (next != HEADER_NONE)
		walk_skipped(w, "headers nested too deep");
}

static const struct {
	uint16_t link_type;
	enum header header;
} links[] = {
	{ LINK_ETHERNET, HEADER_ETHERNET }, { LINK_SLL, HEADER_SLL }, { LINK_SLL2, HEADER_SLL2 }, { LINK_NULL, HEADER_NULL }, { LINK_LOOP, HEADER_LOOP },
	{ LINK_RAW, HEADER_IP }, { LINK_RAW_BSD, HEADER_IP }, { LINK_RAW_OPENBSD, HEADER_IP }, { LINK_IPV4, HEADER_IP }, { LINK_IPV6, HEADER_IP },
	{ LINK_PPP, HEADER_PPP }, { LINK_PPP_HDLC, HEADER_PPP }, { LINK_PPP_WITH_DIR, HEADER_PPP_DIRECTION }, { LINK_PPP_PPPD, HEADER_PPP_PPPD },
	{ LINK_PPP_ETHER, HEADER_PPPOE }, { LINK_C_HDLC, HEADER_C_HDLC }, { LINK_MPLS, HEADER_MPLS }, { LINK_IEEE802_11, HEADER_WLAN },
	{ LINK_RADIOTAP, HEADER_RADIOTAP }, { LINK_PPI, HEADER_PPI }, { LINK_NFLOG, HEADER_NFLOG }, { LINK_PKTAP, HEADER_PKTAP },
	{ LINK_MPACKET, HEADER_MPACKET },
};

static enum header header_of_link(uint16_t link_type)
{
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (links[i].link_type == link_type)
			return links[i].header;
	return HEADER_NONE;
}

enum header next_of_link(struct walk *w, uint16_t link_type)
{
	enum header next = header_of_link(link_type);
	char name[LINK_NAME];

	return next == HEADER_NONE ? walk_skipped(w, link_name(link_type, name)) : next;
}

bool decap_opens(uint16_t link_type)
{
	return header_of_link(link_type) != HEADER_NONE;
}

bool decap_packet(const struct packet *p, struct layers *ret, struct decap_counters *counters)
{
	struct walk w = { .c = cursor_over(p->data), .missing = p->wire_len - p->data.len, .l = ret, .counters = counters };
	enum header next;

	*ret = (struct layers){ 0 };
	next = next_of_link(&w, p->link_type);
	if (next != HEADER_NONE)
		next = readers[next](&w);
	if (w.failed)
		return false;
	walk(&w, next);
	return true;
}

bool decap_transport(const struct packet *p, struct layers *ret, struct decap_counters *counters)
{
	struct walk w = { .c = cursor_over(ret->ip_payload), .l = ret, .counters = counters };

	(void)p;
	walk(&w, next_of_protocol(&w, ret->ip_protocol));
	return ret->transport != TRANSPORT_NONE;
}
