/*
 * Facts written by hand, in the order in which a phone would meet them, and what the evaluator makes of them.
 *
 * A program a file: everything is static.
 */
#ifndef TESTS_UNIT_FACTS_BY_HAND_H
#define TESTS_UNIT_FACTS_BY_HAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/moment.h"
#include "verdict/evaluate.h"
#include "verdict/gather.h"

#define HAND __attribute__((unused)) static     /* a test needs not all of them */

static struct arena arena;
static struct facts *f;
static frame_ref frame;
static int64_t now;

/* ---- making facts ---- */

HAND int setup(void **state)
{
	(void)state;
	arena = (struct arena){ 0 };
	f = arena_get(&arena, sizeof *f);
	frame = 0;
	now = INT64_C(1400000000) * NS_PER_S;
	f->start_ns = now;
	f->from_start = true;
	f->heard = f->spoke = f->said = 10;
	return 0;
}

HAND int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

HAND struct addr ip(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return a;
}

HAND void wait_s(int seconds)
{
	now += seconds * NS_PER_S;
}

HAND struct lookup *asked(const char *name, const char *type, enum lookup_state state)
{
	struct lookup *l = LIST_ADD(&arena, &f->lookups);

	*l = (struct lookup){ .name = name, .type = type, .state = state, .first_ns = now, .last_ns = now, .answered_ns = now, .asked = 1, .server = ip("10.0.0.53"),
		.rcode = state == LOOKUP_NONE ? "NXDOMAIN" : state == LOOKUP_ERROR ? "SERVFAIL" : state == LOOKUP_FOUND ? "NOERROR" : NULL };
	frames_add(&arena, &l->frames, ++frame);
	now += NS_PER_MS;
	return l;
}

HAND void srv(const char *name, const char *target, unsigned port)
{
	struct lookup *l = asked(name, "SRV", LOOKUP_FOUND);

	*LIST_ADD(&arena, &l->srv) = (struct srv_record){ target, port, 0, 0 };
}

HAND void host(const char *name, const char *address)
{
	struct lookup *l = asked(name, "A", LOOKUP_FOUND);

	*LIST_ADD(&arena, &l->addresses) = ip(address);
	*LIST_ADD(&arena, &f->bindings) = (struct binding){ name, ip(address), now, frame };
	now += NS_PER_MS;
}

HAND void no_hosts(const char *domain)
{
	static const char *const labels[] = { "sipinternal", "sip", "sipexternal" };

	for (size_t i = 0; i < 3; i++)
		asked(arena_printf(&arena, "%s.%s", labels[i], domain), "A", LOOKUP_NONE);
}

HAND struct connection *dialled(const char *address, unsigned port, enum connection_state state)
{
	struct connection *c = LIST_ADD(&arena, &f->connections);

	*c = (struct connection){ .flow = f->connections.count, .client = { ip("10.0.0.7"), 50000 }, .server = { ip(address), (uint16_t)port }, .state = state,
		.seen_from_start = true, .start_ns = now, .last_ns = now + NS_PER_S, .end_ns = state == CONNECTION_OPEN ? 0 : now + NS_PER_S, .syns = 3 };
	frames_add(&arena, &c->frames, ++frame);
	now += NS_PER_S;
	return c;
}

HAND struct certificate leaf(const char *name)
{
	struct certificate c = { .subject = arena_printf(&arena, "CN=%s", name), .issuer = "CN=Contoso Root", .sha256 = name, .key = "RSA 2048",
		.signature_algorithm = "sha1WithRSAEncryption", .has_dates = true, .not_before_ns = 0, .not_after_ns = now + 1000 * NS_PER_S };

	*LIST_ADD(&arena, &c.san) = name;
	return c;
}

HAND struct connection *tls(const char *address, unsigned port, struct certificate certificate)
{
	struct connection *c = dialled(address, port, CONNECTION_CLOSED);

	c->hello = c->server_hello = true;
	c->ended_by_client = true;
	c->certificate_ns = c->start_ns + NS_PER_MS;
	*LIST_ADD(&arena, &c->chain) = certificate;
	frames_add(&arena, &c->tls_frames, ++frame);
	frames_add(&arena, &c->certificate_frames, frame);
	return c;
}

