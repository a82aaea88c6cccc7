/* Frames changed by rules, and the checksums that follow. What is right is computed here by itself, word for word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "packet/link.h"
#include "replay/checksum.h"
#include "replay/rewrite.h"
#include "tests/unit/capture.h"
#include "tests/unit/frame.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58, IP_AT = 14, TRANSPORT_AT = 34, TRANSPORT6_AT = 54 };

static struct frame frame;
static struct rules rules;
static struct rewriter *rewriter;
static struct packet got;

static int setup(void **state)
{
	(void)state;
	rules = (struct rules){ 0 };
	rewriter = rewriter_new(&rules);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rewriter_free(rewriter);
	rules_free(&rules);
	return 0;
}

/* ---- what is right ---- */

/* Ones' complement sum with the carry brought round at each step; 0xffff where the field fits. */
static unsigned add_words(unsigned sum, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i += 2) {
		sum += (unsigned)at[i] * 256 + (i + 1 < len ? at[i + 1] : 0);
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum;
}

static void expect_ip_right(struct span f, size_t at)
{
	assert_int_equal(add_words(0, f.data + at, (size_t)(f.data[at] & 15) * 4), 0xffff);
}

/* The transport from `at` to the end, behind an IP header with addresses of `size` octets. */
static unsigned transport_sum(struct span f, size_t addresses, size_t size, unsigned protocol, size_t at)
{
	uint8_t tail[] = { 0, (uint8_t)protocol, (uint8_t)((f.len - at) >> 8), (uint8_t)(f.len - at) };
	unsigned sum = protocol == ICMP ? 0 : add_words(add_words(0, f.data + addresses, 2 * size), tail, sizeof tail);

	return add_words(sum, f.data + at, f.len - at);
}

static void expect_right4(struct span f, unsigned protocol)
{
	expect_ip_right(f, IP_AT);
	assert_int_equal(transport_sum(f, IP_AT + 12, 4, protocol, TRANSPORT_AT), 0xffff);
}

static void put16(size_t at, unsigned n)
{
	frame.octets[at] = (uint8_t)(n >> 8);
	frame.octets[at + 1] = (uint8_t)n;
}

static size_t field_of(unsigned protocol)
{
	return protocol == TCP ? 16 : protocol == UDP ? 6 : 2;
}

/* Fills in lengths and checksums of a frame without tags. */
static void finish4(unsigned protocol)
{
	struct span f = frame_finish(&frame);

	put16(IP_AT + 10, 0);
	put16(IP_AT + 10, ~add_words(0, f.data + IP_AT, 20) & 0xffff);
	put16(TRANSPORT_AT + field_of(protocol), 0);
	put16(TRANSPORT_AT + field_of(protocol), ~transport_sum(f, IP_AT + 12, 4, protocol, TRANSPORT_AT) & 0xffff);
	expect_right4(f, protocol);
}

static void finish6(unsigned protocol)
{
	struct span f = frame_finish(&frame);

	put16(TRANSPORT6_AT + field_of(protocol), 0);
	put16(TRANSPORT6_AT + field_of(protocol), ~transport_sum(f, IP_AT + 8, 16, protocol, TRANSPORT6_AT) & 0xffff);
}

static void expect_right6(struct span f, unsigned protocol)
{
	assert_int_equal(transport_sum(f, IP_AT + 8, 16, protocol, TRANSPORT6_AT), 0xffff);
}

static struct span rewrite(void)
{
	struct packet p = frame_packet(&frame);

	got = rewriter_packet(rewriter, &p);
	return got.data;
}

static void start4(unsigned protocol)
{
	frame_start(&frame);
	frame_ethernet(&frame, 0x0800);
	frame_ipv4(&frame, protocol);
}

static void start_udp(const char *payload)
{
	start4(UDP);
	frame_udp(&frame, 5000, 6000);
	frame_text(&frame, payload);
}

static void expect_octets(struct span f, size_t at, const char *hex)
{
	struct frame wanted;

	frame_start(&wanted);
	frame_hex(&wanted, hex);
	assert_true(f.len >= at + wanted.len);
	assert_memory_equal(f.data + at, wanted.octets, wanted.len);
}

