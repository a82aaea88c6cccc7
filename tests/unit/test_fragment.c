/* Fragments: any order, overlaps, copies, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "packet/decap.h"
#include "packet/fragment.h"
#include "tests/unit/frame.h"

enum { UDP = 17, GRE = 47, FRAGMENT = 44, SIZE = 3000 };

static struct frame frame;
static struct fragments *fragments;
static uint8_t datagram[SIZE];          /* UDP header and all */
static struct layers layers;
static const frame_ref *frames;
static unsigned frame_count;
static uint64_t frame_number_next;

static int setup(void **state)
{
	(void)state;
	fragments = fragments_new();
	frame_number_next = 0;
	memset(datagram, 0, 8);
	for (size_t i = 8; i < SIZE; i++)
		datagram[i] = (uint8_t)(i * 7 + i / 256);
	datagram[1] = 1;
	datagram[3] = 53;
	datagram[4] = SIZE >> 8;
	datagram[5] = SIZE & 255;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fragments_free(fragments);
	return 0;
}

static bool add_at(int64_t at_ns)
{
	struct packet p = frame_packet(&frame);
	struct decap_counters counters = { 0 };

	p.frame = frame_of(0, ++frame_number_next);
	p.at_ns = at_ns;
	assert_true(decap_packet(&p, &layers, &counters));
	assert_true(layers.is_fragment);
	if (!fragments_add(fragments, &p, &layers, &frames, &frame_count))
		return false;
	decap_transport(&p, &layers, &counters);
	return true;
}

static void add_octets(const uint8_t *octets, size_t from, size_t to)
{
	memcpy(frame.octets + frame.len, octets + from, to - from);
	frame.len += to - from;
}

static void make_v4(unsigned id, const uint8_t *octets, size_t from, size_t to, bool more)
{
	frame_start(&frame);
	frame_ethernet(&frame, 0x0800);
	frame_ipv4(&frame, UDP);
	frame.octets[18] = (uint8_t)(id >> 8);
	frame.octets[19] = (uint8_t)id;
	frame.octets[20] = (uint8_t)((more ? 0x20 : 0) | from / 8 >> 8);
	frame.octets[21] = (uint8_t)(from / 8);
	add_octets(octets, from, to);
}

static bool v4(unsigned id, size_t from, size_t to)
{
	make_v4(id, datagram, from, to, to < SIZE);
	return add_at(0);
}

static bool v6_of(const uint8_t *octets, size_t from, size_t to)
{
	frame_start(&frame);
	frame_ethernet(&frame, 0x86dd);
	frame_ipv6(&frame, FRAGMENT);
	frame_hex(&frame, "11 00");
	frame_u16(&frame, (unsigned)from | (to < SIZE));
	frame_u32(&frame, 77);
	add_octets(octets, from, to);
	return add_at(0);
}

static void expect_whole(unsigned count)
{
	assert_int_equal(layers.transport, TRANSPORT_UDP);
	assert_int_equal(layers.dst_port, 53);
	assert_int_equal(layers.payload.len, SIZE - 8);
	assert_int_equal(layers.payload_len, SIZE - 8);
	assert_memory_equal(layers.payload.data, datagram + 8, SIZE - 8);
	assert_false(layers.is_fragment);
	assert_int_equal(frame_count, count);
	assert_int_equal(frames[count - 1], frame_of(0, frame_number_next));
	for (unsigned i = 1; i < count; i++)
		assert_true(frames[i - 1] < frames[i]);
}

/* All orders of four pieces, of both versions. */
static void any_order(void **state)
{
	static const size_t cuts[] = { 0, 8, 1480, 1488, SIZE };

	(void)state;
	for (unsigned order = 0; order < 256; order++) {
		unsigned piece[4] = { order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 };
		bool six = order & 1, whole = false;

		if ((1 << piece[0] | 1 << piece[1] | 1 << piece[2] | 1 << piece[3]) != 15)
			continue;
		for (unsigned i = 0; i < 4; i++) {
			assert_false(whole);
			whole = six ? v6_of(datagram, cuts[piece[i]], cuts[piece[i] + 1]) : v4(order, cuts[piece[i]], cuts[piece[i] + 1]);
		}
		assert_true(whole);
		expect_whole(4);
		assert_int_equal(fragments_dropped(fragments), 0);
		teardown(state);
		setup(state);
	}
}

