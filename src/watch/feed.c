#include "watch/feed.h"

enum feed_state feed_run(struct feed *f)
{
	return f->type->run(f);
}

void feed_wait(const struct feed *f, int *ret_fd, int *ret_timeout_ms)
{
	f->type->wait(f, ret_fd, ret_timeout_ms);
}

void feed_close(struct feed *f)
{
	if (f)
		f->type->close(f);
}
