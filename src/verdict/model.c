#include "verdict/model.h"

#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "verdict/model_parts.h"
#include "verdict/naming.h"

enum { PORT_SIPS = 5061 };

/* A phone that asks for all names before it dials the first does so at once when it has them. */
#define AT_ONCE_NS (250 * NS_PER_MS)

static const char *const services[] = { "_sipinternaltls._tcp.", "_sipinternal._tcp.", "_sip._tls.", "_sip._tcp." };
static const char *const host_labels[] = { "sipinternal.", "sip.", "sipexternal." };

bool same_name(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

static const char *behind(const char *name, const char *const *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0 && name[strlen(prefixes[i])])
			return name + strlen(prefixes[i]);
	return NULL;
}

bool model_is_host_name(const char *name)
{
	return behind(name, host_labels, sizeof host_labels / sizeof host_labels[0]) != NULL;
}

static const char *service_domain(const char *name)
{
	return behind(name, services, sizeof services / sizeof services[0]);
}

const char *model_registrar_domain(const char *name)
{
	const char *domain = service_domain(name);

	return domain ? domain : behind(name, host_labels, sizeof host_labels / sizeof host_labels[0]);
}

/* ---- the user's SIP domain ---- */

/* Whether a resolver may have appended it: a suffix of options 15 and 119, or of what is left of one without its first labels. Where no suffix is known, it may be any. */
static bool may_be_suffix(const struct facts *f, const char *rest)
{
	for (size_t i = 0; i < f->suffixes.count; i++)
		if (naming_match(rest, f->suffixes.at[i]))
			return true;
	return !f->suffixes.count;
}

/* Where the resolver appended a DNS suffix to a name that was also asked without it: the length without the suffix. Which suffixes there are
 * (options 15 and 119) need not be in the capture. A network's own name, "fabrikam", is no user's beside "fabrikam.com". */
static size_t bare_length(const struct facts *f, const char *domain)
{
	size_t len = strlen(domain);

	for (size_t i = 0; i < f->lookups.count; i++) {
		const char *other = model_registrar_domain(f->lookups.at[i].name);
		size_t bare = other ? strlen(other) : len;

		if (bare < len && domain[bare] == '.' && memchr(other, '.', bare) && strncasecmp(other, domain, bare) == 0 && may_be_suffix(f, domain + bare + 1))
			len = bare;
	}
	return len;
}

static bool is_told_elsewhere(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->lookups.count; i++)
		for (size_t k = 0; k < f->lookups.at[i].srv.count; k++)
			if (same_name(f->lookups.at[i].srv.at[k].target, name))
				return true;
	for (size_t i = 0; i < f->dhcp.count; i++)
		for (size_t k = 0; k < f->dhcp.at[i].answers.count; k++)
			if (texts_have(&f->dhcp.at[i].answers.at[k].uc.sip_names, name))
				return true;
	return false;
}

static bool asks_for_host_of(const struct facts *f, const char *domain, size_t len)
{
	for (size_t i = 0; i < f->lookups.count; i++) {
		const char *name = f->lookups.at[i].name, *own = model_is_host_name(name) ? model_registrar_domain(name) : NULL;

		if (own && strlen(own) >= len && strncasecmp(own, domain, len) == 0 && (own[len] == '\0' || own[len] == '.'))
			return true;
	}
	return false;
}

/* A name of option 120 under this domain has that address. */
static bool is_told_by_dhcp(const struct facts *f, const char *domain, const struct addr *a)
{
	for (size_t i = 0; i < f->dhcp.count; i++)
		for (size_t k = 0; k < f->dhcp.at[i].answers.count; k++) {
			const text_set *names = &f->dhcp.at[i].answers.at[k].uc.sip_names;

			for (size_t n = 0; n < names->count; n++)
				if (naming_match(domain, names->at[n]) && facts_is_bound(f, names->at[n], a, INT64_MAX, NULL))
					return true;
		}
	return false;
}

