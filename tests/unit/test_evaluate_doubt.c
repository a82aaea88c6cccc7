/* The evaluator where not enough is known, or where the first thought would be wrong. */
#include "facts_by_hand.h"

/* Without the user's domain nothing is foreign. */
static void unknown_domain(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned("sip.contoso.com");
	dialled("10.0.0.61", 5061, CONNECTION_TIMEOUT);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tcp-timeout");
	assert_null(found(&e, "strict-name"));
	assert_null(found(&e, "name-skipped"));
}

/* A name that leads to a server is not what stopped a phone that is not seen to dial: the capture may be one of UDP alone. */
static void resolved_but_not_dialled(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	asked("_sipinternaltls._tcp.contoso.com", "SRV", LOOKUP_NONE);
	host("sip.contoso.com", "10.0.0.61");
	e = judged("lpe-cu7", 60);
	assert_int_not_equal(e.outcome, OUTCOME_FAILED);
	assert_int_equal(found(&e, "srv-missing")->severity, SEVERITY_WARNING);
}

/* A zone that the DNS suffix led to, and IPv6, say nothing of the registrar. */
static void errors_beside_the_matter(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	asked("_sipinternaltls._tcp.contoso.com", "SRV", LOOKUP_NONE);
	asked("_sipinternaltls._tcp.contoso.com.ad.local", "SRV", LOOKUP_ERROR);
	asked("sip.contoso.com", "AAAA", LOOKUP_ERROR);
	no_hosts("contoso.com");
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "srv-missing");
	assert_null(found(&e, "dns-server-error"));
}

/* The record is foreign, and of the name that would have helped DNS says nothing: both are told, and nothing that is not known. */
static void foreign_and_unanswered(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.hoster.com", 5061);
	host("sip.hoster.com", "203.0.113.4");
	asked("sip.contoso.com", "A", LOOKUP_ERROR);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "dns-server-error");
	assert_int_equal(found(&e, "strict-name")->severity, SEVERITY_ERROR);
	assert_null(strstr(found(&e, "strict-name")->message, "No server has a name"));
}

/* The service record is good, and its target's address is not answered. */
static void target_unanswered(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "pool.contoso.com", 5061);
	asked("pool.contoso.com", "A", LOOKUP_SILENT);
	no_hosts("contoso.com");
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "dns-timeout");
}

/* Nothing rests on absence where packets are missing, whatever DNS states. */
static void missing_record_in_gaps(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	asked("_sipinternaltls._tcp.contoso.com", "SRV", LOOKUP_NONE);
	no_hosts("contoso.com");
	*LIST_ADD(&arena, &f->gaps) = (struct gap){ now, frame, "hole", 1200 };
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_UNKNOWN, NULL);
}

/* Firmware of OCS times: what it does is not documented, and nothing of CU7 is said. */
static void strict_of_old(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned("sip.hoster.com");
	srv("_sipinternaltls._tcp.contoso.com", "sip.hoster.com", 5061);
	host("sip.hoster.com", "203.0.113.4");
	no_hosts("contoso.com");
	e = judged("ocs-strict", 60);
	expect(&e, OUTCOME_FAILED, "strict-name");
	assert_int_equal(found(&e, "strict-name")->grade, GRADE_WEAK);
	assert_null(strstr(found(&e, "strict-name")->message, "CU7"));
}

/* What ends behind the certificate by the server's doing is neither the certificate's fault nor that of TLS 1.0. */
static void server_ends_late(void **state)
{
	struct connection *c;
	struct evaluation e;

	(void)state;
	for (int with_alert = 0; with_alert < 2; with_alert++) {
		teardown(NULL);
		setup(NULL);
		provisioned(NULL);
		srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
		host("sip.contoso.com", "10.0.0.61");
		c = tls("10.0.0.61", 5061, leaf("sip.contoso.com"));
		c->ended_by_client = false;
		if (with_alert)
			alert(c, "handshake_failure", false);
		e = judged("lpe-cu7", 60);
		expect(&e, OUTCOME_FAILED, "tls-unfinished");
		assert_int_equal(found(&e, "tls-unfinished")->grade, with_alert ? GRADE_PROVEN : GRADE_STRONG);
		assert_null(found(&e, "tls-version-or-cipher"));
		assert_null(found(&e, "tls-cert-rejected"));
	}
}

