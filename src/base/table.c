#include "base/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/memory.h"

enum { NONE = UINT32_MAX, CHUNK = 256 };

/* One slot: links, then the key, then the entry, each aligned. Slots live in chunks, so an entry keeps its address as the table grows. */
struct slot {
	uint32_t next;                  /* in its bucket, or the next free slot */
	uint32_t older, younger;
	uint32_t number;
	uint64_t hash;
};

struct table {
	size_t key_size, key_at, entry_at, slot_size, max, count;
	void (*evict)(void *, void *);
	void *user;
	unsigned char **chunks;
	size_t chunk_count, used;       /* slots ever handed out */
	uint32_t *buckets, bucket_mask, free, oldest, youngest;
	uint64_t seed[2], evicted;
};

static size_t aligned(size_t n)
{
	return (n + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
}

static struct slot *slot_at(const struct table *t, uint32_t number)
{
	return (struct slot *)(void *)(t->chunks[number / CHUNK] + number % CHUNK * t->slot_size);
}

static struct slot *slot_of(const struct table *t, const void *entry)
{
	return (struct slot *)(void *)((unsigned char *)(uintptr_t)entry - t->entry_at);
}

static void *slot_key(const struct table *t, struct slot *s)
{
	return (unsigned char *)s + t->key_at;
}

static void *slot_entry(const struct table *t, struct slot *s)
{
	return (unsigned char *)s + t->entry_at;
}

__extension__ typedef unsigned __int128 wide;

/* Both halves of the product of what cannot be known: every bit of either hangs on every bit of the key. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_of(const unsigned char *key)
{
	uint64_t word;

	memcpy(&word, key, sizeof word);
	return word;
}

/* The last octets of a key, 1 to 8. */
static uint64_t tail_of(const unsigned char *key, size_t len)
{
	uint64_t word = 0;

	if (len == sizeof word)
		return word_of(key);
	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)key[i] << 8 * i;
	return word;
}

static uint64_t hash(const struct table *t, const unsigned char *key)
{
	uint64_t h = t->seed[0];
	size_t left = t->key_size;

	for (; left > sizeof h; key += sizeof h, left -= sizeof h)
		h = mix(h ^ word_of(key), t->seed[1]) + h;
	return mix(h ^ tail_of(key, left), t->seed[1]);
}

struct table *table_new(size_t key_size, size_t entry_size, size_t max, void (*evict)(void *, void *), void *user)
{
	struct table *t = memory_get(sizeof *t);
	size_t buckets = 64;

	t->key_size = key_size;
	t->key_at = aligned(sizeof(struct slot));
	t->entry_at = t->key_at + aligned(key_size);
	t->slot_size = t->entry_at + aligned(entry_size);
	t->max = max ? max : 1;
	t->evict = evict;
	t->user = user;
	t->free = t->oldest = t->youngest = NONE;
	t->bucket_mask = (uint32_t)(buckets - 1);
	t->buckets = memory_resize(NULL, buckets, sizeof *t->buckets);
	memset(t->buckets, 0xff, buckets * sizeof *t->buckets);
	if (getrandom(t->seed, sizeof t->seed, GRND_NONBLOCK) < 0)
		t->seed[0] = t->seed[1] = (uint64_t)(uintptr_t)t * UINT64_C(0xd6e8feb86659fd93);
	t->seed[1] |= 1;                /* not 0, and no power of two but by the rarest chance */
	return t;
}

static void unlink_age(struct table *t, struct slot *s)
{
	if (s->older != NONE)
		slot_at(t, s->older)->younger = s->younger;
	else
		t->oldest = s->younger;
	if (s->younger != NONE)
		slot_at(t, s->younger)->older = s->older;
	else
		t->youngest = s->older;
}

static void link_youngest(struct table *t, struct slot *s)
{
	s->older = t->youngest;
	s->younger = NONE;
	if (t->youngest != NONE)
		slot_at(t, t->youngest)->younger = s->number;
	else
		t->oldest = s->number;
	t->youngest = s->number;
}