/* The phone connects to a server that the look-up, or DHCP for the same domain, told. */
static bool dials_after(const struct facts *f, const struct lookup *l, const char *domain)
{
	for (size_t i = 0; i < f->connections.count; i++)
		if (f->connections.at[i].start_ns > l->first_ns && f->connections.at[i].server.port == PORT_SIPS && is_told_by_dhcp(f, domain, &f->connections.at[i].server.addr))
			return true;
	for (size_t i = 0; i < f->connections.count; i++)
		for (size_t k = 0; k < l->srv.count; k++)
			if (f->connections.at[i].start_ns > l->first_ns && facts_is_bound(f, l->srv.at[k].target, &f->connections.at[i].server.addr, INT64_MAX, NULL))
				return true;
	return false;
}

/* At boot the phone looks for services of the network's own domain (option 15, which need not be in the capture), before it knows any user: nothing
 * follows from the answer. Whoever looks for a user's registrar goes on to the host names, or connects. */
static bool is_of_boot(const struct facts *f, const struct lookup *l)
{
	const char *domain = service_domain(l->name), *network = f->dns_domain;
	size_t len = domain ? bare_length(f, domain) : 0;

	if (!domain || (network && (len != strlen(network) || strncasecmp(domain, network, len) != 0)))
		return false;
	return !asks_for_host_of(f, domain, len) && !dials_after(f, l, network ? network : domain);
}

/*
 * The latest domain that was asked for; another one before the network's own (option 15), which the phone may ask for at boot. Service records tell
 * it best: sip.hoster.com may be the target of one.
 */
static const char *domain_of_lookups(const struct facts *f, bool of_services, struct arena *arena)
{
	const char *best = NULL;
	bool best_is_network = true;
	int64_t best_ns = 0;

	for (size_t i = 0; i < f->lookups.count; i++) {
		const struct lookup *l = &f->lookups.at[i];
		const char *domain = of_services ? service_domain(l->name) : model_registrar_domain(l->name);
		bool is_network;

		if (!domain || is_of_boot(f, l) || (!of_services && is_told_elsewhere(f, l->name)))
			continue;
		domain = arena_copy(arena, domain, bare_length(f, domain));
		is_network = same_name(domain, f->dns_domain);
		if (best && (is_network != best_is_network ? is_network : l->last_ns < best_ns))
			continue;
		best = domain;
		best_is_network = is_network;
		best_ns = l->last_ns;
	}
	return best;
}

static void find_sip_domain(struct model *m, const char *given, struct arena *arena)
{
	const struct facts *f = m->facts;

	m->sip_domain = given;
	m->sip_domain_source = "option";
	for (size_t i = f->sip.count; i-- > 0 && !m->sip_domain;) {
		m->sip_domain = f->sip.at[i].from_phone ? f->sip.at[i].domain : NULL;
		m->sip_domain_source = "REGISTER in clear";
	}
	if (!m->sip_domain) {
		m->sip_domain = domain_of_lookups(f, true, arena);
		m->sip_domain_source = "the service records it asked for";
	}
	if (!m->sip_domain) {
		m->sip_domain = domain_of_lookups(f, false, arena);
		m->sip_domain_source = "the host names it asked for";
	}
	if (!m->sip_domain) {
		m->sip_domain = f->earlier_domain;
		m->sip_domain_source = f->earlier_domain ? "an earlier sign-in" : NULL;
	}
}

/* ---- web services ---- */

static void find_web_name(struct model *m)
{
	const struct facts *f = m->facts;

	for (size_t i = 0; i < f->dhcp.count; i++)
		for (size_t k = 0; k < f->dhcp.at[i].answers.count; k++)
			if (f->dhcp.at[i].answers.at[k].kind == DHCP_ACK && f->dhcp.at[i].answers.at[k].uc.fqdn && !m->web_name)
				m->web_name = f->dhcp.at[i].answers.at[k].uc.fqdn;
	for (size_t i = 0; i < f->http.count && !m->web_name; i++)
		if (f->http.at[i].target && strcasestr(f->http.at[i].target, "/CertProv"))
			m->web_name = f->http.at[i].host;
}

/* ---- the whole ---- */

