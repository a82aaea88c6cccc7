/* Where sign-ins begin and end, and how much is kept of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "flow/flow.h"
#include "tests/unit/play.h"

/* ---- attempts ---- */

#define BOOT { 0, "P*", "discover CPE-OCPHONE" }, { 0.1, "SP", "offer" }, { 0.2, "P*", "request CPE-OCPHONE" }, { 0.3, "SP", "ack" }
#define BOOTED "dhcp-discover dhcp-offer dhcp-request dhcp-ack"
#define SIGNED_IN(at, flow) { at, "PS", "dns _sipinternaltls._tcp.contoso.com" }, \
	{ at, "SP", "answer _sipinternaltls._tcp.contoso.com SRV sip.contoso.com" }, \
	{ at, "PT", "connect", "port=5061 " flow }, { at, "PT", "hello", "port=5061 " flow }, { at, "PT", "finished client", flow }, \
	{ at, "TP", "finished server", flow }, { at, "PT", "data client", flow }, { at, "TP", "data server", flow }
#define SIGNED "dns-query dns-response tcp-connect tls-client-hello tls-finished tls-finished tls-data tls-data"

static void the_move_to_the_voice_vlan_is_one_boot(void **state)
{
	static const struct line lines[] = {
		BOOT, { 1, "PS", "release CPE-OCPHONE" }, { 2, "P*", "discover CPE-OCPHONE", "vlan=20" }, { 5, "P*", "discover CPE-OCPHONE", "vlan=20" },
		{ 6, "SP", "ack", "vlan=20" }, { 7, "PS", "ntp", "vlan=20" }, { 8, "PS", "dns sip.contoso.com", "vlan=20" },
	};

	(void)state;
	EXPECT(lines, "P...: " BOOTED " dhcp-release dhcp-discover dhcp-discover dhcp-ack ntp-client dns-query");
}

static void a_discover_after_activity_is_a_restart(void **state)
{
	static const struct line lines[] = {
		BOOT, { 7, "PS", "ntp" }, { 20, "P*", "discover CPE-OCPHONE" }, { 24, "P*", "discover CPE-OCPHONE" }, { 25, "PS", "dns sip.contoso.com" },
		{ 26, "P*", "discover CPE-OCPHONE" },
	};
	static const struct line inform[] = { BOOT, { 1, "P*", "inform MS-UC-Client" }, { 2, "P*", "discover CPE-OCPHONE" } };
	static const struct line other_inform[] = { BOOT, { 1, "P*", "inform MSFT 5.0" }, { 2, "P*", "discover CPE-OCPHONE" } };

	(void)state;
	EXPECT(lines, "P: " BOOTED " ntp-client\nP: dhcp-discover dhcp-discover dns-query\nP...: dhcp-discover");
	EXPECT(inform, "P: " BOOTED " dhcp-inform\nP...: dhcp-discover");
	EXPECT(other_inform, "P...: " BOOTED " dhcp-inform dhcp-discover");
}

static void silence_ends_an_attempt(void **state)
{
	static const struct line early[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 120.9, "PS", "dns sip.contoso.com" } };
	static const struct line late[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 121, "PS", "dns sip.contoso.com" } };
	/* ARP, LLDP and the renewal of a lease break no silence, the clock does */
	static const struct line link[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 60, "P*", "arp" }, { 80, "P*", "lldp" }, { 100, "PS", "renew" }, { 101, "SP", "ack" },
		{ 121, "PS", "dns sip.contoso.com" },
	};
	static const struct line clock[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 100, "PS", "ntp" }, { 200, "PS", "dns sip.contoso.com" } };
	/* what went before the first sign-in message is of the same attempt, however long ago */
	static const struct line waiting[] = { BOOT, { 1, "PS", "ntp" }, { 2, "PS", "dns ucupdates-r2.contoso.com" }, { 900, "PS", "dns sip.contoso.com" } };
	/* clock and update after a silence begin nothing alone, but go with what follows */
	static const struct line prelude[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 200, "PS", "ntp" }, { 202, "SP", "ntpreply" }, { 203, "PS", "dns sip.contoso.com" },
	};
	static const struct line clock_only[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 200, "PS", "ntp" }, { 400, "PS", "ntp" } };
	/* so does asking again for the old lease */
	static const struct line reboot[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 200, "P*", "reboot CPE-OCPHONE" }, { 201, "SP", "ack" }, { 203, "PS", "dns sip.contoso.com" },
	};
	/* a server that ends a connection after the silence */
	static const struct line closed[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 2, "PT", "connect", "port=443 #1" }, { 200, "PT", "closed 198", "#1" }, { 201, "PS", "dns sip.contoso.com" },
	};

	(void)state;
	EXPECT(early, "P...: " BOOTED " dns-query dns-query");
	EXPECT(late, "P: " BOOTED " dns-query\nP...: dns-query");
	EXPECT(link, "P: " BOOTED " dns-query arp-request lldp-advertisement dhcp-request dhcp-ack\nP...: dns-query");
	EXPECT(clock, "P...: " BOOTED " dns-query ntp-client dns-query");
	EXPECT(waiting, "P...: " BOOTED " ntp-client dns-query dns-query");
	EXPECT(prelude, "P: " BOOTED " dns-query\nP...: ntp-client ntp-server dns-query");
	EXPECT(clock_only, "P...: " BOOTED " dns-query ntp-client ntp-client");
	EXPECT(reboot, "P: " BOOTED " dns-query\nP...: dhcp-request dhcp-ack dns-query");
	EXPECT(closed, "P: " BOOTED " dns-query tcp-connect tcp-closed\nP...: dns-query");
}

