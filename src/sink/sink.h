/* The sinks: each an output, none knows another. */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include <stdbool.h>
#include <stdio.h>

#include "trail/event.h"
#include "verdict/report.h"

/* json.c: one event as one line of JSON (contract section 2); `file` is put where it is not NULL. `frame` is the number within its file; the list
 * `frames`, which may reach over files, bears "2:17" where several_files. Whether it was written shows in ferror(out). */
void json_event(FILE *out, const struct event *e, const char *file, bool several_files);

/* json_report.c: the document of contract section 3, with a newline behind it. */
void json_report(FILE *out, const struct report *r);

/* json_report.c: one attempt alone, as in contract section 3, with its phone's mac. For `list --json` and `show --json`. */
void json_attempt(FILE *out, const struct phone_report *phone, const struct attempt_report *a, bool several_files);

/* text.c: the report for a person. Colour only if `colour`; never the only sign. `width` columns (80 if 0). With `story`, every message that was
 * told of a sign-in is printed in time, not only those that are evidence. `hint` says what to try where no phone was found; NULL for nothing. */
struct text_style { bool colour; unsigned width; bool utf8, story; const char *hint; };
void text_report(FILE *out, const struct report *r, const struct text_style *style);

/* pcapng.c: the packets that are kept of all sign-ins as one pcapng capture: each packet once, those of a file in its order, those of several files by
 * time; verdicts and findings are comments on them. Interfaces are named after the captures. False where it could not be written: errno tells why. */
bool pcapng_report(FILE *out, const struct report *r);

/* pcapng.c: the same of one sign-in. `captures` name the files that frame_file of its packets counts; where there are fewer, interfaces have no name. */
bool pcapng_attempt(FILE *out, const struct phone_report *phone, const struct attempt_report *a, const struct capture_info *const *captures,
	size_t capture_count);

/* text_summary.c: how many phones and sign-ins ended how, as bars, and a line for each phone. */
void text_summary(FILE *out, const struct report *r, const struct text_style *style);

#endif