/* Nobody answers the hello (large packets that do not pass are often why): no certificate was seen, so none was refused. */
static void hello_unanswered(void **state)
{
	struct connection *c;
	struct evaluation e;

	(void)state;
	for (int hello = 0; hello < 2; hello++) {
		teardown(NULL);
		setup(NULL);
		provisioned(NULL);
		srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
		host("sip.contoso.com", "10.0.0.61");
		c = dialled("10.0.0.61", 5061, CONNECTION_CLOSED);
		c->hello = hello;
		c->ended_by_client = true;
		e = judged("lpe-cu7", 60);
		expect(&e, OUTCOME_FAILED, "tls-unfinished");
		assert_null(found(&e, "tls-cert-rejected"));
	}
}

/* The certificate of the CA between has expired: its date is told, not the leaf's. */
static void expired_in_between(void **state)
{
	struct certificate ca;
	struct connection *c;
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
	host("sip.contoso.com", "10.0.0.61");
	c = tls("10.0.0.61", 5061, leaf("sip.contoso.com"));
	ca = leaf("Contoso Issuing CA");
	ca.not_after_ns = now - 86400 * 400 * NS_PER_S;
	*LIST_ADD(&arena, &c->chain) = ca;
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tls-cert-expired");
	assert_non_null(strstr(found(&e, "tls-cert-expired")->message, "CN=Contoso Issuing CA expired on 2013-04"));
	assert_int_equal(found(&e, "tls-cert-expired")->grade, GRADE_STRONG);
}

/* A capture of a machine whose clock was never set. */
static void capture_without_clock(void **state)
{
	struct certificate young;
	struct evaluation e;

	(void)state;
	now = 86400 * NS_PER_S;
	f->start_ns = now;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
	host("sip.contoso.com", "10.0.0.61");
	young = leaf("sip.contoso.com");
	young.not_before_ns = INT64_C(1400000000) * NS_PER_S;
	young.not_after_ns = INT64_C(1500000000) * NS_PER_S;
	*LIST_ADD(&arena, &f->times) = (struct time_answer){ .server = ip("10.0.0.9"), .asked_ns = now, .answered = true, .stratum = 2, .offset_s = 1.4e9 };
	tls("10.0.0.61", 5061, young);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tls-cert-rejected");
	assert_null(found(&e, "tls-cert-not-yet-valid"));
	assert_null(found(&e, "time-wrong"));
}

/* Two names that the phone trusts have one address, both were asked for before, and it says no name: the certificate of either may be the right one. */
static void either_name(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "pool.contoso.com", 5061);
	host("pool.contoso.com", "10.0.0.61");
	host("sip.contoso.com", "10.0.0.61");
	tls("10.0.0.61", 5061, leaf("pool.contoso.com"));
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tls-cert-rejected");
	assert_null(found(&e, "tls-name-mismatch"));
}

/* The first name was dialled and turned down; then the second was asked for and dialled: it is the one that the certificate lacks. */
static void second_name(void **state)
{
	struct connection *c;
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "pool.contoso.com", 5061);
	host("pool.contoso.com", "10.0.0.61");
	c = tls("10.0.0.61", 5061, leaf("pool.contoso.com"));
	secure(c);
	host("sip.contoso.com", "10.0.0.61");
	tls("10.0.0.61", 5061, leaf("pool.contoso.com"));
	e = judged("lpe-cu7", 60);
	assert_string_equal(found(&e, "tls-name-mismatch")->subject, "sip.contoso.com");
}

/* It works on that port: nothing is to be moved to another. */
static void port_that_works(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5071);
	host("sip.contoso.com", "10.0.0.61");
	stays(tls("10.0.0.61", 5071, leaf("sip.contoso.com")), 90);
	e = judged("lpe-cu7", 0);
	expect(&e, OUTCOME_SIGNED_IN, NULL);
	assert_int_equal(found(&e, "srv-port-unusual")->severity, SEVERITY_INFO);
	assert_null(strstr(found(&e, "srv-port-unusual")->fix, "to 5061."));
}

/* A time server's name was found: that it was not asked is not seen, and no proof. */
static void time_server_found(void **state)
{
	struct evaluation e;

	(void)state;
	asked("_ntp._udp.contoso.com", "SRV", LOOKUP_NONE);
	host("time.windows.com", "10.0.0.9");
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
	host("sip.contoso.com", "10.0.0.61");
	tls("10.0.0.61", 5061, leaf("sip.contoso.com"));
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tls-cert-rejected");
	assert_null(found(&e, "time-not-set"));
}

/* An AD domain of one label, asked for at boot, is no shorter form of the user's domain. */
static void network_of_one_label(void **state)
{
	struct evaluation e;

	(void)state;
	f->dns_domain = "contoso";
	*LIST_ADD(&arena, &f->suffixes) = "contoso";
	asked("_sipinternaltls._tcp.contoso", "SRV", LOOKUP_NONE);
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
	host("sip.contoso.com", "10.0.0.61");
	dialled("10.0.0.61", 5061, CONNECTION_TIMEOUT);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "tcp-timeout");
	assert_null(found(&e, "name-check-not-enforced"));
}

