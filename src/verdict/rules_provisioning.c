/* Certificate provisioning over HTTPS. */
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "verdict/model_parts.h"
#include "verdict/rules.h"

enum { PORT_HTTPS = 443 };

/* What is dialled after the sign-in under another name (Exchange, what the registrar tells inside TLS) gives no certificate to the phone. */
static bool is_web(const struct judging *j, const struct link *l)
{
	bool later = j->model->signed_in && l->connection->start_ns > j->model->signed_in_ns && !same_name(l->name, j->model->web_name);

	return l->role == ROLE_WEB && l->connection->server.port == PORT_HTTPS && !later;
}

static bool web_ok(const struct judging *j)
{
	for (size_t i = 0; i < j->model->links.count; i++)
		if (is_web(j, &j->model->links.at[i]) && j->model->links.at[i].connection->secured_ns)
			return true;
	return false;
}

static bool ends_here(const struct judging *j, int64_t at_ns)
{
	return !j->model->signed_in && !web_ok(j) && !went_to_registrar(j, at_ns) && is_stuck_after_failure(j, at_ns);
}

/* The phone spoke to it: the answer that told the address is only not in the capture. */
static bool was_reached(const struct judging *j)
{
	for (size_t i = 0; i < j->facts->http.count; i++)
		if (same_name(j->facts->http.at[i].host, j->model->web_name))
			return true;
	return false;
}

static void unresolved(struct judging *j)
{
	enum lookup_state state;
	char server[ADDR_TEXT];
	const struct lookup *l;
	struct draft *d;

	if (!j->model->web_name || !facts_name_state(j->facts, j->model->web_name, "A", &state, &l))
		return;
	if ((state != LOOKUP_NONE && state != LOOKUP_ERROR && state != LOOKUP_SILENT) || was_reached(j))
		return;
	d = say(j, "web-unresolved", state == LOOKUP_SILENT ? GRADE_STRONG : GRADE_PROVEN, j->model->web_name);
	d->rests_on_absence = state == LOOKUP_SILENT;
	d->blocks = ends_here(j, l->last_ns);
	if (state == LOOKUP_NONE) {
		d->message = PRINT(j, "The web services' name %s, which option 43 tells, has no address in DNS (%s).", j->model->web_name, l->rcode);
		d->fix = PRINT(j, "Add an A record for %s, or correct sub-option 3 of DHCP option 43.", j->model->web_name);
	} else {
		addr_format(&l->server, server);
		d->message = PRINT(j, "The DNS server %s does not tell the address of the web services %s, which option 43 names (%s): that is its own trouble and says nothing of the name.", server,
			j->model->web_name, l->rcode ? l->rcode : "no answer");
		d->fix = PRINT(j, "Repair the zone or the forwarder for %s on %s, or let the phones reach it.", j->model->web_name, server);
	}
	show(j, d, &l->frames);
}

static void no_connection(struct judging *j, const struct link *l)
{
	bool refused = l->session == SESSION_REFUSED;
	const char *code = refused ? "web-tcp-refused" : "web-tcp-timeout", *name = l->name ? l->name : "the web server";
	struct draft *d = said(j, code);
	char address[ADDR_TEXT];

	addr_format(&l->connection->server.addr, address);
	if (!d) {
		d = say(j, code, refused ? GRADE_PROVEN : GRADE_STRONG, name);
		d->rests_on_absence = !refused;
		d->message = refused ? PRINT(j, "%s (%s) refuses connections on port 443: the phone cannot get its certificate.", name, address) :
			PRINT(j, "Nothing comes back from %s (%s) on port 443: the phone cannot get its certificate.", name, address);
		d->fix = PRINT(j, "Let the voice VLAN reach TCP 443 of %s (%s), and see that the web services run there.", name, address);
	}
	d->blocks |= ends_here(j, l->connection->start_ns);
	show(j, d, &l->connection->frames);
}

static const char *why_refused(struct judging *j, const struct link *l)
{
	const struct tls_alert_fact *alert = model_clear_alert(l->connection, true), *theirs = model_clear_alert(l->connection, false);
	struct certificate_faults f = certificate_check(j, l->connection, l->name);

	if (f.expired)
		return "its certificate has expired";
	if (f.not_yet_valid)
		return "its certificate is not valid yet";
	if (f.name)
		return PRINT(j, "its certificate does not bear that name (it bears %s)", certificate_names_words(j, f.leaf));
	if (alert)
		return PRINT(j, "the phone sent the alert %s", alert->name);
	if (theirs)
		return PRINT(j, "the server sent the alert %s", theirs->name);
	if (model_phone_refused_certificate(l->connection))
		return "the phone closed after it had seen the certificate";
	return "the handshake did not finish";
}

static void tls_failed(struct judging *j, const struct link *l)
{
	struct draft *d = said(j, "web-tls-failed");

	if (!d) {
		d = say(j, "web-tls-failed", GRADE_PROVEN, l->name);
		d->message = PRINT(j, "The TLS handshake with the web services %s failed: %s. The phone gets no certificate for its user.", l->name ? l->name : "", why_refused(j, l));
		d->fix = PRINT(j, "Give %s a certificate that bears its name, is in date and comes from a CA whose root the phone is given; TLS 1.0 must be allowed for the phones.", l->name ? l->name : "the web services");
	}
	d->blocks |= ends_here(j, l->connection->start_ns);
	show(j, d, &l->connection->tls_frames);
	blame_the_clock(j, l, ends_here(j, l->connection->start_ns));
}

