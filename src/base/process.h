/*
 * Which process a pid is. A pid comes again, after hours or after a boot: with the machine's boot and the moment at which the process began it
 * is one process and no other. From /proc (proc(5)); where that cannot be read, nothing is known.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdint.h>

/* Room for the text of an identity, NUL included. */
enum { PROCESS_TEXT = 80 };

/* "BOOT-ID STARTED", the kernel's random number of this boot and the clock ticks from the boot to the start of the process; "" where it is not known. */
const char *process_identity(int64_t pid, char out[PROCESS_TEXT]);

enum process_state {
	PROCESS_UNKNOWN,        /* it was one of another machine, or /proc tells nothing */
	PROCESS_GONE,
	PROCESS_ALIVE,
};

/* What became of the process that had this pid and this identity. */
enum process_state process_find(int64_t pid, const char *identity);

#endif
