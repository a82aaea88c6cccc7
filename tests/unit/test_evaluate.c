/* The evaluator without a packet: facts in, findings out. */
#include "facts_by_hand.h"

/* ---- naming ---- */

static void strict_naming(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned("sip.hoster.com");
	srv("_sipinternaltls._tcp.contoso.com", "sip.hoster.com", 5061);
	host("sip.hoster.com", "203.0.113.4");
	no_hosts("contoso.com");
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "strict-name");
	assert_int_equal(found(&e, "strict-name")->grade, GRADE_STRONG);
	assert_non_null(strstr(found(&e, "strict-name")->fix, "sip.contoso.com -> 203.0.113.4"));
	assert_non_null(found(&e, "name-skipped"));
}

/* The same facts under the rules of older firmware: the phone would have dialled, and did not. That is no naming failure. */
static void same_facts_other_policy(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned("sip.hoster.com");
	srv("_sipinternaltls._tcp.contoso.com", "sip.hoster.com", 5061);
	host("sip.hoster.com", "203.0.113.4");
	no_hosts("contoso.com");
	e = judged("lpe-pre-cu7", 60);
	assert_null(found(&e, "strict-name"));
	assert_null(found(&e, "name-skipped"));
	assert_int_not_equal(e.outcome, OUTCOME_FAILED);
}

static void absence_in_gaps(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned("sip.hoster.com");
	srv("_sipinternaltls._tcp.contoso.com", "sip.hoster.com", 5061);
	host("sip.hoster.com", "203.0.113.4");
	no_hosts("contoso.com");
	*LIST_ADD(&arena, &f->gaps) = (struct gap){ now, frame, "hole", 1200 };
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_UNKNOWN, NULL);
	assert_null(found(&e, "strict-name"));
	assert_non_null(found(&e, "capture-gap"));
}

static void too_early_to_tell(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.hoster.com", 5061);
	e = judged("lpe-cu7", 0);
	expect(&e, OUTCOME_UNFINISHED, NULL);
	assert_null(found(&e, "name-skipped"));
}

static void masked(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.hoster.com", 5061);
	host("sip.hoster.com", "10.0.0.61");
	host("sip.contoso.com", "10.0.0.61");
	stays(tls("10.0.0.61", 5061, leaf("sip.contoso.com")), 90);
	e = judged("lpe-cu7", 0);
	expect(&e, OUTCOME_SIGNED_IN, NULL);
	assert_int_equal(found(&e, "strict-name-masked")->severity, SEVERITY_WARNING);
	assert_null(found(&e, "name-check-not-enforced"));
}

static void not_enforced(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.hoster.com", 5061);
	host("sip.hoster.com", "203.0.113.4");
	stays(tls("203.0.113.4", 5061, leaf("sip.hoster.com")), 90);
	e = judged("lpe-cu7", 0);
	expect(&e, OUTCOME_SIGNED_IN, NULL);
	assert_non_null(found(&e, "name-check-not-enforced"));
}

static void option120_only(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned("pool.ad.local");
	asked("_sipinternaltls._tcp.contoso.com", "SRV", LOOKUP_NONE);
	no_hosts("contoso.com");
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "srv-missing");
	assert_int_equal(found(&e, "strict-name")->severity, SEVERITY_ERROR);
}

/* ---- a capture that shows things out of their order, or lacks an answer ---- */

/* A mirror may show the answer that named the server after the connection to it, but not by much. */
static void name_shown_late(void **state)
{
	(void)state;
	for (int late_ms = 2; late_ms <= 20; late_ms += 18) {
		struct connection *c;
		const struct model *m;

		teardown(NULL);
		setup(NULL);
		provisioned(NULL);
		srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
		c = tls("10.0.0.61", 5061, leaf("sip.contoso.com"));
		stays(c, 90);
		*LIST_ADD(&arena, &f->bindings) = (struct binding){ "sip.contoso.com", ip("10.0.0.61"), c->start_ns + late_ms * NS_PER_MS, ++frame };
		f->watched_until_ns = f->end_ns = now;
		m = model_run(f, policy_find("lpe-cu7"), NULL, &arena);
		assert_true(m->signed_in);
		assert_int_equal(m->standing->name && strcmp(m->standing->name, "sip.contoso.com") == 0, late_ms == 2);
	}
}

