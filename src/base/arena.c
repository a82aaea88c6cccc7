#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/spill.h"

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char data[];
};

/* Head and all: a page, first less, since most of the many arenas of those who wait never hold more; of what spills a chunk. */
enum {
	BLOCK_SIZE = 4096 - sizeof(struct arena_block),
	BLOCK_FIRST = 512 - sizeof(struct arena_block),
	LARGE = 1024,
	SPILLED_SIZE = SPILL_CHUNK - sizeof(struct arena_block),
};

/* Twice the one before, up to a page. */
static size_t block_size(const struct arena *a, size_t size)
{
	size_t room = BLOCK_FIRST;

	if (a->blocks)
		room = 2 * a->blocks->size < BLOCK_SIZE ? 2 * a->blocks->size : BLOCK_SIZE;
	return size > room ? size : room;
}

/* A large piece has a block of its own, behind the one that is being filled: what is free of that one is not lost. */
static struct arena_block *block_new(struct arena *a, size_t size)
{
	bool apart = a->blocks && size > LARGE;
	size_t room = apart ? size : block_size(a, size);
	struct arena_block *b = memory_resize(NULL, 1, sizeof *b + room);
	struct arena_block **link = apart ? &a->blocks->next : &a->blocks;

	*b = (struct arena_block){ .next = *link, .size = room };
	*link = b;
	return b;
}

/* No list of them is kept: their memory is there as long as the file. */
static struct arena_block *block_spilled(struct arena *a, size_t size)
{
	struct arena_block *b = spill_chunk(a->spilled, size > BLOCK_SIZE ? size : BLOCK_SIZE);

	if (b)
		*b = (struct arena_block){ .size = SPILLED_SIZE };
	return a->spilled = b;
}

static struct arena_block *block_get(struct arena *a, size_t size)
{
	struct arena_block *b = a->spilled ? a->spilled : a->blocks;

	if (b && b->size - b->used >= size)
		return b;
	if (a->spills && size <= SPILLED_SIZE && (b = block_spilled(a, size)) != NULL)
		return b;
	return block_new(a, size);
}

void *arena_take(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b;
	void *piece;

	size = (size + align - 1) / align * align;
	b = block_get(a, size);
	piece = b->data + b->used;
	b->used += size;
	a->used += size;
	return piece;
}

void *arena_get(struct arena *a, size_t size)
{
	return memset(arena_take(a, size), 0, size);
}

char *arena_copy(struct arena *a, const void *from, size_t len)
{
	char *copy = arena_take(a, len + 1);

	if (len)
		memcpy(copy, from, len);
	copy[len] = '\0';
	return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = arena_take(a, (size_t)(len < 0 ? 0 : len) + 1);
	text[0] = '\0';
	va_start(args, format);
	vsnprintf(text, (size_t)(len < 0 ? 0 : len) + 1, format, args);
	va_end(args);
	return text;
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL, *next;

	for (struct arena_block *b = a->blocks; b; b = next) {
		next = b->next;
		if (!keep && b->size <= BLOCK_SIZE) {
			keep = b;
			keep->used = 0;
		} else {
			free(b);
		}
	}
	if (keep)
		keep->next = NULL;
	a->blocks = keep;
	a->spilled = NULL;
	a->used = 0;
}

void arena_free(struct arena *a)
{
	struct arena_block *next;

	for (struct arena_block *b = a->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ .spills = a->spills };
}
