/*
 * A SQLite VFS over the usual one whose nth call fails, alone or with all that follow; and a disk whose power fails. Waiting takes no time, and nothing is
 * really synced.
 */
#ifndef TESTS_UNIT_FAULT_VFS_H
#define TESTS_UNIT_FAULT_VFS_H

#include <stdbool.h>

enum fault_call {
	FAULT_OPEN, FAULT_READ, FAULT_WRITE, FAULT_TRUNCATE, FAULT_SYNC, FAULT_SIZE, FAULT_LOCK, FAULT_SHM_MAP, FAULT_SHM_LOCK, FAULT_DELETE, FAULT_ACCESS,
	FAULT_CALLS,
};

struct fault {
	const char *name;
	enum fault_call call;
	int code;                       /* SQLite's, that the call answers */
	int system;                     /* errno beside it */
	bool half;                      /* of a write: half of it is written nevertheless */
};

/* Makes it the VFS that is used where none is named. Until armed it lets everything through. */
void fault_vfs_install(void);

/* From here on calls are counted; the nth (from 1) fails, and with `goes_on` all after it. */
void fault_arm(const struct fault *f, unsigned nth, bool goes_on);

/* Lets everything through again. Whether any call has failed. */
bool fault_disarm(void);

/* ---- power ---- */

/* Begins to remember what was written and not yet synced, of files that are opened from here on. */
void power_watch(void);

/* How often files were synced or written since power_watch. */
unsigned power_moments(void);

/* Puts the files below `folder` as they are if the power fails now: what was synced, and of what was not some sectors of 512 octets, as `chance` has it
 * (0: none; each sector that is written survives or not). A file that was never synced may be missing or not. */
void power_fails(const char *folder, unsigned chance);

/* Calls `each` whenever a file was synced, or written `every` times; NULL: no more. */
void power_each(void (*each)(void *user), void *user, unsigned every);

void power_forget(void);

#endif