static enum connection_state settled(unsigned syns, int64_t next_after_ms)
{
	struct connection *c;

	teardown(NULL);
	setup(NULL);
	c = dialled("10.0.0.61", 5061, CONNECTION_TIMEOUT);
	c->syns = syns;
	now = c->start_ns + next_after_ms * NS_PER_MS;
	asked("sip.contoso.com", "A", LOOKUP_NONE);
	facts_settle(f, now + 60 * NS_PER_S);
	return f->connections.at[0].state;
}

/* Who asks the next thing at once has had an answer to the SYN that the capture lacks. */
static void refusal_not_seen(void **state)
{
	(void)state;
	assert_int_equal(settled(1, 10), CONNECTION_TRYING);
	assert_int_equal(settled(1, 4000), CONNECTION_TIMEOUT);
	assert_int_equal(settled(3, 10), CONNECTION_TIMEOUT);
}

/* A question that was repeated and then left for a connection has been given up. */
static void lookup_given_up(void **state)
{
	struct lookup *l;

	(void)state;
	l = asked("sipexternal.contoso.com", "A", LOOKUP_PENDING);
	l->asked = 2;
	now = l->last_ns + 1200 * NS_PER_MS;
	dialled("10.0.0.61", 5061, CONNECTION_OPEN);
	facts_settle(f, l->last_ns + 1500 * NS_PER_MS);
	assert_int_equal(f->lookups.at[0].state, LOOKUP_SILENT);
}

/* ---- discovery ---- */

static void dns_states_apart(void **state)
{
	static const struct { enum lookup_state state; const char *code; enum grade grade; } all[] = {
		{ LOOKUP_NONE, "srv-missing", GRADE_PROVEN }, { LOOKUP_ERROR, "dns-server-error", GRADE_PROVEN }, { LOOKUP_SILENT, "dns-timeout", GRADE_STRONG },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct evaluation e;

		teardown(NULL);
		setup(NULL);
		provisioned(NULL);
		asked("_sipinternaltls._tcp.contoso.com", "SRV", all[i].state);
		asked("sip.contoso.com", "A", all[i].state);
		e = judged("lpe-cu7", 60);
		expect(&e, OUTCOME_FAILED, all[i].code);
		assert_int_equal(found(&e, all[i].code)->grade, all[i].grade);
		for (size_t k = 0; k < 3; k++)
			assert_true(k == i || !found(&e, all[k].code));
		assert_null(found(&e, "strict-name"));
	}
}

/* The search for services of the network's own domain at boot says nothing of the user. */
static void boot_is_no_search(void **state)
{
	struct evaluation e;

	(void)state;
	f->dns_domain = "ad.local";
	asked("_sipinternaltls._tcp.ad.local", "SRV", LOOKUP_NONE);
	e = judged("lpe-cu7", 120);
	expect(&e, OUTCOME_UNFINISHED, NULL);
	assert_null(found(&e, "srv-missing"));
}

/* ---- connection and TLS ---- */

static void good_names(const char *address)
{
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
	host("sip.contoso.com", address);
}

static void refused_and_silent(void **state)
{
	struct evaluation e;

	(void)state;
	good_names("10.0.0.61");
	dialled("10.0.0.61", 5061, CONNECTION_REFUSED);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tcp-refused");
	teardown(NULL);
	setup(NULL);
	good_names("10.0.0.61");
	dialled("10.0.0.61", 5061, CONNECTION_TIMEOUT);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tcp-timeout");
}

