/* Decapsulation of link layers, IP and transport: what is found, what is padding, what is cut, and what contradicts itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "packet/link.h"
#include "tests/unit/decap_expect.h"

/* ---- Ethernet and its tags ---- */

static void ethernet_carries_udp_and_tcp(void **state)
{
	(void)state;
	frame_outer(UDP);
	frame_udp(&frame, 40000, 53);
	frame_text(&frame, "query");
	decap_expect(OUTER "10.0.0.1:40000>10.0.0.2:53 udp query");

	frame_outer(TCP);
	frame_tcp(&frame, 40000, 443, TCP_PSH | TCP_ACK);
	frame_text(&frame, "hello");
	decap_expect(OUTER "10.0.0.1:40000>10.0.0.2:443 tcp hello");
}

static void tcp_fields_are_read(void **state)
{
	struct packet p;
	struct layers l;

	(void)state;
	frame_outer(TCP);
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
	decap_every_prefix(&p);
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
	decap_expect(OUTER "vlan 100 vlan 20 vlan 0 10.0.0.1:1>10.0.0.2:2 udp x");
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
	frame_inner();
	decap_expect(FRAME_INSIDE);
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
	decap_expect(OUTER "type 0000 10 octets");    /* CDP, without the padding */

	frame_start(&frame);
	frame_ethernet(&frame, 8 + 20 + 8 + 6);
	frame_hex(&frame, "aaaa03 000000 0800");
	frame_inner_ip();
	decap_expect(OUTER INSIDE);
}

static void frames_without_ip_are_handed_on(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x8100);
	frame_vlan(&frame, 20, 0x0806);
	frame_hex(&frame, "0001080006040001 020000000001 0a000001 000000000000 0a000002");
	decap_expect(OUTER "vlan 20 type 0806 28 octets");
}

/* ---- IP ---- */

static void padding_is_no_payload(void **state)
{
	(void)state;
	frame_outer(UDP);
	frame_udp(&frame, 1, 2);
	frame_text(&frame, "abc");
	frame_finish(&frame);
	frame.length_count = 0;
	frame_hex(&frame, "00000000 00000000 0000");
	decap_expect(OUTER "10.0.0.1:1>10.0.0.2:2 udp abc");

	frame_outer(TCP);
	frame_tcp(&frame, 1, 2, TCP_ACK);
	frame_finish(&frame);
	frame.length_count = 0;
	frame_hex(&frame, "00000000 0000");
	decap_expect(OUTER "10.0.0.1:1>10.0.0.2:2 tcp ");
}

static void offload_leaves_the_length_zero(void **state)
{
	(void)state;
	frame_outer(TCP);
	frame.length_count = 0;
	frame_tcp(&frame, 1, 2, TCP_ACK);
	frame_text(&frame, "a segment that will be cut");
	decap_expect(OUTER "10.0.0.1:1>10.0.0.2:2 tcp a segment that will be cut");

	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, TCP);
	frame.length_count = 0;
	frame_tcp(&frame, 1, 2, TCP_ACK);
	frame_text(&frame, "a segment that will be cut");
	decap_expect(OUTER "[2001:db8::1]:1>[2001:db8::2]:2 tcp a segment that will be cut");
}

static void snap_length_shows_what_was_on_the_wire(void **state)
{
	struct packet p;
	struct layers l;

	(void)state;
	frame_outer(UDP);
	frame_udp(&frame, 1, 2);
	frame_text(&frame, "what was sent");
	p = frame_packet(&frame);
	p.data.len -= 9;
	assert_true(decap_packet(&p, &l, &counters));
	assert_string_equal(decap_print(&l), OUTER "10.0.0.1:1>10.0.0.2:2 udp what of 13");

	/* cut within TCP's own header: ports and flags were captured */
	frame_outer(TCP);
	frame_tcp(&frame, 1, 2, TCP_SYN);
	frame_text(&frame, "abc");
	p = frame_packet(&frame);
	p.data.len -= 9;
	assert_true(decap_packet(&p, &l, &counters));
	assert_string_equal(decap_print(&l), OUTER "10.0.0.1:1>10.0.0.2:2 tcp  of 3");
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
	decap_expect(OUTER "[2001:db8::1]:546>[2001:db8::2]:547 udp x");
}

static void fragments_are_told(void **state)
{
	(void)state;
	frame_outer(UDP);
	frame.octets[20] = 0x20;
	frame.octets[21] = 0x02;
	frame_text(&frame, "12345678");
	decap_expect(OUTER "10.0.0.1>10.0.0.2 fragment 1234 of 17 at 16 and more");

	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, 44);
	frame_hex(&frame, "11 00 05a8 deadbeef");
	frame_text(&frame, "12345678");
	decap_expect(OUTER "2001:db8::1>2001:db8::2 fragment deadbeef of 17 at 1448");
}

static void other_transports_are_left(void **state)
{
	(void)state;
	frame_outer(1);
	frame_hex(&frame, "0800 0000 0001 0001");
	decap_expect(OUTER "10.0.0.1>10.0.0.2 protocol 1");
	assert_int_equal(counters.skipped, 0);
	frame_outer(50);
	frame_hex(&frame, "00000001 00000001 0000000000000000");
	decap_expect_skipped("ESP");
}

