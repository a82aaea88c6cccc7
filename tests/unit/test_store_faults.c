/*
 * The store on a disk that fails: every call to the disk in turn, alone or with all that follow, in every scene (store_scenes.h).
 *
 * DIALTONE_FAULTS=all tries every call; else the first ones, and then fewer and fewer of the later ones, which are much like each other.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "tests/unit/store_expect.h"
#include "tests/unit/store_scenes.h"

enum { SECONDS_MAX = 20, EACH = 3 };

/* ---- what the system gives by halves: in place of the C library's, for SQLite too ---- */

static unsigned halves_at, halves;

static size_t half_of(size_t size)
{
	return halves_at && ++halves >= halves_at && size > 1 ? size / 2 : size;
}

ssize_t pread64(int fd, void *data, size_t size, off64_t at)
{
	return syscall(SYS_pread64, fd, data, half_of(size), at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	return syscall(SYS_pwrite64, fd, data, half_of(size), at);
}

/* ---- every fault at every call ---- */

static const struct fault faults[] = {
	{ "no descriptor is left", FAULT_OPEN, SQLITE_CANTOPEN, EMFILE, false },
	{ "reading fails", FAULT_READ, SQLITE_IOERR_READ, EIO, false },
	{ "writing fails", FAULT_WRITE, SQLITE_IOERR_WRITE, EIO, false },
	{ "the disk is full", FAULT_WRITE, SQLITE_FULL, ENOSPC, false },
	{ "half is written", FAULT_WRITE, SQLITE_IOERR_WRITE, EIO, true },
	{ "half is written to a disk that is full", FAULT_WRITE, SQLITE_FULL, ENOSPC, true },
	{ "cutting a file fails", FAULT_TRUNCATE, SQLITE_IOERR_TRUNCATE, EIO, false },
	{ "syncing fails", FAULT_SYNC, SQLITE_IOERR_FSYNC, EIO, false },
	{ "asking for a size fails", FAULT_SIZE, SQLITE_IOERR_FSTAT, EIO, false },
	{ "another has the lock", FAULT_LOCK, SQLITE_BUSY, EAGAIN, false },
	{ "locking fails", FAULT_LOCK, SQLITE_IOERR_LOCK, ENOLCK, false },
	{ "shared memory fails", FAULT_SHM_MAP, SQLITE_IOERR_SHMMAP, EIO, false },
	{ "no room for shared memory", FAULT_SHM_MAP, SQLITE_IOERR_SHMSIZE, ENOSPC, false },
	{ "another has a lock in shared memory", FAULT_SHM_LOCK, SQLITE_BUSY, EAGAIN, false },
	{ "locking shared memory fails", FAULT_SHM_LOCK, SQLITE_IOERR_SHMLOCK, EIO, false },
	{ "deleting fails", FAULT_DELETE, SQLITE_IOERR_DELETE, EIO, false },
	{ "asking whether a file is there fails", FAULT_ACCESS, SQLITE_IOERR_ACCESS, EIO, false },
};

static char playing[256];
static unsigned played;

/* No call takes for ever: the signal ends the program, after it was said what was played. */
static void takes_too_long(int signal)
{
	(void)signal;
	(void)!write(STDERR_FILENO, playing, strlen(playing));
	(void)!write(STDERR_FILENO, ": takes too long\n", 17);
	_exit(1);
}

static void limit_time(unsigned seconds)
{
	const struct itimerval limit = { .it_value.tv_sec = seconds };

	signal(SIGPROF, takes_too_long);
	setitimer(ITIMER_PROF, &limit, NULL);
}

/* Whether the fault struck at all. */
static bool play(const struct scene *scene, const struct fault *f, unsigned nth, bool goes_on)
{
	struct store *s;
	bool struck;

	scene_begin(scene);
	limit_time(SECONDS_MAX);
	fault_arm(f, nth, goes_on);
	s = scene_act(scene, f);
	struck = fault_disarm();
	scene_end(scene, s);
	limit_time(0);
	played++;
	return struck;
}

static unsigned next_of(unsigned nth)
{
	const char *how = getenv("DIALTONE_FAULTS");

	return how && strcmp(how, "all") == 0 ? nth + 1 : nth + 1 + nth / EACH;
}

static void play_all(void **state)
{
	const struct scene *scene = *state;

	played = 0;
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		for (int goes_on = 0; goes_on < 2; goes_on++)
			for (unsigned nth = 1; ; nth = next_of(nth)) {
				snprintf(playing, sizeof playing, "%s, call %u%s", faults[i].name, nth, goes_on ? " and all after it" : "");
				if (!play(scene, &faults[i], nth, goes_on))
					break;
			}
	playing[0] = '\0';
	print_message("%u faults\n", played);
}

/* ---- reads and writes that fall short are gone on with ---- */

static void play_halves(void **state)
{
	const struct scene *scene = *state;

	snprintf(playing, sizeof playing, "half of each is read and written");
	halves_at = 1;
	play(scene, NULL, 0, false);
	assert_true(halves > 10);
	halves_at = halves = 0;
	playing[0] = '\0';
}

static int tell_playing(void **state)
{
	(void)state;
	if (playing[0])
		print_message("that was: %s; said last: %s\n", playing, scene_said_last());
	fault_disarm();
	playing[0] = '\0';
	return 0;
}

#define FAULTS(scene) { #scene, play_all, NULL, tell_playing, (void *)(uintptr_t)&(scene) }
#define HALVES(scene) { "halves: " #scene, play_halves, NULL, tell_playing, (void *)(uintptr_t)&(scene) }

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAULTS(scene_new), FAULTS(scene_close), FAULTS(scene_grow), FAULTS(scene_run), FAULTS(scene_trim), FAULTS(scene_migrate), FAULTS(scene_read),
		FAULTS(scene_read_filling), FAULTS(scene_read_old),
		HALVES(scene_new), HALVES(scene_grow), HALVES(scene_trim), HALVES(scene_migrate), HALVES(scene_read),
	};

	fault_vfs_install();
	return cmocka_run_group_tests(tests, store_make_folder, store_remove_folder);
}
