/* Capture files of both formats, whole and damaged, alone and together, filtered, compressed, through a pipe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/moment.h"
#include "packet/link.h"
#include "packet/source.h"
#include "tests/unit/frame.h"

#define COUNT(array) (sizeof array / sizeof array[0])

static char folder[] = "/tmp/dialtone-source-XXXXXX";
static int stderr_before, said_fd;
static struct frame frame;

/* ---- files, and what is said about them ---- */

/* A file in the making. */
struct file {
	uint8_t octets[200000];
	size_t len;
	bool big;               /* byte order */
};

static struct file file;

static const char *path_of(const char *name)
{
	static char paths[16][100];
	static unsigned next;
	char *path = paths[next++ % COUNT(paths)];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

static const char *save(const char *name, const void *octets, size_t len)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(octets, 1, len, f), len);
	fclose(f);
	return path;
}

static const char *save_file(const char *name)
{
	return save(name, file.octets, file.len);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	stderr_before = dup(STDERR_FILENO);
	said_fd = open(path_of("said"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	return stderr_before < 0 || said_fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static void listen_to_stderr(void)
{
	fflush(stderr);
	assert_int_equal(ftruncate(said_fd, 0), 0);
	dup2(said_fd, STDERR_FILENO);
}

/* What was said since listen_to_stderr, with the folder left out. */
static const char *said(void)
{
	static char text[2000];
	char *at;
	ssize_t len;

	fflush(stderr);
	dup2(stderr_before, STDERR_FILENO);
	len = pread(said_fd, text, sizeof text - 1, 0);
	text[len > 0 ? len : 0] = '\0';
	while ((at = strstr(text, folder)) != NULL)
		memmove(at, at + strlen(folder) + 1, strlen(at + strlen(folder) + 1) + 1);
	return text;
}

static void put(unsigned octets, uint64_t n)
{
	for (unsigned i = 0; i < octets; i++)
		file.octets[file.len++] = (uint8_t)(n >> 8 * (file.big ? octets - 1 - i : i));
}

static void put_octets(const void *octets, size_t len)
{
	memcpy(file.octets + file.len, octets, len);
	file.len += len;
}

static void start_pcap(bool big, uint32_t magic, uint32_t link_type)
{
	file.len = 0;
	file.big = big;
	put(4, magic);
	put(2, 2);
	put(2, 4);
	put(8, 0);
	put(4, 65535);
	put(4, link_type);
}

static void add_pcap(uint32_t seconds, uint32_t fraction, const char *octets, uint32_t wire)
{
	put(4, seconds);
	put(4, fraction);
	put(4, strlen(octets));
	put(4, wire ? wire : strlen(octets));
	put_octets(octets, strlen(octets));
}

/* A pcapng block: the body is what the caller puts between begin and end. */
static size_t block_begin(uint32_t type)
{
	put(4, type);
	put(4, 0);
	return file.len - 8;
}

static void block_end(size_t begin)
{
	uint32_t total;
	size_t end;

	while (file.len % 4)
		put(1, 0);
	end = file.len + 4;
	total = (uint32_t)(end - begin);
	put(4, total);
	file.len = begin + 4;
	put(4, total);
	file.len = end;
}

static void add_section(bool big)
{
	size_t b;

	file.big = big;
	b = block_begin(0x0a0d0d0a);
	put(4, 0x1a2b3c4d);
	put(2, 1);
	put(2, 0);
	put(8, UINT64_MAX);
	block_end(b);
}

/* `resolution` -1: no such option. */
static void add_interface(uint16_t link_type, uint32_t snap, int resolution, int64_t offset)
{
	size_t b = block_begin(1);

	put(2, link_type);
	put(2, 0);
	put(4, snap);
	put(2, 2);              /* if_name, to be passed over */
	put(2, 3);
	put_octets("eth\0", 4);
	if (resolution >= 0) {
		put(2, 9);
		put(2, 1);
		put(1, (uint64_t)resolution);
		put(3, 0);
	}
	if (offset) {
		put(2, 14);
		put(2, 8);
		put(8, (uint64_t)offset);
	}
	put(4, 0);
	block_end(b);
}

static void add_enhanced(uint32_t interface, uint64_t stamp, const char *octets, uint32_t wire)
{
	size_t b = block_begin(6);

	put(4, interface);
	put(4, stamp >> 32);
	put(4, stamp & 0xffffffff);
	put(4, strlen(octets));
	put(4, wire ? wire : strlen(octets));
	put_octets(octets, strlen(octets));
	block_end(b);
}

/* ---- reading ---- */

static struct source *open_one(const char *path)
{
	char *files[] = { (char *)(uintptr_t)path };

	return source_open_files(files, 1, NULL);
}

static void expect_packet(struct source *s, uint64_t number, int64_t at_ns, const char *octets)
{
	struct packet p;

	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(frame_number(p.frame), number);
	assert_int_equal(p.at_ns, at_ns);
	assert_true(span_is(p.data, octets));
}

static void expect_end(struct source *s)
{
	struct packet p;

	assert_int_equal(source_next(s, &p), SOURCE_END);
	assert_int_equal(source_next(s, &p), SOURCE_END);
}

/* Reads it all; the number of packets, or -1 where it cannot be opened, -2 after an error. */
static int read_all(const char *path)
{
	struct source *s = open_one(path);
	struct packet p;
	enum source_answer answer;
	int n = 0;

	if (!s)
		return -1;
	while ((answer = source_next(s, &p)) == SOURCE_PACKET)
		n++;
	source_close(s);
	return answer == SOURCE_END ? n : -2;
}

static void expect_said(const char *path, int packets, const char *text)
{
	int n;

	listen_to_stderr();
	n = read_all(path);
	assert_string_equal(said(), text);
	assert_int_equal(n, packets);
}

/* ---- pcap ---- */

static void pcap_in_both_byte_orders_and_resolutions(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool nano = i & 1;
		struct source *s;
		struct capture_info *info;

		start_pcap(i & 2, nano ? 0xa1b23c4d : 0xa1b2c3d4, LINK_ETHERNET);
		add_pcap(100, 5, "first", 0);
		add_pcap(4294967295, 999999, "second", 1500);
		s = open_one(save_file("a.pcap"));
		assert_non_null(s);
		expect_packet(s, 1, 100 * NS_PER_S + (nano ? 5 : 5000), "first");
		expect_packet(s, 2, 4294967295 * NS_PER_S + (nano ? 999999 : 999999000), "second");
		expect_end(s);
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
	start_pcap(true, 0xa1b2cd34, LINK_ETHERNET);
	for (unsigned i = 0; i < 2; i++) {
		put(4, i);
		put(4, 0);
		put(4, 3);
		put(4, 9);
		put(8, 0x0000000108000000);
		put_octets("abc", 3);
	}
	s = open_one(save_file("patched.pcap"));
	expect_packet(s, 1, 0, "abc");
	expect_packet(s, 2, NS_PER_S, "abc");
	expect_end(s);
	source_close(s);

	for (unsigned minor = 2; minor < 4; minor++) {
		start_pcap(false, 0xa1b2c3d4, 0x10000000 | LINK_RAW);           /* with the length of a check sequence */
		file.octets[6] = (uint8_t)minor;
		put(8, 0);
		put(4, 9);
		put(4, 3);
		put_octets("abc", 3);
		s = open_one(save_file("old.pcap"));
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_true(span_is(p.data, "abc"));
		assert_int_equal(p.wire_len, 9);
		assert_int_equal(p.link_type, LINK_RAW);
		expect_end(s);
		source_close(s);
	}
}

static void time_going_backwards_is_counted(void **state)
{
	struct source *s;

	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	add_pcap(10, 0, "a", 0);
	add_pcap(9, 0, "b", 0);
	add_pcap(9, 0, "c", 0);
	add_pcap(8, 0, "d", 0);
	s = open_one(save_file("back.pcap"));
	expect_packet(s, 1, 10 * NS_PER_S, "a");
	expect_packet(s, 2, 9 * NS_PER_S, "b");
	expect_packet(s, 3, 9 * NS_PER_S, "c");
	expect_packet(s, 4, 8 * NS_PER_S, "d");
	expect_end(s);
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
	file.len = 0;
	add_section(false);
	add_interface(LINK_ETHERNET, 0, -1, 0);
	add_interface(LINK_RAW, 4, 9, 0);
	add_enhanced(1, 5 * 1000000000ull + 7, "raw", 0);
	b = block_begin(0x12345678);    /* of a kind that nobody knows */
	put_octets("whatever", 8);
	block_end(b);
	add_enhanced(0, 6000001, "ethernet", 0);
	b = block_begin(3);             /* simple */
	put(4, 6);
	put_octets("simple", 6);
	block_end(b);
	add_section(true);              /* the other byte order; interfaces count anew */
	add_interface(LINK_SLL, 0, 3, 100);
	add_enhanced(0, 7001, "cooked", 1000);
	b = block_begin(2);             /* obsolete */
	put(2, 0);
	put(2, 65535);
	put(4, 0);
	put(4, 8002);
	put(4, 3);
	put(4, 3);
	put_octets("old", 3);
	block_end(b);
	s = open_one(save_file("a.pcapng"));
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.link_type, LINK_RAW);
	assert_int_equal(p.time_digits, 9);
	assert_int_equal(p.at_ns, 5 * NS_PER_S + 7);
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.link_type, LINK_ETHERNET);
	assert_int_equal(p.time_digits, 6);
	assert_int_equal(p.at_ns, 6 * NS_PER_S + 1000);
	expect_packet(s, 3, 6 * NS_PER_S + 1000, "simple");
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(p.link_type, LINK_SLL);
	assert_int_equal(p.time_digits, 3);
	assert_int_equal(p.at_ns, 107 * NS_PER_S + NS_PER_MS);
	assert_int_equal(p.wire_len, 1000);
	expect_packet(s, 5, 108 * NS_PER_S + 2 * NS_PER_MS, "old");
	expect_end(s);
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
		{ 0x80, 3, 0, 3 * NS_PER_S, 0 }, { 0x81, 3, 0, 1500 * NS_PER_MS, 1 }, { 0x8a, 1025, 0, NS_PER_S + 976562, 9 }, { 0x83, 9, 0, NS_PER_S + 125 * NS_PER_MS, 3 },
		{ 0xa0, 5ull << 32 | 1ull << 31, 0, 5500 * NS_PER_MS, 9 }, { 0xbf, 1ull << 62, 0, 500 * NS_PER_MS, 9 }, { 19, 15000000000000000000ull, 0, 1500 * NS_PER_MS, 9 },
		{ 6, 1500000, -1, 500 * NS_PER_MS, 6 }, { 6, 0, -5, -5 * NS_PER_S, 6 },
		{ 0, UINT64_MAX, 0, UINT32_MAX * NS_PER_S, 0 }, { 6, 1, INT64_MAX, INT64_MAX, 6 }, { 6, 1, INT64_MIN, INT64_MIN + 1000, 6 },
	};

	(void)state;
	for (unsigned i = 0; i < 2 * COUNT(forms); i++) {
		struct source *s;
		struct packet p;

		file.len = 0;
		add_section(i % 2);
		add_interface(LINK_ETHERNET, 0, forms[i / 2].resolution, forms[i / 2].offset);
		add_enhanced(0, forms[i / 2].stamp, "x", 0);
		s = open_one(save_file("time.pcapng"));
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_int_equal(p.at_ns, forms[i / 2].at_ns);
		assert_int_equal(p.time_digits, forms[i / 2].digits);
		expect_end(s);
		source_close(s);
	}
}

