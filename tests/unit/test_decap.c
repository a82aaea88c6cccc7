/* Decapsulation: what is found behind every kind of header, what is padding, what is cut, and what contradicts itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/decap.h"
#include "packet/link.h"
#include "tests/unit/frame.h"

enum { TCP = 6, UDP = 17, GRE = 47 };

static struct frame frame;
static struct decap_counters counters;

/* ---- what was found, as text ---- */

static size_t print_vlans(const struct layers *l, char *out, size_t room)
{
	size_t used = 0;

	for (unsigned i = 0; i < l->vlan_count; i++)
		used += (size_t)snprintf(out + used, room - used, "vlan %u ", l->vlans[i]);
	return used;
}

static size_t print_ether(const struct layers *l, char *out, size_t room)
{
	char a[MAC_TEXT], b[MAC_TEXT];
	size_t used = 0;

	if (l->has_outer)
		used += (size_t)snprintf(out + used, room - used, "%s ", mac_format(l->outer_src, a));
	if (l->has_ether && !mac_equal(l->outer_src, l->ether_src))
		used += (size_t)snprintf(out + used, room - used, "%s>%s ", mac_format(l->ether_src, a), mac_format(l->ether_dst, b));
	return used + print_vlans(l, out + used, room - used);
}

static size_t print_transport(const struct layers *l, char *out, size_t room)
{
	struct endpoint src = { l->src, l->src_port }, dst = { l->dst, l->dst_port };
	char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];
	size_t used = (size_t)snprintf(out, room, "%s>%s %s %.*s", endpoint_format(&src, a), endpoint_format(&dst, b), l->transport == TRANSPORT_TCP ? "tcp" : "udp",
		(int)l->payload.len, (const char *)l->payload.data);

	if (l->payload_len != l->payload.len)
		used += (size_t)snprintf(out + used, room - used, " of %u", l->payload_len);
	return used;
}

static const char *print(const struct layers *l)
{
	static char out[400];
	char a[ADDR_TEXT], b[ADDR_TEXT];
	size_t used = print_ether(l, out, sizeof out);

	if (!l->src.family)
		snprintf(out + used, sizeof out - used, "type %04x %zu octets", l->ether_type, l->ether_payload.len);
	else if (l->is_fragment)
		snprintf(out + used, sizeof out - used, "%s>%s fragment %x of %u at %u%s", addr_format(&l->src, a), addr_format(&l->dst, b), l->fragment_id,
			l->ip_protocol, l->fragment_offset, l->more_fragments ? " and more" : "");
	else if (l->transport == TRANSPORT_NONE)
		snprintf(out + used, sizeof out - used, "%s>%s protocol %u", addr_format(&l->src, a), addr_format(&l->dst, b), l->ip_protocol);
	else
		print_transport(l, out + used, sizeof out - used);
	return out;
}

/* ---- every part of a frame ---- */

