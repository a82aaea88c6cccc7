/* What the kernel's filter keeps and what it turns away, with any number of tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "packet/link.h"
#include "packet/source_live_filter.h"
#include "tests/unit/frame.h"

static struct frame frame;

enum { TCP = 6, UDP = 17, IPV4 = 0x0800, IPV6 = 0x86dd };

static const unsigned tag_types[] = { 0x8100, 0x88a8, 0x9100, 0x9200 };

/* A frame with `tags` tags, up to the header behind them. */
static void start(unsigned tags, unsigned type)
{
	frame_start(&frame);
	frame_ethernet(&frame, tags ? tag_types[tags % 4] : type);
	for (unsigned i = tags; i > 0; i--)
		frame_vlan(&frame, 10 * i, i > 1 ? tag_types[(i - 1) % 4] : type);
}

static void add_transport(unsigned protocol, unsigned src, unsigned dst)
{
	if (protocol == TCP)
		frame_tcp(&frame, src, dst, TCP_ACK);
	else if (protocol == UDP)
		frame_udp(&frame, src, dst);
	frame_text(&frame, "what follows");
}

/* The answer, which must be the same over IPv4 and IPv6, under every number of tags, and from either side. */
static bool keeps(const char *expression, unsigned protocol, unsigned src, unsigned dst)
{
	struct live_filter *f = live_filter_new(NULL, LINK_ETHERNET, expression);
	bool first = false;

	assert_non_null(f);
	for (unsigned n = 0; n < 4 * VLANS_MAX; n++) {
		bool is_ipv4 = n & 1, turned = n & 2, kept;

		start(n / 4, is_ipv4 ? IPV4 : IPV6);
		if (is_ipv4)
			frame_ipv4(&frame, protocol);
		else
			frame_ipv6(&frame, protocol);
		add_transport(protocol, turned ? dst : src, turned ? src : dst);
		kept = live_filter_keeps(f, frame_finish(&frame));
		if (n == 0)
			first = kept;
		/* An expression is not asked under tags. */
		if (!expression || n < 4)
			assert_int_equal(kept, first);
		else
			assert_true(kept || !first);
	}
	live_filter_free(f);
	return first;
}

static void what_signs_in_is_kept(void **state)
{
	static const unsigned udp[] = { 53, 67, 68, 88, 123, 389, 5060, 5061, 137, 4789, 8472, 37008 };
	static const unsigned tcp[] = { 80, 443, 389, 3268, 88, 53, 5060, 5061, 4443, 8080, 444, 5070, 65000 };

	(void)state;
	for (size_t i = 0; i < sizeof udp / sizeof udp[0]; i++)
		assert_true(keeps(NULL, UDP, 50000, udp[i]));
	for (size_t i = 0; i < sizeof tcp / sizeof tcp[0]; i++) {
		assert_true(keeps(NULL, TCP, 50000, tcp[i]));
		assert_true(keeps(NULL, TCP, 1025, tcp[i]));
		/* A phone may dial from a port that elsewhere is a service of bulk. */
		assert_true(keeps(NULL, TCP, 3389, tcp[i]) == (tcp[i] < 32768));
	}
	assert_true(keeps(NULL, UDP, 67, 67));
}

static void what_moves_much_is_turned_away(void **state)
{
	static const unsigned tcp[] = { 22, 139, 445, 3389, 3260, 9100 };

	(void)state;
	assert_false(keeps(NULL, UDP, 20000, 20002));
	assert_false(keeps(NULL, UDP, 50000, 443));
	assert_false(keeps(NULL, UDP, 3478, 60000));
	for (size_t i = 0; i < sizeof tcp / sizeof tcp[0]; i++)
		assert_false(keeps(NULL, TCP, 50000, tcp[i]));
	assert_false(keeps(NULL, 1, 0, 0));
	assert_false(keeps(NULL, 50, 0, 0));
	assert_false(keeps(NULL, 132, 0, 0));
}

/* GRE, IP in IP, extension headers and whatever decap opens. */
static void encapsulations_are_kept(void **state)
{
	static const unsigned protocols[] = { 0, 4, 41, 43, 44, 47, 51, 60, 97, 135, 137 };

	(void)state;
	for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
		assert_true(keeps(NULL, protocols[i], 0, 0));
}

