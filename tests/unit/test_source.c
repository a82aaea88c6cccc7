/* Capture files of both formats, whole, alone and as one timeline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "packet/link.h"
#include "tests/unit/capture.h"

/* ---- pcap ---- */

static void pcap_in_both_byte_orders_and_resolutions(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool nano = i & 1;
		struct source *s;
		struct capture_info *info;

		capture_pcap(i & 2, nano ? 0xa1b23c4d : 0xa1b2c3d4, LINK_ETHERNET);
		capture_pcap_packet(100, 5, "first", 0);
		capture_pcap_packet(4294967295, 999999, "second", 1500);
		s = capture_open(capture_save("a.pcap"));
		assert_non_null(s);
		capture_expect_packet(s, 1, 100 * NS_PER_S + (nano ? 5 : 5000), "first");
		capture_expect_packet(s, 2, 4294967295 * NS_PER_S + (nano ? 999999 : 999999000), "second");
		capture_expect_end(s);
		info = source_capture(s, 0);
		assert_string_equal(info->link_type, "EN10MB");
		assert_int_equal(info->packets, 2);
		assert_int_equal(info->bytes, 1505);
		assert_int_equal(info->snapped, 1);
		assert_int_equal(info->time_digits, nano ? 9 : 6);
		assert_int_equal(info->first_ns, 100 * NS_PER_S + (nano ? 5 : 5000));
		assert_int_equal(info->backwards, 0);
		assert_false(info->cut_short);
		source_close(s);
	}
}

/* The patched Linux form has eight octets more; versions before 2.3 had the lengths the other way round. */
static void pcap_variants(void **state)
{
	struct source *s;
	struct packet p;

	(void)state;
	capture_pcap(true, 0xa1b2cd34, LINK_ETHERNET);
	for (unsigned i = 0; i < 2; i++) {
		capture_put(4, i);
		capture_put(4, 0);
		capture_put(4, 3);
		capture_put(4, 9);
		capture_put(8, 0x0000000108000000);
		capture_put_octets("abc", 3);
	}
	s = capture_open(capture_save("patched.pcap"));
	capture_expect_packet(s, 1, 0, "abc");
	capture_expect_packet(s, 2, NS_PER_S, "abc");
	capture_expect_end(s);
	source_close(s);

	for (unsigned minor = 2; minor < 4; minor++) {
		capture_pcap(false, 0xa1b2c3d4, 0x10000000 | LINK_RAW);           /* with the length of a check sequence */
		capture.octets[6] = (uint8_t)minor;
		capture_put(8, 0);
		capture_put(4, 9);
		capture_put(4, 3);
		capture_put_octets("abc", 3);
		s = capture_open(capture_save("old.pcap"));
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_true(span_is(p.data, "abc"));
		assert_int_equal(p.wire_len, 9);
		assert_int_equal(p.link_type, LINK_RAW);
		capture_expect_end(s);
		source_close(s);
	}
}

static void time_going_backwards_is_counted(void **state)
{
	struct source *s;

	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_pcap_packet(10, 0, "a", 0);
	capture_pcap_packet(9, 0, "b", 0);
	capture_pcap_packet(9, 0, "c", 0);
	capture_pcap_packet(8, 0, "d", 0);
	s = capture_open(capture_save("back.pcap"));
	capture_expect_packet(s, 1, 10 * NS_PER_S, "a");
	capture_expect_packet(s, 2, 9 * NS_PER_S, "b");
	capture_expect_packet(s, 3, 9 * NS_PER_S, "c");
	capture_expect_packet(s, 4, 8 * NS_PER_S, "d");
	capture_expect_end(s);
	assert_int_equal(source_capture(s, 0)->backwards, 2);
	assert_int_equal(source_capture(s, 0)->first_ns, 8 * NS_PER_S);
	assert_int_equal(source_capture(s, 0)->last_ns, 10 * NS_PER_S);
	source_close(s);
}

