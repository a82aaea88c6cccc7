/* Exchange: its own name check, which never fails a sign-in; and what a reset phone would meet. */
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "base/text.h"
#include "verdict/model_parts.h"
#include "verdict/rules.h"

static const char service[] = "_autodiscover._tcp.";

/* ---- Exchange ---- */

/* By that name, or by another one of the same address: which it was is not seen. */
static bool may_be_dialled(const struct judging *j, const char *name, int64_t since_ns)
{
	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];

		if (same_name(l->name, name))
			return true;
		if (!l->name_by_sni && l->role != ROLE_REGISTRAR && l->connection->start_ns >= since_ns && facts_is_bound(j->facts, name, &l->connection->server.addr, INT64_MAX, NULL))
			return true;
	}
	return false;
}

/* The user's SMTP domain counts like the SIP domain (field report: an entry for the AD domain was found and not trusted). */
static bool is_trusted(const struct judging *j, const char *smtp_domain, const char *server)
{
	return policy_check_name(j->model->policy, smtp_domain, server).naming != NAMING_NO_MATCH ||
		policy_check_name(j->model->policy, j->model->sip_domain, server).naming != NAMING_NO_MATCH;
}

static void untrusted_name(struct judging *j, const struct lookup *l)
{
	const char *domain = l->name + strlen(service);

	for (size_t i = 0; i < l->srv.count; i++) {
		const char *server = l->srv.at[i].target;
		struct draft *d;

		if (is_trusted(j, domain, server) || may_be_dialled(j, server, l->answered_ns) || j->model->policy->on_mismatch != MISMATCH_SKIP)
			continue;
		d = say(j, "exchange-name-untrusted", is_stuck_since(j, l->answered_ns) ? GRADE_STRONG : GRADE_WEAK, server);
		d->rests_on_absence = true;
		d->message = PRINT(j, "%s leads to the Exchange server %s, which is not under %s: the phone does not connect to it and shows the exclamation mark. The sign-in itself is not touched.",
			l->name, server, domain);
		d->fix = PRINT(j, "Point %s to autodiscover.%s (port 443), add that A record, and put the name into the Exchange certificate.", l->name, domain);
		show(j, d, &l->frames);
	}
}

static const struct certificate *registrar_leaf(const struct judging *j)
{
	for (size_t i = 0; i < j->model->links.count; i++)
		if (j->model->links.at[i].role == ROLE_REGISTRAR && j->model->links.at[i].connection->chain.count)
			return &j->model->links.at[i].connection->chain.at[0];
	return NULL;
}

static void refused(struct judging *j, const struct link *l)
{
	const struct connection *c = l->connection;
	const struct certificate *leaf = c->chain.count ? &c->chain.at[0] : NULL, *ours = registrar_leaf(j);
	const char *cn = leaf ? certificate_cn(j->arena, leaf->subject) : NULL;
	bool wildcard = leaf && (certificate_is_wildcard_only(leaf) || (cn && text_starts(cn, "*.")));
	const struct tls_alert_fact *alert = model_clear_alert(c, true);
	bool foreign = leaf && leaf->issuer && (!ours || !ours->issuer || strcasecmp(leaf->issuer, ours->issuer) != 0);
	struct draft *d;

	if (!wildcard && !foreign && !(alert && strcmp(alert->name, "unknown_ca") == 0))
		return;
	if (said(j, wildcard ? "exchange-cert-wildcard" : "exchange-ca-untrusted"))
		return;
	d = say(j, wildcard ? "exchange-cert-wildcard" : "exchange-ca-untrusted", alert ? GRADE_PROVEN : GRADE_STRONG, l->name);
	if (wildcard) {
		d->message = PRINT(j, "The certificate of the Exchange server %s is a wildcard (%s): the phone refuses it and shows the exclamation mark.", l->name, cn ? cn : certificate_names_words(j, leaf));
		d->fix = PRINT(j, "Give the Exchange certificate %s as its common name.", l->name);
	} else {
		d->message = PRINT(j, "The certificate of the Exchange server %s was issued by %s, which the phone does not trust.", l->name, leaf && leaf->issuer ? leaf->issuer : "another CA");
		d->fix = "Make that CA known to the phones: New-CsWebTrustedCACertificate in the web service configuration, or publish its root in Active Directory.";
	}
	show(j, d, &c->certificate_frames);
	if (alert)
		show_one(j, d, alert->frame);
}