static void certificates(void **state)
{
	static const struct { const char *code, *name, *issuer, *alert; int64_t since_s, until_s; const char *key; } all[] = {
		{ "tls-name-mismatch", "pool.ad.local", NULL, NULL, 0, 9999, NULL }, { "tls-wildcard", "*.contoso.com", NULL, NULL, 0, 9999, NULL },
		{ "tls-cert-expired", "sip.contoso.com", NULL, NULL, -9999, -99, NULL }, { "tls-cert-not-yet-valid", "sip.contoso.com", NULL, NULL, 999, 9999, NULL },
		{ "tls-chain-untrusted", "sip.contoso.com", "CN=Other Root", "unknown_ca", 0, 9999, NULL }, { "tls-chain-untrusted", "sip.contoso.com", "CN=Other Root", NULL, 0, 9999, NULL },
		{ "tls-cert-rejected", "sip.contoso.com", NULL, NULL, 0, 9999, NULL }, { "tls-cert-rejected", "sip.contoso.com", NULL, "certificate_unknown", 0, 9999, NULL },
		{ "tls-key-type", "sip.contoso.com", NULL, NULL, 0, 9999, "EC P-256" }, { "tls-intercepted", "sip.contoso.com", "CN=Zscaler Intermediate", "unknown_ca", 0, 9999, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct connection *c;
		struct certificate given;
		struct evaluation e;

		teardown(NULL);
		setup(NULL);
		good_names("10.0.0.61");
		given = leaf(all[i].name);
		given.not_before_ns = now + all[i].since_s * NS_PER_S - NS_PER_S;
		given.not_after_ns = now + all[i].until_s * NS_PER_S;
		given.issuer = all[i].issuer ? all[i].issuer : given.issuer;
		given.key = all[i].key ? all[i].key : given.key;
		c = tls("10.0.0.61", 5061, given);
		if (all[i].alert)
			alert(c, all[i].alert, true);
		e = judged("lpe-cu7", 60);
		expect(&e, OUTCOME_FAILED, all[i].code);
		assert_null(found(&e, "strict-name"));
	}
}

static void server_refuses(void **state)
{
	struct connection *c;
	struct evaluation e;

	(void)state;
	good_names("10.0.0.61");
	c = dialled("10.0.0.61", 5061, CONNECTION_CLOSED);
	c->hello = true;
	alert(c, "protocol_version", false);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tls-version-or-cipher");
	c->alerts.at[0].name = "unrecognized_name";
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tls-sni-required");
}

static void time_is_told(double offset_s)
{
	*LIST_ADD(&arena, &f->times) = (struct time_answer){ .server = ip("10.0.0.9"), .asked_ns = now, .answered = true, .stratum = 2, .offset_s = offset_s };
}

static void wrong_clock(void **state)
{
	struct evaluation e;
	struct certificate new = leaf("sip.contoso.com");

	(void)state;
	new.not_before_ns = now - 1000 * NS_PER_S;
	time_is_told(-86400.0 * 4000);
	good_names("10.0.0.61");
	alert(tls("10.0.0.61", 5061, new), "certificate_expired", true);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "time-wrong");
}

/* Days that no certificate minds: something else is wrong with it. */
static void wrong_clock_harms_nobody(void **state)
{
	struct evaluation e;
	struct certificate old = leaf("sip.contoso.com");

	(void)state;
	old.not_after_ns = now + 86400 * 1000 * NS_PER_S;
	time_is_told(86400.0 * 3);
	good_names("10.0.0.61");
	tls("10.0.0.61", 5061, old);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tls-cert-rejected");
	assert_int_equal(found(&e, "time-wrong")->severity, SEVERITY_WARNING);
}

/* The capture's clock says that it has expired, the time server that it has not: one of them is wrong. */
static void wrong_clock_of_the_capture(void **state)
{
	struct evaluation e;
	struct certificate old = leaf("sip.contoso.com");

	(void)state;
	old.not_after_ns = now - 86400 * NS_PER_S;
	time_is_told(-86400.0 * 30);
	good_names("10.0.0.61");
	tls("10.0.0.61", 5061, old);
	e = judged("lpe-cu7", 60);
	assert_null(found(&e, "tls-cert-expired"));
}

static void hours_do_not_matter(void **state)
{
	struct evaluation e;

	(void)state;
	*LIST_ADD(&arena, &f->times) = (struct time_answer){ .server = ip("10.0.0.9"), .asked_ns = now, .answered = true, .stratum = 2, .offset_s = 7200 };
	good_names("10.0.0.61");
	stays(tls("10.0.0.61", 5061, leaf("sip.contoso.com")), 90);
	e = judged("lpe-cu7", 0);
	expect(&e, OUTCOME_SIGNED_IN, NULL);
	assert_int_equal(e.findings.count, 0);
}

/* ---- sessions ---- */

static void short_sessions(void **state)
{
	struct evaluation e;

	(void)state;
	good_names("10.0.0.61");
	secure(tls("10.0.0.61", 5061, leaf("sip.contoso.com")));
	wait_s(20);
	secure(tls("10.0.0.61", 5061, leaf("sip.contoso.com")));
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "sip-rejected");
	assert_int_equal(found(&e, "sip-rejected")->grade, GRADE_WEAK);
}