static bool is_inside(struct span part, struct span whole)
{
	return !part.len || (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static struct layers decap_copy(const struct packet *p, struct decap_counters *ret)
{
	uint8_t *copy = malloc(p->data.len + 1);
	struct packet exact = *p;
	struct layers l;

	memcpy(copy, p->data.data, p->data.len);
	copy = realloc(copy, p->data.len ? p->data.len : 1);
	exact.data.data = copy;
	*ret = (struct decap_counters){ 0 };
	decap_packet(&exact, &l, ret);
	assert_true(is_inside(l.ip, exact.data));
	assert_true(is_inside(l.ip_payload, exact.data));
	assert_true(is_inside(l.payload, exact.data));
	assert_true(is_inside(l.ether_payload, exact.data));
	free(copy);
	return l;
}

/* Cut by the snap length a packet is never malformed, and what is found never gets more than it was. */
static void every_prefix(const struct packet *whole)
{
	for (size_t len = 0; len < whole->data.len; len++) {
		struct packet p = *whole;
		struct decap_counters c;
		struct layers l;

		p.data.len = len;
		l = decap_copy(&p, &c);
		assert_int_equal(c.malformed, 0);
		assert_true(l.payload.len <= l.payload_len);
		p.wire_len = (uint32_t)len;
		decap_copy(&p, &c);
	}
}

/* Whatever any octet says instead. */
static void every_octet_changed(const struct packet *whole)
{
	static const uint8_t changes[] = { 0x01, 0x0f, 0x40, 0x80, 0xff };

	for (size_t at = 0; at < whole->data.len; at++)
		for (size_t i = 0; i < sizeof changes; i++) {
			struct decap_counters c;

			frame.octets[at] ^= changes[i];
			decap_copy(whole, &c);
			frame.octets[at] ^= changes[i];
		}
}

static void expect_link(uint16_t link_type, const char *expected)
{
	struct packet p = frame_packet(&frame);
	struct layers l;

	p.link_type = link_type;
	counters = (struct decap_counters){ 0 };
	assert_true(decap_packet(&p, &l, &counters));
	assert_string_equal(print(&l), expected);
	assert_int_equal(counters.malformed, 0);
	every_prefix(&p);
	every_octet_changed(&p);
}

static void expect(const char *expected)
{
	expect_link(LINK_ETHERNET, expected);
}

static void expect_skipped(const char *name)
{
	struct packet p = frame_packet(&frame);
	struct layers l;

	counters = (struct decap_counters){ 0 };
	decap_packet(&p, &l, &counters);
	assert_int_equal(counters.skipped, 1);
	assert_string_equal(counters.skipped_what, name);
	every_prefix(&p);
}

static void expect_malformed(void)
{
	struct packet p = frame_packet(&frame);
	struct layers l;

	counters = (struct decap_counters){ 0 };
	decap_packet(&p, &l, &counters);
	assert_int_equal(counters.malformed, 1);
	every_octet_changed(&p);
}

/* What tunnels carry here. */
static void inner_frame(void)
{
	frame_inner_ethernet(&frame, 0x0800);
	frame_inner_ipv4(&frame, UDP);
	frame_udp(&frame, 1000, 53);
	frame_text(&frame, "inside");
}

static void inner_ip(void)
{
	frame_inner_ipv4(&frame, UDP);
	frame_udp(&frame, 1000, 53);
	frame_text(&frame, "inside");
}

static void outer_ip(unsigned protocol)
{
	frame_start(&frame);
	frame_ethernet(&frame, 0x0800);
	frame_ipv4(&frame, protocol);
}

#define OUTER "02:00:00:00:00:01 "
#define INSIDE "192.0.2.1:1000>192.0.2.2:53 udp inside"
#define FRAME_INSIDE OUTER "06:00:00:00:00:01>06:00:00:00:00:02 " INSIDE

/* ---- Ethernet and its tags ---- */

static void ethernet_carries_udp_and_tcp(void **state)
{
	(void)state;
	outer_ip(UDP);
	frame_udp(&frame, 40000, 53);
	frame_text(&frame, "query");
	expect(OUTER "10.0.0.1:40000>10.0.0.2:53 udp query");

	outer_ip(TCP);
	frame_tcp(&frame, 40000, 443, TCP_PSH | TCP_ACK);
	frame_text(&frame, "hello");
	expect(OUTER "10.0.0.1:40000>10.0.0.2:443 tcp hello");
}

static void tcp_fields_are_read(void **state)
{
	struct packet p;
	struct layers l;

	(void)state;
	outer_ip(TCP);
	frame_tcp(&frame, 1, 2, TCP_SYN | TCP_ACK);
	frame.octets[14 + 20 + 12] = 0x80;      /* three words of options */
	frame_hex(&frame, "020405b4 01010402 00000000");
	frame_text(&frame, "data");
	p = frame_packet(&frame);
	assert_true(decap_packet(&p, &l, &counters));
	assert_int_equal(l.tcp_flags, TCP_SYN | TCP_ACK);
	assert_int_equal(l.tcp_seq, 0x01020304);
	assert_int_equal(l.tcp_ack, 0x05060708);
	assert_int_equal(l.ttl, 64);
	assert_true(span_is(l.payload, "data"));
	assert_int_equal(l.ip.len, 20 + 32 + 4);
	assert_int_equal(l.ip_payload.len, 32 + 4);
	every_prefix(&p);
}

static void tags_are_listed_outer_first(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x88a8);
	frame_vlan(&frame, 100, 0x9100);
	frame_vlan(&frame, 0xe014, 0x8100);     /* with a priority */
	frame_vlan(&frame, 0xa000, 0x0800);     /* only a priority */
	frame_ipv4(&frame, UDP);
	frame_udp(&frame, 1, 2);
	frame_text(&frame, "x");
	expect(OUTER "vlan 100 vlan 20 vlan 0 10.0.0.1:1>10.0.0.2:2 udp x");
}

static void bridges_tags_of_other_kinds_are_passed(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x893f);
	frame_hex(&frame, "0000 0001 0002");
	frame_u16(&frame, 0x8926);
	frame_hex(&frame, "8000 0001");
	frame_u16(&frame, 0x8909);
	frame_hex(&frame, "0101 0001 0007");
	frame_u16(&frame, 0x88e7);
	frame_hex(&frame, "00 000101");
	inner_frame();
	expect(FRAME_INSIDE);
}