static void a_standing_session_is_no_silence(void **state)
{
	static const struct line lines[] = {
		BOOT, SIGNED_IN(1, "#1"), { 300, "PS", "dns autodiscover.contoso.com" }, { 301, "PS", "connect", "port=443 #2" }, { 600, "PS", "renew" },
		{ 900, "PS", "ntp" }, { 1000, "PT", "progress 999", "#1" },
	};
	/* but who dials again has lost it without a word */
	static const struct line lost[] = { BOOT, SIGNED_IN(1, "#1"), { 300, "PS", "dns sip.contoso.com" } };
	static const struct line parallel[] = { BOOT, SIGNED_IN(1, "#1"), { 299, "PT", "progress 298", "#1" }, { 300, "PS", "dns sip.contoso.com" } };

	(void)state;
	EXPECT(lines, "P...: " BOOTED " " SIGNED " dns-query tcp-connect dhcp-request ntp-client tcp-progress");
	EXPECT(lost, "P: " BOOTED " " SIGNED "\nP...: dns-query");
	EXPECT(parallel, "P...: " BOOTED " " SIGNED " tcp-progress dns-query");
}

static void a_new_sign_in_after_a_session_is_a_new_attempt(void **state)
{
	static const struct line lines[] = {
		BOOT, SIGNED_IN(1, "#1"), { 90, "PT", "closed 89", "#1" }, { 91, "PS", "dns web.contoso.com" }, { 92, "PS", "dns sip.contoso.com" },
		{ 93, "PT", "connect", "port=5061 #2" },
	};
	static const struct line reset[] = { BOOT, SIGNED_IN(1, "#1"), { 90, "PT", "reset 89", "#1" }, { 91, "PT", "connect", "port=5061 #2" } };
	static const struct line by_pin[] = { BOOT, SIGNED_IN(1, "#1"), { 90, "PT", "reset 89", "#1" }, { 91, "P*", "inform MS-UC-Client" } };
	static const struct line brief[] = { BOOT, SIGNED_IN(1, "#1"), { 40, "PT", "closed 39", "#1" }, { 41, "PS", "dns sip.contoso.com" } };
	static const struct line unfinished[] = {
		BOOT, { 1, "PT", "connect", "port=5061 #1" }, { 90, "PT", "closed 89", "#1" }, { 91, "PS", "dns sip.contoso.com" },
	};
	static const struct line deaf[] = {
		BOOT, { 1, "PT", "connect", "port=5061 #1" }, { 1, "PT", "finished client", "#1" }, { 1, "TP", "finished server", "#1" },
		{ 1, "PT", "data client", "#1" }, { 90, "PT", "closed 89", "#1" }, { 91, "PS", "dns sip.contoso.com" },
	};
	/* the capture began while it was signed in */
	static const struct line before[] = {
		{ 1, "PT", "progress 500", "port=5061 #1" }, { 90, "PT", "closed 589", "port=5061 #1" }, { 91, "PS", "dns sip.contoso.com" },
	};
	static const struct line in_the_clear[] = {
		BOOT, { 1, "PT", "connect", "port=5060 #1" }, { 2, "PT", "register OCPhone/4", "#1 port=5060" }, { 2, "TP", "registered", "#1" },
		{ 90, "PT", "closed 89", "#1" }, { 91, "PS", "dns sip.contoso.com" },
	};

	(void)state;
	EXPECT(lines, "P: " BOOTED " " SIGNED " tcp-closed dns-query\nP...: dns-query tcp-connect");
	EXPECT(reset, "P: " BOOTED " " SIGNED " tcp-reset\nP...: tcp-connect");
	EXPECT(by_pin, "P: " BOOTED " " SIGNED " tcp-reset\nP...: dhcp-inform");
	EXPECT(brief, "P...: " BOOTED " " SIGNED " tcp-closed dns-query");
	EXPECT(unfinished, "P...: " BOOTED " tcp-connect tcp-closed dns-query");
	EXPECT(deaf, "P...: " BOOTED " tcp-connect tls-finished tls-finished tls-data tcp-closed dns-query");
	EXPECT(before, "P?: tcp-progress tcp-closed\nP...: dns-query");
	EXPECT(in_the_clear, "P: " BOOTED " tcp-connect sip-request sip-response tcp-closed\nP...: dns-query");
}