static void simple_packets_are_cut_by_the_snap_length(void **state)
{
	struct source *s;
	struct packet p;
	size_t b;

	(void)state;
	file.len = 0;
	add_section(false);
	add_interface(LINK_ETHERNET, 5, -1, 0);
	b = block_begin(3);
	put(4, 1000);
	put_octets("12345", 5);
	block_end(b);
	s = open_one(save_file("simple.pcapng"));
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_true(span_is(p.data, "12345"));
	assert_int_equal(p.wire_len, 1000);
	source_close(s);
}

/* Wireshark numbers custom blocks as frames. */
static void custom_blocks_have_numbers(void **state)
{
	struct source *s;
	size_t b;

	(void)state;
	file.len = 0;
	add_section(false);
	b = block_begin(0xbad);
	put(4, 32473);
	block_end(b);
	add_interface(LINK_ETHERNET, 0, -1, 0);
	add_enhanced(0, 0, "x", 0);
	s = open_one(save_file("custom.pcapng"));
	expect_packet(s, 2, 0, "x");
	expect_end(s);
	assert_int_equal(source_capture(s, 0)->packets, 1);
	source_close(s);
}

/* ---- bad input ---- */

static void what_is_no_capture_is_said(void **state)
{
	(void)state;
	expect_said(path_of("missing"), -1, "dialtone: missing: No such file or directory\n");
	mkdir(path_of("directory"), 0700);
	expect_said(path_of("directory"), -1, "dialtone: directory: is a directory\n");
	expect_said(save("empty", "", 0), -1, "dialtone: empty: is empty\n");
	expect_said(save("text", "GET / HTTP/1.1\r\n", 16), -1, "dialtone: text: is no capture: neither pcap nor pcapng\n");
	expect_said(save("short", "\xd4\xc3", 2), -1, "dialtone: short: is no capture: neither pcap nor pcapng\n");
	expect_said(save("netmon", "GMBU\0\2......", 12), -1, "dialtone: netmon: is no pcap or pcapng capture but a Network Monitor capture (editcap converts it)\n");
	expect_said(save("xz", "\xfd" "7zXZ\0\0\0", 8), -1, "dialtone: xz: is no pcap or pcapng capture but compressed with xz (unxz it first)\n");
	if (geteuid() != 0) {
		chmod(save("secret", "x", 1), 0);
		expect_said(path_of("secret"), -1, "dialtone: secret: Permission denied\n");
	}
}

