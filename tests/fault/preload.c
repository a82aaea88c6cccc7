/*
 * Makes the system fail beneath a program that was built without knowing of it (LD_PRELOAD). glibc only. What fails is told by the environment:
 *
 *   FAULT_MALLOC=N    the Nth allocation finds no memory, and all after it; FAULT_ONCE=1: only that one
 *   FAULT_READ=short  read gives one octet at a time, as a slow pipe does
 *   FAULT_READ=signal every other read is interrupted by a signal (EINTR) before it has read anything
 *   FAULT_WRITE=short half of what is to be written is; =signal, =again: every third write is interrupted, or would have to wait, before it has written
 *                     anything; =N: there is room for N octets, then none (ENOSPC). Not of descriptor 2
 *   FAULT_STREAM=short pieces of all lengths from 1 to 1000 octets come or go at once through send and recv where these do not wait; =signal, =again: every
 *                     other of these is interrupted, or would wait
 *   FAULT_TIMER=1     a signal with a handler comes every 200 microseconds of processor time; system calls go on behind it
 *   FAULT_SIGNALS=S,S at the call FAULT_AT=N of those that are counted, these signals come, one after the other
 *   FAULT_FORK=N      the Nth fork finds no room; FAULT_ONCE=1: only that one
 *   FAULT_PROCESS=K   the faults are those of the Kth process that is forked (0: the first one of all, who forks); each counts for itself
 *   FAULT_COUNT=FILE  a file of zeros, 16 octets for each process in that order: its allocations, and its calls, as they are counted
 *
 * Writes are caught where the system is entered, for the C library's own do not pass by here. That needs x86-64 or AArch64; without, a write is as it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);
pid_t __libc_fork(void);

enum how { NOT, SHORT, SIGNAL, AGAIN, FULL };
enum { PROCESSES = 64, SIGNALS_MAX = 8, AT_ONCE = 1000 };

static struct { atomic_ulong allocations, calls; } own[PROCESSES], *counts = own;
static unsigned process, forked, forks;         /* which one this is; how many there were */
static unsigned long fail_at, signals_at, fork_at, wanted_process, room;
static int signals[SIGNALS_MAX], signal_count, once;
static enum how reads, writes, streams;
static atomic_ulong read_turn, write_turn, stream_turn;

static int is_meant(void)
{
	return process == wanted_process;
}

/* ---- counting ---- */

static void call(void)
{
	unsigned long n = atomic_fetch_add(&counts[process].calls, 1) + 1;

	for (int i = 0; n == signals_at && is_meant() && i < signal_count; i++)
		raise(signals[i]);
}

static int fails(void)
{
	unsigned long n = atomic_fetch_add(&counts[process].allocations, 1) + 1;

	call();
	if (!fail_at || !is_meant() || (once ? n != fail_at : n < fail_at))
		return 0;
	errno = ENOMEM;
	return 1;
}

/* ---- memory ---- */

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

void free(void *block)
{
	__libc_free(block);
	call();
}

/* ---- processes ---- */

pid_t fork(void)
{
	unsigned long n = ++forks;
	pid_t pid;

	if (fork_at && is_meant() && (once ? n == fork_at : n >= fork_at)) {
		errno = EAGAIN;
		return -1;
	}
	pid = __libc_fork();
	forked++;
	if (pid == 0)
		process = forked < PROCESSES ? forked : PROCESSES - 1;
	return pid;
}

/* ---- reading ---- */

ssize_t read(int fd, void *to, size_t size)
{
	call();
	if (reads == SIGNAL && is_meant() && atomic_fetch_add(&read_turn, 1) % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	return syscall(SYS_read, fd, to, reads == SHORT && is_meant() && size ? 1 : size);
}

/* ---- what SQLite does to its files: counted only ---- */

ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at)
{
	call();
	return syscall(SYS_pwrite64, fd, from, size, at);
}

int fdatasync(int fd)
{
	call();
	return (int)syscall(SYS_fdatasync, fd);
}

/* ---- streams between processes ---- */

/* Whether the call fails, and how much it may carry. */
static int stream_fails(size_t *size, int flags)
{
	unsigned long turn;

	call();
	/* libpcap's own sockets wait. */
	if (!is_meant() || !(flags & MSG_DONTWAIT))
		return 0;
	turn = atomic_fetch_add(&stream_turn, 1);
	if (streams == SHORT && *size > 1 + turn * 37 % AT_ONCE)
		*size = 1 + turn * 37 % AT_ONCE;
	if (streams <= SHORT || turn % 2)
		return 0;
	errno = streams == SIGNAL ? EINTR : EAGAIN;
	return 1;
}