/* ---- checksums ---- */

static void following_a_change_is_as_good_as_computing_anew(void **state)
{
	uint8_t octets[64];

	(void)state;
	srand(1);
	for (unsigned n = 0; n < 20000; n++) {
		struct checksum before = { 0 }, after = { 0 }, was = { 0 }, is = { 0 };
		size_t at = (unsigned)rand() % 30 * 2, len = (unsigned)rand() % (sizeof octets - at);

		for (size_t i = 0; i < sizeof octets; i++)
			octets[i] = (uint8_t)(n % 7 ? rand() : n % 2 ? 0xff : 0);
		octets[0] |= 1;
		checksum_add(&before, span_of(octets, sizeof octets));
		checksum_add(&was, span_of(octets + at, len));
		for (size_t i = at; i < at + len; i++)
			octets[i] = (uint8_t)(n % 5 ? rand() : 0xff);
		octets[0] |= 1;
		if (at == 0)
			continue;
		checksum_add(&is, span_of(octets + at, len));
		checksum_add(&after, span_of(octets, sizeof octets));
		assert_int_equal(checksum_follow(checksum_field(&before), was.sum, is.sum), checksum_field(&after));
	}
}

static void a_sum_goes_on_over_spans(void **state)
{
	struct checksum whole = { 0 }, parts = { 0 };

	(void)state;
	checksum_add(&whole, span_of("\x01\x02\x03\x04\x05", 5));
	checksum_add(&parts, span_of("\x01", 1));
	checksum_add(&parts, span_of("\x02\x03\x04", 3));
	checksum_add(&parts, span_of("\x05", 1));
	assert_int_equal(whole.sum, parts.sum);
	assert_int_equal(checksum_field(&whole), 0xf6f9);
}

static void addresses_change_and_checksums_follow(void **state)
{
	static const unsigned protocols[] = { TCP, UDP, ICMP };

	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.1=192.0.2.77"));
	assert_true(rules_map_net(&rules, "10.0.0.0/30=172.31.255.252/30"));
	for (size_t i = 0; i < COUNT(protocols); i++) {
		start4(protocols[i]);
		if (protocols[i] == TCP)
			frame_tcp(&frame, 5000, 443, TCP_ACK);
		else if (protocols[i] == UDP)
			frame_udp(&frame, 5000, 6000);
		else
			frame_hex(&frame, "0800 0000 0001 0001");
		frame_text(&frame, "an odd number of octets");
		finish4(protocols[i]);
		expect_right4(rewrite(), protocols[i]);
		expect_octets(got.data, IP_AT + 12, "c000024d ac1ffffe");
		assert_memory_equal(got.data.data + got.data.len - 23, "an odd number of octets", 23);
	}
	assert_int_equal(rewriter_counters(rewriter)->changed, 3);
}

static void addresses_of_version_6_change_too(void **state)
{
	static const unsigned protocols[] = { TCP, UDP };

	(void)state;
	assert_true(rules_map_ip(&rules, "2001:db8::1=fe80::1"));
	assert_true(rules_map_net(&rules, "2001:db8::/33=fd00:1:8000::/33"));
	for (size_t i = 0; i < COUNT(protocols); i++) {
		frame_start(&frame);
		frame_ethernet(&frame, 0x86dd);
		frame_ipv6(&frame, protocols[i]);
		if (protocols[i] == TCP)
			frame_tcp(&frame, 5000, 443, TCP_ACK);
		else
			frame_udp(&frame, 5000, 6000);
		frame_text(&frame, "odd");
		finish6(protocols[i]);
		expect_right6(rewrite(), protocols[i]);
		expect_octets(got.data, IP_AT + 8, "fe80 0000 0000 0000 0000 0000 0000 0001 fd00 0001 8000 0000 0000 0000 0000 0002");
	}
}