static void llc_and_snap(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_hex(&frame, "01000ccccccc 020000000001");
	frame_length(&frame, 0);
	frame.lengths[0].from += 2;
	frame_hex(&frame, "aaaa03 00000c 2000 02b4");
	frame_finish(&frame);
	frame.length_count = 0;
	frame_hex(&frame, "000000000000");
	expect(OUTER "type 0000 10 octets");    /* CDP, without the padding */

	frame_start(&frame);
	frame_ethernet(&frame, 8 + 20 + 8 + 6);
	frame_hex(&frame, "aaaa03 000000 0800");
	inner_ip();
	expect(OUTER INSIDE);
}

static void frames_without_ip_are_handed_on(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x8100);
	frame_vlan(&frame, 20, 0x0806);
	frame_hex(&frame, "0001080006040001 020000000001 0a000001 000000000000 0a000002");
	expect(OUTER "vlan 20 type 0806 28 octets");
}

/* ---- IP ---- */

static void padding_is_no_payload(void **state)
{
	(void)state;
	outer_ip(UDP);
	frame_udp(&frame, 1, 2);
	frame_text(&frame, "abc");
	frame_finish(&frame);
	frame.length_count = 0;
	frame_hex(&frame, "00000000 00000000 0000");
	expect(OUTER "10.0.0.1:1>10.0.0.2:2 udp abc");

	outer_ip(TCP);
	frame_tcp(&frame, 1, 2, TCP_ACK);
	frame_finish(&frame);
	frame.length_count = 0;
	frame_hex(&frame, "00000000 0000");
	expect(OUTER "10.0.0.1:1>10.0.0.2:2 tcp ");
}

static void offload_leaves_the_length_zero(void **state)
{
	(void)state;
	outer_ip(TCP);
	frame.length_count = 0;
	frame_tcp(&frame, 1, 2, TCP_ACK);
	frame_text(&frame, "a segment that will be cut");
	expect(OUTER "10.0.0.1:1>10.0.0.2:2 tcp a segment that will be cut");

	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, TCP);
	frame.length_count = 0;
	frame_tcp(&frame, 1, 2, TCP_ACK);
	frame_text(&frame, "a segment that will be cut");
	expect(OUTER "[2001:db8::1]:1>[2001:db8::2]:2 tcp a segment that will be cut");
}