static void redirect_followed(void **state)
{
	struct evaluation e;

	(void)state;
	good_names("10.0.0.61");
	secure(tls("10.0.0.61", 5061, leaf("sip.contoso.com")));
	host("fe01.ad.local", "10.0.0.62");
	stays(tls("10.0.0.62", 5061, leaf("fe01.ad.local")), 90);
	e = judged("lpe-cu7", 0);
	expect(&e, OUTCOME_SIGNED_IN, NULL);
	assert_null(found(&e, "name-check-not-enforced"));
	assert_null(found(&e, "sip-rejected"));
}

static void redirect_not_followed(void **state)
{
	struct evaluation e;

	(void)state;
	good_names("10.0.0.61");
	secure(tls("10.0.0.61", 5061, leaf("sip.contoso.com")));
	host("fe01.ad.local", "10.0.0.62");
	wait_s(20);
	srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "redirect-target-untrusted");
	assert_int_equal(found(&e, "redirect-target-untrusted")->grade, GRADE_WEAK);
}

/* ---- UC options ---- */

static void uc_faults(void **state)
{
	static const struct { const char *fault, *code; } all[] = {
		{ "option 43: truncated at sub-option 3", "uc43-truncated" }, { "option 43: sub-option 4 is binary", "uc43-port-binary" }, { "option 43: sub-option 5 missing", "uc43-missing" },
		{ "option 43: not a TLV list", "uc43-not-tlv" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct uc_options *uc;
		struct evaluation e;

		teardown(NULL);
		setup(NULL);
		uc = inform(NULL, "sip.contoso.com");
		*LIST_ADD(&arena, &uc->faults) = all[i].fault;
		e = judged("lpe-cu7", 60);
		expect(&e, OUTCOME_FAILED, all[i].code);
		assert_int_equal(found(&e, all[i].code)->grade, GRADE_PROVEN);
		assert_null(found(&e, "name-skipped"));
	}
}

/* A fault that did not stop the phone is a warning. */
static void uc_fault_got_past(void **state)
{
	struct uc_options *uc = inform("web.ad.local", "sip.contoso.com");
	struct evaluation e;

	(void)state;
	*LIST_ADD(&arena, &uc->faults) = "option 43: sub-option 4 is binary";
	good_names("10.0.0.61");
	stays(tls("10.0.0.61", 5061, leaf("sip.contoso.com")), 90);
	e = judged("lpe-cu7", 0);
	expect(&e, OUTCOME_SIGNED_IN, NULL);
	assert_int_equal(found(&e, "uc43-port-binary")->severity, SEVERITY_WARNING);
}

/* The same facts give the same findings. */
static void pure(void **state)
{
	struct evaluation a, b;

	(void)state;
	good_names("10.0.0.61");
	alert(tls("10.0.0.61", 5061, leaf("pool.ad.local")), "bad_certificate", true);
	a = judged("lpe-cu7", 60);
	b = judged("lpe-cu7", 60);
	assert_int_equal(a.outcome, b.outcome);
	assert_int_equal(a.findings.count, b.findings.count);
	for (size_t i = 0; i < a.findings.count; i++) {
		assert_ptr_equal(a.findings.at[i].rule, b.findings.at[i].rule);
		assert_string_equal(a.findings.at[i].message, b.findings.at[i].message);
		assert_string_equal(a.findings.at[i].fix, b.findings.at[i].fix);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(strict_naming), TEST(same_facts_other_policy), TEST(absence_in_gaps), TEST(too_early_to_tell), TEST(masked), TEST(not_enforced), TEST(option120_only),
		TEST(name_shown_late), TEST(refusal_not_seen), TEST(lookup_given_up),
		TEST(dns_states_apart), TEST(boot_is_no_search), TEST(refused_and_silent), TEST(certificates), TEST(server_refuses), TEST(wrong_clock),
		TEST(wrong_clock_harms_nobody), TEST(wrong_clock_of_the_capture), TEST(hours_do_not_matter),
		TEST(short_sessions), TEST(redirect_followed), TEST(redirect_not_followed), TEST(uc_faults), TEST(uc_fault_got_past), TEST(pure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