static void udp_without_a_checksum_stays_so(void **state)
{
	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.1=192.0.2.77"));
	start_udp("text");
	finish4(UDP);
	put16(TRANSPORT_AT + 6, 0);
	expect_ip_right(rewrite(), IP_AT);
	expect_octets(got.data, TRANSPORT_AT + 6, "0000");
	rules.fix_checksums = true;
	rewrite();
	expect_octets(got.data, TRANSPORT_AT + 6, "0000");
}

/* RFC 768: a computed checksum of zero is sent as all ones. */
static void udp_never_gets_a_checksum_of_zero(void **state)
{
	unsigned found = 0;

	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.1=192.0.2.77"));
	for (unsigned n = 0; n < 0x10000; n++) {
		start_udp("xx");
		finish4(UDP);
		put16(TRANSPORT_AT + 8, n);
		finish4(UDP);
		if (frame.octets[TRANSPORT_AT + 6] == 0 && frame.octets[TRANSPORT_AT + 7] == 0)
			continue;
		rewrite();
		assert_false(got.data.data[TRANSPORT_AT + 6] == 0 && got.data.data[TRANSPORT_AT + 7] == 0);
		expect_right4(got.data, UDP);
		found += got.data.data[TRANSPORT_AT + 6] == 0xff && got.data.data[TRANSPORT_AT + 7] == 0xff;
	}
	assert_int_equal(found, 1);
}

static void what_is_wrong_stays_wrong_unless_told(void **state)
{
	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.1=192.0.2.77"));
	start_udp("text");
	finish4(UDP);
	put16(TRANSPORT_AT + 8, 0x1234);
	rewrite();
	expect_ip_right(got.data, IP_AT);
	assert_int_not_equal(transport_sum(got.data, IP_AT + 12, 4, UDP, TRANSPORT_AT), 0xffff);
	rules.fix_checksums = true;
	expect_right4(rewrite(), UDP);
}

/* Two fragments: the first bears the checksum, which covers both. */
static void first_fragments_follow(void **state)
{
	uint8_t whole[2000];
	size_t len;

	(void)state;
	assert_true(rules_map_net(&rules, "10.0.0.0/24=192.168.7.0/24"));
	start_udp("0123456789012345 and what comes in the second fragment");
	finish4(UDP);
	len = frame.len;
	memcpy(whole, frame.octets, len);
	frame.len = TRANSPORT_AT + 16;
	frame.length_count = 0;
	put16(IP_AT + 2, 36);
	put16(IP_AT + 6, 0x2000);
	rules.fix_checksums = true;
	rewrite();
	memcpy(whole, got.data.data, got.data.len);
	assert_int_equal(transport_sum(span_of(whole, len), IP_AT + 12, 4, UDP, TRANSPORT_AT), 0xffff);
	expect_ip_right(got.data, IP_AT);

	/* A later one has no header of UDP, whatever its octets look like. */
	put16(IP_AT + 6, 0x0002);
	rules.fix_checksums = false;
	rewrite();
	assert_memory_equal(got.data.data + TRANSPORT_AT, frame.octets + TRANSPORT_AT, 16);
	expect_octets(got.data, IP_AT + 12, "c0a80701 c0a80702");
}

static void cut_frames_follow(void **state)
{
	struct packet p;

	(void)state;
	assert_true(rules_map_net(&rules, "10.0.0.0/24=192.168.7.0/24"));
	start_udp("what the snap length takes away");
	finish4(UDP);
	p = frame_packet(&frame);
	p.data.len = TRANSPORT_AT + 8;
	got = rewriter_packet(rewriter, &p);
	assert_int_equal(got.wire_len, frame.len);
	memcpy(frame.octets, got.data.data, got.data.len);
	expect_right4(span_of(frame.octets, frame.len), UDP);
}

