#include "trail/trail_parts.h"

struct look {
	int64_t now_ns, pause_ns, patience_ns;
	int64_t next_ns;                /* when another look is worth it */
	void (*each)(void *user, const struct attempt *a);
	void *user;
};

static void look_at(struct attempt *a, struct look *l)
{
	int64_t due_ns;

	if (!a || !a->changed || !a->count)
		return;
	due_ns = a->changed_ns + l->pause_ns;
	if (a->looked_ns + l->patience_ns < due_ns)
		due_ns = a->looked_ns + l->patience_ns;
	if (due_ns > l->now_ns) {
		if (due_ns < l->next_ns)
			l->next_ns = due_ns;
		return;
	}
	a->changed = false;
	a->looked_ns = l->now_ns;
	l->each(l->user, a);
}

void trail_look(struct trail *t, int64_t now_ns, int64_t pause_ns, int64_t patience_ns, void (*each)(void *user, const struct attempt *a), void *user)
{
	struct look l = { now_ns, pause_ns, patience_ns, INT64_MAX, each, user };

	if (t->finished || (!t->surroundings.changed && now_ns < t->look_ns))
		return;
	t->surroundings.changed = false;
	for (struct device *d = table_oldest(t->phones); d; d = table_younger(t->phones, d)) {
		look_at(d->ended, &l);
		look_at(d->phone.attempt, &l);
	}
	t->look_ns = l.next_ns;
}
