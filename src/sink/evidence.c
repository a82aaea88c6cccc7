#include "sink/evidence.h"

#include <string.h>

bool frames_have(const struct frame_list *frames, frame_ref f)
{
	for (size_t i = 0; i < frames->count; i++)
		if (frames->at[i] == f)
			return true;
	return false;
}

static bool story_tells(const struct attempt_report *r, frame_ref f)
{
	for (size_t i = 0; i < r->story_count; i++)
		if (r->story[i].frame == f)
			return true;
	return false;
}

struct frame_list evidence_untold(struct arena *a, const struct attempt_report *r, const struct frame_list *frames)
{
	frame_ref *at = arena_get(a, frames->count * sizeof *at);
	size_t count = 0;

	for (size_t i = 0; i < frames->count; i++)
		if (!story_tells(r, frames->at[i]))
			at[count++] = frames->at[i];
	return (struct frame_list){ at, count };
}

/* A question of the phone whose answer is the next line: the answer tells it too. */
static bool is_answered(const struct story_line *l, const struct story_line *next)
{
	return strcmp(l->from, "phone") == 0 && strcmp(l->from, next->to) == 0 && strcmp(l->to, next->from) == 0;
}

size_t evidence_lines(struct arena *a, const struct attempt_report *r, const struct frame_list *frames, const struct story_line *const **ret_lines)
{
	const struct story_line **lines = arena_get(a, (r->story_count + 1) * sizeof *lines);
	size_t count = 0;

	for (size_t i = 0; i < r->story_count; i++) {
		const struct story_line *l = &r->story[i];

		if (!frames_have(frames, l->frame))
			continue;
		if (count && is_answered(lines[count - 1], l))
			count--;
		lines[count++] = l;
	}
	*ret_lines = lines;
	return count;
}
