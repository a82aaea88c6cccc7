/*
 * A source whose packets come when they are due: a capture as if it were live. In front of any source; what comes out is what that source gives, packet
 * for packet, only later. Whoever can wait for a network interface (source_next, source_wait) can wait for it.
 */
#ifndef PACKET_SOURCE_PACED_H
#define PACKET_SOURCE_PACED_H

#include "packet/pace.h"
#include "packet/source.h"

/* Takes `inner` over: source_close closes both. Time begins with the first packet. */
struct source *source_open_paced(struct source *inner, struct pace_options options);

/* After SOURCE_WAIT from a paced source: the packet time that it is by now, never beyond that of the packet that waits. For follow_tick. False where there is
 * none: at another moment, and where the pace is not that of the packets' times. */
bool source_paced_now(const struct source *paced, int64_t *ret_ns);

#endif
