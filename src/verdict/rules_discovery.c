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

/* A server that DNS leads to and that the phone would connect to. That it did not is not the names' fault: it had no time, or the capture leaves it out. */
static bool has_way(const struct model *m)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].would_dial && m->decisions.at[i].resolved)
			return true;
	return false;
}

/* Nothing that DNS says leads anywhere. That the phone dialled nobody all the same can only be told where nothing is missing. */
static bool fails_here(const struct judging *j)
{
	return j->gave_up && j->whole && !dialled_any(j->model) && !has_way(j->model);
}

/* Questions that DNS left without a good answer: its trouble, or its silence. */
struct unanswered {
	frame_set frames;
	const struct lookup *first;     /* the first one that matters, else the first */
	bool matters;                   /* an answer might have led to a registrar */
};

struct answers {
	unsigned srv_found;
	bool internal_found;            /* _sipinternaltls */
	frame_set none;
	struct unanswered error, silent;
	const struct lookup *internal_none;     /* _sipinternaltls, the first service that a phone asks for, is not there */
};

static bool is_internal_service(const struct lookup *l)
{
	return strncasecmp(l->name, "_sipinternaltls.", strlen("_sipinternaltls.")) == 0;
}

static bool is_service(const struct lookup *l)
{
	return strcmp(l->type, "SRV") == 0;
}

static bool would_be_dialled(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].would_dial && same_name(m->decisions.at[i].server, name))
			return true;
	return false;
}

static void count_unanswered(struct judging *j, struct unanswered *u, const struct lookup *l, bool internal_found)
{
	bool matters = is_service(l) ? !internal_found : would_be_dialled(j->model, l->name);

	frames_join(j->arena, &u->frames, &l->frames);
	if (!u->first || (matters && !u->matters))
		u->first = l;
	u->matters |= matters;
}

/* With a DNS suffix behind it a name is another zone's; and servers that know no IPv6 address have been seen to answer with all sorts of errors. */
static bool tells_of_registrar(const struct judging *j, const struct lookup *l)
{
	return strcmp(l->type, "AAAA") != 0 && (same_name(model_registrar_domain(l->name), j->model->sip_domain) || is_server(j->model, l->name));
}

static void count_service(struct judging *j, struct answers *a, const struct lookup *l)
{
	a->srv_found += l->state == LOOKUP_FOUND;
	a->internal_found |= l->state == LOOKUP_FOUND && is_internal_service(l);
	if (l->state != LOOKUP_NONE || !same_name(model_registrar_domain(l->name), j->model->sip_domain))
		return;
	frames_join(j->arena, &a->none, &l->frames);
	if (!a->internal_none && is_internal_service(l))
		a->internal_none = l;
}

/* Service records and hosts of the registrar, and what was answered. */
static struct answers count_answers(struct judging *j)
{
	const struct facts *f = j->facts;
	struct answers a = { 0 };

	for (size_t i = 0; i < f->lookups.count; i++)
		if (is_service(&f->lookups.at[i]) && concerns_registrar(j, &f->lookups.at[i]))
			count_service(j, &a, &f->lookups.at[i]);
	for (size_t i = 0; i < f->lookups.count; i++) {
		const struct lookup *l = &f->lookups.at[i];

		if (tells_of_registrar(j, l) && l->state == LOOKUP_ERROR)
			count_unanswered(j, &a.error, l, a.internal_found);
		else if (tells_of_registrar(j, l) && l->state == LOOKUP_SILENT)
			count_unanswered(j, &a.silent, l, a.internal_found);
	}
	return a;
}

static void silent(struct judging *j, const struct unanswered *u)
{
	char server[ADDR_TEXT];
	struct draft *d;

	if (!u->first)
		return;
	d = say(j, "dns-timeout", GRADE_STRONG, u->first->name);
	d->rests_on_absence = true;
	d->blocks = fails_here(j) && u->matters;
	d->message = PRINT(j, "The DNS server %s does not answer the phone's question for %s%s: nothing can be said of %s.", addr_format(&u->first->server, server), u->first->name,
		u->frames.count > u->first->frames.count ? " and others" : "", u->frames.count > u->first->frames.count ? "these names" : "this name");
	d->fix = PRINT(j, "Let the voice VLAN reach the DNS server %s (UDP and TCP 53), or give the phones another one (DHCP option 6).", server);
	show(j, d, &u->frames);
}

static void server_error(struct judging *j, const struct unanswered *u)
{
	char server[ADDR_TEXT];
	struct draft *d;

	if (!u->first)
		return;
	d = say(j, "dns-server-error", GRADE_PROVEN, u->first->name);
	d->blocks = fails_here(j) && u->matters;
	d->message = PRINT(j, "The DNS server %s answers the question for %s with %s: that is its own trouble and says nothing of the name.",
		addr_format(&u->first->server, server), u->first->name, u->first->rcode);
	d->fix = PRINT(j, "Repair the zone or the forwarder for %s on %s.", domain_words(j), server);
	show(j, d, &u->frames);
}