static void what_is_damaged_at_its_start_is_said(void **state)
{
	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	expect_said(save("cut.pcap", file.octets, 23), -1, "dialtone: cut.pcap: is cut off within its file header\n");
	file.octets[4] = 7;
	expect_said(save_file("version.pcap"), -1, "dialtone: version.pcap: cannot be read: pcap version 7.4 is not read\n");
	file.len = 0;
	add_section(false);
	expect_said(save("cut.pcapng", file.octets, 20), -1, "dialtone: cut.pcapng: is cut off within its file header\n");
	file.octets[8] = 0;
	expect_said(save_file("order.pcapng"), -1, "dialtone: order.pcapng: cannot be read: a section header without byte order\n");
	file.octets[8] = 0x4d;
	file.octets[12] = 2;
	expect_said(save_file("version.pcapng"), -1, "dialtone: version.pcapng: cannot be read: pcapng version 2.0 is not read\n");
}

static void a_capture_without_packets_is_said(void **state)
{
	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	expect_said(save_file("none.pcap"), 0, "dialtone: warning: none.pcap: holds no packets\n");
	file.len = 0;
	add_section(false);
	expect_said(save_file("none.pcapng"), 0, "dialtone: warning: none.pcapng: holds no packets\n");
}

static void unknown_link_types_are_named(void **state)
{
	(void)state;
	start_pcap(false, 0xa1b2c3d4, 189);
	add_pcap(0, 0, "x", 0);
	expect_said(save_file("usb.pcap"), 1, "dialtone: warning: usb.pcap: packets of link type USB_LINUX are counted but not read\n");
	file.octets[20] = 0xff;
	file.octets[21] = 0x7f;
	expect_said(save_file("strange.pcap"), 1, "dialtone: warning: strange.pcap: packets of link type LINKTYPE 32767 are counted but not read\n");
}