/* A routing header: the destination of the checksum is the last one (RFC 8200 8.1), not the one that stands in the header. */
static void a_routed_destination_is_not_in_the_checksum(void **state)
{
	static const size_t udp_at = TRANSPORT6_AT + 24;
	uint8_t before[2];

	(void)state;
	assert_true(rules_map_ip(&rules, "2001:db8::2=fe80::9"));
	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, 43);
	frame_hex(&frame, "11 02 00 01 00000000 20010db8 00000000 00000000 00000007");
	frame_udp(&frame, 5000, 6000);
	frame_finish(&frame);
	put16(udp_at + 6, 0x4321);
	memcpy(before, frame.octets + udp_at + 6, 2);
	rewrite();
	expect_octets(got.data, IP_AT + 24, "fe80");
	assert_memory_equal(got.data.data + udp_at + 6, before, 2);
}

/* ---- what is inside ---- */

static void icmp_errors_return_changed_packets(void **state)
{
	size_t inner = TRANSPORT_AT + 8;

	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.1=192.0.2.77"));
	assert_true(rules_map_ip(&rules, "192.0.2.2=198.51.100.9"));
	start4(ICMP);
	frame_hex(&frame, "0303 0000 0000 0000");
	frame_inner_ipv4(&frame, UDP);
	frame_udp(&frame, 5000, 53);
	frame_finish(&frame);
	put16(inner + 10, ~add_words(0, frame.octets + inner, 20) & 0xffff);
	put16(inner + 26, 0x1111);
	finish4(ICMP);
	expect_right4(rewrite(), ICMP);
	expect_ip_right(got.data, inner);
	expect_octets(got.data, inner + 12, "c0000201 c6336409");
	/* c0000202 became c6336409: the returned datagram's own checksum changes by as much. */
	assert_int_equal(checksum_follow(0x1111, 0xc000 + 0x0202, 0xc633 + 0x6409), got.data.data[inner + 26] << 8 | got.data.data[inner + 27]);
}

static void arp_follows(void **state)
{
	(void)state;
	assert_true(rules_map_mac(&rules, "02:00:00:00:00:01=00-04-f2-aa-bb-01"));
	assert_true(rules_map_ip(&rules, "10.0.0.1=192.0.2.77"));
	frame_start(&frame);
	frame_ethernet(&frame, 0x0806);
	frame_hex(&frame, "0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002");
	expect_octets(rewrite(), 0, "020000000002 0004f2aabb01 0806 0001 0800 06 04 0001 0004f2aabb01 c000024d 000000000000 0a000002");
}

/* The client identifier lies at an odd offset: its octets change places in the words of the sum. */
static void dhcp_follows(void **state)
{
	size_t dhcp = TRANSPORT_AT + 8, options = dhcp + 240;

	(void)state;
	assert_true(rules_map_mac(&rules, "02:00:00:00:00:01=00:04:f2:aa:bb:01"));
	assert_true(rules_map_net(&rules, "10.0.0.0/8=172.0.0.0/8"));
	start4(UDP);
	frame_udp(&frame, 68, 67);
	frame_hex(&frame, "01 01 06 00 11223344 0000 0000 0a000001 0a000002 0a000003 0a000004 020000000001");
	frame.len = options;
	memset(frame.octets + dhcp + 34, 0, 202);
	memcpy(frame.octets + options - 4, "\x63\x82\x53\x63", 4);
	frame_hex(&frame, "35 01 01 00 3d 07 01 020000000001 32 04 0a000009 06 08 0a000007 08080808 78 05 01 0a000008 0f 04 0a000001 ff 32 04 0a000001");
	finish4(UDP);
	expect_right4(rewrite(), UDP);
	expect_octets(got.data, dhcp + 12, "ac000001 ac000002 ac000003 ac000004 0004f2aabb01");
	expect_octets(got.data, options, "35 01 01 00 3d 07 01 0004f2aabb01 32 04 ac000009 06 08 ac000007 08080808 78 05 01 ac000008 0f 04 0a000001 ff 32 04 0a000001");
}

