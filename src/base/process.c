#include "base/process.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The first `room` - 1 octets of a small file; "" where there is none. */
static void read_small(const char *path, char *out, size_t room)
{
	FILE *in = fopen(path, "re");
	size_t len = in ? fread(out, 1, room - 1, in) : 0;

	out[len] = '\0';
	if (in)
		fclose(in);
}

static void boot_identity(char out[40])
{
	read_small("/proc/sys/kernel/random/boot_id", out, 40);
	out[strcspn(out, "\n")] = '\0';
}

/* Field 22 of /proc/PID/stat. The second is the program's name in brackets and may hold anything, blanks and brackets too. */
static unsigned long long start_ticks(int64_t pid)
{
	char path[64], stat[1024], *at;
	unsigned long long ticks = 0;

	snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
	read_small(path, stat, sizeof stat);
	at = strrchr(stat, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (at)
		sscanf(at, "%llu", &ticks);
	return ticks;
}

const char *process_identity(int64_t pid, char out[PROCESS_TEXT])
{
	char boot[40];
	unsigned long long ticks = start_ticks(pid);

	boot_identity(boot);
	out[0] = '\0';
	if (ticks && boot[0])
		snprintf(out, PROCESS_TEXT, "%s %llu", boot, ticks);
	return out;
}

/* A killed process whose parent has not asked for it yet is a zombie: it has its pid, but is no more. */
static int is_zombie(int64_t pid)
{
	char path[64], stat[1024], *at;

	snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
	read_small(path, stat, sizeof stat);
	at = strrchr(stat, ')');
	return at && at[1] == ' ' && (at[2] == 'Z' || at[2] == 'X');
}

enum process_state process_find(int64_t pid, const char *identity)
{
	char boot[40], now[PROCESS_TEXT];

	boot_identity(boot);
	if (pid <= 0 || pid > INT32_MAX || !boot[0] || strncmp(identity, boot, strlen(boot)) != 0)
		return PROCESS_UNKNOWN;
	process_identity(pid, now);
	if (now[0])
		return strcmp(now, identity) == 0 && !is_zombie(pid) ? PROCESS_ALIVE : PROCESS_GONE;
	/* /proc may hide the processes of others (hidepid of proc(5)); a signal then is not permitted. */
	return kill((pid_t)pid, 0) != 0 && errno == ESRCH ? PROCESS_GONE : PROCESS_UNKNOWN;
}
