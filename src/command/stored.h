/* What the commands that read the store have in common. */
#ifndef COMMAND_STORED_H
#define COMMAND_STORED_H

#include "sink/store_read.h"

/* Opens the store, the daemon's where `path` is NULL, by the clock of this machine. NULL after one logged line. */
struct store_reader *stored_open(const char *path);

int64_t stored_now(void);

/* Whether what an option names can be written: a file, and not the database that is read; no option: true. False after a complaint. */
bool stored_may_write(const char *db, const char *option, const char *path);

/* A moment as it is shown in tables: local time to the second. */
enum { STORED_MOMENT = 32 };
const char *stored_moment(int64_t at_ns, char out[STORED_MOMENT]);

/* "4.5 s", "2 h 05 min". */
enum { STORED_SPAN = 32 };
const char *stored_span(int64_t span_ns, char out[STORED_SPAN]);

/* The one argument that names an attempt; -1 after a complaint. */
int stored_argument(int argc, char **argv, const char **ret_words);

#endif
