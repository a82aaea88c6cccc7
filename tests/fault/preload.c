/*
 * Makes the system fail beneath a program that was built without knowing of it (LD_PRELOAD). glibc only. What fails is told by the environment:
 *
 *   FAULT_MALLOC=N    the Nth allocation finds no memory, and all after it; FAULT_ONCE=1: only that one
 *   FAULT_READ=short  read gives one octet at a time, as a slow pipe does
 *   FAULT_READ=signal every other read is interrupted by a signal (EINTR) before it has read anything
 *   FAULT_TIMER=1     a signal with a handler comes every 200 microseconds of processor time; system calls go on behind it
 *   FAULT_COUNT=FILE  how many allocations there were is written there at the end
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static atomic_ulong allocations, reads;
static unsigned long fail_at;
static int once, read_short, read_signal;

static int fails(void)
{
	unsigned long n = atomic_fetch_add(&allocations, 1) + 1;

	if (!fail_at || (once ? n != fail_at : n < fail_at))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
	return fails() ? NULL : __libc_realloc(block, size);
}

ssize_t read(int fd, void *to, size_t size)
{
	if (read_signal && atomic_fetch_add(&reads, 1) % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_read, fd, to, read_short && size ? 1 : size);
}

static void on_signal(int number)
{
	(void)number;
}

static void start_timer(void)
{
	const struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	const struct itimerval every = { { 0, 200 }, { 0, 200 } };

	sigaction(SIGPROF, &act, NULL);
	setitimer(ITIMER_PROF, &every, NULL);
}

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("FAULT_MALLOC"), *how = getenv("FAULT_READ");

	once = getenv("FAULT_ONCE") != NULL;
	read_short = how && strcmp(how, "short") == 0;
	read_signal = how && strcmp(how, "signal") == 0;
	if (getenv("FAULT_TIMER"))
		start_timer();
	atomic_store(&allocations, 0);
	fail_at = at ? strtoul(at, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("FAULT_COUNT");
	char text[32];
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

	if (fd < 0)
		return;
	if (write(fd, text, (size_t)snprintf(text, sizeof text, "%lu\n", atomic_load(&allocations))) < 0)
		_exit(2);
	close(fd);
}