/* One name for several servers: DNS load balancing is right for SIP, not for HTTPS, which wants one address for the whole conversation. */
static bool split(struct judging *j)
{
	const struct link *good = NULL, *bad = NULL;
	struct draft *d;

	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];
		bool failed = l->session == SESSION_REFUSED || l->session == SESSION_TIMEOUT || l->session == SESSION_TLS_FAILED;

		if (l->role != ROLE_WEB || !same_name(l->name, j->model->web_name))
			continue;
		if (failed)
			bad = l;
		else if (l->connection->bytes_server || l->connection->secured_ns)
			good = l;
	}
	if (!good || !bad || addr_equal(&good->connection->server.addr, &bad->connection->server.addr))
		return false;
	d = say(j, "web-fqdn-split", GRADE_STRONG, j->model->web_name);
	d->message = PRINT(j, "The web services' name %s leads to several servers, and not all of them serve it: sign-in works or fails with the address that DNS hands out.", j->model->web_name);
	d->fix = "Name the hardware load balancer's address for web services in option 43 (DHCPUtil -WebServer), not the pool whose DNS entry has all front ends.";
	show(j, d, &good->connection->frames);
	show(j, d, &bad->connection->frames);
	return true;
}

/* HTTPS was there and nothing came of it: the phone never learned a user's domain to look for. */
static void auth(struct judging *j)
{
	const struct link *last = NULL;
	int64_t end_ns;
	struct draft *d;

	for (size_t i = 0; i < j->model->links.count; i++)
		if (is_web(j, &j->model->links.at[i]) && j->model->links.at[i].connection->secured_ns)
			last = &j->model->links.at[i];
	if (!last || j->model->signed_in || went_to_registrar(j, last->connection->secured_ns))
		return;
	end_ns = last->connection->end_ns ? last->connection->end_ns : last->connection->last_ns;
	if (!is_stuck_since(j, end_ns) || model_reached_discovery(j->model))
		return;
	d = say(j, "auth-not-completed", GRADE_WEAK, last->name);
	d->blocks = d->rests_on_absence = true;
	d->message = PRINT(j, "The phone spoke with the web services %s over HTTPS and then did not look for a registrar: its user was not accepted (wrong or locked PIN, PIN sign-in disabled, wrong password). "
		"Which of these, only the server's log tells.", last->name ? last->name : "");
	d->fix = "Test the user with Test-CsPhoneBootstrap; check the PIN (Get-CsClientPinInfo), the PIN policy and the authentication methods of the web service.";
	show(j, d, &last->connection->frames);
	show(j, d, &last->connection->tls_frames);
}

static bool is_public(const addr_set *a)
{
	for (size_t i = 0; i < a->count; i++) {
		const uint8_t *o = a->at[i].octet;
		bool private = a->at[i].family == 6 ? (o[0] & 0xfe) == 0xfc || o[0] == 0xfe : o[0] == 10 || (o[0] == 172 && (o[1] & 0xf0) == 16) || (o[0] == 192 && o[1] == 168) || o[0] == 127;

		if (!private)
			return true;
	}
	return false;
}

static bool leased_by_home_router(const struct facts *f)
{
	for (size_t i = 0; i < f->dhcp.count; i++)
		for (size_t k = 0; k < f->dhcp.at[i].answers.count; k++)
			if (f->dhcp.at[i].answers.at[k].from_home_router)
				return true;
	return false;
}

/* Outside the company nobody answers for the UC options, and only the Edge's names are there. */
static void external(struct judging *j)
{
	const struct draft *no_options = said(j, "uc-no-reply");
	bool inside = false, outside = false;
	struct draft *d;

	if (!no_options)
		no_options = said(j, "uc43-missing");
	for (size_t i = 0; i < j->facts->lookups.count; i++) {
		const struct lookup *l = &j->facts->lookups.at[i];

		inside |= l->state == LOOKUP_FOUND && (strncasecmp(l->name, "_sipinternal", strlen("_sipinternal")) == 0 || strncasecmp(l->name, "sipinternal.", strlen("sipinternal.")) == 0);
		outside |= l->state == LOOKUP_FOUND && strncasecmp(l->name, "_sip._tls.", strlen("_sip._tls.")) == 0;
		outside |= is_public(&l->addresses) && (model_registrar_domain(l->name) || strncasecmp(l->name, "ucupdates", strlen("ucupdates")) == 0);
	}
	if (!no_options || inside || !(outside || leased_by_home_router(j->facts)) || web_ok(j))
		return;
	d = say(j, "pin-needs-internal", GRADE_WEAK, "");
	d->blocks = !j->model->signed_in && j->method == METHOD_PIN && no_options->blocks;
	d->message = "The phone seems to be outside the company (one box gives lease, route and names, or only external names exist; nobody tells the Lync options): its first sign-in by PIN works only inside.";
	d->fix = "Sign the phone in once inside the company, or tether it to a PC and use credentials.";
	show(j, d, &no_options->frames);
}

void rules_provisioning(struct judging *j)
{
	bool is_split = split(j);

	unresolved(j);
	for (size_t i = 0; i < j->model->links.count && !is_split; i++) {
		const struct link *l = &j->model->links.at[i];

		if (!is_web(j, l))
			continue;
		if (l->session == SESSION_REFUSED || l->session == SESSION_TIMEOUT)
			no_connection(j, l);
		else if (l->session == SESSION_TLS_FAILED)
			tls_failed(j, l);
	}
	auth(j);
	external(j);
}
