#include "replay/tape.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/memory.h"

struct tape {
	char *const *files;
	unsigned count;
	const char *filter;
	struct source *source;
	bool again;                     /* not the first pass */
	struct capture_info *captures;  /* of tape_captures */

	/* in memory */
	bool kept, broke_off;           /* `broke_off`: the files could not be read to their end */
	struct arena arena;
	struct packet *packets;
	size_t packet_count, room, at;
};

static void keep(struct tape *t, const struct packet *p)
{
	uint8_t *octets = arena_get(&t->arena, p->data.len + 1);

	if (t->packet_count == t->room) {
		t->room = t->room ? 2 * t->room : 1024;
		t->packets = memory_resize(t->packets, t->room, sizeof *t->packets);
	}
	if (p->data.len)
		memcpy(octets, p->data.data, p->data.len);
	t->packets[t->packet_count] = *p;
	t->packets[t->packet_count++].data = span_of(octets, p->data.len);
}

static void keep_all(struct tape *t)
{
	enum source_answer answer;
	struct packet p;

	while ((answer = source_next(t->source, &p)) == SOURCE_PACKET)
		keep(t, &p);
	t->broke_off = answer == SOURCE_ERROR;
	t->kept = true;
}

struct tape *tape_of_files(char *const *files, unsigned count, const char *filter, bool all_at_once)
{
	struct source *source = source_open_files(files, count, filter);
	struct tape *t;

	if (!source)
		return NULL;
	t = memory_get(sizeof *t);
	t->files = files;
	t->count = count;
	t->filter = filter;
	t->source = source;
	if (all_at_once)
		keep_all(t);
	return t;
}

struct tape *tape_of_packets(const struct packet_report *packets, size_t count)
{
	struct tape *t = memory_get(sizeof *t);

	t->kept = true;
	for (size_t i = 0; i < count; i++) {
		const struct packet_report *p = &packets[i];

		keep(t, &(struct packet){ p->frame, p->at_ns, p->time_digits, p->link_type, p->wire_len, p->data });
	}
	return t;
}

/* What is wrong in the files was said in the first pass. */
static enum source_answer next_of_files(struct tape *t, struct packet *ret)
{
	enum source_answer answer;

	if (t->again)
		log_warnings(false);
	answer = source_next(t->source, ret);
	log_warnings(true);
	return answer;
}

enum source_answer tape_next(struct tape *t, struct packet *ret)
{
	if (!t->kept)
		return next_of_files(t, ret);
	if (t->at == t->packet_count)
		return t->broke_off ? SOURCE_ERROR : SOURCE_END;
	*ret = t->packets[t->at++];
	return SOURCE_PACKET;
}

bool tape_rewind(struct tape *t)
{
	struct source *again;

	if (t->kept) {
		t->at = 0;
		return true;
	}
	log_warnings(false);
	again = source_open_files(t->files, t->count, t->filter);
	log_warnings(true);
	if (!again)
		return false;
	t->again = true;
	source_close(t->source);
	t->source = again;
	return true;
}

bool tape_start(const struct tape *t, int64_t *ret_ns)
{
	bool any = false;

	for (unsigned i = 0; t->source && i < source_captures(t->source); i++) {
		const struct capture_info *c = source_capture(t->source, i);

		if (!c->packets)
			continue;
		*ret_ns = any && *ret_ns < c->first_ns ? *ret_ns : c->first_ns;
		any = true;
	}
	if (!t->source && t->packet_count) {
		*ret_ns = t->packets[0].at_ns;
		any = true;
	}
	return any;
}

static bool read_through(struct tape *t)
{
	enum source_answer answer = SOURCE_PACKET;
	struct packet p;

	while (!t->kept && answer == SOURCE_PACKET)
		answer = next_of_files(t, &p);
	return answer != SOURCE_ERROR;
}

bool tape_captures(struct tape *t, struct capture_info **ret, unsigned *ret_count)
{
	unsigned count = t->source ? source_captures(t->source) : 0;

	*ret = NULL;
	*ret_count = count;
	if (!count)
		return true;
	if (!read_through(t))
		return false;
	t->captures = memory_resize(t->captures, count, sizeof *t->captures);
	for (unsigned i = 0; i < count; i++)
		t->captures[i] = *source_capture(t->source, i);
	*ret = t->captures;
	return tape_rewind(t);
}

struct source *tape_source(const struct tape *t)
{
	return t->source;
}

void tape_free(struct tape *t)
{
	if (!t)
		return;
	source_close(t->source);
	arena_free(&t->arena);
	free(t->packets);
	free(t->captures);
	free(t);
}
