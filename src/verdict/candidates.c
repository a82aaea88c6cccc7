/* The servers that the phone could register with: where each was learned, what the policy says of its name, and what became of it. */
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "base/text.h"
#include "verdict/model_parts.h"

/* A phone that was sent on looks the new name up at once. */
#define REDIRECT_NS (10 * NS_PER_S)

/* How long the capture must go on behind a name before "it was passed over" means more than "not yet". */
#define PATIENCE_NS (10 * NS_PER_S)

enum { PORT_HTTPS = 443, PORT_SIPS = 5061 };

static const char by_dhcp[] = "DHCP option 120";

static bool is_known(const struct model *m, enum candidate_source source, const char *query, const char *server, unsigned port)
{
	for (size_t i = 0; i < m->decisions.count; i++) {
		const struct decision *d = &m->decisions.at[i];

		if (d->source == source && d->port == port && same_name(d->server, server) && same_name(d->query, query))
			return true;
	}
	return false;
}

/* A site has a handful of servers; a forged answer may name any number. */
enum { DECISIONS_MAX = 256 };

static struct decision *decide(struct model *m, struct arena *arena, enum candidate_source source, const char *query, const char *server, unsigned port)
{
	struct decision *d = LIST_ADD(arena, &m->decisions);

	*d = (struct decision){ .source = source, .query = query, .server = server, .port = port,
		.check = policy_check_name(m->policy, m->sip_domain, server) };
	d->would_dial = policy_dials(m->policy, &d->check);
	return d;
}

/* ---- told by DNS and DHCP ---- */

/* RFC 2782: a target of "." says that the service is decidedly not there. */
static bool is_no_target(const char *target)
{
	return target[0] == '\0' || strcmp(target, ".") == 0;
}

static void told_by_srv(struct model *m, struct arena *arena, const struct lookup *l)
{
	for (size_t i = 0; i < l->srv.count && policy_asks_service(m->policy, l->name); i++) {
		const struct srv_record *r = &l->srv.at[i];
		struct decision *d;

		if (m->decisions.count == DECISIONS_MAX || is_no_target(r->target) || is_known(m, CANDIDATE_SRV, l->name, r->target, r->port))
			continue;
		d = decide(m, arena, CANDIDATE_SRV, l->name, r->target, r->port);
		d->learned_ns = l->answered_ns;
		frames_join(arena, &d->learned, &l->frames);
	}
}

static void told_by_dhcp(struct model *m, struct arena *arena, const struct dhcp_answer *a)
{
	if (a->kind != DHCP_ACK || !policy_uses(m->policy, CANDIDATE_DHCP120))
		return;
	for (size_t i = 0; i < a->uc.sip_names.count; i++) {
		const char *name = a->uc.sip_names.at[i];
		struct decision *d;

		if (m->decisions.count == DECISIONS_MAX || is_no_target(name) || is_known(m, CANDIDATE_DHCP120, by_dhcp, name, PORT_SIPS))
			continue;
		d = decide(m, arena, CANDIDATE_DHCP120, by_dhcp, name, PORT_SIPS);
		d->learned_ns = a->at_ns;
		frames_add(arena, &d->learned, a->frame);
	}
}

static bool is_srv_target(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].source == CANDIDATE_SRV && same_name(m->decisions.at[i].server, name))
			return true;
	return false;
}

/* sip.DOMAIN and the like, tried without a record that names them. With a suffix behind them they are repetitions of the resolver's. */
static void told_by_name(struct model *m, struct arena *arena, const struct lookup *l)
{
	struct decision *d;

	if (!policy_tries_host(m->policy, l->name) || !same_name(model_registrar_domain(l->name), m->sip_domain) || strcmp(l->type, "SRV") == 0)
		return;
	if (m->decisions.count == DECISIONS_MAX || is_srv_target(m, l->name) || is_known(m, CANDIDATE_HOST, l->name, l->name, PORT_SIPS))
		return;
	d = decide(m, arena, CANDIDATE_HOST, l->name, l->name, PORT_SIPS);
	d->learned_ns = l->answered_ns ? l->answered_ns : l->first_ns;
	frames_join(arena, &d->learned, &l->frames);
}

