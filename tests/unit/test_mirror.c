/* What a mirror port doubles, and what only looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/moment.h"
#include "packet/decap.h"
#include "packet/mirror.h"
#include "tests/unit/frame.h"

enum { TCP = 6, UDP = 17, TTL_AT = 14 + 8, ID_AT = 14 + 4 };

static struct frame frame;
static struct mirror *mirror;

static int setup(void **state)
{
	(void)state;
	mirror = mirror_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mirror_free(mirror);
	return 0;
}

static bool copy_at(int64_t at_ns)
{
	struct packet p = frame_packet(&frame);
	struct decap_counters counters = { 0 };
	struct layers l;

	p.at_ns = at_ns;
	decap_packet(&p, &l, &counters);
	return mirror_is_copy(mirror, &p, &l);
}

static void make_tcp(bool tagged, unsigned flags, const char *payload)
{
	frame_start(&frame);
	frame_ethernet(&frame, tagged ? 0x8100 : 0x0800);
	if (tagged)
		frame_vlan(&frame, 20, 0x0800);
	frame_ipv4(&frame, TCP);
	frame_tcp(&frame, 40000, 443, flags);
	frame_text(&frame, payload);
}

static void make_udp(unsigned id, const char *payload)
{
	frame_start(&frame);
	frame_ethernet(&frame, 0x0800);
	frame_ipv4(&frame, UDP);
	frame.octets[ID_AT] = (uint8_t)(id >> 8);
	frame.octets[ID_AT + 1] = (uint8_t)id;
	frame_udp(&frame, 68, 67);
	frame_text(&frame, payload);
}

static void copies_come_within_five_milliseconds(void **state)
{
	(void)state;
	make_tcp(false, TCP_ACK | TCP_PSH, "hello");
	assert_false(copy_at(0));
	assert_true(copy_at(0));
	assert_true(copy_at(4 * NS_PER_MS));
	assert_true(copy_at(-NS_PER_MS));               /* out of order */
	assert_false(copy_at(6 * NS_PER_MS));
	assert_true(copy_at(7 * NS_PER_MS));
	assert_int_equal(mirror_copies(mirror), 4);
}

static void a_router_changes_addresses_tags_and_ttl(void **state)
{
	(void)state;
	make_tcp(false, TCP_SYN, "");
	assert_false(copy_at(0));
	make_tcp(true, TCP_SYN, "");
	frame.octets[TTL_AT + 4]--;
	frame.octets[TTL_AT + 6]++;     /* the checksum, too */
	frame.octets[0] = 0x0a;
	frame.octets[6] = 0x0a;
	frame.octets[19] = 0xb8;        /* DSCP */
	assert_true(copy_at(NS_PER_MS));
}

static void a_tunnel_shows_the_same_packet_again(void **state)
{
	(void)state;
	make_udp(7, "x");
	assert_false(copy_at(0));
	frame_start(&frame);
	frame_ethernet(&frame, 0x0800);
	frame_inner_ipv4(&frame, 47);
	frame_hex(&frame, "0000 6558");
	frame_inner_ethernet(&frame, 0x0800);
	frame_ipv4(&frame, UDP);
	frame.octets[frame.len - 16] = 0;
	frame.octets[frame.len - 15] = 7;
	frame_udp(&frame, 68, 67);
	frame_text(&frame, "x");
	assert_true(copy_at(NS_PER_MS));
}

static void other_packets_are_no_copies(void **state)
{
	(void)state;
	make_tcp(false, TCP_ACK, "hello");
	assert_false(copy_at(0));
	make_tcp(false, TCP_ACK, "hallo");
	assert_false(copy_at(0));
	make_tcp(false, TCP_ACK, "hello!");
	assert_false(copy_at(0));
	make_tcp(false, TCP_ACK | TCP_FIN, "hello");
	assert_false(copy_at(0));
	make_tcp(false, TCP_ACK, "hello");
	frame.octets[14 + 20 + 7]++;    /* sequence number */
	assert_false(copy_at(0));
	make_tcp(false, TCP_ACK, "hello");
	frame.octets[14 + 12 + 3]++;    /* sender */
	assert_false(copy_at(0));
}

/* Sent again at once, but by the sender: another identification. */
static void retransmissions_are_no_copies(void **state)
{
	(void)state;
	make_tcp(false, TCP_ACK | TCP_PSH, "hello");
	assert_false(copy_at(0));
	frame.octets[ID_AT + 1]++;
	assert_false(copy_at(NS_PER_MS));
	frame.octets[ID_AT + 1]--;
	assert_false(copy_at(200 * NS_PER_MS));
}

static void retries_and_keep_alives_are_no_copies(void **state)
{
	(void)state;
	make_udp(0, "discover");
	for (int64_t second = 0; second < 60; second += 4)
		assert_false(copy_at(second * NS_PER_S));
	make_tcp(false, TCP_ACK, "\1");
	for (int64_t second = 0; second < 60; second++)
		assert_false(copy_at(second * NS_PER_S));
	assert_int_equal(mirror_copies(mirror), 0);
}

static void equal_acknowledgements_say_something(void **state)
{
	(void)state;
	make_tcp(false, TCP_ACK, "");
	frame.octets[ID_AT] = frame.octets[ID_AT + 1] = 0;
	assert_false(copy_at(0));
	assert_false(copy_at(0));
	frame.octets[ID_AT] = 1;
	assert_false(copy_at(0));
	assert_true(copy_at(0));
	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, TCP);
	frame_tcp(&frame, 40000, 443, TCP_ACK);
	assert_false(copy_at(0));
	assert_false(copy_at(0));
	frame.octets[14 + 40 + 13] = TCP_SYN;
	assert_false(copy_at(0));
	assert_true(copy_at(0));
}

static void frames_without_ip_must_be_the_same_to_the_last_octet(void **state)
{
	(void)state;
	frame_start(&frame);
	frame_ethernet(&frame, 0x88cc);
	frame_text(&frame, "a neighbour's long advertisement that differs in its last letter a");
	assert_false(copy_at(0));
	assert_true(copy_at(NS_PER_MS));
	frame.octets[frame.len - 1] = 'b';
	assert_false(copy_at(NS_PER_MS));
	frame.octets[11]++;             /* another neighbour */
	assert_false(copy_at(NS_PER_MS));
	assert_false(copy_at(NS_PER_S));
}

static void what_is_remembered_is_bounded(void **state)
{
	(void)state;
	make_udp(1, "first");
	assert_false(copy_at(0));
	for (unsigned id = 0; id < 60000; id++) {
		make_udp(id, "others");
		assert_false(copy_at(NS_PER_MS));
	}
	make_udp(1, "first");
	assert_false(copy_at(NS_PER_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(copies_come_within_five_milliseconds, setup, teardown),
		cmocka_unit_test_setup_teardown(a_router_changes_addresses_tags_and_ttl, setup, teardown),
		cmocka_unit_test_setup_teardown(a_tunnel_shows_the_same_packet_again, setup, teardown),
		cmocka_unit_test_setup_teardown(other_packets_are_no_copies, setup, teardown),
		cmocka_unit_test_setup_teardown(retransmissions_are_no_copies, setup, teardown),
		cmocka_unit_test_setup_teardown(retries_and_keep_alives_are_no_copies, setup, teardown),
		cmocka_unit_test_setup_teardown(equal_acknowledgements_say_something, setup, teardown),
		cmocka_unit_test_setup_teardown(frames_without_ip_must_be_the_same_to_the_last_octet, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_remembered_is_bounded, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
