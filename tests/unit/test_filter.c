/* Filters mean the same with and without VLAN tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "packet/link.h"
#include "tests/unit/capture.h"
#include "tests/unit/frame.h"

static struct frame frame;

enum { TCP = 6, UDP = 17 };

static void add_frame(uint16_t link_type, unsigned tags, unsigned protocol, unsigned port)
{
	static const unsigned types[] = { 0x8100, 0x88a8, 0x9100 };

	frame_start(&frame);
	if (link_type == LINK_ETHERNET)
		frame_ethernet(&frame, tags ? types[tags - 1] : 0x0800);
	else if (link_type == LINK_SLL)
		frame_hex(&frame, tags ? "0000 0001 0006 020000000001 0000 8100" : "0000 0001 0006 020000000001 0000 0800");
	for (unsigned i = tags; i > 0; i--)
		frame_vlan(&frame, 10 * i, i > 1 ? types[i - 2] : 0x0800);
	frame_ipv4(&frame, protocol);
	if (protocol == TCP)
		frame_tcp(&frame, 40000, port, TCP_ACK);
	else
		frame_udp(&frame, 40000, port);
	frame_finish(&frame);
	capture_put(8, 0);
	capture_put(4, frame.len);
	capture_put(4, frame.len);
	capture_put_octets(frame.octets, frame.len);
}

/* The numbers of the frames that match, as text. */
static const char *matching(const char *name, const char *filter)
{
	static char text[100];
	char *files[] = { (char *)(uintptr_t)capture_path(name) };
	struct source *s = source_open_files(files, 1, filter);
	struct packet p;
	size_t used = 0;

	text[0] = '\0';
	if (!s)
		return "none";
	while (source_next(s, &p) == SOURCE_PACKET)
		used += (size_t)snprintf(text + used, sizeof text - used, used ? " %llu" : "%llu", (unsigned long long)frame_number(p.frame));
	source_close(s);
	return text;
}

/* Frames 1 to 4: untagged, one, two, three tags, UDP to port 53; 5 to 8 the same with TCP to port 80. */
static void make_tagged(void)
{
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	for (unsigned i = 0; i < 8; i++)
		add_frame(LINK_ETHERNET, i % 4, i < 4 ? UDP : TCP, i < 4 ? 53 : 80);
	capture_save("tagged.pcap");
}

static void filters_see_through_tags(void **state)
{
	(void)state;
	make_tagged();
	assert_string_equal(matching("tagged.pcap", "port 53"), "1 2 3 4");
	assert_string_equal(matching("tagged.pcap", "not port 53"), "5 6 7 8");
	assert_string_equal(matching("tagged.pcap", "not udp"), "5 6 7 8");
	assert_string_equal(matching("tagged.pcap", "port 80 or port 99"), "5 6 7 8");
	assert_string_equal(matching("tagged.pcap", "not (tcp and dst port 80) and host 10.0.0.1"), "1 2 3 4");
	assert_string_equal(matching("tagged.pcap", "tcp[tcpflags] & tcp-ack != 0"), "5 6 7 8");
	assert_string_equal(matching("tagged.pcap", "ether src 02:00:00:00:00:01 and ip"), "1 2 3 4 5 6 7 8");
	assert_string_equal(matching("tagged.pcap", "arp or port 53 or port 80"), "1 2 3 4 5 6 7 8");
	assert_string_equal(matching("tagged.pcap", ""), "1 2 3 4 5 6 7 8");
	capture_listen();
	assert_string_equal(matching("tagged.pcap", "port 54"), "");
	assert_string_equal(capture_said(), "dialtone: warning: no packet matches the filter\n");
}

/* Who says `vlan` gets what tcpdump gives. */
static void filters_that_speak_of_tags(void **state)
{
	(void)state;
	make_tagged();
	assert_string_equal(matching("tagged.pcap", "vlan"), "2 3 4 6 7 8");
	assert_string_equal(matching("tagged.pcap", "vlan 20 or port 53"), "2 3 7");
	assert_string_equal(matching("tagged.pcap", "vlan 20 and vlan 10 and port 53"), "3");
	assert_string_equal(matching("tagged.pcap", "port 53 and not vlan"), "1");
}

static void filters_of_other_link_types(void **state)
{
	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_SLL);
	for (unsigned i = 0; i < 4; i++)
		add_frame(LINK_SLL, i % 2, i < 2 ? UDP : TCP, i < 2 ? 53 : 80);
	capture_save("cooked.pcap");
	assert_string_equal(matching("cooked.pcap", "port 53"), "1 2");
	assert_string_equal(matching("cooked.pcap", "not port 53"), "3 4");
	capture_pcap(false, 0xa1b2c3d4, LINK_RAW);
	for (unsigned i = 0; i < 2; i++)
		add_frame(LINK_RAW, 0, UDP, 53 + i);
	capture_save("raw.pcap");
	assert_string_equal(matching("raw.pcap", "port 53"), "1");
}

static void filters_that_are_wrong(void **state)
{
	(void)state;
	make_tagged();
	capture_listen();
	assert_string_equal(matching("tagged.pcap", "port"), "none");
	assert_ptr_equal(strstr(capture_said(), "dialtone: filter \"port\": "), capture_said());
	capture_listen();
	assert_string_equal(matching("raw.pcap", "ether host 02:00:00:00:00:01"), "none");
	assert_non_null(strstr(capture_said(), "dialtone: warning: filter \"ether host 02:00:00:00:00:01\" fits no packet of link type RAW: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_see_through_tags),
		cmocka_unit_test(filters_that_speak_of_tags),
		cmocka_unit_test(filters_of_other_link_types),
		cmocka_unit_test(filters_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, capture_setup, capture_teardown);
}