void candidates_told(struct model *m, struct arena *arena)
{
	const struct facts *f = m->facts;

	for (size_t i = 0; i < f->dhcp.count; i++)
		for (size_t k = 0; k < f->dhcp.at[i].answers.count; k++)
			told_by_dhcp(m, arena, &f->dhcp.at[i].answers.at[k]);
	for (size_t i = 0; i < f->lookups.count; i++)
		if (model_is_search(m, &f->lookups.at[i]))
			told_by_srv(m, arena, &f->lookups.at[i]);
	for (size_t i = 0; i < f->lookups.count; i++)
		told_by_name(m, arena, &f->lookups.at[i]);
}

/* ---- shown by connections ---- */

static bool is_candidate(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (same_name(m->decisions.at[i].server, name))
			return true;
	return false;
}

/* A name that none of the phone's other errands explains. */
static bool is_new_name(const struct model *m, const char *name)
{
	return !is_candidate(m, name) && !same_name(name, m->web_name) && !model_registrar_domain(name) && !text_starts(name, "ucupdates") &&
		!text_starts(name, "autodiscover.") && !text_starts(name, "time.") && name[0] != '_';
}

/* A registrar's session that ended just before: what was said in it (a 301) cannot be read. */
static const struct link *sent_on_by(const struct model *m, int64_t asked_ns)
{
	for (size_t i = m->links.count; i-- > 0;) {
		const struct link *l = &m->links.at[i];
		const struct connection *c = l->connection;

		if (l->role == ROLE_REGISTRAR && l->session == SESSION_CLOSED && asked_ns >= c->secured_ns && asked_ns - c->end_ns <= REDIRECT_NS)
			return l;
	}
	return NULL;
}

static const struct lookup *address_lookup(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->lookups.count; i++)
		if (strcmp(f->lookups.at[i].type, "SRV") != 0 && same_name(f->lookups.at[i].name, name))
			return &f->lookups.at[i];
	return NULL;
}

/* Web services under a name that only the registrar's 401 told (sts-uri) are no redirect. */
static bool is_dialled_elsewhere(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->links.count; i++)
		if (same_name(m->links.at[i].name, name) && m->links.at[i].role != ROLE_REGISTRAR)
			return true;
	return false;
}

static void add_redirect(struct model *m, struct arena *arena, const char *from, const char *to, int64_t at_ns, const frame_set *learned)
{
	struct decision *d;

	if (m->decisions.count == DECISIONS_MAX || is_candidate(m, to))
		return;
	d = decide(m, arena, CANDIDATE_REDIRECT, from, to, PORT_SIPS);
	d->learned_ns = at_ns;
	frames_join(arena, &d->learned, learned);
	d->would_dial = true;   /* whether the check applies to redirects is not known: nothing is predicted (reference 3.6) */
}

static void redirects_by_lookup(struct model *m, struct arena *arena)
{
	for (size_t i = 0; i < m->facts->lookups.count; i++) {
		const struct lookup *l = &m->facts->lookups.at[i];
		const struct link *from = sent_on_by(m, l->first_ns);

		if (from && strcmp(l->type, "SRV") != 0 && is_new_name(m, l->name) && !is_dialled_elsewhere(m, l->name))
			add_redirect(m, arena, from->name, l->name, l->first_ns, &l->frames);
	}
}

static void redirects_in_clear(struct model *m, struct arena *arena)
{
	for (size_t i = 0; i < m->facts->sip.count; i++) {
		const struct sip_message *s = &m->facts->sip.at[i];
		frame_set here = { 0 };

		if (!s->contact || s->from_phone)
			continue;
		frames_add(arena, &here, s->frame);
		add_redirect(m, arena, NULL, s->contact, s->at_ns, &here);
	}
}

/* A registrar that nothing in this attempt led to: the phone knew it from before. */
static void known_before(struct model *m, struct arena *arena, struct link *l)
{
	const struct connection *c = l->connection;
	const struct lookup *asked = l->name ? address_lookup(m->facts, l->name) : NULL;
	char address[ADDR_TEXT];
	struct decision *d;

	if (!l->name)
		l->name = arena_copy(arena, address, strlen(addr_format(&c->server.addr, address)));
	if (m->decisions.count == DECISIONS_MAX || is_candidate(m, l->name))
		return;
	d = decide(m, arena, CANDIDATE_CACHE, NULL, l->name, c->server.port);
	d->learned_ns = asked ? asked->first_ns : c->start_ns;
	frames_join(arena, &d->learned, asked ? &asked->frames : c->frames.count ? &c->frames : &c->tls_frames);
	*LIST_ADD(arena, &d->addresses) = c->server.addr;
}