static void dns_follows(void **state)
{
	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.9=192.0.2.9"));
	assert_true(rules_map_net(&rules, "2001:db8::/32=fd00:1::/32"));
	start4(UDP);
	frame_udp(&frame, 53, 5000);
	frame_hex(&frame, "0001 8180 0001 0002 0000 0001 03 736970 02 6162 00 0001 0001");
	frame_hex(&frame, "c00c 0001 0001 0000003c 0004 0a000009 c00c 0010 0001 0000003c 0004 0a000009");
	frame_hex(&frame, "00 001c 0001 0000003c 0010 20010db8 00000000 00000000 00000005");
	finish4(UDP);
	expect_right4(rewrite(), UDP);
	expect_octets(got.data, TRANSPORT_AT + 8 + 24, "c00c 0001 0001 0000003c 0004 c0000209 c00c 0010 0001 0000003c 0004 0a000009");
	expect_octets(got.data, got.data.len - 16, "fd000001 00000000 00000000 00000005");
}

static void neighbour_discovery_follows(void **state)
{
	(void)state;
	assert_true(rules_map_mac(&rules, "02:00:00:00:00:01=00:04:f2:aa:bb:01"));
	assert_true(rules_map_ip(&rules, "2001:db8::2=fe80::2"));
	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, ICMPV6);
	frame_hex(&frame, "87 00 0000 00000000 20010db8 00000000 00000000 00000002 01 01 020000000001 07 01 020000000001");
	finish6(ICMPV6);
	expect_right6(rewrite(), ICMPV6);
	expect_octets(got.data, TRANSPORT6_AT + 8, "fe800000 00000000 00000000 00000002 01 01 0004f2aabb01 07 01 020000000001");
}

static void lldp_follows(void **state)
{
	(void)state;
	assert_true(rules_map_mac(&rules, "02:00:00:00:00:01=00:04:f2:aa:bb:01"));
	frame_start(&frame);
	frame_hex(&frame, "0180c200000e 020000000001 88cc 0207 04 020000000001 0407 03 020000000001 0602 0078 0a07 04 020000000001 0000");
	expect_octets(rewrite(), 6, "0004f2aabb01 88cc 0207 04 0004f2aabb01 0407 03 0004f2aabb01 0602 0078 0a07 04 020000000001 0000");
}

/* ---- tags ---- */

static void tags_come_and_go(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x8100);
	frame_vlan(&frame, 0xa014, 0x0800);
	frame_ipv4(&frame, UDP);
	frame_udp(&frame, 5000, 6000);
	frame_finish(&frame);
	assert_true(rules_vlan(&rules, "set", "200"));
	expect_octets(rewrite(), 12, "8100 a0c8 0800 45");
	assert_true(rules_vlan(&rules, "push", "7"));
	expect_octets(rewrite(), 12, "88a8 0007 8100 a0c8 0800 45");
	assert_int_equal(got.wire_len, frame.len + 4);
	assert_int_equal(got.data.len, frame.len + 4);
	assert_true(rules_vlan(&rules, "strip", NULL));
	expect_octets(rewrite(), 0, "020000000002 020000000001 0800 45");
	assert_int_equal(got.wire_len, frame.len - 4);
	assert_memory_equal(got.data.data + 14, frame.octets + 18, frame.len - 18);
}

static void a_frame_without_a_tag_gets_one(void **state)
{
	(void)state;
	assert_true(rules_vlan(&rules, "set", "200"));
	start_udp("text");
	finish4(UDP);
	expect_octets(rewrite(), 0, "020000000002 020000000001 8100 00c8 0800 45");
}

static void what_stays_on_its_link_gets_no_tag(void **state)
{
	(void)state;
	assert_true(rules_vlan(&rules, "push", "200"));
	frame_start(&frame);
	frame_hex(&frame, "0180c200000e 020000000001 88cc 0207 04 020000000001 0000");
	assert_ptr_equal(rewrite().data, frame.octets);
	frame_start(&frame);
	frame_hex(&frame, "01000ccccccc 020000000001 0005 aaaa03 0000");
	assert_ptr_equal(rewrite().data, frame.octets);
	frame_start(&frame);            /* what MVRP says of VLANs goes on to the next bridges */
	frame_hex(&frame, "0180c2000021 020000000001 88f5 0001 0000");
	expect_octets(rewrite(), 0, "0180c2000021 020000000001 8100 00c8 88f5");
}

/* ---- all of it ---- */

