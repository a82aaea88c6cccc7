/* Compressed captures, and captures that are still being written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/moment.h"
#include "packet/link.h"
#include "tests/unit/capture.h"

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
		capture.len = 0;
		capture_section(false);
		capture_interface(LINK_ETHERNET, 0, -1, 0);
	} else {
		capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	}
	for (; capture.len < sizeof capture.octets - 200; n++) {
		snprintf(octets, sizeof octets, "packet %u %x", n, n * 2654435761u);
		if (ng)
			capture_enhanced(0, n, octets, 0);
		else
			capture_pcap_packet(n, 0, octets, 0);
	}
	return n;
}

static void compressed_files(void **state)
{
	static uint8_t packed[sizeof capture.octets + 100];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		unsigned n = fill_file(i & 1);
		size_t half = capture.len / 2, len;
		uint64_t done, total;
		struct source *s;
		struct packet p;

		len = packers[i / 2](capture.octets, capture.len, packed, sizeof packed);
		capture_expect_said(capture_save_octets("whole", packed, len), (int)n, "");
		s = capture_open(capture_path("whole"));
		while (source_next(s, &p) == SOURCE_PACKET)
			;
		source_progress(s, &done, &total);
		assert_int_equal(done, len);
		assert_int_equal(total, len);
		source_close(s);
		/* in two pieces, as gzip and zstd append */
		len = packers[i / 2](capture.octets, half, packed, sizeof packed);
		len += packers[i / 2](capture.octets + half, capture.len - half, packed + len, sizeof packed - len);
		capture_expect_said(capture_save_octets("pieces", packed, len), (int)n, "");
	}
}

static void compressed_files_cut_or_damaged(void **state)
{
	static const char *const names[] = { "gzip", "zstd" };
	static uint8_t packed[sizeof capture.octets + 100];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		int n = (int)fill_file(false), read;
		size_t len = packers[i](capture.octets, capture.len, packed, sizeof packed);
		char expected[200];
		const char *text;

		capture_listen();
		read = capture_read_all(capture_save_octets("cut", packed, len * 7 / 8));
		snprintf(expected, sizeof expected, "dialtone: warning: cut: is cut off in frame %d; what came before is read\n", read + 1);
		assert_string_equal(capture_said(), expected);
		assert_in_range(read, 1, n - 1);

		/* the packet may be nonsense before the compression is */
		memset(packed + len * 7 / 8, 0xff, 100);
		capture_listen();
		read = capture_read_all(capture_save_octets("damaged", packed, len));
		text = capture_said();
		assert_ptr_equal(strstr(text, "dialtone: warning: damaged: i"), text);
		assert_non_null(strstr(text, "damaged"));
		assert_ptr_equal(strchr(text, '\n'), strrchr(text, '\n'));
		assert_in_range(read, 1, n - 1);

		snprintf(expected, sizeof expected, "dialtone: start: its %s compression is cut off before the first packet\n", names[i]);
		capture_expect_said(capture_save_octets("start", packed, 8), -1, expected);
	}
}

static void gzip_trailers(void **state)
{
	static uint8_t packed[1000];
	size_t len;

	(void)state;
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_pcap_packet(1, 0, "x", 0);
	len = gzip(capture.octets, capture.len, packed, sizeof packed - 50);
	capture_expect_said(capture_save_octets("padded", packed, len + 50), 1, "");
	packed[len - 8]++;              /* the check sequence */
	capture_expect_said(capture_save_octets("crc", packed, len), 1,
		"dialtone: warning: crc: its gzip compression is damaged in frame 2; what came before is read\n");
	capture_expect_said(capture_save_octets("trailer", packed, len - 8), 1,
		"dialtone: warning: trailer: is cut off in frame 2; what came before is read\n");
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
	send_octets(out, capture.octets, 10);
	usleep(10000);
	send_octets(out, capture.octets + 10, first_end - 10);
	await(go);
	send_octets(out, capture.octets + first_end, second_end - first_end - 1);
	usleep(10000);
	send_octets(out, capture.octets + second_end - 1, 1);
	await(go);
}

/* The same through gzip, flushed after each packet as a live writer does. */
static void write_packed_slowly(int out, int go)
{
	size_t ends[] = { first_end, second_end };
	uint8_t packed[1000];
	z_stream z = { 0 };

	deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
	z.next_in = capture.octets;
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
	capture_pcap(false, 0xa1b2c3d4, LINK_ETHERNET);
	capture_pcap_packet(1, 0, "first", 0);
	first_end = capture.len;
	capture_pcap_packet(2, 0, "second", 0);
	second_end = capture.len;
	alarm(20);
	for (size_t i = 0; i < COUNT(writers); i++) {
		int go, stdin_before;
		pid_t child = feed(writers[i], &go, &stdin_before);
		struct source *s = capture_open("-");
		uint64_t done, total;

		assert_non_null(s);
		capture_expect_packet(s, 1, NS_PER_S, "first");
		assert_int_equal(write(go, "g", 1), 1);
		capture_expect_packet(s, 2, 2 * NS_PER_S, "second");
		assert_int_equal(write(go, "g", 1), 1);
		capture_expect_end(s);
		source_progress(s, &done, &total);
		assert_int_equal(total, 0);
		assert_string_equal(source_capture(s, 0)->file, "-");
		assert_false(source_capture(s, 0)->cut_short);
		source_close(s);
		fed(child, go, stdin_before);
	}
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compressed_files),
		cmocka_unit_test(compressed_files_cut_or_damaged),
		cmocka_unit_test(gzip_trailers),
		cmocka_unit_test(packets_come_while_the_file_is_written),
	};

	return cmocka_run_group_tests(tests, capture_setup, capture_teardown);
}
