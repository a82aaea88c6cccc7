/* What is no capture, and captures that are cut off or damaged: one line tells, and what came before is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packet/link.h"
#include "tests/unit/capture.h"

static void what_is_no_capture_is_said(void **state)
{
	(void)state;
	capture_expect_said(capture_path("missing"), -1, "dialtone: missing: No such file or directory\n");
	mkdir(capture_path("directory"), 0700);
	capture_expect_said(capture_path("directory"), -1, "dialtone: directory: is a directory\n");
	capture_expect_said(capture_save_octets("empty", "", 0), -1, "dialtone: empty: is empty\n");
	capture_expect_said(capture_save_octets("text", "GET / HTTP/1.1\r\n", 16), -1, "dialtone: text: is no capture: neither pcap nor pcapng\n");
	capture_expect_said(capture_save_octets("short", "\xd4\xc3", 2), -1, "dialtone: short: is no capture: neither pcap nor pcapng\n");
	capture_expect_said(capture_save_octets("netmon", "GMBU\0\2......", 12), -1,
		"dialtone: netmon: is no pcap or pcapng capture but a Network Monitor capture (editcap converts it)\n");
	capture_expect_said(capture_save_octets("xz", "\xfd" "7zXZ\0\0\0", 8), -1,
		"dialtone: xz: is no pcap or pcapng capture but compressed with xz (unxz it first)\n");
	if (geteuid() != 0) {
		chmod(capture_save_octets("secret", "x", 1), 0);
		capture_expect_said(capture_path("secret"), -1, "dialtone: secret: Permission denied\n");
	}
}

static void what_is_damaged_at_its_start_is_said(void **state)
{
	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_expect_said(capture_save_octets("cut.pcap", capture.octets, 23), -1, "dialtone: cut.pcap: is cut off within its file header\n");
	capture.octets[4] = 7;
	capture_expect_said(capture_save("version.pcap"), -1, "dialtone: version.pcap: cannot be read: pcap version 7.4 is not read\n");
	capture.len = 0;
	capture_section(false);
	capture_expect_said(capture_save_octets("cut.pcapng", capture.octets, 20), -1, "dialtone: cut.pcapng: is cut off within its file header\n");
	capture.octets[8] = 0;
	capture_expect_said(capture_save("order.pcapng"), -1, "dialtone: order.pcapng: cannot be read: a section header without byte order\n");
	capture.octets[8] = 0x4d;
	capture.octets[12] = 2;
	capture_expect_said(capture_save("version.pcapng"), -1, "dialtone: version.pcapng: cannot be read: pcapng version 2.0 is not read\n");
}

static void a_capture_without_packets_is_said(void **state)
{
	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_expect_said(capture_save("none.pcap"), 0, "dialtone: warning: none.pcap: holds no packets\n");
	capture.len = 0;
	capture_section(false);
	capture_expect_said(capture_save("none.pcapng"), 0, "dialtone: warning: none.pcapng: holds no packets\n");
}

static void unknown_link_types_are_named(void **state)
{
	(void)state;
	capture_pcap(false, 0xa1b2c3d4, 189);
	capture_pcap_packet(0, 0, "x", 0);
	capture_expect_said(capture_save("usb.pcap"), 1, "dialtone: warning: usb.pcap: packets of link type USB_LINUX are counted but not read\n");
	capture.octets[20] = 0xff;
	capture.octets[21] = 0x7f;
	capture_expect_said(capture_save("strange.pcap"), 1,
		"dialtone: warning: strange.pcap: packets of link type LINKTYPE 32767 are counted but not read\n");
}

/* Wherever a capture ends, what came before is given, and one line tells; only between two records nothing is wrong. */
static void cut_anywhere(const char *name, size_t first, size_t second)
{
	for (size_t len = first; len <= capture.len; len++) {
		const char *path = capture_save_octets(name, capture.octets, len);
		struct source *s;
		struct packet p;
		unsigned n = 0;

		capture_listen();
		s = capture_open(path);
		assert_non_null(s);
		while (source_next(s, &p) == SOURCE_PACKET)
			n++;
		assert_true(!strchr(capture_said(), '\n') || strchr(capture_said(), '\n') == strrchr(capture_said(), '\n'));
		assert_int_equal(n, len == capture.len ? 2 : len >= second);
		assert_int_equal(source_capture(s, 0)->cut_short, len != first && len != second && len != capture.len);
		source_close(s);
	}
}