static void snap_length_shows_what_was_on_the_wire(void **state)
{
	struct packet p;
	struct layers l;

	(void)state;
	outer_ip(UDP);
	frame_udp(&frame, 1, 2);
	frame_text(&frame, "what was sent");
	p = frame_packet(&frame);
	p.data.len -= 9;
	assert_true(decap_packet(&p, &l, &counters));
	assert_string_equal(print(&l), OUTER "10.0.0.1:1>10.0.0.2:2 udp what of 13");

	/* cut within TCP's own header: ports and flags were captured */
	outer_ip(TCP);
	frame_tcp(&frame, 1, 2, TCP_SYN);
	frame_text(&frame, "abc");
	p = frame_packet(&frame);
	p.data.len -= 9;
	assert_true(decap_packet(&p, &l, &counters));
	assert_string_equal(print(&l), OUTER "10.0.0.1:1>10.0.0.2:2 tcp  of 3");
	assert_int_equal(l.tcp_flags, TCP_SYN);
}

static void extension_headers_are_passed(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, 0);
	frame_hex(&frame, "2b 00 050200000100");                                                /* hop-by-hop, routing next */
	frame_hex(&frame, "3c 02 00 00 00000000 20010db8000000000000000000000009");             /* routing */
	frame_hex(&frame, "33 00 010400000000");                                                /* destination options, AH next */
	frame_hex(&frame, "2c 04 0000 00000001 00000001 000000000000000000000000");             /* AH, fragment next */
	frame_hex(&frame, "11 00 0000 00000007");                                               /* of one only (RFC 6946) */
	frame_udp(&frame, 546, 547);
	frame_text(&frame, "x");
	expect(OUTER "[2001:db8::1]:546>[2001:db8::2]:547 udp x");
}

static void fragments_are_told(void **state)
{
	(void)state;
	outer_ip(UDP);
	frame.octets[20] = 0x20;
	frame.octets[21] = 0x02;
	frame_text(&frame, "12345678");
	expect(OUTER "10.0.0.1>10.0.0.2 fragment 1234 of 17 at 16 and more");

	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, 44);
	frame_hex(&frame, "11 00 05a8 deadbeef");
	frame_text(&frame, "12345678");
	expect(OUTER "2001:db8::1>2001:db8::2 fragment deadbeef of 17 at 1448");
}

static void other_transports_are_left(void **state)
{
	(void)state;
	outer_ip(1);
	frame_hex(&frame, "0800 0000 0001 0001");
	expect(OUTER "10.0.0.1>10.0.0.2 protocol 1");
	assert_int_equal(counters.skipped, 0);
	outer_ip(50);
	frame_hex(&frame, "00000001 00000001 0000000000000000");
	expect_skipped("ESP");
}

static void contradictions_are_counted(void **state)
{
	(void)state;
	outer_ip(UDP);
	frame.octets[14] = 0x44;        /* header too short */
	frame_udp(&frame, 1, 2);
	expect_malformed();
	outer_ip(UDP);
	frame_udp(&frame, 1, 2);
	frame_finish(&frame);
	frame.length_count = 0;
	frame.octets[17] += 1;          /* one more than there is */
	expect_malformed();
	outer_ip(UDP);
	frame_hex(&frame, "0001 0002 0007 0000");
	expect_malformed();
	outer_ip(TCP);
	frame_tcp(&frame, 1, 2, 0);
	frame.octets[14 + 20 + 12] = 0x40;
	expect_malformed();
	outer_ip(TCP);
	frame_tcp(&frame, 1, 2, 0);
	frame.octets[14 + 20 + 12] = 0x60;
	expect_malformed();
	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_hex(&frame, "45000000");
	expect_malformed();
}

/* ---- other link layers ---- */

static void cooked_captures(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_hex(&frame, "0000 0001 0006 020000000001 0000 0800");
	inner_ip();
	expect_link(LINK_SLL, INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "0000 0001 0006 020000000001 0000 8100 0014 0800");
	inner_ip();
	expect_link(LINK_SLL, "vlan 20 " INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "0800 0000 00000003 0001 00 06 020000000001 0000");
	inner_ip();
	expect_link(LINK_SLL2, INSIDE);
}

