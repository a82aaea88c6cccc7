/* Pieces of the JSON documents that more than one sink writes. */
#ifndef SINK_JSON_PARTS_H
#define SINK_JSON_PARTS_H

#include "sink/writer.h"
#include "trail/event.h"
#include "verdict/report.h"

/* A frame as a number, or "2:17" where there are several files. */
void json_put_frame(struct writer *w, frame_ref f, bool several_files);

/* An event as an object; `file` may be NULL. Its own frame is a number within its file; the list `frames` may reach over files. */
void json_put_event(struct writer *w, const struct event *e, const char *file, bool several_files);

/* An attempt as an object (contract section 3), with its phone's `mac` first where `phone` is given. */
void json_put_attempt(struct writer *w, const struct phone_report *phone, const struct attempt_report *a, bool several_files);

#endif
