/* TLS with the registrar: why a handshake did not finish. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "verdict/model_parts.h"
#include "verdict/naming.h"
#include "verdict/rules.h"

enum { PORT_SIP = 5060 };

struct handshake {
	const struct link *link;
	const struct connection *connection;
	const struct tls_alert_fact *phones, *servers;  /* alerts in clear */
	struct certificate_faults faults;
	const char *name;               /* for text_set */
};

static struct draft *fail(struct judging *j, const struct handshake *h, const char *code, enum grade grade)
{
	struct draft *d;

	for (size_t i = 0; i < j->drafts.count; i++)
		if (strcmp(j->drafts.at[i].rule->code, code) == 0 && same_name(j->drafts.at[i].subject, h->name)) {
			d = &j->drafts.at[i];
			show(j, d, &h->connection->certificate_frames);
			return NULL;
		}
	d = say(j, code, grade, h->name);
	d->blocks = j->gave_up && !j->model->signed_in;
	show(j, d, &h->connection->certificate_frames);
	if (h->phones)
		show_one(j, d, h->phones->frame);
	if (h->servers)
		show_one(j, d, h->servers->frame);
	return d;
}

static bool alert_is(const struct tls_alert_fact *a, const char *name)
{
	return a && strcmp(a->name, name) == 0;
}

static const char *day(struct judging *j, int64_t at_ns)
{
	char text[MOMENT_TEXT];

	moment_format(at_ns, 0, text);
	return PRINT(j, "%.10s", text);
}

/* ---- the chain ---- */

static const char *const public_authorities[] = {
	"digicert", "verisign", "symantec", "geotrust", "rapidssl", "thawte", "globalsign", "entrust", "comodo", "sectigo", "usertrust", "addtrust", "godaddy", "go daddy",
	"starfield", "baltimore", "cybertrust", "let's encrypt", "isrg", "quovadis", "swisssign", "startcom", "network solutions", "trustwave", "securetrust", "buypass",
	"certum", "amazon", "google trust", "gts ca", "microsoft it tls", "microsoft azure", NULL,
};
static const char *const inspectors[] = {
	"zscaler", "blue coat", "bluecoat", "proxysg", "fortinet", "fortigate", "palo alto", "websense", "forcepoint", "umbrella", "untangle", "sophos", "checkpoint", "check point",
	"mcafee web", "squid", "barracuda", "ironport", "sonicwall", "watchguard", "inspection", "intercept", "mitm", "proxy", NULL,
};

