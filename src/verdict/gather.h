/* From the events of one sign-in to its facts. The only room of the verdict that knows events and dissectors' fields. */
#ifndef VERDICT_GATHER_H
#define VERDICT_GATHER_H

#include "trail/phone.h"
#include "verdict/facts.h"

/* The facts of an attempt, in `arena`. All text is copied: the attempt may go afterwards. What needs to know how long the capture watched
 * (silence, a connection that is still up) is settled by facts_settle. */
struct facts *facts_gather(const struct attempt *a, struct arena *arena);

/* The capture watched until then; call once, before the facts are read. */
void facts_settle(struct facts *f, int64_t watched_until_ns);

#endif
