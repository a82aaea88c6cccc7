/* The events of TCP itself (flow.h). */
#ifndef FLOW_TCP_EVENTS_H
#define FLOW_TCP_EVENTS_H

#include "flow/tcp.h"

void tcp_report_connect(struct tcp *t, const struct arrival *a);
void tcp_report_accepted(struct tcp *t, const struct arrival *a);
void tcp_report_refused(struct tcp *t, const struct arrival *a);
void tcp_report_timeout(struct tcp *t);
void tcp_report_closed(struct tcp *t);
void tcp_report_reset(struct tcp *t, enum side by, const struct arrival *a);
void tcp_report_progress(struct tcp *t, frame_ref frame, int64_t at_ns);
/* `user` is a struct tcp. */
void tcp_report_gap(void *user, enum side by, uint64_t missing, enum gap_reason reason, const struct arrival *a);

#endif
