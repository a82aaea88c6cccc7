#include "tests/unit/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct capture capture;

static char folder[] = "/tmp/dialtone-capture-XXXXXX";
static int stderr_before, said_fd;

const char *capture_path(const char *name)
{
	static char paths[16][100];
	static unsigned next;
	char *path = paths[next++ % (sizeof paths / sizeof paths[0])];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

const char *capture_save_octets(const char *name, const void *octets, size_t len)
{
	const char *path = capture_path(name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(octets, 1, len, f), len);
	fclose(f);
	return path;
}

const char *capture_save(const char *name)
{
	return capture_save_octets(name, capture.octets, capture.len);
}

int capture_setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	stderr_before = dup(STDERR_FILENO);
	said_fd = open(capture_path("said"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	return stderr_before < 0 || said_fd < 0 ? -1 : 0;
}

int capture_teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

void capture_listen(void)
{
	fflush(stderr);
	assert_int_equal(ftruncate(said_fd, 0), 0);
	dup2(said_fd, STDERR_FILENO);
}

const char *capture_said(void)
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

void capture_put(unsigned octets, uint64_t n)
{
	for (unsigned i = 0; i < octets; i++)
		capture.octets[capture.len++] = (uint8_t)(n >> 8 * (capture.big ? octets - 1 - i : i));
}

void capture_put_octets(const void *octets, size_t len)
{
	memcpy(capture.octets + capture.len, octets, len);
	capture.len += len;
}

void capture_pcap(bool big, uint32_t magic, uint32_t link_type)
{
	capture.len = 0;
	capture.big = big;
	capture_put(4, magic);
	capture_put(2, 2);
	capture_put(2, 4);
	capture_put(8, 0);
	capture_put(4, 65535);
	capture_put(4, link_type);
}

void capture_pcap_packet(uint32_t seconds, uint32_t fraction, const char *octets, uint32_t wire)
{
	capture_put(4, seconds);
	capture_put(4, fraction);
	capture_put(4, strlen(octets));
	capture_put(4, wire ? wire : strlen(octets));
	capture_put_octets(octets, strlen(octets));
}

size_t capture_block(uint32_t type)
{
	capture_put(4, type);
	capture_put(4, 0);
	return capture.len - 8;
}

void capture_block_end(size_t begin)
{
	uint32_t total;
	size_t end;

	while (capture.len % 4)
		capture_put(1, 0);
	end = capture.len + 4;
	total = (uint32_t)(end - begin);
	capture_put(4, total);
	capture.len = begin + 4;
	capture_put(4, total);
	capture.len = end;
}

void capture_section(bool big)
{
	size_t b;

	capture.big = big;
	b = capture_block(0x0a0d0d0a);
	capture_put(4, 0x1a2b3c4d);
	capture_put(2, 1);
	capture_put(2, 0);
	capture_put(8, UINT64_MAX);
	capture_block_end(b);
}

void capture_interface(uint16_t link_type, uint32_t snap, int resolution, int64_t offset)
{
	size_t b = capture_block(1);

	capture_put(2, link_type);
	capture_put(2, 0);
	capture_put(4, snap);
	capture_put(2, 2);              /* if_name, to be passed over */
	capture_put(2, 3);
	capture_put_octets("eth\0", 4);
	if (resolution >= 0) {
		capture_put(2, 9);
		capture_put(2, 1);
		capture_put(1, (uint64_t)resolution);
		capture_put(3, 0);
	}
	if (offset) {
		capture_put(2, 14);
		capture_put(2, 8);
		capture_put(8, (uint64_t)offset);
	}
	capture_put(4, 0);
	capture_block_end(b);
}

void capture_enhanced(uint32_t interface, uint64_t stamp, const char *octets, uint32_t wire)
{
	size_t b = capture_block(6);

	capture_put(4, interface);
	capture_put(4, stamp >> 32);
	capture_put(4, stamp & 0xffffffff);
	capture_put(4, strlen(octets));
	capture_put(4, wire ? wire : strlen(octets));
	capture_put_octets(octets, strlen(octets));
	capture_block_end(b);
}

struct source *capture_open(const char *path)
{
	char *files[] = { (char *)(uintptr_t)path };

	return source_open_files(files, 1, NULL);
}

void capture_expect_packet(struct source *s, uint64_t number, int64_t at_ns, const char *octets)
{
	struct packet p;

	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(frame_number(p.frame), number);
	assert_int_equal(p.at_ns, at_ns);
	assert_true(span_is(p.data, octets));
}

void capture_expect_end(struct source *s)
{
	struct packet p;

	assert_int_equal(source_next(s, &p), SOURCE_END);
	assert_int_equal(source_next(s, &p), SOURCE_END);
}

int capture_read_all(const char *path)
{
	struct source *s = capture_open(path);
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

void capture_expect_said(const char *path, int packets, const char *text)
{
	int n;

	capture_listen();
	n = capture_read_all(path);
	assert_string_equal(capture_said(), text);
	assert_int_equal(n, packets);
}