static void raw_and_loopback(void **state)
{
	static const uint16_t raw[] = { LINK_RAW, LINK_RAW_BSD, LINK_RAW_OPENBSD, LINK_IPV4 };

	(void)state;
	for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
		frame_start(&frame);
		inner_ip();
		expect_link(raw[i], INSIDE);
	}
	frame_start(&frame);
	frame_hex(&frame, "02000000");
	inner_ip();
	expect_link(LINK_NULL, INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "0000001e");
	frame_ipv6(&frame, UDP);
	frame_udp(&frame, 1, 2);
	expect_link(LINK_NULL, "[2001:db8::1]:1>[2001:db8::2]:2 udp ");
	frame_start(&frame);
	frame_hex(&frame, "00000002");
	inner_ip();
	expect_link(LINK_LOOP, INSIDE);
}

static void ppp_in_all_its_forms(void **state)
{
	static const struct {
		uint16_t link_type;
		const char *header;
	} forms[] = {
		{ LINK_PPP, "ff03 0021" }, { LINK_PPP, "0021" }, { LINK_PPP, "21" }, { LINK_PPP_HDLC, "ff03 0021" }, { LINK_PPP_HDLC, "0f00 0800" },
		{ LINK_PPP_WITH_DIR, "00 ff03 0021" }, { LINK_PPP_PPPD, "01 03 0021" }, { LINK_C_HDLC, "8f00 0800" }, { LINK_MPLS, "00010140" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		frame_start(&frame);
		frame_hex(&frame, forms[i].header);
		inner_ip();
		expect_link(forms[i].link_type, INSIDE);
	}
	frame_start(&frame);
	frame_ethernet(&frame, 0x8864);
	frame_hex(&frame, "1100 0007");
	frame_length(&frame, 0);
	frame.lengths[0].from += 2;
	frame_hex(&frame, "0021");
	inner_ip();
	expect(OUTER INSIDE);
}

static void capture_systems_headers(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_hex(&frame, "00 00 0c00 01000000 01000000");
	inner_frame();
	expect_link(LINK_PPI, "06:00:00:00:00:01 " INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "14000000 01000000 01000000 0000000000000000");
	inner_frame();
	expect_link(LINK_PKTAP, "06:00:00:00:00:01 " INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "02 00 0005 0500 0a00 61000000 2600 0900");
	inner_ip();
	expect_link(LINK_NFLOG, INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "55555555555555d5");
	inner_frame();
	expect_link(LINK_MPACKET, "06:00:00:00:00:01 " INSIDE);
}

static void wireless_frames(void **state)
{
	static const char to_station[] = "06:00:00:00:00:03>06:00:00:00:00:01 " INSIDE;

	(void)state;
	frame_start(&frame);
	frame_hex(&frame, "00 00 0800 00000000");
	frame_hex(&frame, "0802 0000 060000000001 060000000002 060000000003 1000 aaaa03 000000 0800");
	inner_ip();
	expect_link(LINK_RADIOTAP, to_station);
	frame_start(&frame);
	frame_hex(&frame, "00 00 1900 03000080 00000000 00000000 0000000000000000 20");   /* two words of fields, time, flags */
	frame_hex(&frame, "8802 0000 060000000001 060000000002 060000000003 1000 0000 c0aa aaaa03 000000 0800");
	inner_ip();
	expect_link(LINK_RADIOTAP, to_station);
	frame_start(&frame);
	frame_hex(&frame, "8802 0000 060000000001 060000000002 060000000003 1000 8000");
	frame_hex(&frame, "060000000001 060000000003");
	frame_length(&frame, 0);
	frame.lengths[0].from += 2;
	frame_hex(&frame, "aaaa03 000000 0800");
	inner_ip();
	expect_link(LINK_IEEE802_11, to_station);
	outer_ip(GRE);
	frame_hex(&frame, "0000 8200 0842 0000 060000000001 060000000002 060000000003 1000 0000000000000000");
	expect_skipped("encrypted 802.11");
}

static void unknown_links_are_named(void **state)
{
	struct packet p;
	struct layers l;

	(void)state;
	outer_ip(UDP);
	p = frame_packet(&frame);
	counters = (struct decap_counters){ 0 };
	for (unsigned i = 0; i < 3; i++) {
		p.link_type = 189;
		assert_false(decap_packet(&p, &l, &counters));
		p.link_type = 9999;
		assert_false(decap_packet(&p, &l, &counters));
	}
	assert_int_equal(counters.skipped, 6);
	assert_string_equal(counters.skipped_what, "USB_LINUX, LINKTYPE 9999");
	assert_false(decap_opens(189));
	assert_true(decap_opens(LINK_SLL2));
}

/* ---- tunnels ---- */

static void mpls_carries_ip_and_frames(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x8847);
	frame_hex(&frame, "00010040 00011140");
	inner_ip();
	expect(OUTER INSIDE);
	frame_start(&frame);
	frame_ethernet(&frame, 0x8847);
	frame_hex(&frame, "00011140 00000000");         /* with a control word */
	inner_frame();
	expect(FRAME_INSIDE);
	frame_start(&frame);
	frame_ethernet(&frame, 0x8848);
	frame_hex(&frame, "00011140");                  /* without */
	inner_frame();
	expect(FRAME_INSIDE);
}

