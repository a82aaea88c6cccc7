/* The catalogue: complete, of one shape, fit to be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "verdict/report.h"

/* Every code that is promised outside, by step. A code may be added here, none may be taken away or renamed. */
static const struct { enum step step; const char *codes[16]; } promised[] = {
	{ STEP_VLAN, { "vlan-not-assigned", "vlan-no-dhcp" } },
	{ STEP_LEASE, { "lease-none", "lease-refused" } },
	{ STEP_UPDATE, { "update-dns-missing", "update-tls", "update-loop", "firmware-too-old" } },
	{ STEP_TIME, { "time-not-set", "time-wrong" } },
	{ STEP_UC_OPTIONS, {
		"uc-no-reply", "uc-conflict", "uc-class-mixup", "uc43-class-mismatch", "uc43-missing", "uc43-truncated", "uc43-port-binary",
		"uc43-not-tlv", "uc120-is-address", "uc120-no-encoding", "uc120-malformed", "uc120-several" } },
	{ STEP_ROOT_CA, {
		"root-ca-http-blocked", "root-ca-http-redirect", "root-ca-http-status", "root-ca-host-dead", "root-ca-ldap-stalled",
		"ad-domain-not-hosted", "ldap-signing-required", "root-ca-absent" } },
	{ STEP_PROVISIONING, {
		"web-unresolved", "web-tcp-refused", "web-tcp-timeout", "web-tls-failed", "web-fqdn-split", "auth-not-completed", "pin-needs-internal" } },
	{ STEP_DISCOVERY, { "srv-missing", "srv-target-unresolved", "srv-port-unusual", "dns-timeout", "dns-server-error" } },
	{ STEP_NAMING, {
		"strict-name", "name-skipped", "strict-name-masked", "name-check-not-enforced", "redirect-target-untrusted", "cname-candidate" } },
	{ STEP_CONNECT, { "tcp-refused", "tcp-timeout" } },
	{ STEP_TLS, {
		"tls-name-mismatch", "tls-wildcard", "tls-chain-untrusted", "tls-chain-changed", "tls-cert-rejected", "tls-cert-expired",
		"tls-cert-not-yet-valid", "tls-signature-algorithm", "tls-key-type", "tls-version-or-cipher", "tls-sni-required", "tls-intercepted",
		"tls-unfinished" } },
	{ STEP_REGISTER, { "sip-rejected", "would-fail-after-reset" } },
	{ STEP_EXCHANGE, { "exchange-name-untrusted", "exchange-ca-untrusted", "exchange-cert-wildcard", "exchange-not-expected" } },
	{ STEP_NONE, { "capture-gap", "capture-one-way", "capture-truncated" } },
};

static void test_promised(void **state)
{
	size_t count = 0, have = 0;

	(void)state;
	for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
		for (const char *const *code = promised[i].codes; *code; code++, count++) {
			const struct rule *r = rule_find(*code);

			if (!r)
				fail_msg("%s is not in the catalogue", *code);
			assert_string_equal(r->code, *code);
			if (r->step != promised[i].step)
				fail_msg("%s belongs to step %s", *code, step_name(r->step));
		}
	while (rules[have].code)
		have++;
	assert_in_range(have, count, 1000);
}

/* The report, JSON, the terminal and the manual all print these: plain ASCII, whole sentences. */
static void check_sentences(const char *code, const char *what, const char *text)
{
	if (!text || !*text)
		fail_msg("%s: %s is missing", code, what);
	for (const char *p = text; *p; p++)
		if (*p < ' ' || *p > '~' || strncmp(p, "  ", 2) == 0)
			fail_msg("%s: %s has an odd character in \"%s\"", code, what, p);
	if (strcmp(what, "source") != 0 && !strchr(".)\"", text[strlen(text) - 1]))
		fail_msg("%s: %s does not end as a sentence", code, what);
}

static void test_shape(void **state)
{
	(void)state;
	for (const struct rule *r = rules; r->code; r++) {
		check_sentences(r->code, "meaning", r->meaning);
		check_sentences(r->code, "wire", r->wire);
		check_sentences(r->code, "next", r->next);
		check_sentences(r->code, "fix", r->fix);
		check_sentences(r->code, "source", r->source);
		assert_int_equal(strspn(r->code, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(r->code));
		assert_ptr_equal(rule_find(r->code), r);
		if (r->inferred != (strstr(r->source, "inferred: ") != NULL))
			fail_msg("%s: the source does not say what is inferred", r->code);
		if (r != rules && r->step < (r - 1)->step)
			fail_msg("%s: out of order", r->code);
	}
}

static void test_find(void **state)
{
	(void)state;
	assert_ptr_equal(rule_find("STRICT_NAME"), rule_find("strict-name"));
	assert_ptr_equal(rule_find("Uc43-Not_TLV"), rule_find("uc43-not-tlv"));
	assert_null(rule_find("strict"));
	assert_null(rule_find("strict-name-"));
	assert_null(rule_find("strict-names"));
	assert_null(rule_find(""));
}

static void test_names(void **state)
{
	char out[FRAME_TEXT];

	(void)state;
	assert_string_equal(step_name(STEP_VLAN), "vlan");
	assert_string_equal(step_name(STEP_UC_OPTIONS), "uc-options");
	assert_string_equal(step_name(STEP_EXCHANGE), "exchange");
	assert_null(step_name(STEP_NONE));
	for (enum step s = 0; s < STEP_COUNT; s++)
		assert_non_null(step_name(s));
	assert_string_equal(severity_name(SEVERITY_INFO), "info");
	assert_string_equal(grade_name(GRADE_STRONG), "strong");
	assert_string_equal(outcome_name(OUTCOME_SIGNED_IN), "signed-in");
	assert_string_equal(method_name(METHOD_PIN), "pin");
	assert_string_equal(policy_source_name(POLICY_OPTION), "option");
	assert_string_equal(step_state_name(STATE_NOT_SEEN), "not-seen");
	assert_string_equal(candidate_source_name(CANDIDATE_DHCP120), "dhcp120");
	assert_string_equal(naming_name(NAMING_SIP_DOMAIN), "sip-domain");
	assert_string_equal(candidate_result_name(RESULT_TLS_FAILED), "tls-failed");
	assert_string_equal(frame_format(frame_of(0, 17), false, out), "17");
	assert_string_equal(frame_format(frame_of(1, 17), true, out), "2:17");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_promised),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
