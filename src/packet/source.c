/* What all sources have in common: whoever holds one need not know which it is. */
#include "packet/source.h"

#include <stddef.h>

enum source_answer source_next(struct source *s, struct packet *ret)
{
	return s->type->next(s, ret);
}

void source_wait(const struct source *s, int *ret_fd, int *ret_timeout_ms)
{
	*ret_fd = -1;
	*ret_timeout_ms = 0;
	if (s->type->wait)
		s->type->wait(s, ret_fd, ret_timeout_ms);
}

unsigned source_captures(const struct source *s)
{
	return s->type->captures(s);
}

struct capture_info *source_capture(struct source *s, unsigned file)
{
	return s->type->capture(s, file);
}

void source_progress(const struct source *s, uint64_t *ret_done, uint64_t *ret_total)
{
	*ret_done = *ret_total = 0;
	if (s->type->progress)
		s->type->progress(s, ret_done, ret_total);
}

void source_close(struct source *s)
{
	if (s)
		s->type->close(s);
}