/* ---- pcapng ---- */

static void pcapng_sections_and_interfaces(void **state)
{
	struct source *s;
	struct packet p;
	size_t b;

	(void)state;
	capture.len = 0;
	capture_section(false);
	capture_interface(LINK_ETHERNET, 0, -1, 0);
	capture_interface(LINK_RAW, 4, 9, 0);
	capture_enhanced(1, 5 * 1000000000ull + 7, "raw", 0);
	b = capture_block(0x12345678);    /* of a kind that nobody knows */
	capture_put_octets("whatever", 8);
	capture_block_end(b);
	capture_enhanced(0, 6000001, "ethernet", 0);
	b = capture_block(3);             /* simple */
	capture_put(4, 6);
	capture_put_octets("simple", 6);
	capture_block_end(b);
	capture_section(true);              /* the other byte order; interfaces count anew */
	capture_interface(LINK_SLL, 0, 3, 100);
	capture_enhanced(0, 7001, "cooked", 1000);
	b = capture_block(2);             /* obsolete */
	capture_put(2, 0);
	capture_put(2, 65535);
	capture_put(4, 0);
	capture_put(4, 8002);
	capture_put(4, 3);
	capture_put(4, 3);
	capture_put_octets("old", 3);
	capture_block_end(b);
	s = capture_open(capture_save("a.pcapng"));
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.link_type, LINK_RAW);
	assert_int_equal(p.time_digits, 9);
	assert_int_equal(p.at_ns, 5 * NS_PER_S + 7);
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.link_type, LINK_ETHERNET);
	assert_int_equal(p.time_digits, 6);
	assert_int_equal(p.at_ns, 6 * NS_PER_S + 1000);
	capture_expect_packet(s, 3, 6 * NS_PER_S + 1000, "simple");
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.link_type, LINK_SLL);
	assert_int_equal(p.time_digits, 3);
	assert_int_equal(p.at_ns, 107 * NS_PER_S + NS_PER_MS);
	assert_int_equal(p.wire_len, 1000);
	capture_expect_packet(s, 5, 108 * NS_PER_S + 2 * NS_PER_MS, "old");
	capture_expect_end(s);
	assert_string_equal(source_capture(s, 0)->link_type, "EN10MB,RAW,LINUX_SLL");
	assert_int_equal(source_capture(s, 0)->time_digits, 9);
	source_close(s);
}