/* Wherever a capture ends, what came before is given, and one line tells; only between two records nothing is wrong. */
static void cut_anywhere(const char *name, size_t first, size_t second)
{
	for (size_t len = first; len <= file.len; len++) {
		const char *path = save(name, file.octets, len);
		struct source *s;
		struct packet p;
		unsigned n = 0;

		listen_to_stderr();
		s = open_one(path);
		assert_non_null(s);
		while (source_next(s, &p) == SOURCE_PACKET)
			n++;
		assert_true(!strchr(said(), '\n') || strchr(said(), '\n') == strrchr(said(), '\n'));
		assert_int_equal(n, len == file.len ? 2 : len >= second);
		assert_int_equal(source_capture(s, 0)->cut_short, len != first && len != second && len != file.len);
		source_close(s);
	}
}

static void cut_off_in_the_middle(void **state)
{
	size_t first, second;

	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	first = file.len;
	add_pcap(1, 0, "one", 0);
	second = file.len;
	add_pcap(2, 0, "two", 0);
	cut_anywhere("cut.pcap", first, second);
	expect_said(save("cut.pcap", file.octets, file.len - 1), 1, "dialtone: warning: cut.pcap: is cut off in frame 2; what came before is read\n");
	file.len = 0;
	add_section(true);
	add_interface(LINK_ETHERNET, 0, -1, 0);
	first = file.len;
	add_enhanced(0, 1, "one", 0);
	second = file.len;
	add_enhanced(0, 2, "two", 0);
	cut_anywhere("cut.pcapng", first, second);
}

