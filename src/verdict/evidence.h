/* The packets of an attempt, for its report. */
#ifndef VERDICT_EVIDENCE_H
#define VERDICT_EVIDENCE_H

#include "trail/phone.h"
#include "verdict/report.h"

/* Fills in packets, packet_count and packets_left_out; copies, that are good as long as `arena`. */
void evidence_report(const struct attempt *a, struct arena *arena, struct attempt_report *r);

/* The same without copying octets: the packets are good until the attempt changes. For who only shows the report while it is made. */
void evidence_lend(const struct attempt *a, struct arena *arena, struct attempt_report *r);

#endif