bool model_is_search(const struct model *m, const struct lookup *l)
{
	const char *domain = model_registrar_domain(l->name);
	size_t len = m->sip_domain ? strlen(m->sip_domain) : 0;

	return domain && len && strncasecmp(domain, m->sip_domain, len) == 0 && (domain[len] == '\0' || domain[len] == '.');
}

bool model_tries_after(const struct model *m, int64_t at_ns)
{
	for (size_t i = 0; i < m->links.count; i++)
		if (m->links.at[i].role == ROLE_REGISTRAR && m->links.at[i].connection->start_ns > at_ns)
			return true;
	for (size_t i = 0; i < m->facts->lookups.count; i++)
		if (model_is_search(m, &m->facts->lookups.at[i]) && m->facts->lookups.at[i].last_ns > at_ns)
			return true;
	return false;
}

bool model_reached_discovery(const struct model *m)
{
	return model_tries_after(m, INT64_MIN);
}

/* Between the two the phone did more about a registrar than ask for services: the first was not the search at boot. */
static bool went_on_between(const struct model *m, int64_t from_ns, int64_t until_ns)
{
	for (size_t i = 0; i < m->facts->lookups.count; i++) {
		const struct lookup *l = &m->facts->lookups.at[i];

		if (model_is_search(m, l) && !service_domain(l->name) && l->first_ns > from_ns && l->first_ns < until_ns)
			return true;
	}
	for (size_t i = 0; i < m->links.count; i++)
		if (m->links.at[i].role == ROLE_REGISTRAR && m->links.at[i].connection->start_ns > from_ns && m->links.at[i].connection->start_ns < until_ns)
			return true;
	return false;
}

/* The last of the host names was asked for, or the same service record in a second round. */
static bool went_through_list(const struct model *m)
{
	const struct facts *f = m->facts;

	for (size_t i = 0; i < f->lookups.count; i++) {
		const struct lookup *l = &f->lookups.at[i];

		if (!model_is_search(m, l))
			continue;
		if (strncasecmp(l->name, "sipexternal.", strlen("sipexternal.")) == 0 && l->state != LOOKUP_PENDING && l->state != LOOKUP_FOUND &&
		    f->watched_until_ns - (l->answered_ns ? l->answered_ns : l->last_ns) >= AT_ONCE_NS)
			return true;
		for (size_t k = 0; k < i && service_domain(l->name); k++)
			if (same_name(f->lookups.at[k].name, l->name) && l->first_ns - f->lookups.at[k].last_ns >= 3 * NS_PER_S &&
			    went_on_between(m, f->lookups.at[k].last_ns, l->first_ns))
				return true;
	}
	return f->restarted || links_went_on(m);
}

struct model *model_run(const struct facts *f, const struct policy *p, const char *sip_domain, struct arena *arena)
{
	struct model *m = arena_get(arena, sizeof *m);

	m->facts = f;
	m->policy = p;
	find_sip_domain(m, sip_domain, arena);
	find_web_name(m);
	candidates_told(m, arena);
	links_find(m, arena);
	links_judge(m);
	candidates_shown(m, arena);
	m->past_list = went_through_list(m);
	candidates_judge(m, arena);
	return m;
}

/* ---- questions about a handshake ---- */

const struct tls_alert_fact *model_clear_alert(const struct connection *c, bool from_client)
{
	for (size_t i = 0; i < c->alerts.count; i++)
		if (c->alerts.at[i].from_client == from_client && c->alerts.at[i].name && strcmp(c->alerts.at[i].name, "close_notify") != 0)
			return &c->alerts.at[i];
	return NULL;
}

bool model_phone_refused_certificate(const struct connection *c)
{
	const struct tls_alert_fact *own = model_clear_alert(c, true), *theirs = model_clear_alert(c, false);

	if (!c->certificate_ns || c->secured_ns || (theirs && (!own || theirs->at_ns < own->at_ns)))
		return false;
	return own || ((c->state == CONNECTION_CLOSED || c->state == CONNECTION_RESET) && c->ended_by_client);
}
