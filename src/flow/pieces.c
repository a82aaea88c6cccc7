#include "flow/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static struct piece *piece_new(uint64_t from, uint64_t until, struct span octets, const struct arrival *arrival)
{
	struct piece *p = memory_get(sizeof *p + octets.len);

	p->from = from;
	p->until = until;
	p->arrival = *arrival;
	p->len = octets.len;
	if (octets.len)
		memcpy(p->octets, octets.data, octets.len);
	return p;
}

static void put_behind(struct pieces *p, struct piece *before, struct piece *one, struct budget *budget)
{
	struct piece **link = before ? &before->next : &p->first;
	size_t size = sizeof *one + one->len;

	one->next = *link;
	*link = one;
	if (!one->next)
		p->last = one;
	p->count++;
	p->used += size;
	budget->used += size;
}

/* The part [from, until) of a segment that begins at `start`. */
static struct span part(struct span octets, uint64_t start, uint64_t from, uint64_t until)
{
	return from - start >= octets.len ? span_of(octets.data, 0) : span_part(octets, (size_t)(from - start), (size_t)(until - from));
}

void pieces_add(struct pieces *p, uint64_t from, struct span octets, uint64_t wire_len, const struct arrival *arrival, struct budget *budget)
{
	const uint64_t start = from, end = from + wire_len;
	struct piece *before = NULL, *behind = p->first;

	if (p->last && p->last->from <= from) {         /* the usual case needs no search */
		before = p->last;
		behind = NULL;
	}
	while (behind && behind->from <= from) {
		before = behind;
		behind = behind->next;
	}
	while (from < end) {
		uint64_t until = behind && behind->from < end ? behind->from : end;

		if (before && before->until > from)
			from = before->until;
		if (from < until)
			put_behind(p, before, piece_new(from, until, part(octets, start, from, until), arrival), budget);
		if (!behind)
			return;
		from = behind->from > from ? behind->from : from;
		before = behind;
		behind = behind->next;
	}
}

struct piece *pieces_take(struct pieces *p, struct budget *budget)
{
	struct piece *one = p->first;

	if (!one)
		return NULL;
	p->first = one->next;
	if (!p->first)
		p->last = NULL;
	p->count--;
	p->used -= sizeof *one + one->len;
	budget->used -= sizeof *one + one->len;
	return one;
}

void pieces_free(struct pieces *p, struct budget *budget)
{
	struct piece *one;

	while ((one = pieces_take(p, budget)))
		free(one);
}
