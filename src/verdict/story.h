/* The sign-in told message by message: who said what to whom, in words. */
#ifndef VERDICT_STORY_H
#define VERDICT_STORY_H

#include "trail/phone.h"
#include "verdict/report.h"

/* One line per event that is worth one; at most STORY_LINES_MAX, the first ones. Text in `arena`. */
enum { STORY_LINES_MAX = 400 };

struct story_line *story_tell(const struct attempt *a, struct arena *arena, size_t *ret_count);

#endif