static void lengths_that_cannot_be(void **state)
{
	size_t second;

	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	add_pcap(1, 0, "one", 0);
	second = file.len;
	add_pcap(2, 0, "two", 0);
	file.octets[second + 11] = 0x7f;
	expect_said(save_file("long.pcap"), 1, "dialtone: warning: long.pcap: is damaged at frame 2: claims 2130706435 octets; what came before is read\n");

	file.len = 0;
	add_section(false);
	add_interface(LINK_ETHERNET, 0, -1, 0);
	add_enhanced(0, 1, "one", 0);
	second = file.len;
	add_enhanced(0, 2, "two", 0);
	file.octets[second + 7] = 0x7f;
	expect_said(save_file("long.pcapng"), 1,
		"dialtone: warning: long.pcapng: is damaged at frame 2: a block of type 0x6 claims 2130706468 octets; what came before is read\n");
	file.octets[second + 7] = 0;
	file.octets[second + 4] = 8;
	expect_said(save_file("short.pcapng"), 1,
		"dialtone: warning: short.pcapng: is damaged at frame 2: a block of type 0x6 claims 8 octets; what came before is read\n");
	file.octets[second + 4] = 36;
	file.octets[second + 20] = 200;
	expect_said(save_file("over.pcapng"), 1,
		"dialtone: warning: over.pcapng: is damaged at frame 2: claims 200 octets in a block of 36; what came before is read\n");
	file.octets[second + 20] = 3;
	file.octets[second + 32] = 40;
	expect_said(save_file("two.pcapng"), 1,
		"dialtone: warning: two.pcapng: is damaged at frame 2: a block of type 0x6 has two different lengths; what came before is read\n");
	file.octets[second + 32] = 36;
	file.octets[second + 8] = 1;
	expect_said(save_file("interface.pcapng"), 1,
		"dialtone: warning: interface.pcapng: is damaged at frame 2: is of interface 1, but only 1 are described; what came before is read\n");
}

/* Whatever octet is wrong: packets or an end, and no access outside (the sanitizers see to that). */
static void every_octet_changed(const char *name)
{
	listen_to_stderr();
	for (size_t at = 0; at < file.len; at++)
		for (unsigned bit = 0; bit < 8; bit += 7) {
			file.octets[at] ^= (uint8_t)(1 << bit);
			assert_in_range(read_all(save_file(name)) + 1, 0, 5);
			file.octets[at] ^= (uint8_t)(1 << bit);
		}
	said();
}

static void any_octet_may_be_wrong(void **state)
{
	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	add_pcap(1, 0, "one", 0);
	add_pcap(2, 0, "two", 0);
	every_octet_changed("wrong.pcap");
	file.len = 0;
	add_section(true);
	add_interface(LINK_ETHERNET, 0, 9, 1);
	add_enhanced(0, 1, "one", 0);
	add_enhanced(0, 2, "two", 0);
	every_octet_changed("wrong.pcapng");
}

/* ---- compressed ---- */

static size_t gzip(const uint8_t *octets, size_t len, uint8_t *out, size_t room)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)octets;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return room - z.avail_out;
}

static size_t zstd(const uint8_t *octets, size_t len, uint8_t *out, size_t room)
{
	size_t n = ZSTD_compress(out, room, octets, len, 3);

	assert_false(ZSTD_isError(n));
	return n;
}

static size_t (*const packers[])(const uint8_t *, size_t, uint8_t *, size_t) = { gzip, zstd };

/* Packets that do not compress away, more of them than a window holds in one go. */
static unsigned fill_file(bool ng)
{
	unsigned n = 0;
	char octets[64];

	if (ng) {
		file.len = 0;
		add_section(false);
		add_interface(LINK_ETHERNET, 0, -1, 0);
	} else {
		start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	}
	for (; file.len < sizeof file.octets - 200; n++) {
		snprintf(octets, sizeof octets, "packet %u %x", n, n * 2654435761u);
		if (ng)
			add_enhanced(0, n, octets, 0);
		else
			add_pcap(n, 0, octets, 0);
	}
	return n;
}

