/* What a phone holds against a server's certificate: reference 2.10. Pure; the octets were read elsewhere. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "verdict/model_parts.h"
#include "verdict/naming.h"
#include "verdict/rules.h"

const char *certificate_cn(struct arena *arena, const char *dn)
{
	const char *at = dn;

	while (at && *at) {
		if (strncasecmp(at, "CN=", 3) == 0)
			return arena_copy(arena, at + 3, strcspn(at + 3, ",+"));
		at = strpbrk(at, ",+");
		at = at ? at + 1 : NULL;
	}
	return NULL;
}

static bool is_wildcard(const char *name)
{
	return strncmp(name, "*.", 2) == 0;
}

/* One label in the place of the asterisk (RFC 6125 6.4.3). */
static bool wildcard_covers(const char *pattern, const char *name)
{
	const char *dot = strchr(name, '.');

	return is_wildcard(pattern) && dot && dot != name && strcasecmp(dot, pattern + 1) == 0;
}

/* The common name counts only where there are no alternative names (RFC 6125 6.4.4; that the phone does so is inferred). */
static size_t name_count(const struct certificate *c)
{
	return c->san.count ? c->san.count : 1;
}

static const char *name_at(struct arena *arena, const struct certificate *c, size_t i)
{
	return c->san.count ? c->san.at[i] : certificate_cn(arena, c->subject);
}

bool certificate_bears(const struct certificate *c, const char *name, bool wildcards)
{
	struct arena scratch = { 0 };
	bool bears = false;

	for (size_t i = 0; i < name_count(c) && !bears; i++) {
		const char *own = name_at(&scratch, c, i);

		bears = own && (strcasecmp(own, name) == 0 || (wildcards && wildcard_covers(own, name)));
	}
	arena_free(&scratch);
	return bears;
}

bool certificate_is_wildcard_only(const struct certificate *c)
{
	struct arena scratch = { 0 };
	bool only = true;

	for (size_t i = 0; i < name_count(c) && only; i++) {
		const char *own = name_at(&scratch, c, i);

		only = own && is_wildcard(own);
	}
	arena_free(&scratch);
	return only;
}

const char *certificate_names_words(struct judging *j, const struct certificate *c)
{
	const char *cn = certificate_cn(j->arena, c->subject);

	if (c->san.count)
		return texts_words(j, &c->san);
	return cn ? PRINT(j, "%s (its common name; it has no alternative names)", cn) : "no name at all";
}

static bool is_delivered(const struct judging *j, const struct certificate *c)
{
	for (size_t i = 0; i < j->site->delivered.count; i++) {
		const struct certificate *root = &j->site->delivered.at[i];

		if ((c->sha256 && root->sha256 && strcmp(c->sha256, root->sha256) == 0) ||
		    (c->issuer && root->subject && strcasecmp(c->issuer, root->subject) == 0))
			return true;
	}
	return false;
}

/* The last certificate of the chain tells where it ends; servers seldom send the root itself. */
static bool ends_in_delivered(const struct judging *j, const certificate_set *chain)
{
	for (size_t i = 0; i < chain->count; i++)
		if (is_delivered(j, &chain->at[i]))
			return true;
	return false;
}

static bool key_is_odd(const struct policy *p, const char *key)
{
	unsigned bits = 0;

	if (!key)
		return false;
	if (strncmp(key, "RSA ", 4) != 0)
		return !p->takes_ec_keys;
	for (const char *at = key + 4; *at >= '0' && *at <= '9' && bits < 100000; at++)
		bits = bits * 10 + (unsigned)(*at - '0');
	return p->rsa_max && bits > p->rsa_max;
}

static bool is_sha2(const char *algorithm)
{
	return algorithm && (strcasestr(algorithm, "sha256") || strcasestr(algorithm, "sha384") || strcasestr(algorithm, "sha512") || strcasestr(algorithm, "pss"));
}

/* A phone connects to a name at once when it has its address. */
#define AT_ONCE_NS (2 * NS_PER_S)

/* Without SNI the dialled name is read from the look-up before. Where that may be missing from the capture, a certificate with a name that the phone trusts
 * may well be the right one for the name that it asked for. */
static bool may_be_dialled_otherwise(const struct judging *j, const struct connection *c, const struct certificate *leaf, const char *name)
{
	int64_t bound_ns = 0;
	bool just_asked = facts_is_bound(j->facts, name, &c->server.addr, c->start_ns, &bound_ns) && c->start_ns - bound_ns < AT_ONCE_NS;

	if (c->sni || (j->whole && (j->facts->from_start || just_asked)))
		return false;
	for (size_t i = 0; i < leaf->san.count; i++)
		if (policy_check_name(j->model->policy, j->model->sip_domain, leaf->san.at[i]).naming != NAMING_NO_MATCH)
			return true;
	return false;
}

static bool is_candidate(const struct model *m, const char *name)
{
	for (size_t i = 0; i < m->decisions.count; i++)
		if (m->decisions.at[i].would_dial && same_name(m->decisions.at[i].server, name))
			return true;
	return false;
}

