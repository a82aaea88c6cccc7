/* Decapsulation of tunnels: what is found inside, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/decap_expect.h"

static void mpls_carries_ip_and_frames(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x8847);
	frame_hex(&frame, "00010040 00011140");
	frame_inner_ip();
	decap_expect(OUTER INSIDE);
	frame_start(&frame);
	frame_ethernet(&frame, 0x8847);
	frame_hex(&frame, "00011140 00000000");         /* with a control word */
	frame_inner();
	decap_expect(FRAME_INSIDE);
	frame_start(&frame);
	frame_ethernet(&frame, 0x8848);
	frame_hex(&frame, "00011140");                  /* without */
	frame_inner();
	decap_expect(FRAME_INSIDE);
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
		frame_outer(GRE);
		frame_hex(&frame, forms[i].header);
		if (forms[i].frame)
			frame_inner();
		else
			frame_inner_ip();
		decap_expect(forms[i].frame ? FRAME_INSIDE : OUTER INSIDE);
	}
}

static void gre_of_pptp(void **state)
{
	(void)state;
	frame_outer(GRE);
	frame_hex(&frame, "3081 880b");
	frame_length(&frame, 0);
	frame.lengths[1].from += 12;
	frame_hex(&frame, "0007 00000001 00000002 ff03 0021");
	frame_inner_ip();
	decap_expect(OUTER INSIDE);
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
		frame_outer(UDP);
		frame_udp(&frame, 50000, forms[i].port);
		frame_hex(&frame, forms[i].header);
		if (forms[i].frame)
			frame_inner();
		else
			frame_inner_ip();
		decap_expect(forms[i].frame ? FRAME_INSIDE : OUTER INSIDE);
	}
}

static void wireless_over_capwap(void **state)
{
	static const char *const orders[] = { "0801", "0108" };

	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		frame_outer(UDP);
		frame_udp(&frame, 5247, 50000);
		frame_hex(&frame, "00 100300 00000000");
		frame_hex(&frame, orders[i]);
		frame_hex(&frame, "0000 060000000009 060000000001 060000000002 1000 aaaa03 000000 0800");
		frame_inner_ip();
		decap_expect(FRAME_INSIDE);
	}
}

static void teredo_with_and_without_its_own_headers(void **state)
{
	static const char *const headers[] = { "", "0000 0101 f5fffffe", "0001 00 00 0000000000000000 00 0000 0101 f5fffffe" };

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		frame_outer(UDP);
		frame_udp(&frame, 50000, 3544);
		frame_hex(&frame, headers[i]);
		frame_ipv6(&frame, UDP);
		frame_udp(&frame, 1, 2);
		decap_expect(OUTER "[2001:db8::1]:1>[2001:db8::2]:2 udp ");
	}
}

static void ip_within_ip(void **state)
{
	static const unsigned carriers[] = { 4, 137, 97, 143 };
	static const char *const headers[] = { "", "00011140", "3000", "" };

	(void)state;
	for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++) {
		frame_outer(carriers[i]);
		frame_hex(&frame, headers[i]);
		if (i < 2)
			frame_inner_ip();
		else
			frame_inner();
		decap_expect(i < 2 ? OUTER INSIDE : FRAME_INSIDE);
	}
	frame_outer(41);
	frame_ipv6(&frame, TCP);
	frame_tcp(&frame, 1, 2, TCP_SYN);
	decap_expect(OUTER "[2001:db8::1]:1>[2001:db8::2]:2 tcp ");
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
	decap_expect(OUTER "06:00:00:00:00:01>06:00:00:00:00:02 vlan 20 type 0806 8 octets");

	frame_start(&frame);            /* also where who sends it has no address yet */
	frame_ipv4(&frame, UDP);
	memset(frame.octets + 12, 0, 4);
	frame_udp(&frame, 50000, 4789);
	frame_hex(&frame, "08000000 00006400");
	frame_inner_ethernet(&frame, 0x0806);
	frame_hex(&frame, "0001080006040001");
	decap_expect_link(101, "06:00:00:00:00:01 type 0806 8 octets");
}

static void tunnels_within_tunnels_end(void **state)
{
	(void)state;
	frame_outer(GRE);
	frame_hex(&frame, "2000 6558 00000100");
	frame_inner_ethernet(&frame, 0x0800);
	frame_inner_ipv4(&frame, UDP);
	frame_udp(&frame, 50000, 4789);
	frame_hex(&frame, "08000000 00006400");
	frame_inner();
	decap_expect(FRAME_INSIDE);

	frame_start(&frame);
	frame_ethernet(&frame, 0x0800);
	for (unsigned i = 0; i < 300; i++)
		frame_hex(&frame, "4500 0000 0001 0000 4004 0000 0a000001 0a000002");
	decap_expect_skipped("headers nested too deep");
}

static void what_is_no_tunnel_stays_a_datagram(void **state)
{
	static const unsigned ports[] = { 1701, 2152, 3544, 4789, 4790, 5247, 6081, 37008 };

	(void)state;
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
		char expected[100];

		frame_outer(UDP);
		frame_udp(&frame, 50000, ports[i]);
		frame_text(&frame, "text, no tunnel");
		snprintf(expected, sizeof expected, OUTER "10.0.0.1:50000>10.0.0.2:%u udp text, no tunnel", ports[i]);
		decap_expect(expected);
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

		frame_outer(UDP);
		if (i % 2) {
			frame_udp(&frame, port, 53);
			snprintf(expected, sizeof expected, OUTER "10.0.0.1:%u>10.0.0.2:53 udp \x08", port);
		} else {
			frame_udp(&frame, 53, port);
			snprintf(expected, sizeof expected, OUTER "10.0.0.1:53>10.0.0.2:%u udp \x08", port);
		}
		frame_hex(&frame, "0800 0000 0001 0000 0000 0000 0100 0001 0001");
		decap_expect(expected);
	}
}

static void transport_of_a_whole_datagram(void **state)
{
	struct packet p;
	struct layers l;
	struct span inside;

	(void)state;
	frame_outer(UDP);
	frame_udp(&frame, 50000, 4789);
	frame_hex(&frame, "08000000 00006400");
	frame_inner();
	p = frame_packet(&frame);
	assert_true(decap_packet(&p, &l, &counters));
	inside = span_part(p.data, 14 + 20, p.data.len);
	l = (struct layers){ .has_outer = true, .has_ether = true, .outer_src = l.outer_src, .outer_dst = l.outer_dst,
		.src = { .family = 4 }, .ip_protocol = UDP, .ip_payload = inside };
	assert_true(decap_transport(&p, &l, &counters));
	assert_string_equal(decap_print(&l), FRAME_INSIDE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
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