static void fragments_are_kept(void **state)
{
	struct live_filter *f = live_filter_new(NULL, LINK_ETHERNET, NULL);
	struct span s;

	(void)state;
	for (unsigned tags = 0; tags < VLANS_MAX; tags++) {
		size_t at = 14 + 4 * tags + 6;

		start(tags, IPV4);
		frame_ipv4(&frame, UDP);
		add_transport(UDP, 20000, 20002);
		s = frame_finish(&frame);
		assert_false(live_filter_keeps(f, s));
		frame.octets[at] = 0x40;        /* "don't fragment" is no fragment */
		assert_false(live_filter_keeps(f, s));
		frame.octets[at] = 0x20;        /* the first one */
		assert_true(live_filter_keeps(f, s));
		frame.octets[at] = 0x00;
		frame.octets[at + 1] = 0xb9;    /* the last one */
		assert_true(live_filter_keeps(f, s));
	}
	live_filter_free(f);
}

/* IP options: the ports lie further behind. */
static void options_are_passed_over(void **state)
{
	struct live_filter *f = live_filter_new(NULL, LINK_ETHERNET, NULL);

	(void)state;
	for (unsigned port = 53; port < 30000; port += 20000) {
		start(1, IPV4);
		frame_hex(&frame, "46 00 0030 0000 0000 40 11 0000 0a000001 0a000002 94040000");
		frame_udp(&frame, 20000, port);
		assert_int_equal(live_filter_keeps(f, frame_finish(&frame)), port == 53);
	}
	live_filter_free(f);
}

static void other_types(void **state)
{
	static const unsigned kept[] = { 0x0806, 0x88cc, 0x0026 /* a length: LLC */, 0x8847, 0x8864, 0x894f, 0x88e7 };
	static const unsigned not_kept[] = { 0x8906, 0x88a2, 0x8892, 0x88e5, 0x0842 };
	struct live_filter *f = live_filter_new(NULL, LINK_ETHERNET, NULL);

	(void)state;
	for (unsigned tags = 0; tags < VLANS_MAX; tags++) {
		for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
			start(tags, kept[i]);
			frame_text(&frame, "anything that is long enough for it");
			assert_true(live_filter_keeps(f, frame_finish(&frame)));
		}
		for (size_t i = 0; i < sizeof not_kept / sizeof not_kept[0]; i++) {
			start(tags, not_kept[i]);
			frame_text(&frame, "anything that is long enough for it");
			assert_false(live_filter_keeps(f, frame_finish(&frame)));
		}
	}
	live_filter_free(f);
}

/* A frame that ends anywhere, and any octets at all: there is an answer. */
static void frames_that_end(void **state)
{
	struct live_filter *f = live_filter_new(NULL, LINK_ETHERNET, NULL);

	(void)state;
	start(2, IPV4);
	frame_ipv4(&frame, UDP);
	add_transport(UDP, 50000, 53);
	frame_finish(&frame);
	for (size_t len = 0; len <= frame.len; len++)
		assert_int_equal(live_filter_keeps(f, span_of(frame.octets, len)), len >= 14 + 8 + 20 + 4);
	live_filter_free(f);
}

static void expressions(void **state)
{
	(void)state;
	assert_true(keeps("host 10.0.0.1 or host 2001:db8::1", UDP, 50000, 53));
	assert_false(keeps("port 80", UDP, 50000, 53));
	assert_true(keeps("port 80", TCP, 50000, 80));
	assert_true(keeps("port 80 and not host 10.9.9.9", TCP, 50000, 80));
	assert_false(keeps("port 20000", UDP, 20000, 20002));  /* it only takes away */
	assert_true(keeps("", UDP, 50000, 53));
	assert_true(keeps("tcp[tcpflags] & tcp-ack != 0 or ip6", TCP, 50000, 5061));
	assert_null(live_filter_new(NULL, LINK_ETHERNET, "port (("));
}

/* Of link types other than Ethernet everything that the expression allows. */
static void other_links(void **state)
{
	struct live_filter *f = live_filter_new(NULL, LINK_SLL, NULL);

	(void)state;
	start(0, IPV4);
	frame_ipv4(&frame, UDP);
	add_transport(UDP, 20000, 20002);
	assert_true(live_filter_keeps(f, frame_finish(&frame)));
	live_filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_signs_in_is_kept), cmocka_unit_test(what_moves_much_is_turned_away), cmocka_unit_test(encapsulations_are_kept),
		cmocka_unit_test(fragments_are_kept), cmocka_unit_test(options_are_passed_over), cmocka_unit_test(other_types),
		cmocka_unit_test(frames_that_end), cmocka_unit_test(expressions), cmocka_unit_test(other_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