static void header_speaks_of_the_whole(void **state)
{
	struct cursor c;

	(void)state;
	assert_false(v4(1, 1480, SIZE));
	assert_true(v4(1, 0, 1480));
	c = cursor_over(layers.ip);
	assert_int_equal(cursor_be16(&c), 0x4500);
	assert_int_equal(cursor_be16(&c), 20 + SIZE);
	cursor_skip(&c, 2);
	assert_int_equal(cursor_be16(&c), 0);
	assert_int_equal(layers.ip.len, 20 + SIZE);
	assert_ptr_equal(layers.ip.data + 20, layers.ip_payload.data);

	assert_false(v6_of(datagram, 0, 1480));
	assert_true(v6_of(datagram, 1480, SIZE));
	assert_int_equal(layers.ip.len, 40 + SIZE);
	c = cursor_over(layers.ip);
	cursor_skip(&c, 4);
	assert_int_equal(cursor_be16(&c), SIZE);
	assert_int_equal(cursor_u8(&c), UDP);
}

static void interleaved_datagrams_stay_apart(void **state)
{
	(void)state;
	assert_false(v4(1, 0, 1480));
	assert_false(v4(2, 0, 1480));
	assert_true(v4(2, 1480, SIZE));
	expect_whole(2);
	assert_int_equal(fragments_dropped(fragments), 1);      /* one still waits */
	assert_true(v4(1, 1480, SIZE));
	expect_whole(2);
	assert_int_equal(frame_number(frames[0]), 1);
	assert_int_equal(fragments_dropped(fragments), 0);
}

static void octets_that_came_first_stay(void **state)
{
	uint8_t other[SIZE];

	(void)state;
	memset(other, 'x', sizeof other);
	assert_false(v4(1, 800, 1600));
	make_v4(1, other, 400, 2000, true);
	assert_false(add_at(0));
	assert_false(v4(1, 0, 400));
	assert_true(v4(1, 2000, SIZE));
	assert_memory_equal(layers.ip_payload.data + 800, datagram + 800, 800);
	assert_memory_equal(layers.ip_payload.data + 400, other, 400);
	assert_memory_equal(layers.ip_payload.data + 1600, other, 400);
}

static void overlaps_of_ipv6_are_dropped(void **state)
{
	(void)state;
	assert_false(v6_of(datagram, 0, 1480));
	assert_false(v6_of(datagram, 1472, 2000));
	assert_false(v6_of(datagram, 1480, SIZE));
	assert_int_equal(fragments_dropped(fragments), 1);
}

/* A mirror's copies are neither overlaps nor the beginning of another datagram. */
static void copies_do_not_matter(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_false(v6_of(datagram, 0, 1480));
		assert_false(v6_of(datagram, 0, 1480));
		assert_true(v6_of(datagram, 1480, SIZE));
		expect_whole(2);
		assert_false(v6_of(datagram, 1480, SIZE));
		teardown(state);
		setup(state);
	}
	assert_false(v4(1, 0, 1480));
	assert_false(v4(1, 0, 1480));
	assert_true(v4(1, 1480, SIZE));
	assert_false(v4(1, 1480, SIZE));
	assert_false(v4(1, 0, 1480));
	assert_int_equal(fragments_dropped(fragments), 0);
}

static void identifications_are_used_again(void **state)
{
	(void)state;
	assert_false(v4(1, 0, 1480));
	assert_true(v4(1, 1480, SIZE));
	make_v4(1, datagram, 0, 1480, true);
	assert_false(add_at(6 * NS_PER_MS));
	make_v4(1, datagram, 1480, SIZE, false);
	assert_true(add_at(6 * NS_PER_MS));
	expect_whole(2);
}

static void contradictions_drop_the_datagram(void **state)
{
	(void)state;
	assert_false(v4(1, 1480, SIZE));
	make_v4(1, datagram, 1480, SIZE - 8, false);            /* two ends */
	assert_false(add_at(0));
	assert_false(v4(1, 0, 1480));
	assert_int_equal(fragments_dropped(fragments), 1);

	assert_false(v4(2, 1480, 2960));
	make_v4(2, datagram, 8, 1480, false);                   /* an end before what is there */
	assert_false(add_at(0));
	assert_int_equal(fragments_dropped(fragments), 2);

	make_v4(3, datagram, 0, 64, false);                     /* beyond the longest datagram */
	frame.octets[20] = 0x1f;
	frame.octets[21] = 0xff;
	assert_false(add_at(0));
	assert_int_equal(fragments_dropped(fragments), 3);
}

/* Linux reads whole units of a fragment that is not made of them. */
static void octets_behind_whole_units_are_not_read(void **state)
{
	(void)state;
	make_v4(1, datagram, 0, 1485, true);
	assert_false(add_at(0));
	assert_true(v4(1, 1480, SIZE));
	expect_whole(2);
}

