/*
 * An arena: many small pieces of memory that are given back all at once. For what one packet, one event or one verdict needs.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;     /* newest first */
	struct arena_block *spilled;    /* the one that is being filled in a temporary file; NULL */
	size_t used;                    /* octets handed out since the last reset */
	bool spills;                    /* may put much into a temporary file (spill.h), which gives back nothing before it ends; to be set while it is empty */
};

/* A zeroed struct arena is an empty one. */

/* Zeroed memory, aligned for any type, valid until the arena is reset or freed. Ends the program when there is none. */
void *arena_get(struct arena *a, size_t size);

/* The same, not zeroed: for who writes all of it. */
void *arena_take(struct arena *a, size_t size);

/* A copy of `len` octets with a NUL behind them. */
char *arena_copy(struct arena *a, const void *from, size_t len);

/* printf into the arena. */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forget everything handed out; keeps one block for what comes next. */
void arena_reset(struct arena *a);

/* Give all memory back; the arena is empty and can be used again. */
void arena_free(struct arena *a);

#endif
