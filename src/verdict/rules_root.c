/* How the phone comes by the root of the site's certificates: over HTTP, or from the directory. */
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "verdict/model_parts.h"
#include "verdict/rules.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443, STRONGER_AUTH_REQUIRED = 8 };

static bool is_chain_request(const struct http_exchange *h)
{
	return h->target && strcasestr(h->target, "/CertProv");
}

static bool has_chain(const struct facts *f)
{
	for (size_t i = 0; i < f->http.count; i++)
		if (is_chain_request(&f->http.at[i]) && f->http.at[i].status == 200)
			return true;
	return false;
}

static bool web_secured_after(const struct judging *j, int64_t at_ns)
{
	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];

		if (l->role == ROLE_WEB && l->connection->server.port == PORT_HTTPS && l->connection->secured_ns > at_ns)
			return true;
	}
	return false;
}

/* Whether the sign-in ended with this failure of the chain download. */
static bool ends_here(const struct judging *j, int64_t at_ns)
{
	return !j->model->signed_in && !has_chain(j->facts) && !web_secured_after(j, at_ns) && !went_to_registrar(j, at_ns) && is_stuck_after_failure(j, at_ns);
}

/* ---- over HTTP ---- */

static const char *host_words(struct judging *j, const struct http_exchange *h)
{
	char address[ADDR_TEXT];

	return h->host ? h->host : PRINT(j, "%s", addr_format(&h->server.addr, address));
}

static void bad_answer(struct judging *j, const struct http_exchange *h)
{
	bool redirect = h->status / 100 == 3;
	const char *code = redirect ? "root-ca-http-redirect" : "root-ca-http-status";
	struct draft *d = said(j, code);

	if (!d) {
		d = say(j, code, GRADE_PROVEN, host_words(j, h));
		if (redirect) {
			d->message = PRINT(j, "%s answers the request for the certificate chain with a redirect (%u) to %s: the phone must have the chain before it can trust HTTPS.",
				d->subject, h->status, h->location ? h->location : "another place");
			d->fix = PRINT(j, "Exempt /CertProv on port 80 of %s from the redirect on the load balancer or proxy.", d->subject);
		} else {
			d->message = PRINT(j, "%s refuses the request for the certificate chain: HTTP status %u.", d->subject, h->status);
			d->fix = PRINT(j, "Look into the web services of %s (IIS site, /CertProv application, its log for this moment) and allow the download of the root chain.", d->subject);
		}
	}
	d->blocks |= ends_here(j, h->at_ns);
	show(j, d, &h->frames);
}

static bool host_is_alive(const struct judging *j, const struct addr *a)
{
	for (size_t i = 0; i < j->site->alive.count; i++)
		if (addr_equal(&j->site->alive.at[i], a))
			return true;
	for (size_t i = 0; i < j->facts->connections.count; i++) {
		const struct connection *c = &j->facts->connections.at[i];

		if (addr_equal(&c->server.addr, a) && (c->state == CONNECTION_OPEN || c->state == CONNECTION_CLOSED || c->state == CONNECTION_RESET))
			return true;
	}
	return false;
}

/* Another port of the same host does not take connections either. */
static bool failed_elsewhere(const struct judging *j, const struct connection *c)
{
	for (size_t i = 0; i < j->facts->connections.count; i++) {
		const struct connection *o = &j->facts->connections.at[i];

		if (addr_equal(&o->server.addr, &c->server.addr) && o->server.port != c->server.port && (o->state == CONNECTION_REFUSED || o->state == CONNECTION_TIMEOUT))
			return true;
	}
	return false;
}

