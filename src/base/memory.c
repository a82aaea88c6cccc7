#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(void)
{
	fputs("dialtone: out of memory\n", stderr);
	exit(2);
}

void *memory_get(size_t size)
{
	void *block = calloc(1, size ? size : 1);

	if (!block)
		out_of_memory();
	return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
	void *bigger;

	if (size && count > SIZE_MAX / size)
		out_of_memory();
	bigger = realloc(block, count && size ? count * size : 1);
	if (!bigger)
		out_of_memory();
	return bigger;
}

void *memory_copy(const void *from, size_t size)
{
	char *copy = memory_get(size + 1);

	if (size)
		memcpy(copy, from, size);
	return copy;
}
