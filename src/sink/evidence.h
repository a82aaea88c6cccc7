/* Which lines of a sign-in's story show a finding: for every sink that tells a person. */
#ifndef SINK_EVIDENCE_H
#define SINK_EVIDENCE_H

#include "base/arena.h"
#include "verdict/report.h"

bool frames_have(const struct frame_list *frames, frame_ref f);

/* The lines about these frames, in order, without questions whose answer is among them. The list lives in the arena. */
size_t evidence_lines(struct arena *a, const struct attempt_report *r, const struct frame_list *frames, const struct story_line *const **ret_lines);

/* Those of the frames that no line of the story is about. */
struct frame_list evidence_untold(struct arena *a, const struct attempt_report *r, const struct frame_list *frames);

#endif
