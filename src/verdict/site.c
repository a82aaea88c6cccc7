#include "verdict/site.h"

#include <string.h>
#include <strings.h>

static const char *copy_text(struct arena *a, const char *text)
{
	return text ? arena_copy(a, text, strlen(text)) : NULL;
}

static struct certificate copy_certificate(struct arena *a, const struct certificate *c)
{
	struct certificate copy = *c;

	copy.subject = copy_text(a, c->subject);
	copy.issuer = copy_text(a, c->issuer);
	copy.serial = copy_text(a, c->serial);
	copy.signature_algorithm = copy_text(a, c->signature_algorithm);
	copy.key = copy_text(a, c->key);
	copy.sha256 = copy_text(a, c->sha256);
	copy.san = (text_set){ 0 };
	for (size_t i = 0; i < c->san.count; i++)
		*LIST_ADD(a, &copy.san) = copy_text(a, c->san.at[i]);
	return copy;
}

static certificate_set copy_chain(struct arena *a, const certificate_set *chain)
{
	certificate_set copy = { 0 };

	for (size_t i = 0; i < chain->count; i++)
		*LIST_ADD(a, &copy) = copy_certificate(a, &chain->at[i]);
	return copy;
}

/* ---- learning ---- */

/* Many phones are handed the same few. */
static void add_delivered(struct site *s, const struct certificate *c)
{
	for (size_t i = 0; i < s->delivered.count; i++)
		if (c->sha256 && s->delivered.at[i].sha256 && strcmp(c->sha256, s->delivered.at[i].sha256) == 0)
			return;
	if (s->delivered.count == SITE_MAX)
		return;
	*LIST_ADD(&s->arena, &s->delivered) = copy_certificate(&s->arena, c);
	s->changes++;
}

static void add_alive(struct site *s, const struct addr *a)
{
	for (size_t i = 0; i < s->alive.count; i++)
		if (addr_equal(&s->alive.at[i], a))
			return;
	if (s->alive.count == SITE_MAX)
		return;
	*LIST_ADD(&s->arena, &s->alive) = *a;
	s->changes++;
}

static struct site_offer *find_offer(struct site *s, const struct endpoint *server, const char *issuer)
{
	for (size_t i = 0; i < s->offers.count; i++)
		if (endpoint_equal(&s->offers.at[i].server, server) && strcasecmp(s->offers.at[i].issuer, issuer) == 0)
			return &s->offers.at[i];
	return NULL;
}

static void stretch_offer(struct site_offer *o, struct mac phone, int64_t at_ns)
{
	if (at_ns < o->first_ns)
		o->first_ns = at_ns;
	if (mac_equal(o->phone, phone)) {
		if (at_ns > o->last_ns)
			o->last_ns = at_ns;
	} else if (at_ns > o->last_ns) {
		o->has_other = true;
		o->other_ns = o->last_ns;
		o->phone = phone;
		o->last_ns = at_ns;
	} else if (!o->has_other || at_ns > o->other_ns) {
		o->has_other = true;
		o->other_ns = at_ns;
	}
}

static void add_offer(struct site *s, const struct connection *c, struct mac phone)
{
	const char *issuer = c->chain.count && !c->certificate_from_memory ? c->chain.at[0].issuer : NULL;
	struct site_offer *o = issuer && c->secured_ns ? find_offer(s, &c->server, issuer) : NULL;

	if (!issuer || !c->secured_ns)
		return;
	if (o) {
		stretch_offer(o, phone, c->start_ns);
	} else if (s->offers.count < SITE_MAX) {
		*LIST_ADD(&s->arena, &s->offers) = (struct site_offer){ .server = c->server, .issuer = copy_text(&s->arena, issuer), .first_ns = c->start_ns, .phone = phone, .last_ns = c->start_ns };
		s->changes++;
	}
}

static bool same_chain(const struct site_chain *a, const struct site_chain *b)
{
	return a && b && a->chain.at[0].sha256 && b->chain.at[0].sha256 && strcmp(a->chain.at[0].sha256, b->chain.at[0].sha256) == 0;
}

/* The next one of the same server before (`step` -1) or behind it. */
static struct site_chain *neighbour(struct site *s, size_t at, size_t step)
{
	for (size_t i = at + step; i < s->chains.count; i += step)
		if (endpoint_equal(&s->chains.at[i].server, &s->chains.at[at].server))
			return &s->chains.at[i];
	return NULL;
}

/* Of the same chain shown again and again, the first and the last time say as much as all. */
static void drop_if_between(struct site *s, struct site_chain *c)
{
	size_t at = (size_t)(c - s->chains.at);

	if (!same_chain(neighbour(s, at, (size_t)-1), c) || !same_chain(neighbour(s, at, 1), c))
		return;
	memmove(c, c + 1, (s->chains.count - at - 1) * sizeof *c);
	s->chains.count--;
}

/* By time. */
static size_t insert_chain(struct site *s, const struct site_chain *c)
{
	size_t at = s->chains.count;

	(void)*LIST_ADD(&s->arena, &s->chains);
	while (at && s->chains.at[at - 1].at_ns > c->at_ns)
		at--;
	memmove(s->chains.at + at + 1, s->chains.at + at, (s->chains.count - 1 - at) * sizeof *c);
	s->chains.at[at] = *c;
	return at;
}