#define TLS(at, flow, how) { at, "PT", "connect", "port=443 " flow }, { at, "PT", how, "port=443 " flow }, { at, "PT", "finished client", flow }, \
	{ at, "TP", "finished server", flow }, { at, "PT", "data client", flow }, { at, "TP", "data server", flow }, { at + 89, "PT", "closed 89", flow }, \
	{ at + 90, "PS", "dns sip.contoso.com" }

static void port_443_is_a_registrars_where_its_name_was_asked_for(void **state)
{
	static const char all[] = "tcp-connect tls-client-hello tls-finished tls-finished tls-data tls-data tcp-closed";
	static const struct line web[] = { BOOT, { 1, "SP", "answer web.contoso.com A T" }, TLS(2, "#1", "hello") };
	static const struct line registrar[] = { BOOT, { 1, "SP", "answer sip.contoso.com A T" }, TLS(2, "#1", "hello") };
	static const struct line target[] = {
		BOOT, { 1, "SP", "answer _sip._tls.contoso.com SRV edge.contoso.com" }, { 1, "SP", "answer edge.contoso.com A T" }, TLS(2, "#1", "hello"),
	};
	static const struct line shared[] = {
		BOOT, { 1, "SP", "answer sip.contoso.com A T" }, { 1, "SP", "answer web.contoso.com A T" }, TLS(2, "#1", "hello"),
	};
	static const struct line told_by_sni[] = { BOOT, { 1, "SP", "answer sip.contoso.com A T" }, TLS(2, "#1", "sni web.contoso.com") };
	char expected[512];

	(void)state;
	snprintf(expected, sizeof expected, "P...: " BOOTED " dns-response %s dns-query", all);
	EXPECT(web, expected);
	EXPECT(told_by_sni, expected);
	snprintf(expected, sizeof expected, "P...: " BOOTED " dns-response dns-response %s dns-query", all);
	EXPECT(shared, expected);
	snprintf(expected, sizeof expected, "P: " BOOTED " dns-response %s\nP...: dns-query", all);
	EXPECT(registrar, expected);
	snprintf(expected, sizeof expected, "P: " BOOTED " dns-response dns-response %s\nP...: dns-query", all);
	EXPECT(target, expected);
}

/* What the flow layer says late belongs where the packets were. */
static void late_news_find_their_attempt(void **state)
{
	static const struct line lines[] = {
		BOOT, { 1, "PT", "connect", "port=5061 #1" }, { 2, "PT", "connect", "port=443 #2" }, { 20, "P*", "discover CPE-OCPHONE" },
		{ 21, "PS", "dns sip.contoso.com" }, { 4, "PT", "timeout", "frame=5 port=5061 #1" }, { 30, "PT", "reset 28", "#2" },
	};
	static const struct line too_late[] = {
		BOOT, { 1, "PT", "connect", "port=5061 #1" }, { 20, "P*", "discover CPE-OCPHONE" }, { 21, "PS", "dns sip.contoso.com" },
		{ 151, "PS", "ntp" }, { 4, "PT", "timeout", "frame=5 port=5061 #1" },
	};
	/* the end of the old session does not make the next look-up another attempt */
	static const struct line restart[] = {
		BOOT, SIGNED_IN(1, "#1"), { 90, "P*", "discover CPE-OCPHONE" }, { 100, "PT", "reset 99", "#1" }, { 101, "PS", "dns sip.contoso.com" },
	};

	(void)state;
	EXPECT(lines, "P: " BOOTED " tcp-connect tcp-timeout tcp-connect tcp-reset\nP...: dhcp-discover dns-query");
	EXPECT(too_late, "P: " BOOTED " tcp-connect\nP...: dhcp-discover dns-query ntp-client");
	EXPECT(restart, "P: " BOOTED " " SIGNED " tcp-reset\nP...: dhcp-discover dns-query");
}

