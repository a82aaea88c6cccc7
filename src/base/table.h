/*
 * A table from a fixed-size key to a fixed-size entry that never holds more than its maximum: when it is full, the entry that was not
 * touched for longest is evicted, and counted. The one such mechanism of the program: flows, fragments, phones and bindings all use it.
 * Keys are compared octet by octet: zero their padding. The hash is seeded, so that chosen keys cannot pile up in one bucket.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table;

/* `evict` (may be NULL) is called with every entry that leaves by eviction, removal or table_free, before its memory is used again.
 * Entries keep their address while they are in the table. */
struct table *table_new(size_t key_size, size_t entry_size, size_t max, void (*evict)(void *user, void *entry), void *user);
void table_free(struct table *t);

void *table_find(struct table *t, const void *key);     /* NULL if it is not there; does not touch */
void *table_add(struct table *t, const void *key);      /* a zeroed entry for a key that is not there; may evict the oldest */
void table_touch(struct table *t, void *entry);         /* now the youngest */
void table_remove(struct table *t, void *entry);
void *table_oldest(const struct table *t);              /* least recently touched, or NULL */
void *table_younger(const struct table *t, const void *entry);  /* the next one towards the youngest, or NULL */
const void *table_key(const struct table *t, const void *entry);

size_t table_count(const struct table *t);
uint64_t table_evicted(const struct table *t);          /* entries that had to leave because the table was full */

#endif