HAND void secure(struct connection *c)
{
	c->secured_ns = c->start_ns + 2 * NS_PER_MS;
	c->finished_client = c->finished_server = c->data_client = c->data_server = true;
	c->bytes_client = c->bytes_server = 5000;
}

HAND void stays(struct connection *c, int seconds)
{
	secure(c);
	c->state = CONNECTION_OPEN;
	c->end_ns = 0;
	c->last_ns = c->start_ns + seconds * NS_PER_S;
	now = c->last_ns;
}

HAND void alert(struct connection *c, const char *name, bool from_client)
{
	*LIST_ADD(&arena, &c->alerts) = (struct tls_alert_fact){ .from_client = from_client, .name = name, .fatal = true, .at_ns = c->start_ns + 2 * NS_PER_MS, .frame = ++frame };
}

HAND void delivered(const char *subject)
{
	*LIST_ADD(&arena, &f->deliveries) = (struct delivery){ { .subject = subject, .issuer = subject, .sha256 = subject }, ++frame, false };
}

/* DHCPINFORM and its answer; web or sip NULL: not told. */
HAND struct uc_options *inform(const char *web, const char *sip)
{
	struct dhcp_exchange *x = LIST_ADD(&arena, &f->dhcp);
	struct dhcp_answer *a;

	*x = (struct dhcp_exchange){ .xid = f->dhcp.count, .is_inform = true, .vendor_class = "MS-UC-Client", .wants_uc = true, .requests = 1, .first_ns = now, .last_ns = now };
	frames_add(&arena, &x->asked, ++frame);
	a = LIST_ADD(&arena, &x->answers);
	*a = (struct dhcp_answer){ .kind = DHCP_ACK, .at_ns = now, .frame = ++frame, .server = ip("10.0.0.1") };
	a->uc.has_43 = a->uc.has_uc = web != NULL;
	a->uc.fqdn = web;
	a->uc.has_120 = sip != NULL;
	if (sip)
		*LIST_ADD(&arena, &a->uc.sip_names) = sip;
	now += NS_PER_S;
	return &a->uc;
}

/* HTTP chain, web services: a good sign-in by PIN as far as the search for the registrar. */
HAND void provisioned(const char *sip)
{
	inform("web.ad.local", sip);
	host("web.ad.local", "10.0.0.80");
	*LIST_ADD(&arena, &f->http) = (struct http_exchange){ .server = { ip("10.0.0.80"), 80 }, .at_ns = now, .method = "POST", .host = "web.ad.local",
		.target = "/CertProv/CertProvisioningService.svc", .status = 200, .certificates = 1 };
	delivered("CN=Contoso Root");
	secure(tls("10.0.0.80", 443, leaf("web.ad.local")));
}

/* ---- judging ---- */

HAND struct evaluation judged(const char *policy, int quiet_seconds)
{
	struct evaluation e;
	struct site site = { 0 };
	const struct model *m;

	f->end_ns = now;
	f->watched_until_ns = now + quiet_seconds * NS_PER_S;
	for (size_t i = 0; i < f->deliveries.count; i++)
		*LIST_ADD(&arena, &site.delivered) = f->deliveries.at[i].certificate;
	m = model_run(f, policy_find(policy), NULL, &arena);
	evaluate(m, &site, (struct mac){ { 0, 4, 0xf2, 1, 2, 3 } }, &arena, &e);
	return e;
}

HAND const struct finding_report *found(const struct evaluation *e, const char *code)
{
	for (size_t i = 0; i < e->findings.count; i++)
		if (strcmp(e->findings.at[i].rule->code, code) == 0)
			return &e->findings.at[i];
	return NULL;
}

HAND void expect(const struct evaluation *e, enum outcome outcome, const char *cause)
{
	const char *is = e->cause < e->findings.count ? e->findings.at[e->cause].rule->code : "(none)";

	if (e->outcome != outcome || strcmp(is, cause ? cause : "(none)") != 0)
		fail_msg("%s because of %s, not %s because of %s", outcome_name(e->outcome), is, outcome_name(outcome), cause ? cause : "(none)");
}

#endif
