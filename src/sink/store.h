/* The SQLite store: phones, attempts, steps, candidates, findings, events. The only file that knows SQLite is store.c; the schema is schema.sql. */
#ifndef SINK_STORE_H
#define SINK_STORE_H

#include "verdict/report.h"

struct store;

/* Opens or makes the database, brings its schema forward. NULL after one logged line: not a database, a newer schema, locked for over 5 s, no room. */
struct store *store_open(const char *path);

/* Stores one attempt and its phone in one transaction. An attempt is known by its phone's MAC and its start: storing it again replaces it.
 * False after one logged line; the database then holds what it held before. */
bool store_attempt(struct store *s, const struct phone_report *phone, const struct attempt_report *a, bool several_files);

/* The captures that were analysed, by name and size, in the order of the files. Called before store_attempt: frames then know their capture; without it
 * they bear only their numbers. False as there. */
bool store_captures(struct store *s, const struct capture_info *const *captures, size_t count);

void store_close(struct store *s);

#endif