static void compressed_files(void **state)
{
	static uint8_t packed[sizeof file.octets + 100];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		unsigned n = fill_file(i & 1);
		size_t half = file.len / 2, len;
		uint64_t done, total;
		struct source *s;
		struct packet p;

		len = packers[i / 2](file.octets, file.len, packed, sizeof packed);
		expect_said(save("whole", packed, len), (int)n, "");
		s = open_one(path_of("whole"));
		while (source_next(s, &p) == SOURCE_PACKET)
			;
		source_progress(s, &done, &total);
		assert_int_equal(done, len);
		assert_int_equal(total, len);
		source_close(s);
		/* in two pieces, as gzip and zstd append */
		len = packers[i / 2](file.octets, half, packed, sizeof packed);
		len += packers[i / 2](file.octets + half, file.len - half, packed + len, sizeof packed - len);
		expect_said(save("pieces", packed, len), (int)n, "");
	}
}

static void compressed_files_cut_or_damaged(void **state)
{
	static const char *const names[] = { "gzip", "zstd" };
	static uint8_t packed[sizeof file.octets + 100];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		int n = (int)fill_file(false), read;
		size_t len = packers[i](file.octets, file.len, packed, sizeof packed);
		char expected[200];
		const char *text;

		listen_to_stderr();
		read = read_all(save("cut", packed, len * 7 / 8));
		snprintf(expected, sizeof expected, "dialtone: warning: cut: is cut off in frame %d; what came before is read\n", read + 1);
		assert_string_equal(said(), expected);
		assert_in_range(read, 1, n - 1);

		/* the packet may be nonsense before the compression is */
		memset(packed + len * 7 / 8, 0xff, 100);
		listen_to_stderr();
		read = read_all(save("damaged", packed, len));
		text = said();
		assert_ptr_equal(strstr(text, "dialtone: warning: damaged: i"), text);
		assert_non_null(strstr(text, "damaged"));
		assert_ptr_equal(strchr(text, '\n'), strrchr(text, '\n'));
		assert_in_range(read, 1, n - 1);

		snprintf(expected, sizeof expected, "dialtone: start: its %s compression is cut off before the first packet\n", names[i]);
		expect_said(save("start", packed, 8), -1, expected);
	}
}

static void gzip_trailers(void **state)
{
	static uint8_t packed[1000];
	size_t len;

	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	add_pcap(1, 0, "x", 0);
	len = gzip(file.octets, file.len, packed, sizeof packed - 50);
	expect_said(save("padded", packed, len + 50), 1, "");
	packed[len - 8]++;              /* the check sequence */
	expect_said(save("crc", packed, len), 1, "dialtone: warning: crc: its gzip compression is damaged in frame 2; what came before is read\n");
	expect_said(save("trailer", packed, len - 8), 1, "dialtone: warning: trailer: is cut off in frame 2; what came before is read\n");
}

/* ---- several files ---- */

static void several_files_are_one_timeline(void **state)
{
	char *files[3] = { (char *)(uintptr_t)path_of("a.pcap"), (char *)(uintptr_t)path_of("b.pcap"), (char *)(uintptr_t)path_of("c.pcap") };
	static const struct {
		unsigned file;
		const char *octets;
	} order[] = { { 0, "a1" }, { 1, "b2" }, { 0, "a3" }, { 1, "b3" }, { 1, "b1" }, { 0, "a5" }, { 1, "b6" } };
	struct source *s;
	struct packet p;

	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	add_pcap(1, 0, "a1", 0);
	add_pcap(3, 0, "a3", 0);
	add_pcap(5, 0, "a5", 0);
	save_file("a.pcap");
	start_pcap(true, 0xa1b23c4d, LINK_ETHERNET);
	add_pcap(2, 0, "b2", 0);
	add_pcap(3, 0, "b3", 0);
	add_pcap(1, 0, "b1", 0);        /* too late: stays in its file's order */
	add_pcap(6, 0, "b6", 0);
	save_file("b.pcap");
	start_pcap(true, 0xa1b23c4d, LINK_RAW);
	save_file("c.pcap");
	listen_to_stderr();
	s = source_open_files(files, 3, NULL);
	assert_string_equal(said(), "dialtone: warning: c.pcap: holds no packets\n");
	for (size_t i = 0; i < COUNT(order); i++) {
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_int_equal(frame_file(p.frame), order[i].file);
		assert_true(span_is(p.data, order[i].octets));
	}
	expect_end(s);
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
	enum { FILES = 50, PACKETS = 20 };
	char names[FILES][100], *files[FILES];
	struct source *s;
	struct packet p;

	(void)state;
	for (unsigned i = 0; i < FILES; i++) {
		start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
		for (unsigned n = 0; n < PACKETS; n++)
			add_pcap(n * FILES + (i * 7) % FILES, 0, "x", 0);
		snprintf(names[i], sizeof names[i], "%s/many-%u", folder, i);
		files[i] = names[i];
		save(names[i] + strlen(folder) + 1, file.octets, file.len);
	}
	s = source_open_files(files, FILES, NULL);
	for (unsigned n = 0; n < FILES * PACKETS; n++) {
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_int_equal(p.at_ns, n * NS_PER_S);
	}
	expect_end(s);
	source_close(s);
}

