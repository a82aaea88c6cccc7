/*
 * Memory that need not stay in memory: who holds much for long (every sign-in of a capture, until the one document is written) puts it into temporary files.
 * For a program that reads files and ends: spill_allow. Without it nothing here does anything.
 *
 * Arenas that spill fill chunks (spill_chunk): a full one is written, in one piece, and mapped in its place, so that pointers into it stay good. What was not
 * looked at lately (spill_look) is not in this program's memory. Pieces that nothing points into are written and fetched: spill_keep.
 *
 * The files are in $TMPDIR, else in /var/tmp, have no name, and are made when they are needed. Where one cannot be written, as on a full disk, one line on
 * stderr says so and the memory stays ordinary. What was written and cannot be read again ends the program, with one line on stderr and status 2. One
 * thread of a program may use them.
 */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SPILL_BEGIN: octets that spill_chunk leaves to ordinary memory first. SPILL_CHUNK: what it gives, and what is written at once. */
enum { SPILL_BEGIN = 4 << 20, SPILL_CHUNK = 512 << 10 };

void spill_allow(void);
bool spill_is_allowed(void);

/* A chunk until spill_end, not zeroed; NULL where ordinary memory is to be used instead of `octets` of it. `full` is one that is to be written now, with all
 * that is in it, or NULL: it stays where it is, and may still be changed, which costs more. */
void *spill_chunk(void *full, size_t octets);

/* It is looked at next what lies here and the octets around it; what was looked at before may leave memory. Any address is fine. */
void spill_look(const void *at);

/* ---- pieces ---- */

struct spilled {
	uint64_t at;                    /* in pages of the file */
	size_t len;
};

/* A copy of it in the file; false where it cannot be kept, then and for good. */
bool spill_keep(const void *octets, size_t len, struct spilled *ret);
void spill_fetch(const struct spilled *s, void *ret_octets);    /* all `len` */
void spill_drop(const struct spilled *s);                       /* its place may be used again */

/* Closes the files: everything of them is gone, and spill_allow must be called again. */
void spill_end(void);

#endif
