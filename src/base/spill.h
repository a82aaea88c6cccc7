/*
 * Memory that need not stay in memory: arenas that hold much for long (every sign-in of a capture, until the one document is written) put it into a
 * temporary file, mapped, so that pointers into it stay good. The system writes and reads it as it likes; what was not looked at lately does not count as
 * this program's memory.
 *
 * For a program that reads a file and ends: spill_allow. Without it nothing here does anything. The file is in $TMPDIR, else in /var/tmp, has no name, and is
 * made when more than SPILL_BEGIN octets are asked for. Its room on the disk is reserved before it is used; where there is none, one line on stderr
 * says so, and the memory is ordinary.
 */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include <stdbool.h>
#include <stddef.h>

enum { SPILL_PAGE = 4096, SPILL_BEGIN = 4 << 20 };

void spill_allow(void);

/* `pages` pages, not zeroed; NULL where ordinary memory is to be used. */
void *spill_get(size_t pages);
/* Gives back what spill_get gave, or what was used because it gave nothing: false then, and it is the caller's to free. */
bool spill_put(void *at, size_t pages);

/* Called on the way through much that arenas hold, after some tens of KiB each: what was looked at so far may leave memory. */
void spill_pass(void);

#endif