static void no_connection(struct judging *j, const struct link *l)
{
	const struct connection *c = l->connection;
	bool refused = l->session == SESSION_REFUSED, blocked = host_is_alive(j, &c->server.addr) || (refused && !failed_elsewhere(j, c));
	const char *code = blocked ? "root-ca-http-blocked" : "root-ca-host-dead", *name = l->name ? l->name : j->model->web_name;
	struct draft *d = said(j, code);
	char address[ADDR_TEXT];

	addr_format(&c->server.addr, address);
	if (!d) {
		d = say(j, code, refused ? GRADE_PROVEN : GRADE_STRONG, name);
		d->rests_on_absence = !refused;
		if (blocked) {
			d->message = refused ? PRINT(j, "%s (%s) refuses connections on port 80, from which the phone fetches the certificate chain before it can trust HTTPS.", name, address) :
				PRINT(j, "%s (%s) is there, but nothing comes back from its port 80, from which the phone fetches the certificate chain.", name, address);
			d->fix = PRINT(j, "Open TCP port 80 from the voice VLAN to %s (%s): front end or director, not the load balancer's redirect.", name, address);
		} else {
			d->message = PRINT(j, "%s %s (%s), the web services that option 43 names: the server is gone or not reachable from the voice VLAN.",
				refused ? "No port is open on" : "Nothing comes back from", name, address);
			d->fix = PRINT(j, "Correct %s in DNS or in option 43 (sub-option 3), or let the voice VLAN reach %s on TCP 80 and 443.", name, address);
		}
	}
	d->blocks |= ends_here(j, c->start_ns);
	show(j, d, &c->frames);
}

static void no_answer(struct judging *j, const struct http_exchange *h)
{
	struct draft *d = say(j, "root-ca-host-dead", GRADE_STRONG, host_words(j, h));

	d->rests_on_absence = true;
	d->blocks = ends_here(j, h->at_ns);
	d->message = PRINT(j, "%s took the request for the certificate chain on port 80 and never answered it.", d->subject);
	d->fix = PRINT(j, "Look into the web services of %s: the IIS site of the pool on port 80.", d->subject);
	show(j, d, &h->frames);
}

static void over_http(struct judging *j)
{
	for (size_t i = 0; i < j->facts->http.count; i++) {
		const struct http_exchange *h = &j->facts->http.at[i];

		if (!is_chain_request(h))
			continue;
		if (h->status >= 300)
			bad_answer(j, h);
		else if (!h->status && !has_chain(j->facts) && is_stuck_since(j, h->at_ns) && !said(j, "root-ca-host-dead"))
			no_answer(j, h);
	}
	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];

		if (l->role == ROLE_WEB && l->connection->server.port == PORT_HTTP && (l->session == SESSION_REFUSED || l->session == SESSION_TIMEOUT))
			no_connection(j, l);
	}
}

/* ---- from the directory ---- */

static bool reached_directory(const struct judging *j)
{
	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];

		if (l->role == ROLE_DIRECTORY && l->session != SESSION_REFUSED && l->session != SESSION_TIMEOUT && l->session != SESSION_NONE)
			return true;
	}
	return j->facts->directory.count > 0;
}

static void pings(struct judging *j)
{
	const struct ping *good = NULL, *empty = NULL;
	struct draft *d;

	for (size_t i = 0; i < j->facts->pings.count; i++) {
		const struct ping *p = &j->facts->pings.at[i];

		if (p->answered && p->has_netlogon)
			good = p;
		else if (p->answered)
			empty = p;
	}
	if (!good && empty) {
		d = say(j, "ad-domain-not-hosted", GRADE_PROVEN, empty->domain ? empty->domain : "");
		d->message = PRINT(j, "The domain controller answers the phone's ping with nothing: it does not host the domain that the phone asks for, %s.", d->subject[0] ? d->subject : "(not named)");
		d->fix = PRINT(j, "Make the DNS suffix (DHCP option 15) and the locator records (_ldap._tcp.dc._msdcs) lead to a controller of the right Active Directory domain, not %s.", d->subject);
		show(j, d, &empty->frames);
	} else if (good && !reached_directory(j) && is_past(j, good->at_ns)) {
		d = say(j, "root-ca-ldap-stalled", GRADE_STRONG, good->domain ? good->domain : "");
		d->rests_on_absence = true;
		d->message = "A domain controller answered the phone's ping, and the phone never read the CA certificates from it (no LDAP session on TCP 389).";
		d->fix = "Publish the root in Active Directory (certutil -f -dspublish root.cer RootCA), let the voice VLAN reach TCP 389, sign in with credentials over USB, "
			"or have the chain fetched by PIN and DHCP option 43.";
		show(j, d, &good->frames);
	}
}

