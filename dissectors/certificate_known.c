#include "dissectors/certificate_known.h"

#include <string.h>

#include "base/table.h"

/* The octets and what they gave, of all together. Those of one come in blocks of 4 KiB. */
enum { KNOWN_MAX = 2048, DER_MAX = 8192, OCTETS_MAX = 6 << 20, BLOCK = 4096 };

/* A certificate ends in its signature, a chain in its last one's: that tells them apart. What was made to end alike only takes each other's place. */
enum { END_LEN = 48 };

struct key {
	uint32_t as, len;
	uint8_t end[END_LEN];
};

/* What octets mean hangs on nothing but themselves: one memory for the whole program. */
static struct table *known;     /* struct key -> struct known_certificates */
static size_t octets;

static void forget(void *user, void *entry)
{
	struct known_certificates *k = entry;

	(void)user;
	octets -= k->counted;
	arena_free(&k->arena);
}

static void begin(struct known_certificates *k, struct span der)
{
	forget(NULL, k);
	*k = (struct known_certificates){ 0 };
	k->der = span_of(arena_copy(&k->arena, der.data, der.len), der.len);
	k->list.arena = &k->arena;
}

void certificates_keep(struct known_certificates *k, unsigned count)
{
	k->count = count;
	k->complete = true;
	k->counted = k->arena.used + BLOCK;
	octets += k->counted;
	while (octets > OCTETS_MAX && table_oldest(known) != k)
		table_remove(known, table_oldest(known));
}

struct known_certificates *certificates_known(enum certificate_reading as, struct span der)
{
	struct key key = { .as = as, .len = (uint32_t)der.len };
	struct known_certificates *k;

	if (der.len < END_LEN || der.len > DER_MAX)
		return NULL;
	if (!known)
		known = table_new(sizeof key, sizeof *k, KNOWN_MAX, forget, NULL);
	memcpy(key.end, der.data + der.len - END_LEN, END_LEN);
	k = table_find(known, &key);
	if (!k)
		begin(k = table_add(known, &key), der);
	else if (!k->complete || !span_equal(k->der, der))
		begin(k, der);
	else
		table_touch(known, k);
	return k;
}