static void contradictions_are_counted(void **state)
{
	(void)state;
	frame_outer(UDP);
	frame.octets[14] = 0x44;        /* header too short */
	frame_udp(&frame, 1, 2);
	decap_expect_malformed();
	frame_outer(UDP);
	frame_udp(&frame, 1, 2);
	frame_finish(&frame);
	frame.length_count = 0;
	frame.octets[17] += 1;          /* one more than there is */
	decap_expect_malformed();
	frame_outer(UDP);
	frame_hex(&frame, "0001 0002 0007 0000");
	decap_expect_malformed();
	frame_outer(TCP);
	frame_tcp(&frame, 1, 2, 0);
	frame.octets[14 + 20 + 12] = 0x40;
	decap_expect_malformed();
	frame_outer(TCP);
	frame_tcp(&frame, 1, 2, 0);
	frame.octets[14 + 20 + 12] = 0x60;
	decap_expect_malformed();
	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_hex(&frame, "45000000");
	decap_expect_malformed();
}

/* ---- other link layers ---- */

static void cooked_captures(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_hex(&frame, "0000 0001 0006 020000000001 0000 0800");
	frame_inner_ip();
	decap_expect_link(LINK_SLL, INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "0000 0001 0006 020000000001 0000 8100 0014 0800");
	frame_inner_ip();
	decap_expect_link(LINK_SLL, "vlan 20 " INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "0800 0000 00000003 0001 00 06 020000000001 0000");
	frame_inner_ip();
	decap_expect_link(LINK_SLL2, INSIDE);
}

static void raw_and_loopback(void **state)
{
	static const uint16_t raw[] = { LINK_RAW, LINK_RAW_BSD, LINK_RAW_OPENBSD, LINK_IPV4 };

	(void)state;
	for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
		frame_start(&frame);
		frame_inner_ip();
		decap_expect_link(raw[i], INSIDE);
	}
	frame_start(&frame);
	frame_hex(&frame, "02000000");
	frame_inner_ip();
	decap_expect_link(LINK_NULL, INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "0000001e");
	frame_ipv6(&frame, UDP);
	frame_udp(&frame, 1, 2);
	decap_expect_link(LINK_NULL, "[2001:db8::1]:1>[2001:db8::2]:2 udp ");
	frame_start(&frame);
	frame_hex(&frame, "00000002");
	frame_inner_ip();
	decap_expect_link(LINK_LOOP, INSIDE);
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
		frame_inner_ip();
		decap_expect_link(forms[i].link_type, INSIDE);
	}
	frame_start(&frame);
	frame_ethernet(&frame, 0x8864);
	frame_hex(&frame, "1100 0007");
	frame_length(&frame, 0);
	frame.lengths[0].from += 2;
	frame_hex(&frame, "0021");
	frame_inner_ip();
	decap_expect(OUTER INSIDE);
}

static void capture_systems_headers(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_hex(&frame, "00 00 0c00 01000000 01000000");
	frame_inner();
	decap_expect_link(LINK_PPI, "06:00:00:00:00:01 " INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "14000000 01000000 01000000 0000000000000000");
	frame_inner();
	decap_expect_link(LINK_PKTAP, "06:00:00:00:00:01 " INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "02 00 0005 0500 0a00 61000000 2600 0900");
	frame_inner_ip();
	decap_expect_link(LINK_NFLOG, INSIDE);
	frame_start(&frame);
	frame_hex(&frame, "55555555555555d5");
	frame_inner();
	decap_expect_link(LINK_MPACKET, "06:00:00:00:00:01 " INSIDE);
}

static void wireless_frames(void **state)
{
	static const char to_station[] = "06:00:00:00:00:03>06:00:00:00:00:01 " INSIDE;

	(void)state;
	frame_start(&frame);
	frame_hex(&frame, "00 00 0800 00000000");
	frame_hex(&frame, "0802 0000 060000000001 060000000002 060000000003 1000 aaaa03 000000 0800");
	frame_inner_ip();
	decap_expect_link(LINK_RADIOTAP, to_station);
	frame_start(&frame);
	frame_hex(&frame, "00 00 1900 03000080 00000000 00000000 0000000000000000 20");   /* two words of fields, time, flags */
	frame_hex(&frame, "8802 0000 060000000001 060000000002 060000000003 1000 0000 c0aa aaaa03 000000 0800");
	frame_inner_ip();
	decap_expect_link(LINK_RADIOTAP, to_station);
	frame_start(&frame);
	frame_hex(&frame, "8802 0000 060000000001 060000000002 060000000003 1000 8000");
	frame_hex(&frame, "060000000001 060000000003");
	frame_length(&frame, 0);
	frame.lengths[0].from += 2;
	frame_hex(&frame, "aaaa03 000000 0800");
	frame_inner_ip();
	decap_expect_link(LINK_IEEE802_11, to_station);
	frame_outer(GRE);
	frame_hex(&frame, "0000 8200 0842 0000 060000000001 060000000002 060000000003 1000 0000000000000000");
	decap_expect_skipped("encrypted 802.11");
}

static void unknown_links_are_named(void **state)
{
	struct packet p;
	struct layers l;

	(void)state;
	frame_outer(UDP);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
