/* What each connection was for, by which name it was dialled, and how it went. */
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "base/text.h"
#include "verdict/model_parts.h"

enum { PORT_HTTP = 80, PORT_KERBEROS = 88, PORT_LDAP = 389, PORT_HTTPS = 443, PORT_LDAPS = 636, PORT_GC = 3268, PORT_SIP = 5060, PORT_SIPS = 5061 };

/* A registrar's session that ends sooner was a refusal or a redirect; one that lives longer was a sign-in (reference 3.9: life under 10 s fails, 60 s and more succeeds). */
#define SHORT_LIFE_NS (10 * NS_PER_S)
#define LONG_LIFE_NS (60 * NS_PER_S)
#define STALLED_NS (15 * NS_PER_S)

#define DISORDER_NS (5 * NS_PER_MS)     /* a mirror shows packets out of their order within this (packet/mirror.c looks as far for copies) */

/* ---- names ---- */

/* Until when a name may have been learned by which it was dialled: before the connection, except that a mirror may show the answer after it. */
static int64_t known_by(const struct facts *f, const struct connection *c)
{
	for (size_t i = 0; i < f->bindings.count; i++)
		if (f->bindings.at[i].at_ns <= c->start_ns && addr_equal(&f->bindings.at[i].address, &c->server.addr))
			return c->start_ns;
	return c->start_ns + DISORDER_NS;
}

/* The name of this address that was looked up last before the connection. */
static const char *latest_name(const struct facts *f, const struct connection *c)
{
	int64_t known_ns = known_by(f, c);
	const char *name = NULL;

	for (size_t i = f->remembered.count; i-- > 0;)         /* newest first */
		if (addr_equal(&f->remembered.at[i].address, &c->server.addr))
			name = f->remembered.at[i].name;
	for (size_t i = 0; i < f->bindings.count; i++)
		if (f->bindings.at[i].at_ns <= known_ns && addr_equal(&f->bindings.at[i].address, &c->server.addr))
			name = f->bindings.at[i].name;
	return name;
}

/* The candidate that this connection serves: where names share the address a trusted one, and of those the one learned last. */
static const char *candidate_name(const struct model *m, const struct connection *c)
{
	int64_t known_ns = known_by(m->facts, c), best_ns = 0;
	const struct decision *best = NULL;

	for (size_t i = 0; i < m->decisions.count; i++) {
		const struct decision *d = &m->decisions.at[i];
		int64_t bound_ns = 0;
		bool trusted = d->check.naming != NAMING_NO_MATCH;
		bool best_trusted = best && best->check.naming != NAMING_NO_MATCH;

		if (!facts_is_bound(m->facts, d->server, &c->server.addr, known_ns, &bound_ns))
			continue;
		if (best && (best_trusted > trusted || (best_trusted == trusted && best_ns > bound_ns)))
			continue;
		best = d;
		best_ns = bound_ns;
	}
	return best ? best->server : NULL;
}

static const struct decision *decision_of(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (same_name(m->decisions.at[i].server, name))
			return &m->decisions.at[i];
	return NULL;
}

/* ---- roles ---- */

static bool is_autodiscover(const struct facts *f, const char *name)
{
	if (text_starts(name, "autodiscover."))
		return true;
	for (size_t i = 0; i < f->lookups.count; i++)
		for (size_t k = 0; k < f->lookups.at[i].srv.count && text_starts(f->lookups.at[i].name, "_autodiscover._tcp."); k++)
			if (same_name(f->lookups.at[i].srv.at[k].target, name))
				return true;
	return false;
}

/* A service record told this port for a server at this address. */
static bool is_told_port(const struct model *m, const struct connection *c)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].source == CANDIDATE_SRV && m->decisions.at[i].port == c->server.port &&
		    facts_is_bound(m->facts, m->decisions.at[i].server, &c->server.addr, known_by(m->facts, c), NULL))
			return true;
	return false;
}