static void nothing_changes_where_no_rule_applies(void **state)
{
	(void)state;
	assert_true(rules_map_mac(&rules, "02:00:00:00:00:77=00:04:f2:aa:bb:01"));
	assert_true(rules_map_ip(&rules, "10.9.0.1=192.0.2.77"));
	start_udp("text");
	frame_finish(&frame);
	assert_ptr_equal(rewrite().data, frame.octets);
	assert_int_equal(rewriter_counters(rewriter)->changed, 0);
}

static void addresses_can_change_places(void **state)
{
	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.1=10.0.0.2"));
	assert_true(rules_map_ip(&rules, "10.0.0.2=10.0.0.1"));
	start_udp("text");
	finish4(UDP);
	expect_right4(rewrite(), UDP);
	expect_octets(got.data, IP_AT + 12, "0a000002 0a000001");
}

static void tunnels_are_told(void **state)
{
	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.1=192.0.2.77"));
	start4(4);
	frame_inner_ipv4(&frame, UDP);
	frame_udp(&frame, 5000, 6000);
	frame_finish(&frame);
	rewrite();
	expect_octets(got.data, IP_AT + 12, "c000024d 0a000002");
	assert_int_equal(rewriter_counters(rewriter)->tunnels, 1);
}

static void other_links_have_addresses_too(void **state)
{
	struct packet p;

	(void)state;
	assert_true(rules_map_ip(&rules, "10.0.0.1=192.0.2.77"));
	frame_start(&frame);
	frame_hex(&frame, "0000 0001 0006 020000000001 0000 0800");
	frame_ipv4(&frame, 99);
	frame_finish(&frame);
	p = frame_packet(&frame);
	p.link_type = LINK_SLL;
	got = rewriter_packet(rewriter, &p);
	expect_octets(got.data, 16 + 12, "c000024d 0a000002");
	p.link_type = LINK_RAW;
	p.data = span_of(frame.octets + 16, frame.len - 16);
	got = rewriter_packet(rewriter, &p);
	expect_octets(got.data, 12, "c000024d 0a000002");
	p.link_type = 299;
	got = rewriter_packet(rewriter, &p);
	assert_ptr_equal(got.data.data, p.data.data);
	assert_int_equal(rewriter_counters(rewriter)->no_link, 1);
}

/* Every prefix and every octet changed, with all rules at once: nothing outside the frame is read or written. */
static void anything_at_all_may_come(void **state)
{
	(void)state;
	assert_true(rules_map_mac(&rules, "02:00:00:00:00:01=00:04:f2:aa:bb:01"));
	assert_true(rules_map_net(&rules, "0.0.0.0/1=128.0.0.0/1"));
	assert_true(rules_map_net(&rules, "10.0.0.0/8=172.0.0.0/8"));
	assert_true(rules_vlan(&rules, "push", "5"));
	for (unsigned pass = 0; pass < 2; pass++) {
		rules.fix_checksums = pass;
		for (unsigned kind = 0; kind < 3; kind++) {
			start4(kind == 2 ? ICMP : UDP);
			frame_udp(&frame, kind == 0 ? 68 : kind == 1 ? 53 : 0x0303, 67);
			frame_hex(&frame, "0001 8180 0001 0002 0000 0001 03 736970 02 6162 00 0001 0001 c00c 0001 0001 0000003c 0004 0a000009");
			frame.len = TRANSPORT_AT + 8 + 236;
			frame_hex(&frame, "63825363 3d 07 01 020000000001 32 04 0a000009 ff");
			frame_finish(&frame);
			for (size_t at = 0; at < frame.len; at++) {
				struct packet p = frame_packet(&frame);
				uint8_t before = frame.octets[at], *exact = malloc(at + 1);

				memcpy(exact, frame.octets, at + 1);
				p.data = span_of(exact, at + 1);
				rewriter_packet(rewriter, &p);
				free(exact);
				for (unsigned n = 1; n < 256; n <<= 1) {
					frame.octets[at] = (uint8_t)(before ^ n);
					rewrite();
					assert_true(got.data.len == frame.len + 4 || got.data.len == frame.len);
				}
				frame.octets[at] = before;
			}
		}
	}
}