static void one_that_cannot_be_read_is_enough(void **state)
{
	char *files[] = { (char *)(uintptr_t)path_of("a.pcap"), (char *)(uintptr_t)path_of("missing"), (char *)(uintptr_t)path_of("empty") };
	char *twice[] = { (char *)(uintptr_t)"-", (char *)(uintptr_t)"-" };

	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	add_pcap(1, 0, "x", 0);
	save_file("a.pcap");
	save("empty", "", 0);
	listen_to_stderr();
	assert_null(source_open_files(files, 3, NULL));
	assert_string_equal(said(), "dialtone: missing: No such file or directory\ndialtone: empty: is empty\n");
	listen_to_stderr();
	assert_null(source_open_files(twice, 2, NULL));
	assert_string_equal(said(), "dialtone: -: standard input can be read only once\n");
}

/* ---- standard input ---- */

/* Puts what `writer` writes on standard input. The writer is another process; it waits where it reads from `go`. */
static pid_t feed(void (*writer)(int out, int go), int *ret_go, int *ret_stdin)
{
	int data[2], go[2];
	pid_t child;

	assert_int_equal(pipe(data), 0);
	assert_int_equal(pipe(go), 0);
	child = fork();
	if (child == 0) {
		close(data[0]);
		close(go[1]);
		writer(data[1], go[0]);
		_exit(0);
	}
	close(data[1]);
	close(go[0]);
	*ret_go = go[1];
	*ret_stdin = dup(STDIN_FILENO);
	dup2(data[0], STDIN_FILENO);
	close(data[0]);
	return child;
}

static void fed(pid_t child, int go, int stdin_before)
{
	close(go);
	dup2(stdin_before, STDIN_FILENO);
	close(stdin_before);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void send_octets(int out, const void *octets, size_t len)
{
	if (write(out, octets, len) != (ssize_t)len)
		_exit(1);
}

static void await(int go)
{
	char c;

	if (read(go, &c, 1) != 1)
		_exit(1);
}

static size_t first_end, second_end;

/* Half a header, the rest with the first packet; then, once the reader has that, the second. */
static void write_slowly(int out, int go)
{
	send_octets(out, file.octets, 10);
	usleep(10000);
	send_octets(out, file.octets + 10, first_end - 10);
	await(go);
	send_octets(out, file.octets + first_end, second_end - first_end - 1);
	usleep(10000);
	send_octets(out, file.octets + second_end - 1, 1);
	await(go);
}

/* The same through gzip, flushed after each packet as a live writer does. */
static void write_packed_slowly(int out, int go)
{
	size_t ends[] = { first_end, second_end };
	uint8_t packed[1000];
	z_stream z = { 0 };

	deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
	z.next_in = file.octets;
	for (unsigned i = 0; i < 2; i++) {
		z.next_out = packed;
		z.avail_out = sizeof packed;
		z.avail_in = (uInt)(ends[i] - z.total_in);
		deflate(&z, Z_SYNC_FLUSH);
		send_octets(out, packed, sizeof packed - z.avail_out);
		await(go);
	}
	z.next_out = packed;
	z.avail_out = sizeof packed;
	deflate(&z, Z_FINISH);
	send_octets(out, packed, sizeof packed - z.avail_out);
	deflateEnd(&z);
}

/* If packets were waited for that are not written yet, this would hang: the alarm ends it. */
static void packets_come_while_the_file_is_written(void **state)
{
	static void (*const writers[])(int, int) = { write_slowly, write_packed_slowly };

	(void)state;
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	add_pcap(1, 0, "first", 0);
	first_end = file.len;
	add_pcap(2, 0, "second", 0);
	second_end = file.len;
	alarm(20);
	for (size_t i = 0; i < COUNT(writers); i++) {
		int go, stdin_before;
		pid_t child = feed(writers[i], &go, &stdin_before);
		struct source *s = open_one("-");
		uint64_t done, total;

		assert_non_null(s);
		expect_packet(s, 1, NS_PER_S, "first");
		assert_int_equal(write(go, "g", 1), 1);
		expect_packet(s, 2, 2 * NS_PER_S, "second");
		assert_int_equal(write(go, "g", 1), 1);
		expect_end(s);
		source_progress(s, &done, &total);
		assert_int_equal(total, 0);
		assert_string_equal(source_capture(s, 0)->file, "-");
		assert_false(source_capture(s, 0)->cut_short);
		source_close(s);
		fed(child, go, stdin_before);
	}
	alarm(0);
}

/* ---- filters ---- */

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
	put(8, 0);
	put(4, frame.len);
	put(4, frame.len);
	put_octets(frame.octets, frame.len);
}

