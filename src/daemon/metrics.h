/*
 * Counters as Prometheus' text format, in a file that is replaced every few seconds, or over HTTP on a loopback port. Of the request only its end is
 * looked for: whatever is asked, the answer is the counters.
 */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct metrics;

/* `where`: 127.0.0.1:PORT, [::1]:PORT, else a file's name; NULL: only remembered. NULL after a logged line: not a loopback address, or it is taken. */
struct metrics *metrics_new(const char *where);
void metrics_set(struct metrics *m, const char *name, const char *part, uint64_t value);

/* Descriptors to poll for, at most METRICS_POLLS; metrics_run after that. */
enum { METRICS_CLIENTS = 8, METRICS_POLLS = METRICS_CLIENTS + 1 };
unsigned metrics_poll(const struct metrics *m, struct pollfd ret[METRICS_POLLS]);
void metrics_run(struct metrics *m, int64_t now_ns);   /* monotonic */
void metrics_free(struct metrics *m);

/* Whether `where` is something that metrics_new can use; complains. Opens nothing. */
bool metrics_check(const char *where);

#endif
