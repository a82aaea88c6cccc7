#include "verdict/evaluate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "verdict/model_parts.h"
#include "verdict/rules.h"
#include "verdict/steps.h"

/* A phone that fails tries its candidates anew within a minute; one that does nothing about a registrar for this long is through. */
#define QUIET_NS (15 * NS_PER_S)

/* ---- the method ---- */

static bool asked_for_uc(const struct facts *f)
{
	for (size_t i = 0; i < f->dhcp.count; i++)
		if (f->dhcp.at[i].is_inform && (f->dhcp.at[i].wants_uc || f->dhcp.at[i].vendor_class))
			return true;
	return false;
}

static bool asked_web(const struct model *m)
{
	for (size_t i = 0; i < m->facts->http.count; i++)
		if (m->facts->http.at[i].target && strcasestr(m->facts->http.at[i].target, "/CertProv"))
			return true;
	for (size_t i = 0; i < m->links.count; i++)
		if (m->links.at[i].role == ROLE_WEB && (!m->signed_in || m->links.at[i].connection->start_ns < m->signed_in_ns))
			return true;
	return false;
}

static bool asked_directory(const struct model *m)
{
	const struct facts *f = m->facts;

	for (size_t i = 0; i < f->lookups.count; i++)
		if (strncasecmp(f->lookups.at[i].name, "_ldap._tcp.", strlen("_ldap._tcp.")) == 0)
			return true;
	return f->pings.count || f->directory.count || f->kerberos.count;
}

/* It went for its registrar at once. A client that has the system's authorities and its user's password needs nothing from an earlier sign-in for that. */
static enum method straight(const struct model *m)
{
	if (m->policy->on_mismatch == MISMATCH_ASK || (asked_for_uc(m->facts) && !m->signed_in))
		return METHOD_UNKNOWN;
	return m->facts->from_start || m->signed_in ? METHOD_CACHED : METHOD_UNKNOWN;
}

enum method evaluate_method(const struct model *m)
{
	if (asked_directory(m))
		return METHOD_CREDENTIALS;
	if (asked_web(m))
		return METHOD_PIN;
	if (model_reached_discovery(m))
		return straight(m);
	return asked_for_uc(m->facts) ? METHOD_PIN : METHOD_UNKNOWN;
}

/* ---- whether the phone is through ---- */

static int64_t last_try(const struct model *m)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < m->facts->lookups.count; i++) {
		const struct lookup *l = &m->facts->lookups.at[i];

		if (model_is_search(m, l) && l->last_ns > last)
			last = l->last_ns;
	}
	for (size_t i = 0; i < m->links.count; i++) {
		const struct connection *c = m->links.at[i].connection;
		int64_t newest = c->end_ns > c->last_ns ? c->end_ns : c->last_ns;

		if (m->links.at[i].role == ROLE_REGISTRAR && newest > last)
			last = newest;
	}
	return last;
}

static bool is_still_trying(const struct model *m)
{
	for (size_t i = 0; i < m->links.count; i++)
		if (m->links.at[i].role == ROLE_REGISTRAR && (m->links.at[i].session == SESSION_TLS_PENDING || m->links.at[i].session == SESSION_NONE))
			return true;
	return false;
}

static bool gave_up(const struct model *m)
{
	if (!model_reached_discovery(m) || m->signed_in)
		return false;
	if (m->facts->restarted)
		return true;
	return m->facts->watched_until_ns - last_try(m) >= QUIET_NS || (m->past_list && !is_still_trying(m));
}

/* ---- from drafts to findings ---- */

static bool may_be_said(const struct judging *j, const struct draft *d)
{
	return j->whole || !d->rests_on_absence;
}

static bool is_error(const struct judging *j, const struct draft *d)
{
	return d->blocks && !j->model->signed_in && may_be_said(j, d) && d->step != STEP_EXCHANGE;
}

static enum severity severity_of(const struct judging *j, const struct draft *d)
{
	if (is_error(j, d))
		return SEVERITY_ERROR;
	return d->is_info ? SEVERITY_INFO : SEVERITY_WARNING;
}

/* Errors first, then by step, else in the order they were said. */
static int compare(const void *a, const void *b)
{
	const struct finding_report *x = a, *y = b;

	if (x->severity != y->severity)
		return x->severity < y->severity ? -1 : 1;
	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	return 0;
}

static void sort(struct evaluation *e)
{
	for (size_t i = 1; i < e->findings.count; i++)         /* insertion: stable, and there are few */
		for (size_t k = i; k && compare(&e->findings.at[k - 1], &e->findings.at[k]) > 0; k--) {
			struct finding_report t = e->findings.at[k];

			e->findings.at[k] = e->findings.at[k - 1];
			e->findings.at[k - 1] = t;
		}
}

