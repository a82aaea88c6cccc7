/* What DNS says of the registrar, and which names the phone trusts. */
#include <string.h>
#include <strings.h>

#include "verdict/model_parts.h"
#include "verdict/rules.h"

enum { PORT_SIPS = 5061 };

/* ---- discovery ---- */

static bool is_server(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (same_name(m->decisions.at[i].server, name))
			return true;
	return false;
}

static bool concerns_registrar(const struct judging *j, const struct lookup *l)
{
	return model_is_search(j->model, l) || is_server(j->model, l->name);
}

static bool dialled_any(const struct model *m)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].dialled)
			return true;
	return m->signed_in;
}

struct answers {
	unsigned srv_found;
	frame_set none, error, silent;
	const struct lookup *internal_none;     /* _sipinternaltls, the first service that a phone asks for, is not there */
	const struct lookup *first_error, *first_silent;
};

static void count_state(struct judging *j, struct answers *a, const struct lookup *l)
{
	switch (l->state) {
	case LOOKUP_NONE:
		break;
	case LOOKUP_ERROR:
		frames_join(j->arena, &a->error, &l->frames);
		a->first_error = a->first_error ? a->first_error : l;
		break;
	case LOOKUP_SILENT:
		frames_join(j->arena, &a->silent, &l->frames);
		a->first_silent = a->first_silent ? a->first_silent : l;
		break;
	default:
		break;
	}
}

/* Service records and hosts of the registrar, and what was answered. */
static struct answers count_answers(struct judging *j)
{
	struct answers a = { 0 };

	for (size_t i = 0; i < j->facts->lookups.count; i++) {
		const struct lookup *l = &j->facts->lookups.at[i];
		bool is_srv = strcmp(l->type, "SRV") == 0;

		if (!concerns_registrar(j, l))
			continue;
		count_state(j, &a, l);
		if (!is_srv)
			continue;
		a.srv_found += l->state == LOOKUP_FOUND;
		if (l->state != LOOKUP_NONE || !same_name(model_registrar_domain(l->name), j->model->sip_domain))
			continue;
		frames_join(j->arena, &a.none, &l->frames);
		if (!a.internal_none && strncasecmp(l->name, "_sipinternaltls.", strlen("_sipinternaltls.")) == 0)
			a.internal_none = l;
	}
	return a;
}

static bool fails_here(const struct judging *j)
{
	return j->gave_up && !dialled_any(j->model);
}

static void silent(struct judging *j, const struct answers *a)
{
	char server[ADDR_TEXT];
	struct draft *d;

	if (!a->first_silent)
		return;
	d = say(j, "dns-timeout", GRADE_STRONG, a->first_silent->name);
	d->rests_on_absence = true;
	d->blocks = fails_here(j) && !a->srv_found;
	d->message = PRINT(j, "The DNS server %s does not answer the phone's question for %s%s: nothing can be said of the names.",
		addr_format(&a->first_silent->server, server), a->first_silent->name, a->silent.count > a->first_silent->frames.count ? " and others" : "");
	d->fix = PRINT(j, "Let the voice VLAN reach the DNS server %s (UDP and TCP 53), or give the phones another one (DHCP option 6).", server);
	show(j, d, &a->silent);
}

static void server_error(struct judging *j, const struct answers *a)
{
	char server[ADDR_TEXT];
	struct draft *d;

	if (!a->first_error)
		return;
	d = say(j, "dns-server-error", GRADE_PROVEN, a->first_error->name);
	d->blocks = fails_here(j) && !a->srv_found;
	d->message = PRINT(j, "The DNS server %s answers the question for %s with %s: that is its own trouble and says nothing of the name.",
		addr_format(&a->first_error->server, server), a->first_error->name, a->first_error->rcode);
	d->fix = PRINT(j, "Repair the zone or the forwarder for %s on %s.", domain_words(j), server);
	show(j, d, &a->error);
}