static enum role role_by_name(const struct model *m, const char *name)
{
	if (text_starts(name, "ucupdates"))
		return ROLE_UPDATE;
	if (same_name(name, m->web_name))
		return ROLE_WEB;
	if (decision_of(m, name))
		return ROLE_REGISTRAR;
	return is_autodiscover(m->facts, name) ? ROLE_EXCHANGE : ROLE_OTHER;
}

/* HTTPS to a server that is nothing else: web services under a name that no option told (TLS-DSK's sts-uri tells it inside TLS). */
static bool is_web_port(unsigned port)
{
	return port == PORT_HTTPS || port == PORT_HTTP;
}

static enum role role_of(const struct model *m, const struct connection *c, const char *name)
{
	enum role by_name = role_by_name(m, name);

	switch (c->server.port) {
	case PORT_SIP:
	case PORT_SIPS:
		return ROLE_REGISTRAR;
	case PORT_LDAP:
	case PORT_LDAPS:
	case PORT_GC:
	case PORT_KERBEROS:
		return ROLE_DIRECTORY;
	default:
		break;
	}
	if (!is_web_port(c->server.port))
		return is_told_port(m, c) ? ROLE_REGISTRAR : ROLE_OTHER;
	if (c->server.port == PORT_HTTP)
		return by_name == ROLE_REGISTRAR ? ROLE_OTHER : by_name;
	return by_name == ROLE_OTHER && name ? ROLE_WEB : by_name;
}

static struct link link_of(const struct model *m, const struct connection *c)
{
	const char *name = latest_name(m->facts, c), *candidate = candidate_name(m, c);
	bool registrar_port = c->server.port == PORT_SIP || c->server.port == PORT_SIPS || (!is_web_port(c->server.port) && is_told_port(m, c));

	if (registrar_port && candidate)
		name = candidate;
	else if (role_by_name(m, name) == ROLE_REGISTRAR && candidate)  /* 443: the candidates that share the address */
		name = candidate;
	if (c->sni)
		name = c->sni;
	return (struct link){ c, role_of(m, c, name), name, c->sni != NULL, SESSION_NONE };
}

void links_find(struct model *m, struct arena *arena)
{
	for (size_t i = 0; i < m->facts->connections.count; i++)
		*LIST_ADD(arena, &m->links) = link_of(m, &m->facts->connections.at[i]);
}

/* ---- sessions ---- */

static bool is_over(const struct connection *c)
{
	return c->state == CONNECTION_CLOSED || c->state == CONNECTION_RESET;
}

/* It carried far more than a handshake for long: a session, even where its handshake could not be read. */
static bool is_long_and_full(const struct connection *c)
{
	return (is_over(c) ? c->end_ns : c->last_ns) - c->start_ns >= LONG_LIFE_NS && c->bytes_client > 2000 && (c->bytes_server > 2000 || c->one_way);
}

static bool is_secured(const struct connection *c)
{
	return c->secured_ns || (c->one_way && c->finished_client && c->data_client);
}

static enum session unsecured(const struct model *m, const struct connection *c)
{
	const struct tls_alert_fact *alert = model_clear_alert(c, true);

	if (!alert)
		alert = model_clear_alert(c, false);
	if (alert && alert->fatal && (!c->has_gap || c->chain.count || !alert->from_client))
		return SESSION_TLS_FAILED;
	if (is_long_and_full(c))
		return c->tls_frames.count || c->has_gap || !c->seen_from_start ? SESSION_STANDING : SESSION_BARE;
	if (c->has_gap || !c->seen_from_start)
		return SESSION_UNSEEN;
	if (is_over(c))
		return c->hello || c->server_hello ? SESSION_TLS_FAILED : SESSION_BARE;
	if (m->facts->watched_until_ns - c->last_ns >= STALLED_NS)
		return c->hello ? SESSION_TLS_FAILED : SESSION_BARE;
	return SESSION_TLS_PENDING;
}

static bool registrar_tried_after(const struct model *m, int64_t at_ns)
{
	for (size_t i = 0; i < m->links.count; i++)
		if (m->links.at[i].role == ROLE_REGISTRAR && m->links.at[i].connection->start_ns > at_ns)
			return true;
	return false;
}