void candidates_shown(struct model *m, struct arena *arena)
{
	redirects_in_clear(m, arena);
	redirects_by_lookup(m, arena);
	for (size_t i = 0; i < m->links.count; i++)
		if (m->links.at[i].role == ROLE_REGISTRAR)
			known_before(m, arena, &m->links.at[i]);
}

/* ---- what became of them ---- */

static enum candidate_result result_of(enum session s)
{
	switch (s) {
	case SESSION_STANDING:
		return RESULT_SIGNED_IN;
	case SESSION_CLOSED:
		return RESULT_CLOSED;
	case SESSION_TLS_FAILED:
	case SESSION_BARE:
		return RESULT_TLS_FAILED;
	case SESSION_REFUSED:
		return RESULT_REFUSED;
	case SESSION_TIMEOUT:
		return RESULT_TIMEOUT;
	default:
		return RESULT_NOT_TRIED;
	}
}

/* The further a connection got the more it says. */
static unsigned progress(enum candidate_result r)
{
	static const enum candidate_result order[] = { RESULT_NOT_TRIED, RESULT_TIMEOUT, RESULT_REFUSED, RESULT_TLS_FAILED, RESULT_CLOSED, RESULT_SIGNED_IN };
	unsigned i = 0;

	while (i < sizeof order / sizeof order[0] - 1 && order[i] != r)
		i++;
	return i;
}

static void judge_dialled(struct model *m, struct arena *arena, struct decision *d)
{
	for (size_t i = 0; i < m->links.count; i++) {
		const struct link *l = &m->links.at[i];
		enum candidate_result r = result_of(l->session);

		if (l->role != ROLE_REGISTRAR || !same_name(l->name, d->server))
			continue;
		d->dialled = true;
		frames_join(arena, &d->dialled_frames, &l->connection->frames);
		if (progress(r) > progress(d->result))
			d->result = r;
		if (l->connection->server.port == PORT_HTTPS && d->source != CANDIDATE_SRV)
			d->port = PORT_HTTPS;
	}
}

static void judge_lookup(struct model *m, struct arena *arena, struct decision *d)
{
	facts_addresses(m->facts, arena, d->server, &d->addresses);
	d->resolved = d->addresses.count > 0;
	d->asked = facts_name_state(m->facts, d->server, "A", &d->lookup, &d->lookup_of);
	d->cname = d->lookup_of ? d->lookup_of->cname : NULL;
}

/* The phone looked for its user's registrar and has had its chance: it did something later, went through its list, or nothing came for long enough. */
static bool was_passed_over(const struct model *m, const struct decision *d)
{
	return model_tries_after(m, INT64_MIN) && (m->past_list || m->facts->watched_until_ns - d->learned_ns >= PATIENCE_NS || (m->signed_in && m->signed_in_ns > d->learned_ns));
}

static enum candidate_result result_undialled(const struct model *m, const struct decision *d)
{
	bool failed = d->asked && (d->lookup == LOOKUP_NONE || d->lookup == LOOKUP_ERROR || d->lookup == LOOKUP_SILENT);

	if (!d->resolved && failed)
		return RESULT_UNRESOLVED;
	if (!d->would_dial && m->sip_domain && was_passed_over(m, d))   /* of a user whose domain is not known nothing can be foreign */
		return RESULT_NAME_SKIPPED;
	return RESULT_NOT_TRIED;
}

/* An address bound to nobody's name may still be one that clear SIP registered with. */
static void judge_clear(const struct model *m, struct decision *d)
{
	for (size_t i = 0; i < m->facts->sip.count; i++) {
		const struct sip_message *s = &m->facts->sip.at[i];

		for (size_t k = 0; k < d->addresses.count && !s->from_phone; k++)
			if (addr_equal(&s->server.addr, &d->addresses.at[k]) && s->method && strcmp(s->method, "REGISTER") == 0 && s->status / 100 == 2)
				d->result = RESULT_SIGNED_IN;
	}
}

void candidates_judge(struct model *m, struct arena *arena)
{
	for (size_t i = 0; i < m->decisions.count; i++) {
		struct decision *d = &m->decisions.at[i];

		judge_lookup(m, arena, d);
		judge_dialled(m, arena, d);
		if (d->dialled)
			judge_clear(m, d);
		else
			d->result = result_undialled(m, d);
	}
}
