#include "verdict/steps.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "base/text.h"
#include "verdict/model_parts.h"

/* Who was asked so lately may still answer. */
#define PATIENCE_NS (5 * NS_PER_S)

struct building {
	struct judging *j;
	frame_set frames[STEP_COUNT];
	bool seen[STEP_COUNT], good[STEP_COUNT];
	int64_t start[STEP_COUNT], end[STEP_COUNT];
	const char *detail[STEP_COUNT];
};

/* Something of the step happened between those moments. */
static void mark(struct building *b, enum step s, int64_t start_ns, int64_t end_ns, const frame_set *frames, bool good)
{
	if (!b->seen[s] || start_ns < b->start[s])
		b->start[s] = start_ns;
	if (!b->seen[s] || end_ns > b->end[s])
		b->end[s] = end_ns;
	b->seen[s] = true;
	b->good[s] |= good;
	frames_join(b->j->arena, &b->frames[s], frames);
}

static void mark_one(struct building *b, enum step s, int64_t at_ns, frame_ref frame, bool good)
{
	frame_set one = { 0 };

	frames_add(b->j->arena, &one, frame);
	mark(b, s, at_ns, at_ns, &one, good);
}

/* ---- from the facts ---- */

static void link_steps(struct building *b)
{
	const struct facts *f = b->j->facts;

	for (size_t i = 0; i < f->advertisements.count; i++) {
		const struct advertisement *a = &f->advertisements.at[i];

		if (a->from_phone)
			continue;
		mark_one(b, STEP_VLAN, a->at_ns, a->frame, a->has_voice);
		if (a->has_voice)
			b->detail[STEP_VLAN] = PRINT(b->j, "VLAN %u%s by %s", a->vlan, a->tagged ? "" : ", untagged", a->is_cdp ? "CDP" : "LLDP-MED");
	}
}

static void dhcp_answer_steps(struct building *b, const struct dhcp_answer *a, enum step s)
{
	char address[ADDR_TEXT], server[ADDR_TEXT];

	mark_one(b, s, a->at_ns, a->frame, a->kind == DHCP_ACK && (s == STEP_LEASE || a->uc.fqdn || a->uc.sip_names.count));
	if (a->kind == DHCP_ACK && a->uc.vlan_id) {
		mark_one(b, STEP_VLAN, a->at_ns, a->frame, true);
		b->detail[STEP_VLAN] = PRINT(b->j, "VLAN %u by DHCP", a->uc.vlan_id);
	}
	if (a->kind != DHCP_ACK)
		return;
	addr_format(&a->server, server);
	if (s == STEP_LEASE)
		b->detail[s] = PRINT(b->j, "%s from %s", addr_format(&a->yiaddr, address), server);
	else if (!b->detail[s] || a->uc.fqdn)
		b->detail[s] = PRINT(b->j, "web services %s, SIP server %s", a->uc.fqdn ? a->uc.fqdn : "not told", a->uc.sip_names.count ? a->uc.sip_names.at[0] :
			a->uc.has_120 ? "unreadable" : "not told");
}

static void dhcp_steps(struct building *b)
{
	const struct facts *f = b->j->facts;

	for (size_t i = 0; i < f->dhcp.count; i++) {
		const struct dhcp_exchange *x = &f->dhcp.at[i];
		enum step s = x->is_inform ? STEP_UC_OPTIONS : STEP_LEASE;

		if (!x->asked.count && !x->answers.count)
			continue;
		if (x->asked.count)
			mark(b, s, x->first_ns, x->last_ns, &x->asked, false);
		for (size_t k = 0; k < x->answers.count; k++)
			dhcp_answer_steps(b, &x->answers.at[k], s);
	}
}

static enum step step_of_name(const struct building *b, const struct lookup *l)
{
	if (text_starts(l->name, "ucupdates"))
		return STEP_UPDATE;
	if (text_starts(l->name, "_ntp._udp.") || text_starts(l->name, "time."))
		return STEP_TIME;
	if (text_starts(l->name, "_autodiscover._tcp.") || text_starts(l->name, "autodiscover."))
		return STEP_EXCHANGE;
	if (text_starts(l->name, "_ldap._tcp."))
		return STEP_ROOT_CA;
	if (same_name(l->name, b->j->model->web_name))
		return STEP_PROVISIONING;
	if (model_registrar_domain(l->name))
		return STEP_DISCOVERY;
	for (size_t i = 0; i < b->j->model->decisions.count; i++)
		if (same_name(b->j->model->decisions.at[i].server, l->name))
			return STEP_DISCOVERY;
	return STEP_NONE;
}