/* What the phone does once it is signed in: Exchange, and the web services that in-band provisioning named. */
static bool went_on_after(const struct model *m, int64_t at_ns)
{
	for (size_t i = 0; i < m->facts->lookups.count; i++) {
		const struct lookup *l = &m->facts->lookups.at[i];

		if (l->last_ns >= at_ns && (text_starts(l->name, "_autodiscover._tcp.") || text_starts(l->name, "autodiscover.")))
			return true;
	}
	for (size_t i = 0; i < m->links.count; i++)
		if ((m->links.at[i].role == ROLE_EXCHANGE || m->links.at[i].role == ROLE_WEB) && m->links.at[i].connection->start_ns >= at_ns)
			return true;
	return false;
}

bool links_went_on(const struct model *m)
{
	int64_t last_ns = INT64_MIN;

	for (size_t i = 0; i < m->facts->lookups.count; i++)
		if (model_is_search(m, &m->facts->lookups.at[i]) && m->facts->lookups.at[i].last_ns > last_ns)
			last_ns = m->facts->lookups.at[i].last_ns;
	for (size_t i = 0; i < m->links.count; i++)
		if (m->links.at[i].role == ROLE_REGISTRAR && m->links.at[i].connection->start_ns > last_ns)
			last_ns = m->links.at[i].connection->start_ns;
	for (size_t i = 0; i < m->facts->lookups.count && last_ns != INT64_MIN; i++)
		if (m->facts->lookups.at[i].first_ns > last_ns && text_starts(m->facts->lookups.at[i].name, "_autodiscover._tcp."))
			return true;
	return false;
}

static enum session secured(const struct model *m, const struct connection *c)
{
	int64_t since = c->secured_ns ? c->secured_ns : c->start_ns, life = (is_over(c) ? c->end_ns : c->last_ns) - since;

	if (!is_over(c)) {      /* a phone that lost its power leaves a session without an end, and begins a new one */
		bool abandoned = registrar_tried_after(m, c->last_ns) && life < LONG_LIFE_NS;

		if (!abandoned && c->data_client && c->data_server)
			return SESSION_STANDING;
		return abandoned ? SESSION_CLOSED : c->one_way ? SESSION_STANDING : SESSION_TLS_PENDING;
	}
	if (life >= LONG_LIFE_NS)
		return SESSION_STANDING;
	if (model_tries_after(m, c->end_ns))
		return SESSION_CLOSED;
	return life >= SHORT_LIFE_NS || went_on_after(m, since) ? SESSION_STANDING : SESSION_CLOSED;
}

static enum session session_of(const struct model *m, const struct connection *c)
{
	switch (c->state) {
	case CONNECTION_REFUSED:
		return SESSION_REFUSED;
	case CONNECTION_TIMEOUT:
		return SESSION_TIMEOUT;
	case CONNECTION_TRYING:
		return SESSION_NONE;
	default:
		return is_secured(c) ? secured(m, c) : unsecured(m, c);
	}
}

/* SIP in clear says it in words (RFC 3261 section 10.3). */
static void registered_in_clear(struct model *m)
{
	for (size_t i = 0; i < m->facts->sip.count; i++) {
		const struct sip_message *s = &m->facts->sip.at[i];

		if (s->from_phone || !s->method || strcmp(s->method, "REGISTER") != 0 || s->status / 100 != 2)
			continue;
		m->signed_in = true;
		m->signed_in_ns = s->at_ns;
	}
}

void links_judge(struct model *m)
{
	for (size_t i = 0; i < m->links.count; i++) {
		struct link *l = &m->links.at[i];

		l->session = session_of(m, l->connection);
		if (l->role != ROLE_REGISTRAR || l->session != SESSION_STANDING)
			continue;
		m->signed_in = true;
		m->standing = l;
		m->signed_in_ns = l->connection->secured_ns ? l->connection->secured_ns : l->connection->start_ns;
	}
	registered_in_clear(m);
}