static void gre_with_every_option(void **state)
{
	static const struct {
		const char *header;
		bool frame;
	} forms[] = {
		{ "0000 0800", false }, { "3000 0800 00000001 00000002", false }, { "b000 0800 00000000 00000001 00000002", false },
		{ "4000 0800 00000000 0800 00 04 0a000001 0000 00 00", false }, { "2000 6558 00000100", true },
		{ "0000 88be", true }, { "1000 88be 00000001 1014 0001 00000000", true },
		{ "1000 22eb 00000001 2014 0001 00000000 0000 0000", true }, { "1000 22eb 00000001 2014 0001 00000000 0000 0001 0000000000000000", true },
		{ "0000 883e", false }, { "0000 883e 00000000", false }, { "0000 894f 0002 0101 00000000", false }, { "0000 8847 00011140", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		outer_ip(GRE);
		frame_hex(&frame, forms[i].header);
		if (forms[i].frame)
			inner_frame();
		else
			inner_ip();
		expect(forms[i].frame ? FRAME_INSIDE : OUTER INSIDE);
	}
}

static void gre_of_pptp(void **state)
{
	(void)state;
	outer_ip(GRE);
	frame_hex(&frame, "3081 880b");
	frame_length(&frame, 0);
	frame.lengths[1].from += 12;
	frame_hex(&frame, "0007 00000001 00000002 ff03 0021");
	inner_ip();
	expect(OUTER INSIDE);
}

static void tunnels_over_udp(void **state)
{
	static const struct {
		unsigned port;
		const char *header;
		bool frame;
	} forms[] = {
		{ 4789, "08000000 00006400", true }, { 4789, "88480007 00006400", true }, { 4789, "0c000003 00006400", true },
		{ 8472, "08000000 00006400", true }, { 4790, "0c000001 00006400", false }, { 4790, "0c000003 00006400", true },
		{ 4790, "08000001 00006400", false }, { 4790, "08000000 00006400", true },
		{ 6081, "02406558 00006400 0102800101020304", true }, { 6081, "00000800 00006400", false },
		{ 2152, "30 ff 0022 00000001", false }, { 2152, "34 ff 002a 00000001 0000 00 85 01 000a 00", false },
		{ 1701, "0002 0001 0002 ff03 0021", false }, { 1701, "4a02 0036 0001 0002 0001 0002 0002 0000 ff03 0021", false },
		{ 4754, "0000 0800", false }, { 6635, "00011140", false }, { 37008, "01 00 0001 0a01ff 00 01", true },
		{ 5247, "00 100000 00000000", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		outer_ip(UDP);
		frame_udp(&frame, 50000, forms[i].port);
		frame_hex(&frame, forms[i].header);
		if (forms[i].frame)
			inner_frame();
		else
			inner_ip();
		expect(forms[i].frame ? FRAME_INSIDE : OUTER INSIDE);
	}
}

static void wireless_over_capwap(void **state)
{
	static const char *const orders[] = { "0801", "0108" };

	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		outer_ip(UDP);
		frame_udp(&frame, 5247, 50000);
		frame_hex(&frame, "00 100300 00000000");
		frame_hex(&frame, orders[i]);
		frame_hex(&frame, "0000 060000000009 060000000001 060000000002 1000 aaaa03 000000 0800");
		inner_ip();
		expect(FRAME_INSIDE);
	}
}

static void teredo_with_and_without_its_own_headers(void **state)
{
	static const char *const headers[] = { "", "0000 0101 f5fffffe", "0001 00 00 0000000000000000 00 0000 0101 f5fffffe" };

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		outer_ip(UDP);
		frame_udp(&frame, 50000, 3544);
		frame_hex(&frame, headers[i]);
		frame_ipv6(&frame, UDP);
		frame_udp(&frame, 1, 2);
		expect(OUTER "[2001:db8::1]:1>[2001:db8::2]:2 udp ");
	}
}

