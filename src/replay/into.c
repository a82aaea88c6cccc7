#include <stdlib.h>

#include "base/memory.h"
#include "replay/outlet.h"
#include "sink/store.h"

struct into {
	struct follow *follow;
	struct store *store;
	struct capture_info *captures;
	const struct capture_info **list;       /* of them */
	unsigned count;
	bool in_transaction, failed;
};

/* ---- the store ---- */

static void note(struct into *i, enum store_result result)
{
	i->failed = i->failed || result != STORE_DONE;
}

/* What several packets in a row tell is stored together. */
static void report(void *user, const struct phone_report *phone, const struct attempt_report *a)
{
	struct into *i = user;

	if (i->failed)
		return;
	if (!i->in_transaction)
		note(i, store_begin(i->store));
	i->in_transaction = !i->failed;
	if (!i->failed)
		note(i, store_attempt(i->store, phone, a));
}

static bool commit(void *user)
{
	struct into *i = user;

	if (i->in_transaction)
		note(i, store_commit(i->store));
	i->in_transaction = false;
	return !i->failed;
}

static bool name_captures(struct into *i)
{
	if (!i->failed)
		note(i, store_captures(i->store, i->list, i->count));
	return !i->failed;
}

/* ---- the outlet ---- */

static bool take(void *user, const struct packet *p, int64_t due_ns)
{
	struct into *i = user;

	(void)due_ns;
	follow_packet(i->follow, p);
	return !i->failed;
}

static void idle(void *user, bool known, int64_t packet_ns)
{
	struct into *i = user;

	if (known)
		follow_tick(i->follow, packet_ns);
	commit(i);
}

struct outlet into_outlet(struct into *i)
{
	return (struct outlet){ .user = i, .take = take, .flush = commit, .idle = idle, .idle_user = i };
}

struct into *into_new(const char *database, struct follow_options *options, struct capture_info *captures, unsigned count)
{
	struct into *i = memory_get(sizeof *i);

	options->user = i;
	options->report = report;
	i->captures = captures;
	i->count = count;
	i->list = memory_get((count + 1) * sizeof *i->list);
	for (unsigned n = 0; n < count; n++)
		i->list[n] = &captures[n];
	i->follow = follow_new(options);
	if (i->follow && (i->store = store_open(database)) && name_captures(i))
		return i;
	into_free(i);
	return NULL;
}

/* Malformed messages are known only now. */
bool into_finish(struct into *i)
{
	follow_finish(i->follow, i->list, i->count);
	commit(i);
	for (unsigned n = 0; n < i->count; n++)
		i->captures[n].malformed = flows_malformed_of(pipeline_flows(follow_pipeline(i->follow)), n);
	return name_captures(i);
}

struct follow_counters into_counters(const struct into *i)
{
	return follow_counters(i->follow);
}

void into_free(struct into *i)
{
	if (!i)
		return;
	follow_free(i->follow);
	store_close(i->store);
	free(i->list);
	free(i);
}