static void snapped_fragments_never_complete(void **state)
{
	struct packet p;
	struct decap_counters counters = { 0 };

	(void)state;
	make_v4(1, datagram, 0, 1480, true);
	p = frame_packet(&frame);
	p.data.len -= 100;
	assert_true(decap_packet(&p, &layers, &counters));
	assert_int_equal(layers.payload_len, 1480);
	assert_false(fragments_add(fragments, &p, &layers, &frames, &frame_count));
	assert_false(v4(1, 1480, SIZE));
	assert_int_equal(fragments_dropped(fragments), 1);
}

static void old_datagrams_are_given_up(void **state)
{
	(void)state;
	assert_false(v4(1, 0, 1480));
	make_v4(1, datagram, 1480, SIZE, false);
	assert_false(add_at(61 * NS_PER_S));
	make_v4(1, datagram, 0, 1480, true);
	assert_true(add_at(62 * NS_PER_S));
	assert_int_equal(fragments_dropped(fragments), 1);
}

/* One that was begun before it and finished late does not keep it alive. */
static void a_late_end_of_another_gives_no_time(void **state)
{
	(void)state;
	assert_false(v4(1, 0, 1480));
	make_v4(2, datagram, 0, 1480, true);
	assert_false(add_at(NS_PER_S));
	make_v4(1, datagram, 1480, SIZE, false);
	assert_true(add_at(59 * NS_PER_S));
	make_v4(2, datagram, 1480, SIZE, false);
	assert_false(add_at(62 * NS_PER_S));
	make_v4(2, datagram, 0, 1480, true);
	assert_true(add_at(62 * NS_PER_S));
	assert_int_equal(fragments_dropped(fragments), 1);
}

static void too_many_datagrams_push_out_the_oldest(void **state)
{
	(void)state;
	for (unsigned id = 0; id < 4097; id++)
		assert_false(v4(id, 0, 1480));
	assert_true(v4(4096, 1480, SIZE));
	assert_true(v4(1, 1480, SIZE));
	assert_false(v4(0, 1480, SIZE));
}

/* A fragment of 1000 octets at the far end of a long datagram needs room for all of it: together they may not have more than 16 MiB. */
static void too_many_octets_push_out_the_oldest(void **state)
{
	static uint8_t octets[64000];

	(void)state;
	for (unsigned id = 0; id < 300; id++) {
		make_v4(id, octets, 63000, 64000, false);
		assert_false(add_at(0));
	}
	make_v4(299, octets, 0, 63000, true);
	assert_true(add_at(0));
	make_v4(0, octets, 0, 63000, true);
	assert_false(add_at(0));
}

static void fragments_within_fragments(void **state)
{
	uint8_t outer[SIZE + 200];
	struct decap_counters counters = { 0 };
	struct packet p;
	size_t len;

	(void)state;
	assert_false(v4(1, 0, 1480));
	make_v4(1, datagram, 1480, SIZE, false);
	len = frame_finish(&frame).len - 14;
	memcpy(outer, "\0\0\x08\0", 4);
	memcpy(outer + 4, frame.octets + 14, len);
	make_v4(9, outer, 0, 800, true);
	frame.octets[23] = GRE;
	assert_false(add_at(0));
	make_v4(9, outer, 800, len + 4, false);
	frame.octets[23] = GRE;
	assert_true(add_at(0));
	assert_true(layers.is_fragment);
	p = frame_packet(&frame);
	p.frame = frame_of(0, frame_number_next);
	assert_true(fragments_add(fragments, &p, &layers, &frames, &frame_count));
	assert_true(decap_transport(&p, &layers, &counters));
	expect_whole(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(header_speaks_of_the_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(interleaved_datagrams_stay_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(octets_that_came_first_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(overlaps_of_ipv6_are_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(copies_do_not_matter, setup, teardown),
		cmocka_unit_test_setup_teardown(identifications_are_used_again, setup, teardown),
		cmocka_unit_test_setup_teardown(contradictions_drop_the_datagram, setup, teardown),
		cmocka_unit_test_setup_teardown(octets_behind_whole_units_are_not_read, setup, teardown),
		cmocka_unit_test_setup_teardown(snapped_fragments_never_complete, setup, teardown),
		cmocka_unit_test_setup_teardown(old_datagrams_are_given_up, setup, teardown),
		cmocka_unit_test_setup_teardown(a_late_end_of_another_gives_no_time, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_datagrams_push_out_the_oldest, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_octets_push_out_the_oldest, setup, teardown),
		cmocka_unit_test_setup_teardown(fragments_within_fragments, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