static void srv_missing(struct judging *j, const struct answers *a)
{
	struct draft *d;

	if (!a->internal_none || a->srv_found || !j->model->sip_domain)
		return;
	d = say(j, "srv-missing", GRADE_PROVEN, a->internal_none->name);
	d->blocks = fails_here(j) && !a->error.matters && !a->silent.matters;
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
		d->fix = c->check.naming == NAMING_NO_MATCH && !c->would_dial && j->model->sip_domain ?
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
		bool works = c->result == RESULT_SIGNED_IN;
		struct draft *d;

		if (c->source != CANDIDATE_SRV || c->port == PORT_SIPS || strncasecmp(c->query, "_sipinternaltls.", strlen("_sipinternaltls.")) != 0 || c->check.naming == NAMING_BUILTIN)
			continue;
		d = say(j, "srv-port-unusual", GRADE_PROVEN, PRINT(j, "%s:%u", c->server, c->port));
		d->blocks = j->gave_up && !j->model->signed_in && (c->result == RESULT_REFUSED || c->result == RESULT_TIMEOUT);
		d->is_info = works;
		d->message = PRINT(j, "%s sends the phone to port %u of %s; a registrar usually listens for phones on 5061.%s", c->query, c->port, c->server, works ? " Here it listens on that port." : "");
		d->fix = works ? PRINT(j, "Nothing, where the registrar is meant to listen on %u. Else move it to 5061, and the record with it.", c->port) :
			PRINT(j, "Set the port of %s to the one on which %s listens, usually 5061.", c->query, c->server);
		show(j, d, &c->learned);
	}
}

void rules_discovery(struct judging *j)
{
	struct answers a;

	if (!model_reached_discovery(j->model))
		return;
	a = count_answers(j);
	server_error(j, &a.error);
	silent(j, &a.silent);
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
	return PRINT(j, "Point %s to sip.%s (port %u), add an A record sip.%s -> %s, and put sip.%s into the certificate of %s.", c->query ? c->query : "the SRV record", domain,
		c->source == CANDIDATE_SRV ? c->port : PORT_SIPS, domain, address, domain, address);
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

/* A name that the phone would trust, of which DNS did not say whether it has an address. */
static const struct decision *hope(const struct model *m)
{
	for (size_t i = 0; i < m->decisions.count; i++) {
		const struct decision *c = &m->decisions.at[i];

		if (c->check.naming != NAMING_NO_MATCH && c->asked && !c->resolved && c->lookup != LOOKUP_NONE && c->lookup != LOOKUP_FOUND)
			return c;
	}
	return NULL;
}

/* Whom this phone passes over names like. */
static const char *rule_words(const struct judging *j)
{
	return strcmp(j->model->policy->name, "lpe-cu7") == 0 ? "Firmware since 4.0.7577.4363 (CU7) passes such names over without sending a packet." :
		"Clients of Office Communications Server pass such names over; that phones of that age do so too is not documented.";
}

static const char *strict_words(struct judging *j, bool trusted_dialled)
{
	const struct decision *open = hope(j->model);

	if (trusted_dialled)
		return PRINT(j, "%s is not under %s, so the phone passed it over; what else it could try did not work either.", skipped_names(j), domain_words(j));
	if (open)
		return PRINT(j, "%s is not under %s: the phone passed it over without sending a packet. Whether %s would have helped is not known, DNS does not say whether it has an address.",
			skipped_names(j), domain_words(j), open->server);
	return PRINT(j, "No server has a name that the phone trusts: %s is not under %s%s. %s There was no TLS with it, so this says nothing about certificates.", skipped_names(j), domain_words(j),
		j->model->policy->builtin ? " (nor lync.com or outlook.com)" : "", rule_words(j));
}

/* No server has a name that the phone trusts: the failure itself. Where a trusted one was tried too, only a part of it. */
static void strict(struct judging *j)
{
	const struct decision *c = first_skipped(j->model), *open = hope(j->model);
	bool trusted_dialled = trusted_is(j->model, true);
	struct draft *d;

	if (!c || j->model->signed_in || (!trusted_dialled && trusted_is(j->model, false)))
		return;
	d = say(j, "strict-name", strcmp(j->model->policy->name, "lpe-cu7") == 0 ? GRADE_STRONG : GRADE_WEAK, c->server);
	d->rests_on_absence = true;
	d->blocks = j->gave_up && !trusted_dialled && !(open && (open->lookup == LOOKUP_PENDING || open->lookup == LOOKUP_UNREADABLE));
	d->message = strict_words(j, trusted_dialled);
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

/* What is known of the firmware says that it checks: then something else is not as it seems. */
static bool is_known_to_check(const struct judging *j)
{
	return j->facts->firmware && j->model->policy->on_mismatch == MISMATCH_SKIP;
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
		d = say(j, "name-check-not-enforced", is_known_to_check(j) ? GRADE_WEAK : GRADE_STRONG, c->server);
		if (is_known_to_check(j)) {
			d->message = PRINT(j, "The phone connected to %s although it is not under %s, and its firmware %s is known to check names. The user's SIP domain may be another one (%s was taken from %s).",
				c->server, j->model->sip_domain, j->facts->firmware, j->model->sip_domain, j->model->sip_domain_source);
			d->fix = "Compare with the user's SIP address; --sip-domain tells it where the capture does not.";
		} else {
			d->message = PRINT(j, "The phone connected to %s although it is not under %s: its firmware does not check names (before 4.0.7577.4363, CU7). After an update it will pass this server over.",
				c->server, j->model->sip_domain);
			d->fix = PRINT(j, "Before updating the firmware: %s", rename_fix(j, c));
		}
		show(j, d, &c->learned);
		show(j, d, &c->dialled_frames);
	}
}

static void redirect(struct judging *j)
{
	for (size_t i = 0; i < j->model->decisions.count; i++) {
		const struct decision *c = &j->model->decisions.at[i];
		struct draft *d;

		if (c->source != CANDIDATE_REDIRECT || c->check.naming != NAMING_NO_MATCH || !j->model->sip_domain || c->dialled || !c->resolved)
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