static void grow_buckets(struct table *t)
{
	size_t buckets = ((size_t)t->bucket_mask + 1) * 2;

	t->buckets = memory_resize(t->buckets, buckets, sizeof *t->buckets);
	memset(t->buckets, 0xff, buckets * sizeof *t->buckets);
	t->bucket_mask = (uint32_t)(buckets - 1);
	for (uint32_t n = t->oldest; n != NONE; n = slot_at(t, n)->younger) {
		struct slot *s = slot_at(t, n);
		uint32_t *bucket = &t->buckets[s->hash & t->bucket_mask];

		s->next = *bucket;
		*bucket = n;
	}
}

static struct slot *slot_take(struct table *t)
{
	struct slot *s;

	if (t->free != NONE) {
		s = slot_at(t, t->free);
		t->free = s->next;
		return s;
	}
	if (t->used == t->chunk_count * CHUNK) {
		t->chunks = memory_resize(t->chunks, t->chunk_count + 1, sizeof *t->chunks);
		t->chunks[t->chunk_count++] = memory_get(CHUNK * t->slot_size);
	}
	s = slot_at(t, (uint32_t)t->used);
	s->number = (uint32_t)t->used++;
	return s;
}

void *table_find(struct table *t, const void *key)
{
	uint64_t h = hash(t, key);

	for (uint32_t n = t->buckets[h & t->bucket_mask]; n != NONE;) {
		struct slot *s = slot_at(t, n);

		if (s->hash == h && memcmp(slot_key(t, s), key, t->key_size) == 0)
			return slot_entry(t, s);
		n = s->next;
	}
	return NULL;
}

void *table_add(struct table *t, const void *key)
{
	struct slot *s;
	uint32_t *bucket;

	if (t->count == t->max) {
		t->evicted++;
		table_remove(t, table_oldest(t));
	}
	if (t->count > t->bucket_mask)
		grow_buckets(t);
	s = slot_take(t);
	s->hash = hash(t, key);
	bucket = &t->buckets[s->hash & t->bucket_mask];
	s->next = *bucket;
	*bucket = s->number;
	link_youngest(t, s);
	memcpy(slot_key(t, s), key, t->key_size);
	memset(slot_entry(t, s), 0, t->slot_size - t->entry_at);
	t->count++;
	return slot_entry(t, s);
}

void table_touch(struct table *t, void *entry)
{
	struct slot *s = slot_of(t, entry);

	if (s->number == t->youngest)
		return;
	unlink_age(t, s);
	link_youngest(t, s);
}

void table_remove(struct table *t, void *entry)
{
	struct slot *s = slot_of(t, entry);
	uint32_t *at = &t->buckets[s->hash & t->bucket_mask];

	if (t->evict)
		t->evict(t->user, entry);
	while (*at != s->number)
		at = &slot_at(t, *at)->next;
	*at = s->next;
	unlink_age(t, s);
	s->next = t->free;
	t->free = s->number;
	t->count--;
}

void *table_oldest(const struct table *t)
{
	return t->oldest == NONE ? NULL : slot_entry(t, slot_at(t, t->oldest));
}

void *table_younger(const struct table *t, const void *entry)
{
	uint32_t n = slot_of(t, entry)->younger;

	return n == NONE ? NULL : slot_entry(t, slot_at(t, n));
}

const void *table_key(const struct table *t, const void *entry)
{
	return slot_key(t, slot_of(t, entry));
}

size_t table_count(const struct table *t)
{
	return t->count;
}

uint64_t table_evicted(const struct table *t)
{
	return t->evicted;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	while (t->count)
		table_remove(t, table_oldest(t));
	for (size_t i = 0; i < t->chunk_count; i++)
		free(t->chunks[i]);
	free(t->chunks);
	free(t->buckets);
	free(t);
}