static void srv_missing(struct judging *j, const struct answers *a)
{
	struct draft *d;

	if (!a->internal_none || a->srv_found || !j->model->sip_domain)
		return;
	d = say(j, "srv-missing", GRADE_PROVEN, a->internal_none->name);
	d->blocks = fails_here(j) && !a->first_error && !a->first_silent;
	d->message = PRINT(j, "DNS has no service record that tells a registrar for %s (%s does not exist).", j->model->sip_domain, a->internal_none->name);
	d->fix = PRINT(j, "Add the SRV record _sipinternaltls._tcp.%s to sip.%s, port 5061, and an A record sip.%s with the registrar's address; put sip.%s into its certificate.",
		j->model->sip_domain, j->model->sip_domain, j->model->sip_domain, j->model->sip_domain);
	show(j, d, &a->none);
}

static void targets(struct judging *j)
{
	for (size_t i = 0; i < j->model->decisions.count; i++) {
		const struct decision *c = &j->model->decisions.at[i];
		struct draft *d;

		if (c->source != CANDIDATE_SRV || c->resolved || !c->asked || c->lookup != LOOKUP_NONE)
			continue;
		d = say(j, "srv-target-unresolved", GRADE_PROVEN, c->server);
		d->blocks = fails_here(j);
		d->message = PRINT(j, "The service record %s names %s, and that name has no address.", c->query, c->server);
		d->fix = c->check.naming == NAMING_NO_MATCH && !c->would_dial ?
			PRINT(j, "Point %s to sip.%s and add an A record for that name: %s is outside %s, and this firmware would not connect to it.", c->query, domain_words(j), c->server, domain_words(j)) :
			PRINT(j, "Add an A record for %s with the registrar's address, or correct the target of %s.", c->server, c->query);
		show(j, d, &c->learned);
		show(j, d, &c->lookup_of->frames);
	}
}

/* Inside, a registrar listens on 5061; the external service _sip._tls is usually on 443. */
static void ports(struct judging *j)
{
	for (size_t i = 0; i < j->model->decisions.count; i++) {
		const struct decision *c = &j->model->decisions.at[i];
		struct draft *d;

		if (c->source != CANDIDATE_SRV || c->port == PORT_SIPS || strncasecmp(c->query, "_sipinternaltls.", strlen("_sipinternaltls.")) != 0 || c->check.naming == NAMING_BUILTIN)
			continue;
		d = say(j, "srv-port-unusual", GRADE_PROVEN, PRINT(j, "%s:%u", c->server, c->port));
		d->blocks = j->gave_up && !j->model->signed_in && (c->result == RESULT_REFUSED || c->result == RESULT_TIMEOUT);
		d->message = PRINT(j, "%s sends the phone to port %u of %s; a registrar listens for phones on 5061.", c->query, c->port, c->server);
		d->fix = PRINT(j, "Set the port of %s to 5061.", c->query);
		show(j, d, &c->learned);
	}
}

void rules_discovery(struct judging *j)
{
	struct answers a;

	if (!model_reached_discovery(j->model))
		return;
	a = count_answers(j);
	server_error(j, &a);
	silent(j, &a);
	srv_missing(j, &a);
	targets(j);
	ports(j);
}

/* ---- naming ---- */

static const char *source_words(struct judging *j, const struct decision *c)
{
	return c->source == CANDIDATE_SRV ? PRINT(j, "the service record %s", c->query) : c->source == CANDIDATE_DHCP120 ? "DHCP option 120" : "DNS";
}

static bool is_skipped(const struct decision *c)
{
	return c->result == RESULT_NAME_SKIPPED && c->source != CANDIDATE_REDIRECT;
}

static const char *rename_fix(struct judging *j, const struct decision *c)
{
	const char *domain = domain_words(j), *address = address_words(j, &c->addresses, "the registrar's address");

	if (c->source == CANDIDATE_DHCP120)
		return PRINT(j, "Set DHCP option 120 to a name under %s: %s is sip.%s. That name needs an A record and a place in the registrar's certificate.", domain,
			option120_hex(j, PRINT(j, "sip.%s", domain)), domain);
	return PRINT(j, "Point %s to sip.%s (port 5061), add an A record sip.%s -> %s, and put sip.%s into the certificate of %s.", c->query ? c->query : "the SRV record", domain, domain,
		address, domain, address);
}