ssize_t send(int fd, const void *from, size_t size, int flags)
{
	return stream_fails(&size, flags) ? -1 : syscall(SYS_sendto, fd, from, size, flags, NULL, 0);
}

ssize_t recv(int fd, void *to, size_t size, int flags)
{
	return stream_fails(&size, flags) ? -1 : syscall(SYS_recvfrom, fd, to, size, flags, NULL, NULL);
}

/* ---- writing, in the first process only ---- */

#if defined __x86_64__ || defined __aarch64__

#define OURS 0x7f0a17edU        /* in the sixth argument, which no write has */

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define ARGUMENT(c, n) ((c)->uc_mcontext.gregs[(const int[]){ REG_RDI, REG_RSI, REG_RDX, REG_R10 }[n]])
#define RESULT(c) ((c)->uc_mcontext.gregs[REG_RAX])
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define ARGUMENT(c, n) ((c)->uc_mcontext.regs[n])
#define RESULT(c) ((c)->uc_mcontext.regs[0])
#endif

/* As the system answers: the octets, or an error's number below 0. */
static long write_badly(int number, long fd, long from, size_t size, long at)
{
	long done;

	if (fd != STDERR_FILENO) {
		if ((writes == SIGNAL || writes == AGAIN) && atomic_fetch_add(&write_turn, 1) % 3 == 0)
			return writes == SIGNAL ? -EINTR : -EAGAIN;
		if (writes == SHORT && size > 1)
			size /= 2;
		if (writes == FULL && size && !room)
			return -ENOSPC;
		if (writes == FULL && size > room)
			size = room;
	}
	done = syscall(number, fd, from, size, at, 0, OURS);
	if (fd != STDERR_FILENO && done > 0)
		room -= (unsigned long)done < room ? (unsigned long)done : room;
	return done < 0 ? -errno : done;
}

static void on_write(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *c = context;
	int before = errno;

	(void)signal_number;
	call();
	RESULT(c) = write_badly(info->si_syscall, (long)ARGUMENT(c, 0), (long)ARGUMENT(c, 1), (size_t)ARGUMENT(c, 2), (long)ARGUMENT(c, 3));
	errno = before;
}

static void catch_writes(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, 6),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pwrite64, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OURS, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof code / sizeof code[0], code };
	const struct sigaction act = { .sa_sigaction = on_write, .sa_flags = SA_SIGINFO | SA_RESTART };

	if (sigaction(SIGSYS, &act, NULL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(3);
}

#else
static void catch_writes(void) { }
#endif

/* ---- signals, and the beginning ---- */

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

static unsigned long number(const char *name)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 10) : 0;
}

static enum how how(const char *name)
{
	const char *value = getenv(name);

	if (!value)
		return NOT;
	return strcmp(value, "short") == 0 ? SHORT : strcmp(value, "signal") == 0 ? SIGNAL : strcmp(value, "again") == 0 ? AGAIN : FULL;
}

static void read_signals(const char *list)
{
	for (char *end = (char *)list; list && *list && signal_count < SIGNALS_MAX; list = *end ? end + 1 : end)
		signals[signal_count++] = (int)strtol(list, &end, 10);
}

/* Processes that are ended say nothing at their end: they count where it can be seen all the time. */
static void share_counts(const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	void *all;

	if (fd < 0)
		return;
	all = ftruncate(fd, sizeof own) < 0 ? MAP_FAILED : mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (all != MAP_FAILED)
		counts = all;
}

__attribute__((constructor)) static void begin(void)
{
	once = getenv("FAULT_ONCE") != NULL;
	wanted_process = number("FAULT_PROCESS");
	reads = how("FAULT_READ");
	writes = how("FAULT_WRITE");
	streams = how("FAULT_STREAM");
	room = number("FAULT_WRITE");
	fork_at = number("FAULT_FORK");
	read_signals(getenv("FAULT_SIGNALS"));
	if (getenv("FAULT_TIMER"))
		start_timer();
	if (writes)
		catch_writes();
	share_counts(getenv("FAULT_COUNT"));
	atomic_store(&counts[0].allocations, 0);
	atomic_store(&counts[0].calls, 0);
	fail_at = number("FAULT_MALLOC");
	signals_at = number("FAULT_AT");
}