/* The numbers of the frames that match, as text. */
static const char *matching(const char *name, const char *filter)
{
	static char text[100];
	char *files[] = { (char *)(uintptr_t)path_of(name) };
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
	start_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	for (unsigned i = 0; i < 8; i++)
		add_frame(LINK_ETHERNET, i % 4, i < 4 ? UDP : TCP, i < 4 ? 53 : 80);
	save_file("tagged.pcap");
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
	listen_to_stderr();
	assert_string_equal(matching("tagged.pcap", "port 54"), "");
	assert_string_equal(said(), "dialtone: warning: no packet matches the filter\n");
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
	start_pcap(false, 0xa1b2c3d4, LINK_SLL);
	for (unsigned i = 0; i < 4; i++)
		add_frame(LINK_SLL, i % 2, i < 2 ? UDP : TCP, i < 2 ? 53 : 80);
	save_file("cooked.pcap");
	assert_string_equal(matching("cooked.pcap", "port 53"), "1 2");
	assert_string_equal(matching("cooked.pcap", "not port 53"), "3 4");
	start_pcap(false, 0xa1b2c3d4, LINK_RAW);
	for (unsigned i = 0; i < 2; i++)
		add_frame(LINK_RAW, 0, UDP, 53 + i);
	save_file("raw.pcap");
	assert_string_equal(matching("raw.pcap", "port 53"), "1");
}

static void filters_that_are_wrong(void **state)
{
	(void)state;
	make_tagged();
	listen_to_stderr();
	assert_string_equal(matching("tagged.pcap", "port"), "none");
	assert_ptr_equal(strstr(said(), "dialtone: filter \"port\": "), said());
	listen_to_stderr();
	assert_string_equal(matching("raw.pcap", "ether host 02:00:00:00:00:01"), "none");
	assert_non_null(strstr(said(), "dialtone: warning: filter \"ether host 02:00:00:00:00:01\" fits no packet of link type RAW: "));
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
		cmocka_unit_test(custom_blocks_have_numbers),
		cmocka_unit_test(what_is_no_capture_is_said),
		cmocka_unit_test(what_is_damaged_at_its_start_is_said),
		cmocka_unit_test(a_capture_without_packets_is_said),
		cmocka_unit_test(unknown_link_types_are_named),
		cmocka_unit_test(cut_off_in_the_middle),
		cmocka_unit_test(lengths_that_cannot_be),
		cmocka_unit_test(any_octet_may_be_wrong),
		cmocka_unit_test(compressed_files),
		cmocka_unit_test(compressed_files_cut_or_damaged),
		cmocka_unit_test(gzip_trailers),
		cmocka_unit_test(several_files_are_one_timeline),
		cmocka_unit_test(many_files),
		cmocka_unit_test(one_that_cannot_be_read_is_enough),
		cmocka_unit_test(packets_come_while_the_file_is_written),
		cmocka_unit_test(filters_see_through_tags),
		cmocka_unit_test(filters_that_speak_of_tags),
		cmocka_unit_test(filters_of_other_link_types),
		cmocka_unit_test(filters_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