static void skipped(struct judging *j)
{
	for (size_t i = 0; i < j->model->decisions.count; i++) {
		const struct decision *c = &j->model->decisions.at[i];
		struct draft *d;

		if (!is_skipped(c))
			continue;
		d = say(j, "name-skipped", GRADE_STRONG, c->server);
		d->rests_on_absence = true;
		d->message = PRINT(j, "%s, which %s names, is not under %s: the phone passed it over and sent it no packet.", c->server, source_words(j, c), domain_words(j));
		d->fix = rename_fix(j, c);
		show(j, d, &c->learned);
		if (c->lookup_of)
			show(j, d, &c->lookup_of->frames);
	}
}

/* The skipped candidate that a fix is best made at: a service record before option 120. */
static const struct decision *first_skipped(const struct model *m)
{
	const struct decision *first = NULL;

	for (size_t i = 0; i < m->decisions.count; i++) {
		const struct decision *c = &m->decisions.at[i];

		if (is_skipped(c) && (!first || (first->source != CANDIDATE_SRV && c->source == CANDIDATE_SRV)))
			first = c;
	}
	return first;
}

static bool trusted_is(const struct model *m, bool dialled)
{
	for (size_t i = 0; i < m->decisions.count; i++) {
		const struct decision *c = &m->decisions.at[i];

		if (c->check.naming != NAMING_NO_MATCH && (dialled ? c->dialled : c->resolved))
			return true;
	}
	return false;
}

static const char *skipped_names(struct judging *j)
{
	text_set names = { 0 };

	for (size_t i = 0; i < j->model->decisions.count; i++)
		if (is_skipped(&j->model->decisions.at[i]) && !texts_have(&names, j->model->decisions.at[i].server))
			*LIST_ADD(j->arena, &names) = j->model->decisions.at[i].server;
	return texts_words(j, &names);
}

static void show_skipped(struct judging *j, struct draft *d)
{
	for (size_t i = 0; i < j->model->decisions.count; i++) {
		const struct decision *c = &j->model->decisions.at[i];

		if (!is_skipped(c) && c->result != RESULT_UNRESOLVED)
			continue;
		show(j, d, &c->learned);
		if (c->lookup_of)
			show(j, d, &c->lookup_of->frames);
	}
}

static const char *strict_fix(struct judging *j, const struct decision *c)
{
	const char *domain = domain_words(j), *address = address_words(j, &c->addresses, "the registrar's address");

	if (c->source == CANDIDATE_DHCP120)
		return PRINT(j, "Add an SRV record _sipinternaltls._tcp.%s to sip.%s, port 5061, and an A record sip.%s -> %s; put sip.%s into the certificate of %s. Set DHCP option 120 to %s (sip.%s) too.",
			domain, domain, domain, address, domain, address, option120_hex(j, PRINT(j, "sip.%s", domain)), domain);
	return PRINT(j, "Add an A record sip.%s -> %s and put sip.%s into the certificate of %s; better still, also point %s to sip.%s.", domain, address, domain, address, c->query, domain);
}

/* No server has a name that the phone trusts: the failure itself. Where a trusted one was tried too, only a part of it. */
static void strict(struct judging *j)
{
	const struct decision *c = first_skipped(j->model);
	bool trusted_dialled = trusted_is(j->model, true);
	struct draft *d;

	if (!c || j->model->signed_in || (!trusted_dialled && trusted_is(j->model, false)))
		return;
	d = say(j, "strict-name", GRADE_STRONG, c->server);
	d->rests_on_absence = true;
	d->blocks = j->gave_up && !trusted_dialled;
	d->message = trusted_dialled ?
		PRINT(j, "%s is not under %s, so the phone passed it over; what else it could try did not work either.", skipped_names(j), domain_words(j)) :
		PRINT(j, "No server has a name that the phone trusts: %s is not under %s (nor lync.com or outlook.com). Firmware since 4.0.7577.4363 (CU7) passes such names over without sending a packet. "
			"There was no TLS with it, so this says nothing about certificates.", skipped_names(j), domain_words(j));
	d->fix = strict_fix(j, c);
	show_skipped(j, d);
}

static const struct decision *signed_in_by(const struct model *m)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].result == RESULT_SIGNED_IN)
			return &m->decisions.at[i];
	return NULL;
}