static void ip_within_ip(void **state)
{
	static const unsigned carriers[] = { 4, 137, 97, 143 };
	static const char *const headers[] = { "", "00011140", "3000", "" };

	(void)state;
	for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++) {
		outer_ip(carriers[i]);
		frame_hex(&frame, headers[i]);
		if (i < 2)
			inner_ip();
		else
			inner_frame();
		expect(i < 2 ? OUTER INSIDE : FRAME_INSIDE);
	}
	outer_ip(41);
	frame_ipv6(&frame, TCP);
	frame_tcp(&frame, 1, 2, TCP_SYN);
	expect(OUTER "[2001:db8::1]:1>[2001:db8::2]:2 tcp ");
}

/* Nothing of the packet around a frame is said of the frame. */
static void frame_in_a_tunnel_stands_alone(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x8100);
	frame_vlan(&frame, 999, 0x0800);
	frame_ipv4(&frame, UDP);
	frame_udp(&frame, 50000, 4789);
	frame_hex(&frame, "08000000 00006400");
	frame_inner_ethernet(&frame, 0x8100);
	frame_vlan(&frame, 20, 0x0806);
	frame_hex(&frame, "0001080006040001");
	expect(OUTER "06:00:00:00:00:01>06:00:00:00:00:02 vlan 20 type 0806 8 octets");
}

static void tunnels_within_tunnels_end(void **state)
{
	(void)state;
	outer_ip(GRE);
	frame_hex(&frame, "2000 6558 00000100");
	frame_inner_ethernet(&frame, 0x0800);
	frame_inner_ipv4(&frame, UDP);
	frame_udp(&frame, 50000, 4789);
	frame_hex(&frame, "08000000 00006400");
	inner_frame();
	expect(FRAME_INSIDE);

	frame_start(&frame);
	frame_ethernet(&frame, 0x0800);
	for (unsigned i = 0; i < 300; i++)
		frame_hex(&frame, "4500 0000 0001 0000 4004 0000 0a000001 0a000002");
	expect_skipped("headers nested too deep");
}

