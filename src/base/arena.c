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

/* Head and all: a page; first less, since most of the many arenas of those who wait never hold more. */
enum { BLOCK_SIZE = SPILL_PAGE - sizeof(struct arena_block), BLOCK_FIRST = SPILL_PAGE / 8 - sizeof(struct arena_block) };

static size_t pages_of(size_t room)
{
	return (sizeof(struct arena_block) + room + SPILL_PAGE - 1) / SPILL_PAGE;
}

/* Not zeroed: arena_get zeroes what it gives. */
static struct arena_block *block_new(const struct arena *a, size_t room)
{
	struct arena_block *b = a->spills ? spill_get(pages_of(room)) : NULL;

	if (!b)
		b = memory_resize(NULL, 1, sizeof *b + room);
	b->used = 0;
	b->size = room;
	return b;
}

static void block_free(const struct arena *a, struct arena_block *b)
{
	if (!a->spills || !spill_put(b, pages_of(b->size)))
		free(b);
}

/* Twice the one before, up to a page. */
static size_t block_size(const struct arena *a, size_t size)
{
	size_t room = a->spills ? BLOCK_SIZE : BLOCK_FIRST;

	if (a->blocks)
		room = 2 * a->blocks->size < BLOCK_SIZE ? 2 * a->blocks->size : BLOCK_SIZE;
	return size > room ? size : room;
}

static struct arena_block *block_get(struct arena *a, size_t size)
{
	struct arena_block *b = a->blocks;

	if (b && b->size - b->used >= size)
		return b;
	b = block_new(a, block_size(a, size));
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_get(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b;
	void *piece;

	size = (size + align - 1) / align * align;
	b = block_get(a, size);
	piece = b->data + b->used;
	b->used += size;
	a->used += size;
	return memset(piece, 0, size);
}

char *arena_copy(struct arena *a, const void *from, size_t len)
{
	char *copy = arena_get(a, len + 1);

	if (len)
		memcpy(copy, from, len);
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
	text = arena_get(a, (size_t)(len < 0 ? 0 : len) + 1);
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
			block_free(a, b);
		}
	}
	if (keep)
		keep->next = NULL;
	a->blocks = keep;
	a->used = 0;
}

void arena_free(struct arena *a)
{
	struct arena_block *next;

	for (struct arena_block *b = a->blocks; b; b = next) {
		next = b->next;
		block_free(a, b);
	}
	*a = (struct arena){ .spills = a->spills };
}
