#include "verdict/facts.h"

#include <string.h>
#include <strings.h>

void frames_add(struct arena *a, frame_set *to, frame_ref f)
{
	size_t i = to->count;

	while (i && to->at[i - 1] >= f)
		i--;
	if (i < to->count && to->at[i] == f)
		return;
	(void)*LIST_ADD(a, to);
	memmove(to->at + i + 1, to->at + i, (to->count - 1 - i) * sizeof *to->at);
	to->at[i] = f;
}

void frames_join(struct arena *a, frame_set *to, const frame_set *more)
{
	for (size_t i = 0; i < more->count; i++)
		frames_add(a, to, more->at[i]);
}

bool texts_have(const text_set *t, const char *text)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcasecmp(t->at[i], text) == 0)
			return true;
	return false;
}

/* A host without AAAA records is no host that is missing: of AAAA only what it found counts for A. */
static bool is_of_type(const struct lookup *l, const char *type)
{
	return strcmp(l->type, type) == 0 || (strcmp(type, "A") == 0 && strcmp(l->type, "AAAA") == 0 && l->state == LOOKUP_FOUND);
}

/* From what says most to what says least. */
static unsigned rank(enum lookup_state s)
{
	static const enum lookup_state order[] = { LOOKUP_FOUND, LOOKUP_UNREADABLE, LOOKUP_NONE, LOOKUP_ERROR, LOOKUP_SILENT, LOOKUP_PENDING };
	unsigned i = 0;

	while (order[i] != s)
		i++;
	return i;
}

bool facts_name_state(const struct facts *f, const char *name, const char *type, enum lookup_state *ret, const struct lookup **ret_lookup)
{
	const struct lookup *best = NULL;

	for (size_t i = 0; i < f->lookups.count; i++) {
		const struct lookup *l = &f->lookups.at[i];

		if (is_of_type(l, type) && strcasecmp(l->name, name) == 0 && (!best || rank(l->state) < rank(best->state)))
			best = l;
	}
	if (!best)
		return false;
	*ret = best->state;
	if (ret_lookup)
		*ret_lookup = best;
	return true;
}

bool facts_is_bound(const struct facts *f, const char *name, const struct addr *a, int64_t before_ns, int64_t *ret_ns)
{
	bool bound = false;

	for (size_t i = 0; i < f->bindings.count; i++) {
		const struct binding *b = &f->bindings.at[i];

		if (b->at_ns > before_ns || !addr_equal(&b->address, a) || strcasecmp(b->name, name) != 0)
			continue;
		bound = true;
		if (ret_ns)
			*ret_ns = b->at_ns;
	}
	return bound;
}

void facts_addresses(const struct facts *f, struct arena *arena, const char *name, addr_set *to)
{
	for (size_t i = 0; i < f->bindings.count; i++) {
		bool known = strcasecmp(f->bindings.at[i].name, name) != 0;

		for (size_t k = 0; k < to->count && !known; k++)
			known = addr_equal(&to->at[k], &f->bindings.at[i].address);
		if (!known)
			*LIST_ADD(arena, to) = f->bindings.at[i].address;
	}
}
