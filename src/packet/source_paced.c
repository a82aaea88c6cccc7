#include "packet/source_paced.h"

#include <limits.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"

#define PATIENCE_NS (2 * NS_PER_MS)     /* less than that is waited for here: whoever waits elsewhere counts milliseconds */

struct paced {
	struct source source;           /* first: it is one */
	struct source *inner;
	struct pace pace;
	struct packet next;
	int64_t due_ns;
	bool has_next;                  /* read, and not given yet */
	bool inner_waits;
};

static enum source_answer paced_next(struct source *s, struct packet *ret)
{
	struct paced *p = (struct paced *)s;

	if (!p->has_next) {
		enum source_answer answer = source_next(p->inner, &p->next);

		p->inner_waits = answer == SOURCE_WAIT;
		if (answer != SOURCE_PACKET)
			return answer;
		p->due_ns = pace_due(&p->pace, p->next.at_ns, p->next.wire_len);
		p->has_next = true;
	}
	if (p->due_ns - pace_now(&p->pace) > PATIENCE_NS || !pace_wait(&p->pace, p->due_ns, PATIENCE_NS))
		return SOURCE_WAIT;
	p->has_next = false;
	*ret = p->next;
	return SOURCE_PACKET;
}

/* Rounded down: what is left then is waited for with more care. */
static void paced_wait(const struct source *s, int *ret_fd, int *ret_timeout_ms)
{
	const struct paced *p = (const struct paced *)s;
	int64_t ms = (p->due_ns - pace_now(&p->pace)) / NS_PER_MS;

	*ret_fd = -1;
	if (p->inner_waits)
		source_wait(p->inner, ret_fd, ret_timeout_ms);
	else
		*ret_timeout_ms = ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

static unsigned paced_captures(const struct source *s)
{
	return source_captures(((const struct paced *)s)->inner);
}

static struct capture_info *paced_capture(struct source *s, unsigned file)
{
	return source_capture(((struct paced *)s)->inner, file);
}

static void paced_progress(const struct source *s, uint64_t *ret_done, uint64_t *ret_total)
{
	source_progress(((const struct paced *)s)->inner, ret_done, ret_total);
}

static void paced_close(struct source *s)
{
	struct paced *p = (struct paced *)s;

	source_close(p->inner);
	free(p);
}

static const struct source_type paced_type = { paced_next, paced_wait, paced_captures, paced_capture, paced_progress, paced_close };

struct source *source_open_paced(struct source *inner, struct pace_options options)
{
	struct paced *p = memory_get(sizeof *p);

	p->source.type = &paced_type;
	p->inner = inner;
	p->pace = pace_start(options);
	return &p->source;
}

/* A packet that waits may be late: no moment beyond it has come for those who read packets. */
bool source_paced_now(const struct source *s, int64_t *ret_ns)
{
	const struct paced *p = (const struct paced *)s;
	int64_t now = pace_packet_time(&p->pace);

	if (!p->has_next || p->pace.options.mode != PACE_ORIGINAL)
		return false;
	*ret_ns = p->next.at_ns < now ? p->next.at_ns : now;
	return true;
}