static void cut_off_in_the_middle(void **state)
{
	size_t first, second;

	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	first = capture.len;
	capture_pcap_packet(1, 0, "one", 0);
	second = capture.len;
	capture_pcap_packet(2, 0, "two", 0);
	cut_anywhere("cut.pcap", first, second);
	capture_expect_said(capture_save_octets("cut.pcap", capture.octets, capture.len - 1), 1,
		"dialtone: warning: cut.pcap: is cut off in frame 2; what came before is read\n");
	capture.len = 0;
	capture_section(true);
	capture_interface(LINK_ETHERNET, 0, -1, 0);
	first = capture.len;
	capture_enhanced(0, 1, "one", 0);
	second = capture.len;
	capture_enhanced(0, 2, "two", 0);
	cut_anywhere("cut.pcapng", first, second);
}

static void lengths_that_cannot_be(void **state)
{
	size_t second;

	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_pcap_packet(1, 0, "one", 0);
	second = capture.len;
	capture_pcap_packet(2, 0, "two", 0);
	capture.octets[second + 11] = 0x7f;
	capture_expect_said(capture_save("long.pcap"), 1,
		"dialtone: warning: long.pcap: is damaged at frame 2: claims 2130706435 octets; what came before is read\n");

	capture.len = 0;
	capture_section(false);
	capture_interface(LINK_ETHERNET, 0, -1, 0);
	capture_enhanced(0, 1, "one", 0);
	second = capture.len;
	capture_enhanced(0, 2, "two", 0);
	capture.octets[second + 7] = 0x7f;
	capture_expect_said(capture_save("long.pcapng"), 1,
		"dialtone: warning: long.pcapng: is damaged at frame 2: a block of type 0x6 claims 2130706468 octets; what came before is read\n");
	capture.octets[second + 7] = 0;
	capture.octets[second + 4] = 8;
	capture_expect_said(capture_save("short.pcapng"), 1,
		"dialtone: warning: short.pcapng: is damaged at frame 2: a block of type 0x6 claims 8 octets; what came before is read\n");
	capture.octets[second + 4] = 36;
	capture.octets[second + 20] = 200;
	capture_expect_said(capture_save("over.pcapng"), 1,
		"dialtone: warning: over.pcapng: is damaged at frame 2: claims 200 octets in a block of 36; what came before is read\n");
	capture.octets[second + 20] = 3;
	capture.octets[second + 32] = 40;
	capture_expect_said(capture_save("two.pcapng"), 1,
		"dialtone: warning: two.pcapng: is damaged at frame 2: a block of type 0x6 has two different lengths; what came before is read\n");
	capture.octets[second + 32] = 36;
	capture.octets[second + 8] = 1;
	capture_expect_said(capture_save("interface.pcapng"), 1,
		"dialtone: warning: interface.pcapng: is damaged at frame 2: is of interface 1, but only 1 are described; what came before is read\n");
}

/* Whatever octet is wrong: packets or an end, and no access outside (the sanitizers see to that). */
static void every_octet_changed(const char *name)
{
	capture_listen();
	for (size_t at = 0; at < capture.len; at++)
		for (unsigned bit = 0; bit < 8; bit += 7) {
			capture.octets[at] ^= (uint8_t)(1 << bit);
			assert_in_range(capture_read_all(capture_save(name)) + 1, 0, 5);
			capture.octets[at] ^= (uint8_t)(1 << bit);
		}
	capture_said();
}

static void any_octet_may_be_wrong(void **state)
{
	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_pcap_packet(1, 0, "one", 0);
	capture_pcap_packet(2, 0, "two", 0);
	every_octet_changed("wrong.pcap");
	capture.len = 0;
	capture_section(true);
	capture_interface(LINK_ETHERNET, 0, 9, 1);
	capture_enhanced(0, 1, "one", 0);
	capture_enhanced(0, 2, "two", 0);
	every_octet_changed("wrong.pcapng");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_capture_is_said),
		cmocka_unit_test(what_is_damaged_at_its_start_is_said),
		cmocka_unit_test(a_capture_without_packets_is_said),
		cmocka_unit_test(unknown_link_types_are_named),
		cmocka_unit_test(cut_off_in_the_middle),
		cmocka_unit_test(lengths_that_cannot_be),
		cmocka_unit_test(any_octet_may_be_wrong),
	};

	return cmocka_run_group_tests(tests, capture_setup, capture_teardown);
}