static void pcapng_resolutions(void **state)
{
	static const struct {
		int resolution;
		uint64_t stamp;
		int64_t offset, at_ns;
		unsigned digits;
	} forms[] = {
		{ 0, 12, 0, 12 * NS_PER_S, 0 }, { 2, 1234, 0, 12340 * NS_PER_MS, 2 }, { 12, 1234567890123, 0, 1234567890, 9 },
		{ 0x80, 3, 0, 3 * NS_PER_S, 0 }, { 0x81, 3, 0, 1500 * NS_PER_MS, 1 }, { 0x8a, 1025, 0, NS_PER_S + 976562, 9 },
		{ 0x83, 9, 0, NS_PER_S + 125 * NS_PER_MS, 3 },
		{ 0xa0, 5ull << 32 | 1ull << 31, 0, 5500 * NS_PER_MS, 9 }, { 0xbf, 1ull << 62, 0, 500 * NS_PER_MS, 9 },
		{ 19, 15000000000000000000ull, 0, 1500 * NS_PER_MS, 9 },
		{ 6, 1500000, -1, 500 * NS_PER_MS, 6 }, { 6, 0, -5, -5 * NS_PER_S, 6 },
		{ 0, UINT64_MAX, 0, UINT32_MAX * NS_PER_S, 0 }, { 6, 1, INT64_MAX, PACKET_TIME_MAX_NS, 6 }, { 6, 1, INT64_MIN, -PACKET_TIME_MAX_NS, 6 },
		{ 0, 5000000000, 0, (5000000000 & UINT32_MAX) * NS_PER_S, 0 }, { 0, 4000000000, 1000000000, PACKET_TIME_MAX_NS, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < 2 * COUNT(forms); i++) {
		struct source *s;
		struct packet p;

		capture.len = 0;
		capture_section(i % 2);
		capture_interface(LINK_ETHERNET, 0, forms[i / 2].resolution, forms[i / 2].offset);
		capture_enhanced(0, forms[i / 2].stamp, "x", 0);
		s = capture_open(capture_save("time.pcapng"));
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_int_equal(p.at_ns, forms[i / 2].at_ns);
		assert_int_equal(p.time_digits, forms[i / 2].digits);
		capture_expect_end(s);
		source_close(s);
	}
}

static void simple_packets_are_cut_by_the_snap_length(void **state)
{
	struct source *s;
	struct packet p;
	size_t b;

	(void)state;
	capture.len = 0;
	capture_section(false);
	capture_interface(LINK_ETHERNET, 5, -1, 0);
	b = capture_block(3);
	capture_put(4, 1000);
	capture_put_octets("12345", 5);
	capture_block_end(b);
	s = capture_open(capture_save("simple.pcapng"));
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_true(span_is(p.data, "12345"));
	assert_int_equal(p.wire_len, 1000);
	source_close(s);
}

static void put_statistics(uint32_t interface, uint64_t ifdrop, uint64_t osdrop)
{
	size_t b = capture_block(5);

	capture_put(4, interface);
	capture_put(8, 0);
	capture_put(2, 5);
	capture_put(2, 8);
	capture_put(8, ifdrop);
	capture_put(2, 7);
	capture_put(2, 8);
	capture_put(8, osdrop);
	capture_put(4, 0);
	capture_block_end(b);
}

static void lost_packets_are_told(void **state)
{
	struct source *s;

	(void)state;
	capture.len = 0;
	capture_section(true);
	capture_interface(LINK_ETHERNET, 0, -1, 0);
	capture_interface(LINK_ETHERNET, 0, -1, 0);
	put_statistics(0, 3, 1);
	put_statistics(1, 10, 0);
	put_statistics(7, 1000, 0);     /* there is none */
	capture_enhanced(0, 0, "x", 0);
	put_statistics(0, 5, 2);        /* as before, and three more */
	s = capture_open(capture_save("lost.pcapng"));
	capture_expect_packet(s, 1, 0, "x");
	capture_listen();
	capture_expect_end(s);
	assert_string_equal(capture_said(), "dialtone: warning: lost.pcapng: the capturing system lost 17 packets\n");
	assert_int_equal(source_capture(s, 0)->dropped, 17);
	source_close(s);
}

/* Wireshark numbers custom blocks as frames. */
static void custom_blocks_have_numbers(void **state)
{
	struct source *s;
	size_t b;

	(void)state;
	capture.len = 0;
	capture_section(false);
	b = capture_block(0xbad);
	capture_put(4, 32473);
	capture_block_end(b);
	capture_interface(LINK_ETHERNET, 0, -1, 0);
	capture_enhanced(0, 0, "x", 0);
	s = capture_open(capture_save("custom.pcapng"));
	capture_expect_packet(s, 2, 0, "x");
	capture_expect_end(s);
	assert_int_equal(source_capture(s, 0)->packets, 1);
	source_close(s);
}

/* ---- several files ---- */

static void several_files_are_one_timeline(void **state)
{
	char *files[3] = { (char *)(uintptr_t)capture_path("a.pcap"), (char *)(uintptr_t)capture_path("b.pcap"), (char *)(uintptr_t)capture_path("c.pcap") };
	static const struct {
		unsigned file;
		const char *octets;
	} order[] = { { 0, "a1" }, { 1, "b2" }, { 0, "a3" }, { 1, "b3" }, { 1, "b1" }, { 0, "a5" }, { 1, "b6" } };
	struct source *s;
	struct packet p;

	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_pcap_packet(1, 0, "a1", 0);
	capture_pcap_packet(3, 0, "a3", 0);
	capture_pcap_packet(5, 0, "a5", 0);
	capture_save("a.pcap");
	capture_pcap(true, 0xa1b23c4d, LINK_ETHERNET);
	capture_pcap_packet(2, 0, "b2", 0);
	capture_pcap_packet(3, 0, "b3", 0);
	capture_pcap_packet(1, 0, "b1", 0);        /* too late: stays in its file's order */
	capture_pcap_packet(6, 0, "b6", 0);
	capture_save("b.pcap");
	capture_pcap(true, 0xa1b23c4d, LINK_RAW);
	capture_save("c.pcap");
	capture_listen();
	s = source_open_files(files, 3, NULL);
	assert_string_equal(capture_said(), "dialtone: warning: c.pcap: holds no packets\n");
	for (size_t i = 0; i < COUNT(order); i++) {
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_int_equal(frame_file(p.frame), order[i].file);
		assert_true(span_is(p.data, order[i].octets));
	}
	capture_expect_end(s);
	assert_int_equal(source_captures(s), 3);
	assert_int_equal(source_capture(s, 0)->packets, 3);
	assert_int_equal(source_capture(s, 1)->packets, 4);
	assert_int_equal(source_capture(s, 1)->backwards, 1);
	assert_string_equal(source_capture(s, 2)->file, files[2]);
	source_close(s);
}

/* Every one of many, in turn. */
static void many_files(void **state)
{
	enum { FILES = 300, PACKETS = 5 };
	char names[FILES][100], *files[FILES], name[20];
	struct source *s;
	struct packet p;

	(void)state;
	for (unsigned i = 0; i < FILES; i++) {
		capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
		for (unsigned n = 0; n < PACKETS; n++)
			capture_pcap_packet(n * FILES + (i * 7) % FILES, 0, "x", 0);
		snprintf(name, sizeof name, "many-%u", i);
		snprintf(names[i], sizeof names[i], "%s", capture_save(name));
		files[i] = names[i];
	}
	s = source_open_files(files, FILES, NULL);
	for (unsigned n = 0; n < FILES * PACKETS; n++) {
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_int_equal(p.at_ns, n * NS_PER_S);
	}
	capture_expect_end(s);
	source_close(s);
}

static void one_that_cannot_be_read_is_enough(void **state)
{
	char *files[] = { (char *)(uintptr_t)capture_path("a.pcap"), (char *)(uintptr_t)capture_path("missing"), (char *)(uintptr_t)capture_path("empty") };
	char *twice[] = { (char *)(uintptr_t)"-", (char *)(uintptr_t)"-" };

	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_pcap_packet(1, 0, "x", 0);
	capture_save("a.pcap");
	capture_save_octets("empty", "", 0);
	capture_listen();
	assert_null(source_open_files(files, 3, NULL));
	assert_string_equal(capture_said(), "dialtone: missing: No such file or directory\ndialtone: empty: is empty\n");
	capture_listen();
	assert_null(source_open_files(twice, 2, NULL));
	assert_string_equal(capture_said(), "dialtone: -: standard input can be read only once\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_in_both_byte_orders_and_resolutions),
		cmocka_unit_test(pcap_variants),
		cmocka_unit_test(time_going_backwards_is_counted),
		cmocka_unit_test(pcapng_sections_and_interfaces),
		cmocka_unit_test(pcapng_resolutions),
		cmocka_unit_test(simple_packets_are_cut_by_the_snap_length),
		cmocka_unit_test(lost_packets_are_told),
		cmocka_unit_test(custom_blocks_have_numbers),
		cmocka_unit_test(several_files_are_one_timeline),
		cmocka_unit_test(many_files),
		cmocka_unit_test(one_that_cannot_be_read_is_enough),
	};

	return cmocka_run_group_tests(tests, capture_setup, capture_teardown);
}