/* A PIN proves nothing to Exchange: the phone can only ask and be turned away. */
static void not_expected(struct judging *j, const struct link *l)
{
	struct draft *d;

	if (j->method != METHOD_PIN || said(j, "exchange-not-expected"))
		return;
	d = say(j, "exchange-not-expected", GRADE_STRONG, l->name);
	d->is_info = true;
	d->message = PRINT(j, "The user signed in by PIN: %s cannot be given credentials, so there are no calendar and no voice mail on the phone. That is as designed.", l->name);
	d->fix = "Tether the phone to the user's PC over USB once to give it credentials.";
	show(j, d, &l->connection->frames);
}

void rules_exchange(struct judging *j)
{
	for (size_t i = 0; i < j->facts->lookups.count; i++)
		if (text_starts(j->facts->lookups.at[i].name, service))
			untrusted_name(j, &j->facts->lookups.at[i]);
	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];

		if (l->role != ROLE_EXCHANGE)
			continue;
		if (l->session == SESSION_TLS_FAILED && model_phone_refused_certificate(l->connection))
			refused(j, l);
		else if (l->connection->secured_ns)
			not_expected(j, l);
	}
}

/* ---- after a reset ---- */

/* Faults of the start that a phone with cached servers and certificates never meets. */
static bool matters_after_reset(const char *code)
{
	static const char *const starts_with[] = { "uc-no-reply", "uc43-", "root-ca-", "web-", "strict-name", "srv-missing", "srv-target-unresolved", "tls-chain-", NULL };

	for (size_t i = 0; starts_with[i]; i++)
		if (strncmp(code, starts_with[i], strlen(starts_with[i])) == 0)
			return true;
	return false;
}

/* What stopped the other phone would stop this one: names and servers where both users are of one domain, DHCP and web services where both are in one network. */
static bool is_shared(const struct judging *j, const struct site_fault *f)
{
	static const char *const of_network[] = { "uc", "root-ca", "web-", NULL };

	if (mac_equal(f->phone, j->phone) || !matters_after_reset(f->code))
		return false;
	if (strcmp(f->code, "strict-name") == 0 && j->model->policy->on_mismatch != MISMATCH_SKIP)      /* this one minds no names */
		return false;
	for (size_t i = 0; of_network[i]; i++)
		if (text_starts(f->code, of_network[i]))
			return !f->dns_domain || !j->facts->dns_domain || same_name(f->dns_domain, j->facts->dns_domain);
	return !j->model->sip_domain || same_name(f->sip_domain, j->model->sip_domain);
}

static void say_reset(struct judging *j, const char *reason, const char *subject, enum grade grade, const frame_set *frames)
{
	struct draft *d = said(j, "would-fail-after-reset");

	if (d)
		return;
	d = say(j, "would-fail-after-reset", grade, subject);
	d->message = PRINT(j, "This phone works with what it kept from an earlier sign-in. After a factory reset it would fail: %s.", reason);
	d->fix = "Repair that first, then test with one phone by the reset keys before others are reset, replaced or lose their certificate.";
	if (frames)
		show(j, d, frames);
}

/* The registrar was one that nothing in DNS or DHCP led to: a reset phone would not find it. */
static bool signed_in_from_cache(const struct model *m)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].result == RESULT_SIGNED_IN && m->decisions.at[i].source != CANDIDATE_CACHE)
			return false;
	return true;
}

void rules_reset(struct judging *j)
{
	bool from_cache = signed_in_from_cache(j->model);
	size_t own = j->drafts.count;

	if (!j->model->signed_in || j->method != METHOD_CACHED)
		return;
	for (size_t i = 0; i < own; i++) {
		const struct draft d = j->drafts.at[i];

		if (matters_after_reset(d.rule->code) && strcmp(d.rule->code, "strict-name-masked") != 0 &&
		    (from_cache || (d.step != STEP_DISCOVERY && d.step != STEP_NAMING)))
			say_reset(j, PRINT(j, "%s (%s)", d.message, d.rule->code), d.rule->code, d.grade == GRADE_PROVEN ? GRADE_STRONG : d.grade, &d.frames);
	}
	for (size_t i = 0; i < j->site->faults.count; i++)
		if (is_shared(j, &j->site->faults.at[i])) {
			char mac[MAC_TEXT];

			say_reset(j, PRINT(j, "another phone of this capture, %s, failed with %s%s%s", mac_format(j->site->faults.at[i].phone, mac), j->site->faults.at[i].code,
				j->site->faults.at[i].subject[0] ? " of " : "", j->site->faults.at[i].subject), j->site->faults.at[i].code, j->model->sip_domain ? GRADE_STRONG : GRADE_WEAK, NULL);
		}
}