/* ---- the command line's words ---- */

static void wrong_rules_are_refused(void **state)
{
	static const char *const macs[] = { "", "=", "00:04:f2:aa:bb:01", "00:04:f2:aa:bb:01=", "=00:04:f2:aa:bb:01", "00:04:f2:aa:bb:01=x" };
	static const char *const ips[] = { "10.0.0.1", "10.0.0.1=::1", "10.0.0.256=10.0.0.1", "10.0.0.1=10.0.0.2=10.0.0.3" };
	static const char *const nets[] = { "10.0.0.0=11.0.0.0", "10.0.0.0/8=11.0.0.0/9", "10.0.0.0/33=11.0.0.0/33", "10.0.0.1/8=11.0.0.0/8", "10.0.0.0/8=11.0.0.1/8",
		"10.0.0.0/-1=11.0.0.0/-1", "10.0.0.0/=11.0.0.0/", "fe80::/64=10.0.0.0/64" };

	(void)state;
	capture_listen();
	for (size_t i = 0; i < COUNT(macs); i++)
		assert_false(rules_map_mac(&rules, macs[i]));
	for (size_t i = 0; i < COUNT(ips); i++)
		assert_false(rules_map_ip(&rules, ips[i]));
	for (size_t i = 0; i < COUNT(nets); i++)
		assert_false(rules_map_net(&rules, nets[i]));
	assert_false(rules_vlan(&rules, "add", "5"));
	assert_false(rules_vlan(&rules, "set", "4095"));
	assert_false(rules_vlan(&rules, "push", NULL));
	assert_false(rules_vlan(&rules, "push", "5x"));
	capture_said();
	assert_false(rules_any(&rules));
}

static void the_longest_prefix_says_most(void **state)
{
	struct addr a;
	char text[ADDR_TEXT];

	(void)state;
	assert_true(rules_map_net(&rules, "10.0.0.0/8=11.0.0.0/8"));
	assert_true(rules_map_ip(&rules, "10.1.2.3=1.1.1.1"));
	assert_true(rules_map_net(&rules, "10.1.0.0/17=12.1.128.0/17"));
	assert_true(addr_parse("10.1.2.3", &a) && rules_addr(&rules, &a));
	assert_string_equal(addr_format(&a, text), "1.1.1.1");
	assert_true(addr_parse("10.1.2.4", &a) && rules_addr(&rules, &a));
	assert_string_equal(addr_format(&a, text), "12.1.130.4");
	assert_true(addr_parse("10.1.129.4", &a) && rules_addr(&rules, &a));
	assert_string_equal(addr_format(&a, text), "11.1.129.4");
	assert_true(addr_parse("9.1.2.4", &a) && !rules_addr(&rules, &a));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(following_a_change_is_as_good_as_computing_anew), TEST(a_sum_goes_on_over_spans),
		TEST(addresses_change_and_checksums_follow), TEST(addresses_of_version_6_change_too), TEST(udp_without_a_checksum_stays_so),
		TEST(udp_never_gets_a_checksum_of_zero), TEST(what_is_wrong_stays_wrong_unless_told), TEST(first_fragments_follow), TEST(cut_frames_follow),
		TEST(a_routed_destination_is_not_in_the_checksum),
		TEST(icmp_errors_return_changed_packets), TEST(arp_follows), TEST(dhcp_follows), TEST(dns_follows), TEST(neighbour_discovery_follows),
		TEST(lldp_follows), TEST(tags_come_and_go), TEST(a_frame_without_a_tag_gets_one), TEST(what_stays_on_its_link_gets_no_tag),
		TEST(nothing_changes_where_no_rule_applies), TEST(addresses_can_change_places), TEST(tunnels_are_told), TEST(other_links_have_addresses_too),
		TEST(anything_at_all_may_come), TEST(wrong_rules_are_refused), TEST(the_longest_prefix_says_most),
	};

	return cmocka_run_group_tests(tests, capture_setup, capture_teardown);
}