/* One refusal is how a phone that was moved begins (RFC 2131 4.3.2). */
static void refused_once(void **state)
{
	struct dhcp_exchange *x = LIST_ADD(&arena, &f->dhcp);
	struct evaluation e;

	(void)state;
	*x = (struct dhcp_exchange){ .xid = 1, .requests = 1, .first_ns = now, .last_ns = now };
	frames_add(&arena, &x->asked, ++frame);
	*LIST_ADD(&arena, &x->answers) = (struct dhcp_answer){ .kind = DHCP_NAK, .at_ns = now, .frame = ++frame, .server = ip("10.0.0.1") };
	e = judged("lpe-cu7", 0);
	expect(&e, OUTCOME_UNFINISHED, NULL);
	e = judged("lpe-cu7", 60);
	expect(&e, OUTCOME_FAILED, "lease-refused");
}

/* An answer of which the capture holds the beginning may have borne everything. */
static void cut_options(void **state)
{
	struct evaluation e;

	(void)state;
	inform(NULL, NULL);
	f->dhcp.at[0].answers.at[0].cut = true;
	f->cut = true;
	e = judged("lpe-cu7", 60);
	assert_null(found(&e, "uc43-missing"));
	assert_null(found(&e, "uc43-class-mismatch"));
}

/* A server that is dialled when the phone is signed in gives it no certificate. */
static void web_afterwards(void **state)
{
	struct evaluation e;

	(void)state;
	provisioned(NULL);
	srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
	host("sip.contoso.com", "10.0.0.61");
	stays(tls("10.0.0.61", 5061, leaf("sip.contoso.com")), 90);
	host("mail.contoso.com", "10.0.0.70");
	tls("10.0.0.70", 443, leaf("owa.contoso.com"));
	e = judged("lpe-cu7", 30);
	expect(&e, OUTCOME_SIGNED_IN, NULL);
	assert_null(found(&e, "web-tls-failed"));
}

/* Another user's PIN says nothing of this phone; a service that nobody reaches does. */
static void faults_of_others(void **state)
{
	static const char *const codes[] = { "auth-not-completed", "web-tcp-timeout" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct site site = { 0 };
		struct evaluation e;

		teardown(NULL);
		setup(NULL);
		srv("_sipinternaltls._tcp.contoso.com", "sip.contoso.com", 5061);
		host("sip.contoso.com", "10.0.0.61");
		stays(tls("10.0.0.61", 5061, leaf("sip.contoso.com")), 90);
		f->end_ns = f->watched_until_ns = now;
		site_fault(&site, &(struct site_fault){ .code = codes[i], .subject = "web.ad.local", .phone = { { 0, 4, 0xf2, 9, 9, 9 } } });
		evaluate(model_run(f, policy_find("lpe-cu7"), NULL, &arena), &site, (struct mac){ { 0, 4, 0xf2, 1, 2, 3 } }, &arena, &e);
		site_free(&site);
		assert_int_equal(e.outcome, OUTCOME_SIGNED_IN);
		assert_true(!!found(&e, "would-fail-after-reset") == (i == 1));
	}
}

/* Versions of other makers' firmware look alike. */
static void firmware_of_others(void **state)
{
	static const struct { const char *firmware, *policy; } all[] = {
		{ "4.0.7577.4444", "lpe-cu7" }, { "4.0.7577.107", "lpe-pre-cu7" }, { "4.0.7423.1", "lpe-pre-cu7" }, { "3.5.6907.244", "ocs-strict" }, { "1.0.522.101", "ocs-strict" },
		{ "3.3.1.0769", NULL }, { "4.1.4.7465", NULL }, { "4.0.1.13681", NULL }, { "5.9.3.2857", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct policy *p = policy_of_firmware(all[i].firmware);

		assert_true(p ? all[i].policy && strcmp(p->name, all[i].policy) == 0 : !all[i].policy);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_domain), TEST(resolved_but_not_dialled), TEST(errors_beside_the_matter), TEST(foreign_and_unanswered), TEST(target_unanswered),
		TEST(missing_record_in_gaps), TEST(strict_of_old), TEST(server_ends_late), TEST(hello_unanswered), TEST(expired_in_between), TEST(capture_without_clock),
		TEST(either_name), TEST(second_name), TEST(port_that_works), TEST(time_server_found), TEST(network_of_one_label), TEST(refused_once), TEST(cut_options), TEST(web_afterwards),
		TEST(faults_of_others), TEST(firmware_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
