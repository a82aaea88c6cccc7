/* Look-ups and the names of addresses. */
#include <string.h>
#include <strings.h>

#include "dissectors/dns.h"
#include "verdict/gather_parts.h"

static struct lookup *lookup_start(struct gathering *g, const struct event *e, const char *name, const char *type)
{
	struct lookup *l = LIST_ADD(g->arena, &g->facts->lookups);

	*l = (struct lookup){ .name = name, .type = type, .id = event_number(e, &dns_id, 0), .first_ns = e->at_ns, .last_ns = e->at_ns };
	return l;
}

/* The newest look-up of that name that still waits (or, for another server's answer, failed). */
static struct lookup *lookup_open(struct facts *f, const char *name, const char *type)
{
	for (size_t i = f->lookups.count; i-- > 0;) {
		struct lookup *l = &f->lookups.at[i];

		if (strcasecmp(l->name, name) == 0 && strcmp(l->type, type) == 0)
			return l->state == LOOKUP_PENDING || l->state == LOOKUP_ERROR ? l : NULL;
	}
	return NULL;
}

static void query(struct gathering *g, const struct event *e, const char *name, const char *type)
{
	struct lookup *l = lookup_open(g->facts, name, type);

	if (!l)
		l = lookup_start(g, e, name, type);
	l->id = event_number(e, &dns_id, 0);
	l->server = e->dst.addr;
	l->last_ns = e->at_ns;
	l->asked++;
	gather_frames(g, e, &l->frames);
}

static void bind(struct gathering *g, const char *name, const struct addr *a, const struct event *e)
{
	if (g->facts->bindings.count == FACTS_BINDINGS_MAX)
		return;
	*LIST_ADD(g->arena, &g->facts->bindings) = (struct binding){ name, *a, e->at_ns, e->frame };
}

static const struct addr *address_of(const struct record *r)
{
	const struct item *i = record_find(r, &dns_address);

	return i && i->form == FORM_ADDR ? &i->addr : NULL;
}

/* The records of the answer that are of the type asked for, however long the chain of CNAMEs that leads to them. */
static unsigned answers(struct gathering *g, const struct event *e, struct lookup *l)
{
	unsigned found = 0;

	for (const struct item *i = event_list(e, &dns_answers)->first; i; i = i->next) {
		const char *type = i->form == FORM_RECORD ? record_string(&i->record, &dns_type) : NULL;
		const struct addr *a = type ? address_of(&i->record) : NULL;
		const char *target = type ? gather_record_text(g, &i->record, &dns_target) : NULL;

		if (!type)
			continue;
		found += strcmp(type, l->type) == 0;
		if (l->addresses.count == FACTS_RECORDS_MAX || l->srv.count == FACTS_RECORDS_MAX)
			continue;
		if (a && (strcmp(l->type, "A") == 0 || strcmp(l->type, "AAAA") == 0)) {
			*LIST_ADD(g->arena, &l->addresses) = *a;
			bind(g, l->name, a, e);
		} else if (strcmp(type, "SRV") == 0 && target) {
			*LIST_ADD(g->arena, &l->srv) = (struct srv_record){ target, (unsigned)record_number(&i->record, &dns_port, 0),
				(unsigned)record_number(&i->record, &dns_priority, 0), (unsigned)record_number(&i->record, &dns_weight, 0) };
		} else if (strcmp(type, "CNAME") == 0 && target) {
			l->cname = target;
		}
	}
	return found;
}

static void additional(struct gathering *g, const struct event *e)
{
	for (const struct item *i = event_list(e, &dns_additional)->first; i; i = i->next) {
		const char *name = i->form == FORM_RECORD ? gather_record_text(g, &i->record, &dns_name) : NULL;
		const struct addr *a = name ? address_of(&i->record) : NULL;

		if (a)
			bind(g, name, a, e);
	}
}

static enum lookup_state state_of(const struct event *e, const char *rcode, unsigned found)
{
	const struct item *truncated = event_find(e, &dns_truncated);

	if (strcmp(rcode, "NXDOMAIN") == 0)
		return LOOKUP_NONE;
	if (strcmp(rcode, "NOERROR") != 0)
		return LOOKUP_ERROR;
	if (found)
		return LOOKUP_FOUND;
	if (e->cut || event_find(e, &event_malformed))
		return LOOKUP_UNREADABLE;
	return truncated && truncated->truth ? LOOKUP_PENDING : LOOKUP_NONE;   /* truncated: asked again over TCP (RFC 7766) */
}

static void response(struct gathering *g, const struct event *e, const char *name, const char *type)
{
	struct lookup *l = lookup_open(g->facts, name, type);
	const char *rcode = gather_text(g, e, &dns_rcode);

	if (!l)
		l = lookup_start(g, e, name, type);
	gather_frames(g, e, &l->frames);
	l->server = e->src.addr;
	l->rcode = rcode ? rcode : "NOERROR";
	l->answered_ns = e->at_ns;
	l->state = state_of(e, l->rcode, answers(g, e, l));
	additional(g, e);
}

void gather_dns(struct gathering *g, const struct event *e)
{
	const char *name = gather_text(g, e, &dns_qname), *type = gather_text(g, e, &dns_qtype);

	if (!name || !type)
		return;
	if (e->kind == &dns_query)
		query(g, e, name, type);
	else if (e->kind == &dns_response)
		response(g, e, name, type);
}