static void name_steps(struct building *b)
{
	const struct facts *f = b->j->facts;

	for (size_t i = 0; i < f->lookups.count; i++) {
		const struct lookup *l = &f->lookups.at[i];
		enum step s = step_of_name(b, l);

		if (s == STEP_NONE)
			continue;
		mark(b, s, l->first_ns, l->answered_ns ? l->answered_ns : l->last_ns, &l->frames, s == STEP_DISCOVERY && l->state == LOOKUP_FOUND);
		if (s == STEP_UPDATE && (!b->detail[s] || l->state == LOOKUP_FOUND))
			b->detail[s] = PRINT(b->j, "%s %s", l->name, l->state == LOOKUP_FOUND ? "found" : "not found");
	}
}

static void time_steps(struct building *b)
{
	const struct facts *f = b->j->facts;

	for (size_t i = 0; i < f->times.count; i++) {
		const struct time_answer *t = &f->times.at[i];
		char server[ADDR_TEXT];

		mark(b, STEP_TIME, t->asked_ns, t->asked_ns, &t->frames, t->answered && t->stratum >= 1 && t->stratum <= 15);
		addr_format(&t->server, server);
		b->detail[STEP_TIME] = t->answered ? PRINT(b->j, "%s answers, %.2f s off", server, fabs(t->offset_s)) : PRINT(b->j, b->j->facts->watched_until_ns - t->asked_ns < PATIENCE_NS ? "%s was asked" :
			"%s does not answer", server);
	}
}

static void directory_steps(struct building *b)
{
	const struct facts *f = b->j->facts;
	unsigned found = 0;

	for (size_t i = 0; i < f->pings.count; i++)
		mark(b, STEP_ROOT_CA, f->pings.at[i].at_ns, f->pings.at[i].at_ns, &f->pings.at[i].frames, false);
	for (size_t i = 0; i < f->directory.count; i++)
		if (f->directory.at[i].frames.count) {
			const struct directory_request *r = &f->directory.at[i];

			frames_join(b->j->arena, &b->frames[STEP_ROOT_CA], &r->frames);
			b->seen[STEP_ROOT_CA] = true;
			b->good[STEP_ROOT_CA] |= r->certificates > 0;
		}
	for (size_t i = 0; i < f->http.count; i++) {
		const struct http_exchange *h = &f->http.at[i];

		if (h->target && strcasestr(h->target, "/CertProv"))
			mark(b, STEP_ROOT_CA, h->at_ns, h->at_ns, &h->frames, h->certificates > 0);
		else if (h->target && strcasestr(h->target, "/RequestHandler"))
			mark(b, STEP_UPDATE, h->at_ns, h->at_ns, &h->frames, h->status / 100 == 2);
	}
	found = (unsigned)f->deliveries.count;
	if (found)
		b->detail[STEP_ROOT_CA] = PRINT(b->j, "%u certificate%s delivered", found, found == 1 ? "" : "s");
}

static void registrar_steps(struct building *b, const struct link *l)
{
	const struct connection *c = l->connection;
	bool accepted = l->session != SESSION_REFUSED && l->session != SESSION_TIMEOUT && l->session != SESSION_NONE;
	int64_t last = c->end_ns > c->last_ns ? c->end_ns : c->last_ns;
	char server[ENDPOINT_TEXT];

	mark(b, STEP_CONNECT, c->start_ns, accepted ? c->start_ns : last, &c->frames, accepted);
	if (!b->detail[STEP_CONNECT] || accepted)
		b->detail[STEP_CONNECT] = PRINT(b->j, "%s (%s)", l->name ? l->name : "", endpoint_format(&c->server, server));
	if (c->hello || c->server_hello || c->secured_ns) {
		mark(b, STEP_TLS, c->start_ns, c->secured_ns ? c->secured_ns : last, &c->tls_frames, c->secured_ns != 0);
		if (c->version)
			b->detail[STEP_TLS] = PRINT(b->j, "%s%s%s%s", c->version, c->cipher ? ", " : "", c->cipher ? c->cipher : "", c->resumed ? ", resumed" : "");
	}
	if (c->secured_ns) {
		mark(b, STEP_REGISTER, c->secured_ns, last, &c->frames, l->session == SESSION_STANDING);
		b->detail[STEP_REGISTER] = l->session == SESSION_STANDING ?
			PRINT(b->j, "session of %.0f s%s", (double)(last - c->secured_ns) / 1e9, c->state == CONNECTION_OPEN ? ", still up" : "") :
			PRINT(b->j, "session ended after %.1f s", (double)(last - c->secured_ns) / 1e9);
	}
}