static void binds(struct judging *j)
{
	for (size_t i = 0; i < j->facts->directory.count; i++) {
		const struct directory_request *r = &j->facts->directory.at[i];
		struct draft *d;

		if (!r->done || r->result != STRONGER_AUTH_REQUIRED || said(j, "ldap-signing-required"))
			continue;
		d = say(j, "ldap-signing-required", GRADE_PROVEN, "");
		d->message = "The domain controller wants LDAP signing and refuses the phone's bind: the CA certificates cannot be read from the directory.";
		d->fix = "Give the phone the chain over HTTP instead (DHCP option 43, sign-in by PIN once), or relax `LDAP server signing requirements` for a controller that phones use.";
		show(j, d, &r->frames);
	}
}

/* ---- neither ---- */

/* The first handshake that the phone broke off at a certificate whose chain it cannot have known. */
static const struct link *refused_chain(const struct judging *j)
{
	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];
		const struct tls_alert_fact *alert = model_clear_alert(l->connection, true);
		struct certificate_faults f;

		if ((l->role != ROLE_REGISTRAR && l->role != ROLE_WEB) || l->session != SESSION_TLS_FAILED || !model_phone_refused_certificate(l->connection))
			continue;
		f = certificate_check(j, l->connection, l->name);
		if (alert && strcmp(alert->name, "unknown_ca") == 0)
			return l;
		if (!alert && !f.name && !f.wildcard && !f.expired && !f.not_yet_valid && f.root_not_delivered)
			return l;
	}
	return NULL;
}

static void absent(struct judging *j)
{
	const struct link *l = refused_chain(j);
	static const char *const explains[] = { "root-ca-ldap-stalled", "ad-domain-not-hosted", "ldap-signing-required", "root-ca-http-blocked", "root-ca-host-dead",
		"root-ca-http-redirect", "root-ca-http-status" };
	struct draft *d;

	bool cached = j->method == METHOD_CACHED || j->method == METHOD_UNKNOWN;
	const struct tls_alert_fact *alert = l ? model_clear_alert(l->connection, true) : NULL;
	bool blames = j->facts->from_start && (!cached || (j->method == METHOD_CACHED && alert));        /* what a phone kept from before is not seen */

	if (!l || j->facts->deliveries.count || j->model->signed_in || certificate_former_issuer(j, l->connection))
		return;
	if (l->connection->chain.count && certificate_is_public(&l->connection->chain))
		return;
	for (size_t i = 0; i < sizeof explains / sizeof explains[0] && j->method != METHOD_CACHED; i++)
		if ((d = said(j, explains[i]))) {
			d->blocks = true;
			return;
		}
	d = say(j, "root-ca-absent", blames && !cached ? GRADE_STRONG : GRADE_WEAK, l->name);
	d->blocks = blames;
	d->rests_on_absence = true;
	d->message = "The phone was given no root certificate, neither over HTTP (DHCP option 43) nor from the directory, and refuses the server's private one.";
	d->fix = "Give phones the chain: DHCP option 43 for class MS-UC-Client and sign-in by PIN, or publish the root in Active Directory (certutil -f -dspublish root.cer RootCA).";
	show(j, d, &l->connection->certificate_frames);
}

void rules_root(struct judging *j)
{
	over_http(j);
	pings(j);
	binds(j);
	absent(j);
}