static bool has_trusted_srv(const struct model *m)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].source == CANDIDATE_SRV && m->decisions.at[i].check.naming != NAMING_NO_MATCH)
			return true;
	return false;
}

static void masked(struct judging *j)
{
	const struct decision *by = signed_in_by(j->model), *c = first_skipped(j->model);
	struct draft *d;

	if (!by || !c || c->source != CANDIDATE_SRV || has_trusted_srv(j->model) || (by->source != CANDIDATE_HOST && by->source != CANDIDATE_DHCP120))
		return;
	d = say(j, "strict-name-masked", GRADE_STRONG, c->server);
	d->rests_on_absence = true;
	d->message = PRINT(j, "The service record names %s, which is not under %s and was passed over. The sign-in works only because %s is there as well.", c->server, domain_words(j), by->server);
	d->fix = PRINT(j, "Point %s to %s, which the phone trusts and which works.", c->query, by->server);
	show(j, d, &c->learned);
	show(j, d, &by->dialled_frames);
}

/* A phone that connects to a foreign name does not check names: older firmware, or this capture misleads about it. */
static void not_enforced(struct judging *j)
{
	bool checks = strncmp(j->model->policy->name, "lpe-", strlen("lpe-")) == 0;   /* what OCS firmware does is not documented */

	for (size_t i = 0; i < j->model->decisions.count && checks; i++) {
		const struct decision *c = &j->model->decisions.at[i];
		struct draft *d;

		if (!c->dialled || c->check.naming != NAMING_NO_MATCH || c->source == CANDIDATE_REDIRECT || c->source == CANDIDATE_CACHE || !j->model->sip_domain)
			continue;
		d = say(j, "name-check-not-enforced", GRADE_STRONG, c->server);
		d->message = PRINT(j, "The phone connected to %s although it is not under %s: its firmware does not check names (before 4.0.7577.4363, CU7). After an update it will pass this server over.",
			c->server, j->model->sip_domain);
		d->fix = PRINT(j, "Before updating the firmware: %s", rename_fix(j, c));
		show(j, d, &c->learned);
		show(j, d, &c->dialled_frames);
	}
}

static void redirect(struct judging *j)
{
	for (size_t i = 0; i < j->model->decisions.count; i++) {
		const struct decision *c = &j->model->decisions.at[i];
		struct draft *d;

		if (c->source != CANDIDATE_REDIRECT || c->check.naming != NAMING_NO_MATCH || c->dialled || !c->resolved)
			continue;
		d = say(j, "redirect-target-untrusted", GRADE_WEAK, c->server);
		d->rests_on_absence = true;
		d->blocks = j->gave_up && !j->model->signed_in;
		d->message = PRINT(j, "After its session with %s the phone looked up %s, which is not under %s, and did not connect: it may have been sent there (301) and not trust the name.",
			c->query ? c->query : "the registrar", c->server, domain_words(j));
		d->fix = PRINT(j, "See in the registrar's log where it sent the phone. Home the user on the pool that sip.%s leads to, or give pool %s a name under %s.", domain_words(j), c->server, domain_words(j));
		show(j, d, &c->learned);
	}
}

static void cname(struct judging *j)
{
	for (size_t i = 0; i < j->model->decisions.count; i++) {
		const struct decision *c = &j->model->decisions.at[i];
		struct draft *d;

		if (!c->cname || c->source == CANDIDATE_CACHE || c->source == CANDIDATE_REDIRECT)
			continue;
		d = say(j, "cname-candidate", GRADE_WEAK, c->server);
		d->is_info = policy_check_name(j->model->policy, NULL, c->cname).naming == NAMING_BUILTIN;
		d->message = PRINT(j, "%s is an alias (CNAME) of %s. The name check is made with the alias itself; whether phones are content with that is not documented.", c->server, c->cname);
		d->fix = PRINT(j, "Make %s an A record with the address %s.", c->server, address_words(j, &c->addresses, "of the registrar"));
		show(j, d, &c->lookup_of->frames);
	}
}

void rules_naming(struct judging *j)
{
	skipped(j);
	strict(j);
	masked(j);
	not_enforced(j);
	redirect(j);
	cname(j);
}
