/* The name check: the vectors that are known, and what must hold for any name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "verdict/naming.h"
#include "verdict/policy.h"

/* ---- vectors ---- */

static void vectors(void **state)
{
	static const struct { const char *domain, *server; bool match; } all[] = {
		{ "abc.com", "sip.abc.com", true }, { "abc.com", "SIP.ABC.COM.", true }, { "abc.com", "pool.ad.abc.com", true }, { "abc.com", "abc.com", true },
		{ "abc.com", "sip.xabc.com", false }, { "abc.com", "abc.com.evil.net", false }, { "abc.com", "abc.co", false },
		{ "retail.contoso.com", "pool01.contoso.com", false }, { "abc.com", "10.0.0.5", false }, { "abc.com", "[fe80::1]", false }, { "abc.com", "fe80::1", false },
		{ "lync.com", "sipdir.online.lync.com", true }, { "outlook.com", "autodiscover-s.outlook.com", true }, { "lync.com", "notlync.com", false },
		{ "", "sip.abc.com", false }, { ".", "sip.abc.com", false }, { "abc.com", "", false }, { "abc.com", ".abc.com", false }, { "abc.com", "com", false },
		{ "abc.com.", "sip.abc.com", true }, { "0.0.5", "10.0.0.5", false }, { "xn--bcher-kva.example", "sip.XN--BCHER-KVA.example", true },
		{ "xyzre.net", "autodiscover.xyzre.net", true }, { "USERSIPDOMAIN.COM", "edge.HOSTER.COM", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (naming_match(all[i].domain, all[i].server) != all[i].match)
			fail_msg("naming_match(\"%s\", \"%s\") is not %d", all[i].domain, all[i].server, all[i].match);
}

/* The lines of a phone's log in a field report; there hoster's domain has as many letters as outlook.com. */
static void log_lines(void **state)
{
	(void)state;
	assert_false(naming_is_near_miss("usersipdomain.com", "edge.hostercom.com"));
	assert_true(naming_is_near_miss("outlook.com", "edge.hoster0.com"));
	assert_false(naming_is_near_miss("lync.com", "edge.hoster0.com"));
}

static void strict_is_one_label(void **state)
{
	(void)state;
	assert_true(naming_match_strict("abc.com", "sip.abc.com"));
	assert_true(naming_match_strict("abc.com", "abc.com"));
	assert_false(naming_match_strict("abc.com", "pool.ad.abc.com"));
	assert_false(naming_match_strict("abc.com", "sip.abd.com"));
}

/* ---- properties ---- */

static uint32_t next(uint32_t *seed)
{
	return *seed = *seed * 1664525u + 1013904223u, *seed >> 8;
}

static void random_name(uint32_t *seed, unsigned labels, char *out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	for (unsigned i = 0; i < labels; i++) {
		unsigned len = 1 + next(seed) % 12;

		if (i)
			*out++ = '.';
		*out++ = letters[next(seed) % 26];
		while (--len)
			*out++ = letters[next(seed) % (sizeof letters - 1)];
	}
	*out = '\0';
}

static void swap_case(char *s, uint32_t *seed)
{
	for (; *s; s++)
		if (*s >= 'a' && *s <= 'z' && next(seed) % 2)
			*s = (char)(*s - 'a' + 'A');
}

/* Labels compared from the right: another way to say the same. */
static bool match_by_labels(const char *domain, const char *server)
{
	size_t d = strlen(domain), s = strlen(server);

	while (d && s && (domain[d - 1] | 0x20) == (server[s - 1] | 0x20)) {
		d--;
		s--;
	}
	return d == 0 && (s == 0 || server[s - 1] == '.');
}

static void properties(void **state)
{
	uint32_t seed = 20130101;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		char domain[256], server[600], changed[600];
		unsigned labels = 1 + next(&seed) % 3;

		random_name(&seed, labels, domain);
		random_name(&seed, 1 + next(&seed) % 3, server);
		if (next(&seed) % 2) {
			if (next(&seed) % 4)
				strcat(server, ".");    /* else glued: no label boundary */
			strcat(server, domain);
		}
		assert_int_equal(naming_match(domain, server), match_by_labels(domain, server));
		strcpy(changed, server);
		swap_case(changed, &seed);
		strcat(changed, ".");
		assert_int_equal(naming_match(domain, changed), naming_match(domain, server));
		assert_true(naming_match(server, server));
		if (naming_match_strict(domain, server))
			assert_true(naming_match(domain, server));
	}
}

static void long_names(void **state)
{
	char name[1024];

	(void)state;
	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_false(naming_match("abc.com", name));
	memcpy(name + sizeof name - 1 - strlen(".abc.com"), ".abc.com", strlen(".abc.com"));
	assert_true(naming_match("abc.com", name));
	assert_false(naming_is_address(name));
}

/* ---- policies ---- */

static void firmware_gate(void **state)
{
	static const struct { const char *firmware, *policy; } all[] = {
		{ "4.0.7577.4363", "lpe-cu7" }, { "4.0.7577.4366", "lpe-cu7" }, { "4.0.7577.4372", "lpe-cu7" }, { "4.0.7577.4444", "lpe-cu7" }, { "4.0.7577.4362", "lpe-pre-cu7" },
		{ "4.0.7577.107", "lpe-pre-cu7" }, { "4.0.7576.0", "lpe-pre-cu7" }, { "4.0.7423.1", "lpe-pre-cu7" }, { "3.5.6907.222", "ocs-strict" }, { "1.0.522.101", "ocs-strict" },
		{ "CPE/4.0.7577.4463 OCPhone/4.0.7577.4463 (Microsoft Lync Phone Edition)", "lpe-cu7" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		assert_string_equal(policy_of_firmware(all[i].firmware)->name, all[i].policy);
	assert_null(policy_of_firmware("5.9.0.1234"));
	assert_null(policy_of_firmware("6.18.44-fc"));
	assert_null(policy_of_firmware(""));
	assert_null(policy_of_firmware(NULL));
}

static void who_dials_what(void **state)
{
	static const struct { const char *policy, *server; enum naming naming; bool dials; } all[] = {
		{ "lpe-cu7", "sip.abc.com", NAMING_SIP_DOMAIN, true }, { "lpe-cu7", "sip.hoster.com", NAMING_NO_MATCH, false }, { "lpe-cu7", "sipdir.online.lync.com", NAMING_BUILTIN, true },
		{ "lpe-pre-cu7", "sip.hoster.com", NAMING_NO_MATCH, true }, { "lync-desktop", "sip.hoster.com", NAMING_NO_MATCH, true }, { "3pip", "sip.hoster.com", NAMING_NO_MATCH, true },
		{ "ocs-strict", "pool.ad.abc.com", NAMING_NO_MATCH, false }, { "ocs-suffix", "pool.ad.abc.com", NAMING_SIP_DOMAIN, true }, { "ocs-strict", "sipdir.online.lync.com", NAMING_NO_MATCH, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct policy *p = policy_find(all[i].policy);
		struct name_check c = policy_check_name(p, "abc.com", all[i].server);

		assert_int_equal(c.naming, all[i].naming);
		assert_int_equal(policy_dials(p, &c), all[i].dials);
		assert_int_equal(c.matched != NULL, c.naming != NAMING_NO_MATCH);
	}
	assert_int_equal(policy_check_name(policy_find("lpe-cu7"), NULL, "sip.abc.com").naming, NAMING_NO_MATCH);
	assert_null(policy_find("lpe-cu99"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors), cmocka_unit_test(log_lines), cmocka_unit_test(strict_is_one_label), cmocka_unit_test(properties), cmocka_unit_test(long_names),
		cmocka_unit_test(firmware_gate), cmocka_unit_test(who_dials_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