static void add_chain(struct site *s, const struct connection *c)
{
	struct site_chain new = { .server = c->server, .at_ns = c->start_ns, .chain = c->chain }, *before, *behind;
	size_t at;

	if (!c->chain.count || c->certificate_from_memory || s->chains.count == SITE_CHAINS_MAX)
		return;
	at = insert_chain(s, &new);
	before = neighbour(s, at, (size_t)-1);
	behind = neighbour(s, at, 1);
	if (same_chain(before, &new))
		s->chains.at[at].chain = before->chain;
	else if (same_chain(behind, &new))
		s->chains.at[at].chain = behind->chain;
	else
		s->chains.at[at].chain = copy_chain(&s->arena, &c->chain);
	/* Behind first: dropping it moves nothing that is looked at afterwards. */
	if (behind)
		drop_if_between(s, behind);
	drop_if_between(s, &s->chains.at[at]);
	if (before)
		drop_if_between(s, before);
}

void site_learn(struct site *s, const struct facts *f, struct mac phone)
{
	for (size_t i = 0; i < f->deliveries.count; i++)
		add_delivered(s, &f->deliveries.at[i].certificate);
	for (size_t i = 0; i < f->vlans.count; i++)
		if (f->vlans.at[i])
			s->voice_vlan = f->vlans.at[i];
	for (size_t i = 0; i < f->connections.count; i++) {
		const struct connection *c = &f->connections.at[i];

		if (c->state == CONNECTION_OPEN || c->state == CONNECTION_CLOSED || c->state == CONNECTION_RESET)
			add_alive(s, &c->server.addr);
		add_offer(s, c, phone);
		add_chain(s, c);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcasecmp(a, b) == 0);
}

void site_fault(struct site *s, const struct site_fault *fault)
{
	unsigned alike = 0;

	for (size_t i = 0; i < s->faults.count; i++) {
		const struct site_fault *o = &s->faults.at[i];

		if (strcmp(o->code, fault->code) != 0 || !same_text(o->subject, fault->subject) || !same_text(o->sip_domain, fault->sip_domain) || !same_text(o->dns_domain, fault->dns_domain))
			continue;
		if (mac_equal(o->phone, fault->phone) || ++alike == 2)
			return;
	}
	if (s->faults.count == SITE_MAX)
		return;
	*LIST_ADD(&s->arena, &s->faults) = (struct site_fault){ fault->code, copy_text(&s->arena, fault->subject), fault->phone,
		copy_text(&s->arena, fault->sip_domain), copy_text(&s->arena, fault->dns_domain) };
	s->changes++;
}

/* ---- asking ---- */

const struct site_chain *site_chain_before(const struct site *s, const struct endpoint *server, int64_t before_ns)
{
	for (size_t i = s->chains.count; i--;)
		if (s->chains.at[i].at_ns < before_ns && endpoint_equal(&s->chains.at[i].server, server))
			return &s->chains.at[i];
	return NULL;
}

static bool is_another(const struct site_offer *o, const struct endpoint *server, const char *issuer)
{
	return endpoint_equal(&o->server, server) && strcasecmp(o->issuer, issuer) != 0;
}

bool site_others_accept(const struct site *s, const struct endpoint *server, const char *issuer, struct mac phone, int64_t since_ns)
{
	for (size_t i = 0; i < s->offers.count; i++) {
		const struct site_offer *o = &s->offers.at[i];

		if (is_another(o, server, issuer) && (mac_equal(o->phone, phone) ? o->has_other && o->other_ns >= since_ns : o->last_ns >= since_ns))
			return true;
	}
	return false;
}

const char *site_former_issuer(const struct site *s, const struct endpoint *server, const char *issuer, int64_t before_ns)
{
	for (size_t i = 0; i < s->offers.count; i++)
		if (is_another(&s->offers.at[i], server, issuer) && s->offers.at[i].first_ns < before_ns)
			return s->offers.at[i].issuer;
	return NULL;
}

/* ---- room ---- */

/* How many of a list stay: all, or the younger half of a full one. */
static size_t from_where(size_t count, size_t max)
{
	return count < max ? 0 : count / 2;
}

void site_tidy(struct site *s)
{
	struct site fresh = { .voice_vlan = s->voice_vlan, .changes = s->changes };
	struct arena *a = &fresh.arena;

	if (s->delivered.count < SITE_MAX && s->offers.count < SITE_MAX && s->faults.count < SITE_MAX && s->alive.count < SITE_MAX && s->chains.count < SITE_CHAINS_MAX)
		return;
	for (size_t i = from_where(s->delivered.count, SITE_MAX); i < s->delivered.count; i++)
		*LIST_ADD(a, &fresh.delivered) = copy_certificate(a, &s->delivered.at[i]);
	for (size_t i = from_where(s->offers.count, SITE_MAX); i < s->offers.count; i++) {
		struct site_offer *o = LIST_ADD(a, &fresh.offers);

		*o = s->offers.at[i];
		o->issuer = copy_text(a, o->issuer);
	}
	for (size_t i = from_where(s->faults.count, SITE_MAX); i < s->faults.count; i++) {
		const struct site_fault *o = &s->faults.at[i];

		*LIST_ADD(a, &fresh.faults) = (struct site_fault){ o->code, copy_text(a, o->subject), o->phone, copy_text(a, o->sip_domain), copy_text(a, o->dns_domain) };
	}
	for (size_t i = from_where(s->alive.count, SITE_MAX); i < s->alive.count; i++)
		*LIST_ADD(a, &fresh.alive) = s->alive.at[i];
	for (size_t i = from_where(s->chains.count, SITE_CHAINS_MAX); i < s->chains.count; i++)
		*LIST_ADD(a, &fresh.chains) = (struct site_chain){ s->chains.at[i].server, s->chains.at[i].at_ns, copy_chain(a, &s->chains.at[i].chain) };
	arena_free(&s->arena);
	*s = fresh;
}

void site_free(struct site *s)
{
	arena_free(&s->arena);
}
