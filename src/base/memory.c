#include "base/memory.h"

#include <stdint.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/unfinished.h"

_Noreturn void memory_exhausted(void)
{
	log_error("out of memory");
	unfinished_remove();
	/* Not exit: what libraries do there asks for memory once more, perhaps within the lock under which they just did; and half a report is none. */
	_exit(2);
}

/* Only glibc gives back so eagerly. */
void memory_prepare(void)
{
#ifdef M_TRIM_THRESHOLD
	mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT);
	mallopt(M_TOP_PAD, MEMORY_KEPT / 16);
	mallopt(M_MMAP_THRESHOLD, MEMORY_KEPT / 8);
#endif
}

void *memory_get(size_t size)
{
	void *block = calloc(1, size ? size : 1);

	if (!block)
		memory_exhausted();
	return block;
}

void *memory_lend(size_t size)
{
	void *block = malloc(size ? size : 1);

	if (!block)
		memory_exhausted();
	return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
	void *bigger;

	if (size && count > SIZE_MAX / size)
		memory_exhausted();
	bigger = realloc(block, count && size ? count * size : 1);
	if (!bigger)
		memory_exhausted();
	return bigger;
}

void *memory_copy(const void *from, size_t size)
{
	char *copy = memory_get(size + 1);

	if (size)
		memcpy(copy, from, size);
	return copy;
}
