/* Memory that is there or the program ends: the parts that use it have no failure to handle. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Called once, at the start: what was given back is kept for the next one who asks, as far as MEMORY_KEPT octets, rather than taken from the system page by page each time. */
enum { MEMORY_KEPT = 8 << 20 };
void memory_prepare(void);

/* Zeroed memory of at least one octet. Out of memory ends the program with one line where lines go (base/log.h) and exit status 2. Free with free(). */
void *memory_get(size_t size);

/* The same as malloc would give it, neither zeroed nor ever NULL: for libraries that do not look at what they are given. */
void *memory_lend(size_t size);

/* The same block with room for `count` items of `size` octets (new room is not zeroed). Ends the program as memory_get does. */
void *memory_resize(void *block, size_t count, size_t size);

/* A copy of `size` octets, with one NUL behind them. Free with free(). */
void *memory_copy(const void *from, size_t size);

/* That end, for a library that tells of a lack of memory in its own way. */
_Noreturn void memory_exhausted(void);

#endif