/* When it dialled this server last before; INT64_MIN if it did not. */
static int64_t dialled_before(const struct facts *f, const struct connection *c)
{
	int64_t before_ns = INT64_MIN;

	for (size_t i = 0; i < f->connections.count; i++) {
		const struct connection *o = &f->connections.at[i];

		if (endpoint_equal(&o->server, &c->server) && o->start_ns < c->start_ns && o->start_ns > before_ns)
			before_ns = o->start_ns;
	}
	return before_ns;
}

/* One of several names of the address that the phone would dial: without SNI, which of them it was is not seen, unless one alone was asked for since it dialled there last. */
static bool bears_other_candidate(const struct judging *j, const struct connection *c, const struct certificate *leaf, const char *name)
{
	int64_t before_ns = dialled_before(j->facts, c), bound_ns;
	bool fresh, bears = false;

	if (c->sni || !facts_is_bound(j->facts, name, &c->server.addr, c->start_ns, &bound_ns))
		return false;
	fresh = bound_ns > before_ns;
	for (size_t i = 0; i < j->model->decisions.count; i++) {
		const struct decision *d = &j->model->decisions.at[i];

		if (d->would_dial && facts_is_bound(j->facts, d->server, &c->server.addr, c->start_ns, &bound_ns) && (bound_ns > before_ns) == fresh)
			bears |= certificate_bears(leaf, d->server, j->model->policy->takes_wildcard);
	}
	return bears && is_candidate(j->model, name);
}

#define DAY_S (24.0 * 3600)

double certificate_clock_error_s(const struct facts *f)
{
	double error_s = 0;

	for (size_t i = 0; i < f->times.count; i++)
		if (f->times.at[i].answered && f->times.at[i].stratum >= 1 && f->times.at[i].stratum <= 15)
			error_s = f->times.at[i].offset_s;
	return fabs(error_s) < DAY_S ? 0 : error_s;
}

bool certificate_is_out_of_date(const certificate_set *chain, int64_t at_ns)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->at[i].has_dates && (chain->at[i].not_after_ns < at_ns || chain->at[i].not_before_ns > at_ns))
			return true;
	return false;
}

bool certificate_time_is_likely(int64_t at_ns)
{
	return at_ns >= INT64_C(1167609600) * NS_PER_S;         /* 2007-01-01 */
}

/* The phone's own clock, as far as packets set it. */
static int64_t phone_time(const struct judging *j, int64_t at_ns)
{
	double error_s = certificate_clock_error_s(j->facts);

	return fabs(error_s) < 1e9 ? at_ns + (int64_t)(error_s * 1e9) : at_ns;
}

/* By the capture's clock and by the phone's: where they differ by days one of them is wrong, and nobody knows which. */
static void check_dates(const struct judging *j, const struct connection *c, struct certificate_faults *f)
{
	int64_t own_ns = phone_time(j, c->certificate_ns);

	for (size_t i = 0; i < c->chain.count && certificate_time_is_likely(c->certificate_ns); i++) {
		const struct certificate *one = &c->chain.at[i];

		if (!f->expired && one->has_dates && one->not_after_ns < c->certificate_ns && one->not_after_ns < own_ns)
			f->expired = one;
		if (!f->not_yet_valid && one->has_dates && one->not_before_ns > c->certificate_ns && one->not_before_ns > own_ns)
			f->not_yet_valid = one;
	}
}

/* Nobody verifies the signature that a root makes of itself. */
static bool is_root(const struct certificate *c)
{
	return c->subject && c->issuer && strcasecmp(c->subject, c->issuer) == 0;
}

struct certificate_faults certificate_check(const struct judging *j, const struct connection *c, const char *name)
{
	struct certificate_faults f = { .unknown = c->chain.count == 0 };
	const struct policy *p = j->model->policy;
	const struct certificate *leaf;

	if (f.unknown)
		return f;
	leaf = f.leaf = &c->chain.at[0];
	if (name && !naming_is_address(name) && leaf->subject && !certificate_bears(leaf, name, p->takes_wildcard) && !may_be_dialled_otherwise(j, c, leaf, name) &&
	    !bears_other_candidate(j, c, leaf, name)) {
		f.wildcard = certificate_bears(leaf, name, true);
		f.name = !f.wildcard;
	}
	for (size_t i = 0; i < c->chain.count; i++) {
		const struct certificate *one = &c->chain.at[i];

		if (!f.sha2_unlikely && is_sha2(one->signature_algorithm) && !is_root(one) && j->facts->firmware && firmware_is_before(j->facts->firmware, 4363))
			f.sha2_unlikely = one;
	}
	check_dates(j, c, &f);
	f.key_type = key_is_odd(p, leaf->key);
	f.root_delivered = ends_in_delivered(j, &c->chain);
	f.root_not_delivered = p->needs_delivered_root && !f.root_delivered;
	return f;
}
