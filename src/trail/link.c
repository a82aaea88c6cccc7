#include "trail/link.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/table.h"

enum { FILES_MAX = 64, KEPT = 4, PACKET_MAX = 9216 /* a jumbo frame */ };

/* The usual hold time of CDP; LLDP's is 120 s. */
static const int64_t GOOD_NS = INT64_C(180) * 1000000000;

struct link {
	bool started;
	int64_t start_ns;
	struct mac one[SIGHTS];
	bool any[SIGHTS], several[SIGHTS];
	struct arena arenas[KEPT];
	struct event *kept[KEPT];
	struct evidence packets[KEPT];  /* of each, none or one */
	unsigned next;
};

struct links {
	struct table *table;    /* unsigned file -> struct link */
};

static void forget(void *user, void *entry)
{
	struct link *at = entry;

	(void)user;
	for (unsigned i = 0; i < KEPT; i++) {
		arena_free(&at->arenas[i]);
		evidence_free(&at->packets[i]);
	}
}

struct links *links_new(void)
{
	struct links *l = memory_get(sizeof *l);

	l->table = table_new(sizeof(unsigned), sizeof(struct link), FILES_MAX, forget, NULL);
	return l;
}

void links_free(struct links *l)
{
	if (!l)
		return;
	table_free(l->table);
	free(l);
}

static struct link *link_get(struct links *l, unsigned file)
{
	struct link *at = table_find(l->table, &file);

	if (!at)
		return table_add(l->table, &file);
	table_touch(l->table, at);
	return at;
}

int64_t links_start(struct links *l, const struct event *e)
{
	struct link *at = link_get(l, frame_file(e->frame));

	if (!at->started)
		at->start_ns = e->at_ns;
	at->started = true;
	return at->start_ns;
}

static bool phone_of(const struct link *at, struct mac *ret)
{
	unsigned s = SIGHTS - 1;

	while (s && !at->any[s])
		s--;
	if (!at->any[s] || at->several[s])
		return false;
	*ret = at->one[s];
	return true;
}

bool links_see(struct links *l, unsigned file, struct mac phone, enum sight sight)
{
	struct link *at = link_get(l, file);
	struct mac before = { { 0 } }, after = { { 0 } };

	if (at->any[sight] && (at->several[sight] || mac_equal(at->one[sight], phone)))
		return false;
	phone_of(at, &before);
	at->several[sight] = at->any[sight];
	if (!at->any[sight])
		at->one[sight] = phone;
	at->any[sight] = true;
	phone_of(at, &after);
	return !mac_equal(before, after);
}

bool links_phone(struct links *l, unsigned file, struct mac *ret)
{
	const struct link *at = table_find(l->table, &file);

	return at && phone_of(at, ret);
}

void links_keep(struct links *l, const struct event *advertisement, const struct kept_packet *packet)
{
	struct link *at = link_get(l, frame_file(advertisement->frame));
	unsigned n = at->next++ % KEPT;

	arena_reset(&at->arenas[n]);
	at->kept[n] = event_copy(advertisement, &at->arenas[n]);
	evidence_free(&at->packets[n]);
	if (packet && packet->packet.data.len <= PACKET_MAX)
		evidence_add(&at->packets[n], packet);
}

const struct kept_packet *links_packet(struct links *l, frame_ref frame)
{
	unsigned file = frame_file(frame);
	const struct link *at = table_find(l->table, &file);
	const struct kept_packet *found = NULL;

	for (unsigned i = 0; at && i < KEPT && !found; i++)
		found = evidence_find(&at->packets[i], frame);
	return found;
}

void links_each(struct links *l, unsigned file, int64_t at_ns, void (*each)(void *user, const struct event *e), void *user)
{
	const struct link *at = table_find(l->table, &file);

	for (unsigned i = 0; at && i < KEPT; i++) {
		const struct event *e = at->kept[(at->next + i) % KEPT];

		if (e && e->at_ns <= at_ns && at_ns - e->at_ns <= GOOD_NS)
			each(user, e);
	}
}