static bool speaks_of(const char *text, const char *const *words)
{
	for (size_t i = 0; text && words[i]; i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

bool certificate_is_public(const certificate_set *chain)
{
	return chain->count && speaks_of(chain->at[chain->count - 1].issuer, public_authorities);
}

/* The certificates of unlike servers come from one CA that nobody delivered: somebody stands between. */
static bool is_intercepted(const struct judging *j, const struct connection *c)
{
	const char *issuer = c->chain.count ? c->chain.at[0].issuer : NULL;

	return speaks_of(issuer, inspectors) || (issuer && site_others_accept(j->site, &c->server, issuer, j->phone, c->start_ns));
}

const char *certificate_former_issuer(const struct judging *j, const struct connection *c)
{
	const char *issuer = c->chain.count ? c->chain.at[0].issuer : NULL;

	return issuer ? site_former_issuer(j->site, &c->server, issuer, c->start_ns) : NULL;
}

static void chain(struct judging *j, const struct handshake *h, bool said_so)
{
	const certificate_set *c = &h->connection->chain;
	const char *issuer = c->count ? c->at[c->count - 1].issuer : NULL, *before = certificate_former_issuer(j, h->connection);
	bool public = certificate_is_public(c);
	struct draft *d;

	if (c->count && is_intercepted(j, h->connection)) {
		d = fail(j, h, "tls-intercepted", speaks_of(c->at[0].issuer, inspectors) ? GRADE_STRONG : GRADE_WEAK);
		if (d) {
			d->message = PRINT(j, "The certificate that came from %s was issued by %s: a TLS inspection stands between the phone and the registrar.", h->name, c->at[0].issuer);
			d->fix = PRINT(j, "Exempt the voice VLAN (TCP 443 and 5061 to %s) from TLS inspection.", h->name);
		}
		return;
	}
	d = fail(j, h, before ? "tls-chain-changed" : "tls-chain-untrusted", said_so ? GRADE_PROVEN : GRADE_STRONG);
	if (!d)
		return;
	d->rests_on_absence = !said_so && !before;      /* of the right root among those that were delivered */
	d->message = before ? PRINT(j, "%s now has a certificate of %s; it was of %s before. The phone does not know the new root.", h->name, issuer, before) :
		PRINT(j, "The phone does not trust the certificate of %s%s%s: the root of its chain is not among those it has%s.", h->name, issuer ? ", issued by " : "", issuer ? issuer : "",
			public ? " (a public CA that may be newer than the phone's list)" : j->facts->deliveries.count ? ", nor among those it was given here" : "");
	d->fix = public ? PRINT(j, "Update the phone's firmware, or deliver the root of %s to it: publish it in Active Directory, or let it sign in by PIN with DHCP option 43.", issuer) :
		PRINT(j, "Deliver the root of %s to the phones: in the chain that the web services hand out on port 80, or in Active Directory (certutil -f -dspublish root.cer RootCA). Factory-reset phones that hold an old chain.",
			issuer ? issuer : "that chain");
}

/* ---- the leaf ---- */

/* The name was asked for, or answered: as an alias, a service's target, or by DHCP. */
static bool is_met(const struct judging *j, const char *name)
{
	for (size_t i = 0; i < j->facts->lookups.count; i++)
		if (same_name(j->facts->lookups.at[i].name, name) || same_name(j->facts->lookups.at[i].cname, name))
			return true;
	for (size_t i = 0; i < j->model->decisions.count; i++)
		if (same_name(j->model->decisions.at[i].server, name))
			return true;
	return same_name(j->model->web_name, name);
}

/* None of its names was met here, or lies in the user's or the network's domain. */
static bool is_strange(const struct judging *j, const struct certificate *leaf)
{
	const char *domains[] = { j->model->sip_domain, j->facts->dns_domain };

	for (size_t i = 0; i < leaf->san.count; i++) {
		for (size_t k = 0; k < 2; k++)
			if (domains[k] && naming_match(domains[k], leaf->san.at[i]))
				return false;
		if (is_met(j, leaf->san.at[i]))
			return false;
	}
	return true;
}

/* An intermediate that is out of date need not be the one that the phone builds its path with. */
static enum grade dated_grade(const struct handshake *h, const struct certificate *c)
{
	return c == h->faults.leaf ? GRADE_PROVEN : GRADE_STRONG;
}

static const char *which_words(struct judging *j, const struct handshake *h, const struct certificate *c)
{
	if (c == h->faults.leaf)
		return PRINT(j, "The certificate of %s", h->name);
	return PRINT(j, "In the chain of %s, the certificate of the CA %s", h->name, c->subject ? c->subject : "(unreadable)");
}

static void leaf_faults(struct judging *j, const struct handshake *h)
{
	const struct certificate *leaf = h->faults.leaf;
	const char *fix_name = PRINT(j, "Reissue the certificate of %s with the subject alternative name %s (explicitly, not as a wildcard).", h->name, h->name);
	struct draft *d;

	if (h->faults.expired && (d = fail(j, h, "tls-cert-expired", dated_grade(h, h->faults.expired)))) {
		d->message = PRINT(j, "%s expired on %s.", which_words(j, h, h->faults.expired), day(j, h->faults.expired->not_after_ns));
		d->fix = h->faults.expired == leaf ? PRINT(j, "Renew the certificate of %s.", h->name) :
			PRINT(j, "Renew that certificate of the CA and install it on %s in the place of the old one.", h->name);
	}
	if (h->faults.not_yet_valid && (d = fail(j, h, "tls-cert-not-yet-valid", dated_grade(h, h->faults.not_yet_valid)))) {
		d->message = PRINT(j, "%s is valid only from %s on.", which_words(j, h, h->faults.not_yet_valid), day(j, h->faults.not_yet_valid->not_before_ns));
		d->fix = PRINT(j, "Check the clock of the CA and of the servers, or wait until %s.", day(j, h->faults.not_yet_valid->not_before_ns));
	}
	if (h->faults.name && (d = fail(j, h, "tls-name-mismatch", h->link->name_by_sni || (h->phones && !alert_is(h->phones, "unknown_ca")) ? GRADE_PROVEN : GRADE_STRONG))) {
		d->message = PRINT(j, "The phone dialled %s, and the certificate does not bear that name: it bears %s.", h->name, certificate_names_words(j, leaf));
		d->fix = fix_name;
	}
	if (h->faults.name && !h->connection->sni && is_strange(j, leaf) && (d = fail(j, h, "tls-sni-required", GRADE_WEAK))) {
		d->blocks = false;
		d->message = PRINT(j, "The certificate that came for %s has nothing to do with this site, and the phone sent no server name (SNI): it may be the default of a listener for many names.", h->name);
		d->fix = PRINT(j, "Make the certificate of %s the default of its listener, the one that is shown without SNI.", h->name);
	}
	if (h->faults.wildcard && (d = fail(j, h, "tls-wildcard", GRADE_STRONG))) {
		d->message = PRINT(j, "The certificate covers %s only by a wildcard (%s), which Lync Phone Edition does not accept.", h->name, certificate_names_words(j, leaf));
		d->fix = fix_name;
	}
	if (h->faults.key_type && (d = fail(j, h, "tls-key-type", GRADE_WEAK))) {
		d->message = PRINT(j, "The certificate of %s has a key that phones of this age may not handle: %s.", h->name, leaf->key);
		d->fix = "Use an RSA key of 2048 bits.";
	}
	if (h->faults.sha2_unlikely && (d = fail(j, h, "tls-signature-algorithm", GRADE_STRONG))) {
		d->message = PRINT(j, "The chain of %s is signed with %s, and the phone's firmware %s is older than its support for SHA-2 is known to be.", h->name,
			h->faults.sha2_unlikely->signature_algorithm, j->facts->firmware);
		d->fix = "Update the firmware first (with a SHA-1 chain in place), then move to SHA-2.";
	}
}

static bool has_leaf_fault(const struct certificate_faults *f)
{
	return f->name || f->wildcard || f->expired || f->not_yet_valid || f->key_type || f->sha2_unlikely;
}

/* A clock that was never set is years off. One that was set wrong does harm only to certificates that begin or end in between. */
static bool spoils(const struct judging *j, const struct draft *d, const struct connection *c)
{
	double error_s = certificate_clock_error_s(j->facts);

	if (strcmp(d->rule->code, "time-wrong") != 0)
		return true;
	return fabs(error_s) >= 1e9 || certificate_is_out_of_date(&c->chain, c->certificate_ns + (int64_t)(error_s * 1e9));
}

bool blame_the_clock(struct judging *j, const struct link *l, bool blocks)
{
	const struct tls_alert_fact *alert = model_clear_alert(l->connection, true);
	struct certificate_faults f = certificate_check(j, l->connection, l->name);
	struct draft *d = said(j, "time-wrong");

	if (!d)
		d = said(j, "time-not-set");
	if (!d || f.unknown || f.name || f.wildcard || f.expired || f.not_yet_valid || !model_phone_refused_certificate(l->connection) || !spoils(j, d, l->connection) ||
	    (alert && strcmp(alert->name, "certificate_expired") != 0 && strncmp(alert->name, "bad_certificate", strlen("bad_certificate")) != 0 &&
	     strcmp(alert->name, "certificate_unknown") != 0))
		return false;
	d->blocks |= blocks;
	show(j, d, &l->connection->certificate_frames);
	return true;
}

static void rejected(struct judging *j, const struct handshake *h)
{
	struct draft *d = fail(j, h, "tls-cert-rejected", GRADE_STRONG);

	if (!d)
		return;
	if (h->phones)
		d->grade = GRADE_PROVEN;
	d->message = h->phones ? PRINT(j, "The phone refused the certificate of %s with the alert %s; nothing is visibly wrong with it (it bears %s).", h->name, h->phones->name,
			h->faults.leaf ? certificate_names_words(j, h->faults.leaf) : "names that could not be read") :
		PRINT(j, "The phone closed the connection to %s right after it had seen the certificate, without an alert; nothing is visibly wrong with it (it bears %s).", h->name,
			h->faults.leaf ? certificate_names_words(j, h->faults.leaf) : "names that could not be read");
	d->fix = "Check that the phone has the root and every intermediate of the chain, that its clock is right, and that CRL and AIA addresses of the certificate are within its reach (certutil -urlfetch -verify).";
	show(j, d, &h->connection->tls_frames);
}

static void refused_by_phone(struct judging *j, const struct handshake *h)
{
	bool unknown_ca = alert_is(h->phones, "unknown_ca"), dated = alert_is(h->phones, "certificate_expired");
	const struct draft *no_root = said(j, "root-ca-absent");
	bool chain_suspect = !h->faults.unknown && h->faults.root_not_delivered && (j->facts->deliveries.count || certificate_former_issuer(j, h->connection) || is_intercepted(j, h->connection) || (no_root && no_root->blocks));

	if (unknown_ca)
		chain(j, h, true);
	leaf_faults(j, h);
	if (unknown_ca || (has_leaf_fault(&h->faults) && !(dated && !h->faults.expired && !h->faults.not_yet_valid)))
		return;
	if (blame_the_clock(j, h->link, j->gave_up && !j->model->signed_in) || dated)
		rejected(j, h);
	else if (chain_suspect && !h->phones)
		chain(j, h, false);
	else
		rejected(j, h);
}

/* ---- the server's side ---- */

static bool is_about_name(const struct handshake *h)
{
	return alert_is(h->servers, "unrecognized_name");
}

static void refused_by_server(struct judging *j, const struct handshake *h)
{
	const struct connection *c = h->connection;
	bool sni = is_about_name(h);
	struct draft *d = fail(j, h, sni ? "tls-sni-required" : "tls-version-or-cipher", h->servers ? GRADE_PROVEN : GRADE_STRONG);

	if (!d)
		return;
	show(j, d, &c->tls_frames);
	show(j, d, &c->frames);
	if (sni) {
		d->message = PRINT(j, "%s wants the server name in the ClientHello (SNI) and does not know the one it got%s.", h->name, c->sni ? "" : ": the phone sends none");
		d->fix = PRINT(j, "Give the listener of %s a default certificate that needs no SNI.", h->name);
	} else {
		d->message = PRINT(j, "%s ends the handshake right after the phone's ClientHello (%s)%s%s: no version or cipher suite in common.", h->name, c->hello_version ? c->hello_version : "TLS",
			h->servers ? " with the alert " : "", h->servers ? h->servers->name : "");
		d->fix = PRINT(j, "Allow TLS 1.0 with RSA suites (AES-CBC, 3DES) for the phones on %s or its load balancer, %s.", h->name,
			j->model->policy->tls_max < TLS_1_2 ? "or replace the phones: they never got TLS 1.2" : "or update the client");
	}
}

static bool server_ended(const struct connection *c)
{
	return (c->state == CONNECTION_CLOSED || c->state == CONNECTION_RESET) && !c->ended_by_client;
}

/* Only what comes before ServerHello is about versions and suites (RFC 5246 7.4.1.3). */
static bool is_turned_away(const struct handshake *h)
{
	const struct connection *c = h->connection;

	if (is_about_name(h))
		return true;
	return !c->server_hello && c->hello && (h->servers || (server_ended(c) && !c->has_gap));
}

static const char *unfinished_words(struct judging *j, const struct handshake *h)
{
	const struct connection *c = h->connection;
	const char *alert = h->servers ? PRINT(j, " with the alert %s", h->servers->name) : "", *who = h->servers || server_ended(c) ? h->name : "the phone";
	bool over = h->servers || c->state == CONNECTION_CLOSED || c->state == CONNECTION_RESET;

	if (!c->hello && !c->server_hello)
		return PRINT(j, "%s takes the connection, and no TLS handshake begins on it.", h->name);
	if (!c->server_hello)
		return PRINT(j, "%s takes the connection and does not answer the phone's ClientHello%s.", h->name, over ? ", until the phone gives up" : "");
	if (!c->certificate_ns)
		return PRINT(j, "The handshake with %s gets stuck behind its ServerHello: no certificate is seen%s%s%s.", h->name, over ? ", and the end comes from " : "", over ? who : "", over ? alert : "");
	if (over)
		return PRINT(j, "%s had shown its certificate, which the phone did not refuse; then the handshake was ended by %s%s.", h->name, who, alert);
	return PRINT(j, "The handshake with %s gets stuck behind its certificate: neither side says anything more.", h->name);
}

/* Neither did the phone refuse the certificate, nor the server the phone's hello. */
static void unfinished(struct judging *j, const struct handshake *h)
{
	struct draft *d = fail(j, h, "tls-unfinished", h->servers ? GRADE_PROVEN : GRADE_STRONG);

	if (!d)
		return;
	d->rests_on_absence = !h->servers;
	d->message = unfinished_words(j, h);
	d->fix = h->connection->certificate_ns ? PRINT(j, "Look into the system log of %s (Schannel) at that time, and at what stands between it and the phone; a listener that wants a certificate of the phone is none for phones.", h->name) :
		PRINT(j, "See that %s, not only its load balancer, takes TLS there, and that large packets pass (MTU, inspection) between it and the voice VLAN.", h->name);
	show(j, d, &h->connection->tls_frames);
	show(j, d, &h->connection->frames);
}

static void look_at(struct judging *j, const struct link *l)
{
	char address[ENDPOINT_TEXT];
	struct handshake h = { .link = l, .connection = l->connection, .phones = model_clear_alert(l->connection, true), .servers = model_clear_alert(l->connection, false),
		.faults = certificate_check(j, l->connection, l->name), .name = l->name };

	if (!h.name)
		h.name = PRINT(j, "%s", endpoint_format(&l->connection->server, address));
	if (model_phone_refused_certificate(l->connection))
		refused_by_phone(j, &h);
	else if (is_turned_away(&h))
		refused_by_server(j, &h);
	else if (!l->connection->has_gap)
		unfinished(j, &h);
}

/* It was accepted this time; other phones, or this one after a reset, may be less patient. */
static void accepted(struct judging *j, const struct link *l)
{
	struct handshake h = { .link = l, .connection = l->connection, .faults = certificate_check(j, l->connection, l->name), .name = l->name };
	struct draft *d;

	if (h.name && h.faults.key_type && (d = fail(j, &h, "tls-key-type", GRADE_WEAK))) {
		d->message = PRINT(j, "The certificate of %s has an unusual key (%s). This phone accepted it; others of its age may not.", h.name, h.faults.leaf->key);
		d->fix = "Use an RSA key of 2048 bits.";
	}
}

/* Accepted, and nothing came of it; on the port of SIP in clear that says nothing of TLS. */
static bool is_bare_tls(const struct link *l)
{
	return l->session == SESSION_BARE && l->connection->server.port != PORT_SIP;
}

void rules_tls(struct judging *j)
{
	for (size_t i = 0; i < j->model->links.count; i++)
		if (j->model->links.at[i].role == ROLE_REGISTRAR && j->model->links.at[i].session == SESSION_STANDING)
			accepted(j, &j->model->links.at[i]);
	for (size_t i = 0; i < j->model->links.count; i++)
		if (j->model->links.at[i].role == ROLE_REGISTRAR && (j->model->links.at[i].session == SESSION_TLS_FAILED || is_bare_tls(&j->model->links.at[i])))
			look_at(j, &j->model->links.at[i]);
}