static void waiting_attempts_are_handed_over_in_time(void **state)
{
	static const struct line lines[] = { BOOT, { 1, "PS", "ntp" }, { 20, "P*", "discover CPE-OCPHONE" }, { 151, "MS", "dns www.contoso.com" } };
	struct play *p = play_new("", false);

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_string_equal(text_string(&p->out), "");
		play_act(p, &lines[i]);
	}
	assert_string_equal(text_string(&p->out), "P: " BOOTED " ntp-client");
	play_free(p);
}

/* A phone that got no address must be told of; one that only prolongs its lease after its last sign-in has no new one. */
static void attempts_without_a_sign_in(void **state)
{
	static const struct line no_lease[] = { { 0, "P*", "discover CPE-OCPHONE" }, { 4, "P*", "discover CPE-OCPHONE" } };
	static const struct line unmarked[] = { { 0, "P*", "discover" }, { 4, "P*", "discover" }, { 5, "PS", "ntp" }, { 6, "P*", "discover" } };
	static const struct line restart[] = { BOOT, { 1, "PS", "ntp" }, { 20, "P*", "discover CPE-OCPHONE" }, { 24, "P*", "discover CPE-OCPHONE" } };

	(void)state;
	EXPECT(no_lease, "P...: dhcp-discover dhcp-discover");
	EXPECT(unmarked, "");
	EXPECT(restart, "P: " BOOTED " ntp-client\nP...: dhcp-discover dhcp-discover");
}

static void a_capture_may_begin_in_the_middle(void **state)
{
	static const struct line middle[] = { { 0, "PS", "dns sip.contoso.com" } };
	static const struct line lease[] = { { 0, "P*", "request CPE-OCPHONE" }, { 1, "PS", "dns sip.contoso.com" } };
	static const struct line renewal[] = { { 0, "PS", "renew CPE-OCPHONE" }, { 1, "PS", "dns sip.contoso.com" } };
	static const struct line silent[] = { { 0, "M*", "arp" }, { 120, "PS", "dns sip.contoso.com" } };
	/* a silence between two files may be the capture's */
	static const struct line files[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 500, "PS", "dns sip.contoso.com", "file=1" } };
	static const struct line both[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 300, "M*", "arp", "file=1" }, { 500, "PS", "dns sip.contoso.com", "file=1" },
	};

	(void)state;
	EXPECT(middle, "P?...: dns-query");
	EXPECT(lease, "P...: dhcp-request dns-query");
	EXPECT(renewal, "P?...: dhcp-request dns-query");
	EXPECT(silent, "P...: dns-query");
	EXPECT(files, "P: " BOOTED " dns-query\nP?...: dns-query");
	EXPECT(both, "P: " BOOTED " dns-query\nP...: dns-query");
}

static void phones_are_told_of_in_order(void **state)
{
	static const struct line lines[] = {
		{ 0, "Q*", "arp" }, { 1, "PS", "dns sip.contoso.com" }, { 2, "QS", "dns sip.contoso.com" }, { 3, "PS", "dns sip.contoso.com" },
	};

	(void)state;
	EXPECT(lines, "Q?...: arp-request dns-query\nP?...: dns-query dns-query");
}

/* ---- bounds ---- */

struct tally { size_t attempts, events, phones; uint64_t left_out; const struct kind *last; size_t octets; uint64_t numbers[3]; };

static void count(void *user, const struct attempt *a)
{
	struct tally *n = user;

	if (n->attempts < COUNT(n->numbers))
		n->numbers[n->attempts] = a->phone->number;
	n->attempts++;
	n->events += a->count;
	n->left_out += a->left_out;
	n->last = a->events[a->count - 1]->kind;
	n->octets += a->arena.used;
	assert_true(a->events[0]->kind == &dhcp_discover);
}

static struct play *tally_new(struct tally *n)
{
	struct trail_options options = { .attempt = count, .user = n };
	struct play *p = calloc(1, sizeof *p);

	p->out = text_start(1);
	p->trail = trail_new(&options);
	return p;
}

