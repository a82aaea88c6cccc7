/*
 * What the daemon counts, by name: the same names in the log, in the store, for Prometheus, and in dialtone-capture(1).
 */
#ifndef DAEMON_COUNTERS_H
#define DAEMON_COUNTERS_H

#include "daemon/control.h"
#include "daemon/outbox.h"
#include "follow.h"

struct counter {
	const char *name;
	const char *about;
	bool gauge;                     /* may fall */
	bool by_interface;              /* one of each interface, whose name is its part */
};

/* Ends with a name of NULL. Those after `dissector_counters` are the writer's own. */
extern const struct counter counters[];
const struct counter *counter_find(const char *name);   /* NULL: nobody counts that */

/* What they are read from. */
struct counted {
	struct source *source;
	const struct follow *follow;
	const struct outbox *outbox;
	const struct shared *shared;
};

/* `part` is NULL for the whole. */
typedef void counter_user(void *user, const char *name, const char *part, uint64_t value);
void counters_each(const struct counted *from, counter_user *each, void *user);

#endif
