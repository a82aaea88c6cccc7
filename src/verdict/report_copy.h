/* Copies of reports that outlive what they were copied from: reports of a live judge are good during one call only. */
#ifndef VERDICT_REPORT_COPY_H
#define VERDICT_REPORT_COPY_H

#include "verdict/report.h"

/* The phone without its attempts. All memory from `arena`. */
struct phone_report phone_report_copy(struct arena *arena, const struct phone_report *p);

/* The verdict: all but story, events and packets. */
struct attempt_report attempt_report_copy(struct arena *arena, const struct attempt_report *a);

/* Story and packets of `from`, into `to`. */
void attempt_parts_copy(struct arena *arena, const struct attempt_report *from, struct attempt_report *to);

#endif