static void publish(struct judging *j, struct evaluation *e)
{
	for (size_t i = 0; i < j->drafts.count; i++) {
		const struct draft *d = &j->drafts.at[i];

		if (!may_be_said(j, d))
			continue;
		*LIST_ADD(j->arena, &e->findings) = (struct finding_report){ .rule = d->rule, .severity = severity_of(j, d), .step = d->step, .subject = d->subject,
			.message = d->message, .fix = d->fix, .grade = d->grade, .frames = { d->frames.at, d->frames.count } };
	}
	sort(e);
}

/* ---- the outcome ---- */

static bool has_error(const struct evaluation *e)
{
	return e->findings.count && e->findings.at[0].severity == SEVERITY_ERROR;
}

/* An accusation that had to be dropped because the capture is not whole: what happened cannot be told. */
static bool dropped_any(const struct judging *j)
{
	for (size_t i = 0; i < j->drafts.count; i++)
		if (j->drafts.at[i].blocks && !may_be_said(j, &j->drafts.at[i]))
			return true;
	return false;
}

static bool has_unseen(const struct model *m)
{
	for (size_t i = 0; i < m->links.count; i++)
		if (m->links.at[i].role == ROLE_REGISTRAR && m->links.at[i].session == SESSION_UNSEEN)
			return true;
	return false;
}

static enum outcome outcome_of(const struct judging *j, const struct evaluation *e)
{
	if (j->model->signed_in)
		return OUTCOME_SIGNED_IN;
	if (has_error(e))
		return OUTCOME_FAILED;
	if (dropped_any(j) || has_unseen(j->model) || j->one_way || (!j->whole && j->gave_up))
		return OUTCOME_UNKNOWN;
	return OUTCOME_UNFINISHED;
}

/* ---- what the capture could not show ---- */

static void cannot(struct judging *j, struct evaluation *e, const char *sentence)
{
	*LIST_ADD(j->arena, &e->cannot_show) = sentence;
}

/* A session that was seen for less than this may still have been turned down behind the end of the capture (reference 3.9). */
#define SURE_LIFE_NS (60 * NS_PER_S)

static void limit_of_session(struct judging *j, struct evaluation *e)
{
	const struct link *l = j->model->standing;
	int64_t life = l ? (l->connection->end_ns ? l->connection->end_ns : l->connection->last_ns) - j->model->signed_in_ns : 0;

	if (l && life < SURE_LIFE_NS)
		cannot(j, e, PRINT(j, "Whether the sign-in lasts: its session was seen for only %.1f s.", (double)life / 1e9));
}

static void limits(struct judging *j, struct evaluation *e)
{
	if (!j->facts->firmware && j->model->policy == policy_find("lpe-cu7"))
		cannot(j, e, "The phone's firmware: nothing in clear names it. The rules of CU7 (4.0.7577.4363) and later are assumed; --firmware tells another.");
	if (!j->model->sip_domain)
		cannot(j, e, "The user's SIP domain: the phone asked for no name that tells it; --sip-domain does.");
	if (!j->facts->from_start)
		cannot(j, e, "What the phone did before the capture began.");
	if (!j->facts->connections.count && model_reached_discovery(j->model))
		cannot(j, e, "Whether the phone connected to anybody: no TCP of it is in the capture. Where a capture filter left it out, nothing follows from that.");
	if (j->one_way)
		cannot(j, e, "One direction of the conversation.");
	else if (!j->whole)
		cannot(j, e, "Packets that are missing from the capture: nothing that rests on absence is held against anybody.");
	limit_of_session(j, e);
	if (said(j, "name-skipped"))
		cannot(j, e, "The name check itself: it sends no packet. The phone's own log has it (LookupTrustModel ... hr=0x80ee0058).");
	for (size_t i = 0; i < j->model->links.count; i++)
		if (j->model->links.at[i].role == ROLE_REGISTRAR && j->model->links.at[i].connection->secured_ns) {
			cannot(j, e, "What phone and registrar said inside TLS.");
			return;
		}
}

/* ---- the whole ---- */

static void (*const all_rules[])(struct judging *j) = {
	rules_capture, rules_link, rules_start, rules_uc, rules_root, rules_provisioning, rules_discovery, rules_naming, rules_connect, rules_tls, rules_exchange, rules_reset,
};

void evaluate(const struct model *m, const struct site *site, struct mac phone, struct arena *arena, struct evaluation *ret)
{
	struct judging j = { .model = m, .facts = m->facts, .site = site, .phone = phone, .arena = arena, .method = evaluate_method(m), .whole = true, .gave_up = gave_up(m) };

	*ret = (struct evaluation){ .method = j.method };
	for (size_t i = 0; i < sizeof all_rules / sizeof all_rules[0]; i++)
		all_rules[i](&j);
	publish(&j, ret);
	ret->outcome = outcome_of(&j, ret);
	ret->cause = ret->outcome == OUTCOME_FAILED ? 0 : ret->findings.count;
	limits(&j, ret);
	steps_report(&j, ret);
}