static void what_is_no_tunnel_stays_a_datagram(void **state)
{
	static const unsigned ports[] = { 1701, 2152, 3544, 4789, 4790, 5247, 6081, 37008 };

	(void)state;
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
		char expected[100];

		outer_ip(UDP);
		frame_udp(&frame, 50000, ports[i]);
		frame_text(&frame, "text, no tunnel");
		snprintf(expected, sizeof expected, OUTER "10.0.0.1:50000>10.0.0.2:%u udp text, no tunnel", ports[i]);
		expect(expected);
	}
}

/* A client's port is any; its servers' answers are what they are. */
static void clients_may_use_the_ports_of_tunnels(void **state)
{
	static const unsigned ports[] = { 1701, 2152, 3544, 4500, 4754, 4789, 4790, 5247, 6081, 6635, 8472, 37008 };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof ports / sizeof ports[0]; i++) {
		unsigned port = ports[i / 2];
		char expected[100];

		outer_ip(UDP);
		if (i % 2) {
			frame_udp(&frame, port, 53);
			snprintf(expected, sizeof expected, OUTER "10.0.0.1:%u>10.0.0.2:53 udp \x08", port);
		} else {
			frame_udp(&frame, 53, port);
			snprintf(expected, sizeof expected, OUTER "10.0.0.1:53>10.0.0.2:%u udp \x08", port);
		}
		frame_hex(&frame, "0800 0000 0001 0000 0000 0000 0100 0001 0001");
		expect(expected);
	}
}

static void transport_of_a_whole_datagram(void **state)
{
	struct packet p;
	struct layers l;
	struct span inside;

	(void)state;
	outer_ip(UDP);
	frame_udp(&frame, 50000, 4789);
	frame_hex(&frame, "08000000 00006400");
	inner_frame();
	p = frame_packet(&frame);
	assert_true(decap_packet(&p, &l, &counters));
	inside = span_part(p.data, 14 + 20, p.data.len);
	l = (struct layers){ .has_outer = true, .has_ether = true, .outer_src = l.outer_src, .outer_dst = l.outer_dst, .src = { .family = 4 }, .ip_protocol = UDP,
		.ip_payload = inside };
	assert_true(decap_transport(&p, &l, &counters));
	assert_string_equal(print(&l), FRAME_INSIDE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ethernet_carries_udp_and_tcp),
		cmocka_unit_test(tcp_fields_are_read),
		cmocka_unit_test(tags_are_listed_outer_first),
		cmocka_unit_test(bridges_tags_of_other_kinds_are_passed),
		cmocka_unit_test(llc_and_snap),
		cmocka_unit_test(frames_without_ip_are_handed_on),
		cmocka_unit_test(padding_is_no_payload),
		cmocka_unit_test(offload_leaves_the_length_zero),
		cmocka_unit_test(snap_length_shows_what_was_on_the_wire),
		cmocka_unit_test(extension_headers_are_passed),
		cmocka_unit_test(fragments_are_told),
		cmocka_unit_test(other_transports_are_left),
		cmocka_unit_test(contradictions_are_counted),
		cmocka_unit_test(cooked_captures),
		cmocka_unit_test(raw_and_loopback),
		cmocka_unit_test(ppp_in_all_its_forms),
		cmocka_unit_test(capture_systems_headers),
		cmocka_unit_test(wireless_frames),
		cmocka_unit_test(unknown_links_are_named),
		cmocka_unit_test(mpls_carries_ip_and_frames),
		cmocka_unit_test(gre_with_every_option),
		cmocka_unit_test(gre_of_pptp),
		cmocka_unit_test(tunnels_over_udp),
		cmocka_unit_test(wireless_over_capwap),
		cmocka_unit_test(teredo_with_and_without_its_own_headers),
		cmocka_unit_test(ip_within_ip),
		cmocka_unit_test(frame_in_a_tunnel_stands_alone),
		cmocka_unit_test(tunnels_within_tunnels_end),
		cmocka_unit_test(what_is_no_tunnel_stays_a_datagram),
		cmocka_unit_test(clients_may_use_the_ports_of_tunnels),
		cmocka_unit_test(transport_of_a_whole_datagram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
