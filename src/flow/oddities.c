#include "flow/oddities.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"

enum { KINDS_MAX = 512, REASON_LEN = 104, PROTO_LEN = 24 };

struct key {
	char proto[PROTO_LEN], reason[REASON_LEN];      /* zero behind the text */
};

struct oddities {
	struct table *counts;           /* struct key -> uint64_t */
	uint64_t *malformed;            /* by file */
	unsigned files;
};

struct oddities *oddities_new(void)
{
	struct oddities *o = memory_get(sizeof *o);

	o->counts = table_new(sizeof(struct key), sizeof(uint64_t), KINDS_MAX, NULL, NULL);
	return o;
}

void oddities_free(struct oddities *o)
{
	table_free(o->counts);
	free(o->malformed);
	free(o);
}

static void copy(char *to, const char *text, size_t room)
{
	size_t len = strlen(text);

	memcpy(to, text, len < room ? len : room - 1);
}

void oddities_count(struct oddities *o, const char *proto, const char *reason)
{
	struct key key = { 0 };
	uint64_t *count;

	copy(key.proto, proto, sizeof key.proto);
	copy(key.reason, reason, sizeof key.reason);
	count = table_find(o->counts, &key);
	if (!count)
		count = table_add(o->counts, &key);
	++*count;
}

void oddities_count_malformed(struct oddities *o, unsigned file)
{
	while (o->files <= file) {
		o->malformed = memory_resize(o->malformed, o->files + 1, sizeof *o->malformed);
		o->malformed[o->files++] = 0;
	}
	o->malformed[file]++;
}

uint64_t oddities_malformed_of(const struct oddities *o, unsigned file)
{
	return file < o->files ? o->malformed[file] : 0;
}

void oddities_each(const struct oddities *o, void (*each)(void *user, const char *proto, const char *reason, uint64_t count), void *user)
{
	for (const uint64_t *c = table_oldest(o->counts); c; c = table_younger(o->counts, c)) {
		const struct key *key = table_key(o->counts, c);

		each(user, key->proto, key->reason, *c);
	}
}