/* Sends one event and forgets how it was made. */
static void act_once(struct play *p, struct line l)
{
	play_act(p, &l);
	arena_reset(&p->arena);
}

static void a_long_attempt_keeps_its_beginning_and_its_end(void **state)
{
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	act_once(p, (struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	for (int i = 0; i < 20000; i++)
		act_once(p, (struct line){ i, "PS", "dns sip.contoso.com", NULL });
	act_once(p, (struct line){ 20000, "PT", "closed 100", "#1" });
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.events, 4096);
	assert_int_equal(n.left_out, 20002 - 4096);
	assert_ptr_equal(n.last, &tcp_closed);
	assert_in_range(n.octets, 1, 4 << 20);
	play_free(p);
}

static void a_session_of_months_needs_no_more_memory(void **state)
{
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	act_once(p, (struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	act_once(p, (struct line){ 1, "PT", "connect", "port=5061 #1" });
	act_once(p, (struct line){ 1, "PT", "connect", "port=443 #2" });
	for (int i = 2; i < 100000; i++)
		act_once(p, (struct line){ 5.0 * i, "PT", "progress 5", i % 2 ? "#1" : "#2" });
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.events, 5);
	assert_int_equal(n.left_out, 0);
	assert_in_range(n.octets, 1, 8192);
	play_free(p);
}

static void huge_events_are_bounded_too(void **state)
{
	static char name[60000];
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	snprintf(name, sizeof name, "http /%058000d", 0);
	act_once(p, (struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	for (int i = 0; i < 1000; i++)
		act_once(p, (struct line){ i, "PS", name, NULL });
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.events + n.left_out, 1001);
	assert_in_range(n.octets, 1 << 20, 4 << 20);
	play_free(p);
}

static void vendor_event(struct play *p, const struct kind *kind, uint32_t number, uint32_t vendor)
{
	struct event *e = arena_get(&p->arena, sizeof *e);

	e->kind = kind;
	e->frame = frame_of(0, ++p->frame);
	e->at_ns = (int64_t)p->frame * 1000;
	e->fields.arena = &p->arena;
	for (int i = 0; i < 3; i++) {
		e->mac_src.octet[i] = (uint8_t)(vendor >> (16 - 8 * i));
		e->mac_src.octet[3 + i] = (uint8_t)(number >> (16 - 8 * i));
	}
	put_mac(&e->fields, &dhcp_client_mac, e->mac_src);
	put_string(&e->fields, &dhcp_vendor_class, "CPE-OCPHONE");
	trail_event(p->trail, e);
	arena_reset(&p->arena);
}

static void phones_that_do_not_fit_are_told_of_first(void **state)
{
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	for (uint32_t i = 0; i < 5000; i++)
		vendor_event(p, &dhcp_discover, i, i % 2 ? 0x0004f2 : 0x3c4a92);
	assert_int_equal(n.attempts, 5000 - 4096);
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 5000);
	assert_true(n.numbers[0] < n.numbers[1] && n.numbers[1] < n.numbers[2]);
	play_free(p);
}

/* Anybody may make many names and addresses up. */
static void others_do_not_push_phones_out(void **state)
{
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	act_once(p, (struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	for (uint32_t i = 0; i < 10000; i++)
		vendor_event(p, &dhcp_ack, i, 0x3c4a92);
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.numbers[0], 1);
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_move_to_the_voice_vlan_is_one_boot),
		cmocka_unit_test(a_discover_after_activity_is_a_restart),
		cmocka_unit_test(silence_ends_an_attempt),
		cmocka_unit_test(a_standing_session_is_no_silence),
		cmocka_unit_test(a_new_sign_in_after_a_session_is_a_new_attempt),
		cmocka_unit_test(port_443_is_a_registrars_where_its_name_was_asked_for),
		cmocka_unit_test(late_news_find_their_attempt),
		cmocka_unit_test(waiting_attempts_are_handed_over_in_time),
		cmocka_unit_test(attempts_without_a_sign_in),
		cmocka_unit_test(a_capture_may_begin_in_the_middle),
		cmocka_unit_test(phones_are_told_of_in_order),
		cmocka_unit_test(a_long_attempt_keeps_its_beginning_and_its_end),
		cmocka_unit_test(a_session_of_months_needs_no_more_memory),
		cmocka_unit_test(huge_events_are_bounded_too),
		cmocka_unit_test(phones_that_do_not_fit_are_told_of_first),
		cmocka_unit_test(others_do_not_push_phones_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
