#include "command/stored_summary.h"

#include <stdlib.h>
#include <string.h>

/* An attempt with what the list knows of it; a cause that this program does not know is none. */
static struct attempt_report *attempt_of(struct arena *a, const struct store_entry *e)
{
	struct attempt_report *r = arena_get(a, sizeof *r);
	struct finding_report *cause = arena_get(a, sizeof *cause);

	*r = (struct attempt_report){ .id = e->name, .going_on = e->going_on, .start_ns = e->start_ns, .end_ns = e->end_ns, .method = e->method,
		.outcome = e->outcome };
	*cause = (struct finding_report){ .rule = e->cause ? rule_find(e->cause) : NULL, .severity = SEVERITY_ERROR, .step = e->broke_at, .message = "" };
	if (cause->rule) {
		r->cause = r->findings = cause;
		r->finding_count = 1;
	}
	return r;
}

/* By phone, then as they were listed: by time. */
static int compare(const void *left, const void *right)
{
	const struct store_entry *a = *(const struct store_entry *const *)left, *b = *(const struct store_entry *const *)right;
	int by_mac = memcmp(&a->mac, &b->mac, sizeof a->mac);

	return by_mac ? by_mac : a < b ? -1 : 1;
}

static const struct store_entry **sorted(struct arena *a, const struct store_entry *entries, size_t count)
{
	const struct store_entry **list = arena_get(a, (count + 1) * sizeof *list);

	for (size_t i = 0; i < count; i++)
		list[i] = &entries[i];
	if (count)
		qsort(list, count, sizeof *list, compare);
	return list;
}

/* The phone whose `count` sign-ins these are. What was learned of it last is what is known. */
static const struct phone_report *phone_of(struct arena *a, const struct store_entry *const *entries, size_t count)
{
	struct phone_report *p = arena_get(a, sizeof *p);
	const struct attempt_report **attempts = arena_get(a, count * sizeof *attempts);

	p->mac = entries[0]->mac;
	for (size_t i = 0; i < count; i++) {
		attempts[i] = attempt_of(a, entries[i]);
		p->vendor = entries[i]->vendor ? entries[i]->vendor : p->vendor;
		p->model = entries[i]->model ? entries[i]->model : p->model;
		p->sip_domain = entries[i]->sip_domain ? entries[i]->sip_domain : p->sip_domain;
	}
	p->attempts = attempts;
	p->attempt_count = count;
	return p;
}

const struct report *stored_summary(struct arena *a, const struct store_entry *entries, size_t count)
{
	const struct store_entry **list = sorted(a, entries, count);
	const struct phone_report **phones = arena_get(a, (count + 1) * sizeof *phones);
	struct report *r = arena_get(a, sizeof *r);

	for (size_t at = 0, same; at < count; at += same) {
		for (same = 1; at + same < count && mac_equal(list[at]->mac, list[at + same]->mac); same++)
			continue;
		phones[r->phone_count++] = phone_of(a, list + at, same);
	}
	r->phones = phones;
	return r;
}
