/*
 * Attempts to which nothing was added lately sleep: their events are packed, and lie in a temporary file (base/spill.h, where it is allowed) unless they are few,
 * until something is to be added or the attempt is handed over. Nothing of them is lost by it.
 */
#ifndef TRAIL_SLEEP_H
#define TRAIL_SLEEP_H

#include "trail/attempt.h"

/* False where it stays awake: it has few events, sleeps already, or the file cannot be written. */
bool attempt_sleep(struct attempt *a);

/* Whether it sleeps and goes on sleeping: the event is kept for when it wakes. A session that is kept alive need not wake it each time. */
bool attempt_sleeps_on(struct attempt *a, const struct event *e);

/* What came meanwhile is added then. */
void attempt_wake(struct attempt *a, const struct attempt_limits *limits);

#endif
