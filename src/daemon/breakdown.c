#include "daemon/breakdown.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"

enum { STACK = 65536 };

static struct shared *page;
static struct packet held;
static volatile sig_atomic_t holding;
static _Alignas(16) unsigned char stack[STACK];

/* ---- in the process that breaks down ---- */

static void copy_packet(void)
{
	size_t len = held.data.len < CRASH_OCTETS ? held.data.len : CRASH_OCTETS;

	memcpy(page->crash_octets, held.data.data, len);
	page->crash_wire_len = held.wire_len;
	page->crash_at_ns = held.at_ns;
	page->crash_link_type = held.link_type;
	page->crash_len = (uint32_t)len;
}

/* Only memory is copied, and only once. The signal waits until the handler returns, and then ends the process: its handler is the default again. */
static void handle(int signal_number)
{
	if (holding) {
		holding = 0;
		copy_packet();
	}
	raise(signal_number);
}

bool breakdown_watch(struct shared *shared)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS };
	struct sigaction a = { .sa_handler = handle, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND };
	stack_t own = { .ss_sp = stack, .ss_size = sizeof stack };

	page = shared;
	page->crash_len = 0;
	if (sigaltstack(&own, NULL) < 0)
		return false;
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (sigaction(signals[i], &a, NULL) < 0)
			return false;
	return true;
}

void breakdown_hold(const struct packet *p)
{
	held = *p;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	holding = 1;
}

void breakdown_release(void)
{
	holding = 0;
}

/* ---- in the supervisor ---- */

/* A disk that is nearly full takes a part. */
static bool write_all(int fd, const void *from, size_t len)
{
	const uint8_t *at = from;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* The header of a pcap file and of its one record, in this machine's order (the magic number tells which): nanoseconds, version 2.4. */
static bool write_capture(int fd, const struct shared *s, uint32_t len)
{
	const uint32_t head[10] = {
		0xa1b23c4d, 2 | 4 << 16, 0, 0, CRASH_OCTETS, s->crash_link_type,
		(uint32_t)(s->crash_at_ns / NS_PER_S), (uint32_t)(s->crash_at_ns % NS_PER_S), len, s->crash_wire_len < len ? len : s->crash_wire_len,
	};

	return write_all(fd, head, sizeof head) && write_all(fd, s->crash_octets, len);
}

static int create(const char *folder, int64_t now_ns, char ret_path[CRASH_PATH])
{
	char time[MOMENT_TEXT];
	int fd = -1;

	moment_format(now_ns, 0, time);
	for (unsigned n = 1; n <= CRASH_FILES && fd < 0; n++) {
		snprintf(ret_path, CRASH_PATH, "%s/crash-%.10s-%u.pcap", folder, time, n);
		fd = open(ret_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	return fd;
}

bool breakdown_save(struct shared *shared, const char *folder, int64_t now_ns, char ret_path[CRASH_PATH])
{
	uint32_t len = shared->crash_len;
	bool good;
	int fd, why;

	*ret_path = '\0';
	if (len == 0 || len > CRASH_OCTETS)
		return false;
	fd = create(folder, now_ns, ret_path);
	good = fd >= 0 && write_capture(fd, shared, len);
	why = errno;
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !good)
		unlink(ret_path);
	errno = why;
	shared->crash_len = 0;
	return good;
}