static void connection_steps(struct building *b)
{
	for (size_t i = 0; i < b->j->model->links.count; i++) {
		const struct link *l = &b->j->model->links.at[i];
		const struct connection *c = l->connection;
		int64_t last = c->end_ns > c->last_ns ? c->end_ns : c->last_ns;
		bool web = l->role == ROLE_WEB && (!b->j->model->signed_in || c->start_ns < b->j->model->signed_in_ns);

		if (l->role == ROLE_REGISTRAR)
			registrar_steps(b, l);
		else if (web && c->server.port == 80)
			mark(b, STEP_ROOT_CA, c->start_ns, last, &c->frames, false);
		else if (web) {
			mark(b, STEP_PROVISIONING, c->start_ns, last, &c->frames, c->secured_ns != 0);
			b->detail[STEP_PROVISIONING] = PRINT(b->j, "HTTPS with %s", l->name ? l->name : "the web services");
		} else if (l->role == ROLE_UPDATE)
			mark(b, STEP_UPDATE, c->start_ns, last, &c->frames, c->secured_ns != 0);
		else if (l->role == ROLE_EXCHANGE)
			mark(b, STEP_EXCHANGE, c->start_ns, last, &c->frames, c->secured_ns != 0);
		else if (l->role == ROLE_DIRECTORY)
			mark(b, STEP_ROOT_CA, c->start_ns, last, &c->frames, false);
	}
	for (size_t i = 0; i < b->j->facts->sip.count; i++) {
		const struct sip_message *s = &b->j->facts->sip.at[i];

		if (s->method && strcmp(s->method, "REGISTER") == 0)
			mark_one(b, STEP_REGISTER, s->at_ns, s->frame, s->status / 100 == 2);
	}
}

/* The check has no packets of its own: its evidence is where the names came from and which were dialled. */
static void naming_step(struct building *b)
{
	const struct model *m = b->j->model;
	const char *good = NULL, *bad = NULL, *dialled = NULL;

	for (size_t i = 0; i < m->decisions.count; i++) {
		const struct decision *d = &m->decisions.at[i];

		if (d->result == RESULT_NAME_SKIPPED && (!bad || d->source == CANDIDATE_SRV))
			bad = PRINT(b->j, "%s is not under %s", d->server, domain_words(b->j));
		/* A name that would be trusted was not checked before it was dialled. */
		if (d->dialled || (m->sip_domain && d->check.naming == NAMING_NO_MATCH))
			mark(b, STEP_NAMING, d->learned_ns, d->learned_ns, &d->learned, d->dialled);
		if (d->dialled && d->check.naming == NAMING_NO_MATCH && m->sip_domain)
			dialled = PRINT(b->j, "%s was dialled, though it is not under %s", d->server, m->sip_domain);
		if (d->check.naming != NAMING_NO_MATCH && d->dialled)
			good = PRINT(b->j, "%s is under %s", d->server, d->check.matched);
	}
	b->detail[STEP_NAMING] = good ? good : bad ? bad : dialled;
}

static void discovery_detail(struct building *b)
{
	const struct model *m = b->j->model;

	for (size_t i = 0; i < m->decisions.count && !b->detail[STEP_DISCOVERY]; i++)
		if (m->decisions.at[i].source == CANDIDATE_SRV)
			b->detail[STEP_DISCOVERY] = PRINT(b->j, "%s by %s", m->decisions.at[i].server, m->decisions.at[i].query);
}

/* ---- their states ---- */

static enum step_state state_of(const struct building *b, enum step s, const struct evaluation *e)
{
	bool warned = false;

	for (size_t i = 0; i < e->findings.count; i++) {
		if (e->findings.at[i].step != s)
			continue;
		if (e->findings.at[i].severity == SEVERITY_ERROR)
			return STATE_FAILED;
		warned |= e->findings.at[i].severity == SEVERITY_WARNING;
	}
	if (!b->seen[s])
		return warned ? STATE_WARNING : STATE_NOT_SEEN;
	return warned ? STATE_WARNING : STATE_OK;
}

/* A step not seen before the last one that was: the phone did without it. */
static void mark_skipped(struct evaluation *e)
{
	enum step last = STEP_VLAN;

	for (enum step s = 0; s < STEP_COUNT; s++)
		if (e->steps[s].state != STATE_NOT_SEEN)
			last = s;
	for (enum step s = 0; s < last; s++)
		if (e->steps[s].state == STATE_NOT_SEEN && e->method == METHOD_CACHED && (s == STEP_UC_OPTIONS || s == STEP_ROOT_CA || s == STEP_PROVISIONING))
			e->steps[s].state = STATE_SKIPPED;
}

void steps_report(struct judging *j, struct evaluation *ret)
{
	struct building b = { .j = j };

	link_steps(&b);
	dhcp_steps(&b);
	name_steps(&b);
	time_steps(&b);
	directory_steps(&b);
	connection_steps(&b);
	naming_step(&b);
	discovery_detail(&b);
	for (enum step s = 0; s < STEP_COUNT; s++)
		ret->steps[s] = (struct step_report){ .state = state_of(&b, s, ret), .has_time = b.seen[s] && b.end[s], .start_ns = b.start[s], .end_ns = b.end[s],
			.frames = { b.frames[s].at, b.frames[s].count }, .detail = b.detail[s] };
	mark_skipped(ret);
}
