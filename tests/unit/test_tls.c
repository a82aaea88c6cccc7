/* TLS: what real connections say in clear, however their records are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "dissectors/certificate.h"
#include "dissectors/tls_codes.h"
#include "dissectors/tls_record.h"
#include "tests/unit/tls_events.h"

/* "yes", "no", or "absent". */
static const char *resumed(const struct event *e)
{
	const struct item *i = event_find(e, &tls_session_resumed);

	return !i ? "absent" : i->truth ? "yes" : "no";
}

/* ---- handshakes ---- */

static void hellos_and_certificates_are_read(void **state)
{
	static const struct talk_how how = { .version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0",
		.sni = "Sip.ABC.com", .alpn = "\5sip/2\2h2", .rounds = 2, .close = true };
	const struct event *e;
	const struct record *certificate;

	(void)state;
	make(&how);
	expect(&talk, FULL DATA CLOSED);
	e = event_of(&tls_client_hello, 0);
	assert_string_equal(event_string(e, &tls_record_version), "TLS 1.0");
	assert_string_equal(event_string(e, &tls_version), "TLS 1.2");
	assert_string_equal(event_string(e, &tls_sni), "sip.abc.com");
	assert_string_equal(event_list(e, &tls_alpn)->first->text.data, "sip/2");
	assert_string_equal(event_list(e, &tls_alpn)->last->text.data, "h2");
	assert_string_equal(event_list(e, &tls_ciphers)->first->text.data, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
	assert_string_equal(event_list(e, &tls_ciphers)->first->next->text.data, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");
	assert_string_equal(event_list(e, &tls_ciphers)->last->text.data, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
	e = event_of(&tls_server_hello, 0);
	assert_string_equal(event_string(e, &tls_record_version), "TLS 1.2");
	assert_string_equal(event_string(e, &tls_version), "TLS 1.2");
	assert_string_equal(event_string(e, &tls_cipher), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
	assert_string_equal(event_list(e, &tls_alpn)->first->text.data, "sip/2");
	assert_string_equal(resumed(e), "no");
	certificate = &event_list(event_of(&tls_certificate, 0), &tls_certificates)->first->record;
	assert_string_equal(record_string(certificate, &certificate_subject), "CN=lync.abc.com,O=ABC");
	assert_string_equal(record_list(certificate, &certificate_san)->last->text.data, "sip.abc.com");
	assert_null(event_find(event_of(&tls_alert, 0), &tls_alert_name));
	assert_string_equal(resumed(event_of(&tls_finished, 1)), "absent");
}

static void old_versions_are_read(void **state)
{
	static const int versions[] = { TLS1_VERSION, TLS1_1_VERSION };
	static const char *const names[] = { "TLS 1.0", "TLS 1.1" };

	(void)state;
	for (size_t i = 0; i < COUNT(versions); i++) {
		struct talk_how how = { .version = versions[i], .rounds = 1, .close = true };

		make(&how);
		expect(&talk, FULL DATA CLOSED);
		assert_string_equal(event_string(event_of(&tls_client_hello, 0), &tls_version), names[i]);
		assert_string_equal(event_string(event_of(&tls_server_hello, 0), &tls_version), names[i]);
	}
}

static void both_may_have_certificates(void **state)
{
	static const struct talk_how how = { .version = TLS1_2_VERSION, .mutual = true, .chain = 2 };
	const struct item *i;

	(void)state;
	make(&how);
	expect(&talk, "client-hello client, server-hello server, certificate server, certificate-request server, certificate client, "
		"finished client, finished server");
	i = event_list(event_of(&tls_certificate, 0), &tls_certificates)->first;
	assert_non_null(i->next->next);
	assert_null(i->next->next->next);
	i = event_list(event_of(&tls_certificate, 1), &tls_certificates)->first;
	assert_string_equal(record_string(&i->record, &certificate_subject), "CN=phone");
	assert_null(i->next);
}

/* Messages over many records, and over records as long as they may be. */
static void messages_may_be_in_many_records(void **state)
{
	static const size_t fragments[] = { 512, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(fragments); i++) {
		struct talk_how how = { .version = TLS1_2_VERSION, .chain = 60, .fragment = fragments[i], .rounds = 1 };
		unsigned count = 0;

		make(&how);
		expect(&talk, FULL DATA);
		for (const struct item *c = event_list(event_of(&tls_certificate, 0), &tls_certificates)->first; c; c = c->next)
			count++;
		assert_int_equal(count, 61);
	}
}

/* The same messages, in records as another sender might have made them. */
static void regroup(const struct talk *from, struct talk *to, size_t len)
{
	to->count = from->count;
	for (size_t i = 0; i < from->count; i++) {
		struct span left = span_of(from->pieces[i].octets, from->pieces[i].len);
		struct text out = text_start(1 << 20), messages = text_start(1 << 20);
		struct tls_record r;

		while (tls_record_read(left, &r) == TLS_YES && r.type == TLS_HANDSHAKE) {
			text_add_span(&messages, r.fragment);
			left = span_part(left, r.total, left.len);
		}
		for (size_t at = 0; at < messages.len; at += len) {
			size_t part = len < messages.len - at ? len : messages.len - at;
			const uint8_t header[] = { 22, 3, 1, (uint8_t)(part >> 8), (uint8_t)part };

			text_add_span(&out, span_of(header, sizeof header));
			text_add_span(&out, span_of(messages.data + at, part));
		}
		text_add_span(&out, left);
		to->pieces[i] = (struct piece){ from->pieces[i].from, out.data, out.len };
		text_free(&messages);
	}
}

/* Schannel puts a whole flight into one record; others could send an octet in each. The first two pieces are hellos and what comes with them. */
static void records_may_hold_several_messages(void **state)
{
	static const size_t lengths[] = { 1, 2, 3, 4, 5, 37, 1000, 16384 };
	static const struct talk_how how = { .version = TLS1_2_VERSION };
	struct talk first = { .count = 2 }, again;

	(void)state;
	make(&how);
	memcpy(first.pieces, talk.pieces, 2 * sizeof first.pieces[0]);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		regroup(&first, &again, lengths[i]);
		expect(&again, "client-hello client, server-hello server, certificate server");
		talk_free(&again);
	}
}

static void alerts_in_clear_have_names(void **state)
{
	static const struct talk_how distrust = { .version = TLS1_2_VERSION, .distrust = true };
	static const struct talk_how nothing_common = { .version = TLS1_2_VERSION, .ciphers = "AES128-SHA:@SECLEVEL=0",
		.server_ciphers = "ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0" };
	static const struct talk_how too_old = { .version = TLS1_3_VERSION, .server_version = TLS1_2_VERSION };

	(void)state;
	make(&distrust);
	expect(&talk, "client-hello client, server-hello server, certificate server, alert client");
	assert_string_equal(event_string(event_of(&tls_alert, 0), &tls_alert_level), "fatal");
	assert_string_equal(event_string(event_of(&tls_alert, 0), &tls_alert_name), "unknown_ca");
	make(&nothing_common);
	expect(&talk, "client-hello client, alert server");
	assert_string_equal(event_string(event_of(&tls_alert, 0), &tls_alert_name), "handshake_failure");
	make(&too_old);
	expect(&talk, "client-hello client, alert server");
	assert_string_equal(event_string(event_of(&tls_alert, 0), &tls_alert_name), "protocol_version");
}

static void renegotiation_is_passed_over(void **state)
{
	static const struct talk_how how = { .version = TLS1_2_VERSION, .renegotiate = true, .rounds = 1, .close = true };

	(void)state;
	make(&how);
	assert_true(talk.count > 6);
	expect(&talk, FULL DATA CLOSED);
}

/* ---- resumption ---- */

static void sessions_are_resumed_by_their_id(void **state)
{
	SSL_SESSION *session = NULL;
	struct talk_how how = { .version = TLS1_2_VERSION, .no_tickets = true, .session = &session };

	(void)state;
	make(&how);
	expect(&talk, FULL);
	assert_string_equal(resumed(event_of(&tls_server_hello, 0)), "no");
	assert_null(event_string(event_of(&tls_client_hello, 0), &tls_session_id));
	make(&how);
	expect(&talk, "client-hello client, server-hello server, finished server, finished client");
	assert_string_equal(resumed(event_of(&tls_server_hello, 0)), "yes");
	assert_string_equal(event_string(event_of(&tls_client_hello, 0), &tls_session_id), event_string(event_of(&tls_server_hello, 0), &tls_session_id));
	assert_int_equal(strlen(event_string(event_of(&tls_client_hello, 0), &tls_session_id)), 64);
	SSL_SESSION_free(session);
}

/* Takes the session id out of a hello that is the first message of the first record of `p`: some clients show only a ticket (RFC 5077 3.4). */
static void without_session_id(struct piece *p)
{
	uint8_t *octets = memory_copy(p->octets, p->len);
	size_t at = TLS_RECORD_HEADER + TLS_MESSAGE_HEADER + 2 + 32, len = octets[at];

	assert_int_equal(len, 32);
	memmove(octets + at + 1, octets + at + 1 + len, p->len - at - 1 - len);
	octets[at] = 0;
	put_length(octets + 3, 2, (size_t)(octets[3] << 8 | octets[4]) - len);
	put_length(octets + 6, 3, (size_t)(octets[6] << 16 | octets[7] << 8 | octets[8]) - len);
	free((void *)(uintptr_t)p->octets);
	p->octets = octets;
	p->len -= len;
}

static void sessions_are_resumed_by_a_ticket(void **state)
{
	SSL_SESSION *session = NULL;
	struct talk_how how = { .version = TLS1_2_VERSION, .session = &session };

	(void)state;
	make(&how);
	make(&how);
	expect(&talk, "client-hello client, server-hello server, finished server, finished client");
	assert_string_equal(resumed(event_of(&tls_server_hello, 0)), "yes");
	without_session_id(&talk.pieces[0]);
	without_session_id(&talk.pieces[1]);
	expect(&talk, "client-hello client, server-hello server, finished server, finished client");
	assert_string_equal(resumed(event_of(&tls_server_hello, 0)), "absent");
	assert_string_equal(resumed(event_of(&tls_finished, 0)), "yes");
	SSL_SESSION_free(session);
}

/* ---- TLS 1.3 ---- */

static void later_turns_of_tls_1_3_are_data(void **state)
{
	struct talk_how how = { .version = TLS1_3_VERSION, .sni = "x.y", .rounds = 1, .no_tickets = true };

	(void)state;
	make(&how);
	expect(&talk, "client-hello client, server-hello server");
	assert_string_equal(event_string(event_of(&tls_client_hello, 0), &tls_version), "TLS 1.3");
	assert_string_equal(event_string(event_of(&tls_server_hello, 0), &tls_version), "TLS 1.3");
	assert_string_equal(event_string(event_of(&tls_server_hello, 0), &tls_record_version), "TLS 1.2");
	assert_string_equal(resumed(event_of(&tls_server_hello, 0)), "no");
	how.rounds = 2;
	how.close = true;
	make(&how);
	expect(&talk, "client-hello client, server-hello server" DATA);
	how.rounds = 1;
	how.answer = 20000;
	make(&how);
	expect(&talk, "client-hello client, server-hello server, data server");
	how.no_tickets = false;
	how.answer = 0;
	make(&how);
	expect(&talk, "client-hello client, server-hello server" DATA);
	how.mutual = true;
	how.rounds = 0;
	make(&how);
	expect(&talk, "client-hello client, server-hello server");
	how.mutual = false;
	how.distrust = true;            /* libssl has no key to encrypt this alert with yet */
	make(&how);
	expect(&talk, "client-hello client, server-hello server, alert client");
	assert_string_equal(event_string(event_of(&tls_alert, 0), &tls_alert_name), "unknown_ca");
}

static void both_versions_may_be_offered(void **state)
{
	static const struct talk_how how = { .server_version = TLS1_2_VERSION };

	(void)state;
	make(&how);
	expect(&talk, FULL);
	assert_string_equal(event_string(event_of(&tls_client_hello, 0), &tls_version), "TLS 1.3");
	assert_string_equal(event_string(event_of(&tls_server_hello, 0), &tls_version), "TLS 1.2");
}

static void a_client_may_have_to_try_again(void **state)
{
	static const struct talk_how how = { .version = TLS1_3_VERSION, .server_groups = "P-521", .rounds = 2 };

	(void)state;
	make(&how);
	expect(&talk, "client-hello client, server-hello server, client-hello client, server-hello server" DATA);
	assert_true(event_find(event_of(&tls_server_hello, 0), &tls_hello_retry)->truth);
	assert_null(event_find(event_of(&tls_server_hello, 1), &tls_hello_retry));
	assert_string_equal(resumed(event_of(&tls_server_hello, 0)), "absent");
	assert_string_equal(resumed(event_of(&tls_server_hello, 1)), "no");
}

static void tls_1_3_is_resumed_by_a_key(void **state)
{
	SSL_SESSION *session = NULL;
	struct talk_how how = { .version = TLS1_3_VERSION, .session = &session };

	(void)state;
	make(&how);
	make(&how);
	expect(&talk, "client-hello client, server-hello server");
	assert_string_equal(resumed(event_of(&tls_server_hello, 0)), "yes");
	SSL_SESSION_free(session);
}

/* ---- hellos by hand ---- */

static struct text wire;

static struct span hello(uint8_t type, const char *body, size_t len)
{
	const uint8_t head[] = { 22, 3, 1, (uint8_t)((len + 4) >> 8), (uint8_t)(len + 4), type, 0, (uint8_t)(len >> 8), (uint8_t)len };

	text_clear(&wire);
	wire.max = 1 << 16;
	text_add_span(&wire, span_of(head, sizeof head));
	text_add_span(&wire, span_of(body, len));
	return span_of(wire.data, wire.len);
}

static const struct event *only(enum side from, struct span octets)
{
	struct piece piece = { from, octets.data, octets.len };

	fake_reset(&emit);
	fake_stream(&tls_dissector, &emit, &piece, 1, 0);
	assert_int_equal(emit.count, 1);
	return emit.events[0];
}

#define RANDOM "0123456789abcdef0123456789abcdef"
#define HELLO(type, text) hello(type, text, sizeof text - 1)

static void drafts_and_unknown_numbers_stay_numbers(void **state)
{
	const struct event *e;

	(void)state;
	e = only(SIDE_CLIENT, HELLO(1, "\3\3" RANDOM "\0" "\0\x0a" "\x0a\x0a\x13\x01\xcc\x14\0\x2f\x56\0" "\1\0"
		"\0\x0d" "\0\x2b\0\x09" "\x08" "\x0a\x0a\x7f\x1c\x7f\x17\3\3"));
	assert_string_equal(event_string(e, &tls_version), "0x7f1c");
	assert_string_equal(event_list(e, &tls_ciphers)->first->text.data, "0x0a0a");
	assert_string_equal(event_list(e, &tls_ciphers)->first->next->text.data, "TLS_AES_128_GCM_SHA256");
	assert_string_equal(event_list(e, &tls_ciphers)->first->next->next->text.data, "0xcc14");
	assert_string_equal(event_list(e, &tls_ciphers)->last->text.data, "TLS_FALLBACK_SCSV");
	e = only(SIDE_SERVER, HELLO(2, "\x7f\x12" RANDOM "\x13\x01" "\0\0"));
	assert_string_equal(event_string(e, &tls_version), "0x7f12");
	assert_string_equal(event_string(e, &tls_cipher), "TLS_AES_128_GCM_SHA256");
	assert_string_equal(event_string(e, &tls_from), "server");
	e = only(SIDE_SERVER, HELLO(2, "\3\0" RANDOM "\0" "\0\x05" "\0"));
	assert_string_equal(event_string(e, &tls_version), "SSL 3.0");
	assert_string_equal(event_string(e, &tls_cipher), "TLS_RSA_WITH_RC4_128_SHA");
	assert_string_equal(resumed(e), "absent");
	assert_int_equal(emit.malformed, 0);
}

static void numbers_have_names(void **state)
{
	char room[TLS_CODE_TEXT];

	(void)state;
	assert_string_equal(tls_alert_text(0, room), "close_notify");
	assert_string_equal(tls_alert_text(43, room), "unsupported_certificate");
	assert_string_equal(tls_alert_text(121, room), "ech_required");
	assert_string_equal(tls_alert_text(1, room), "0x01");
	assert_string_equal(tls_alert_text(255, room), "0xff");
	assert_string_equal(tls_version_name(0x0305, room), "0x0305");
	assert_string_equal(tls_version_name(2, room), "SSL 2.0");
	assert_string_equal(tls_cipher_name(0, room), "TLS_NULL_WITH_NULL_NULL");
	assert_string_equal(tls_cipher_name(0xd005, room), "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256");
	assert_string_equal(tls_cipher_name(0xd006, room), "0xd006");
}

/* Of TCP's two ends the one that was called may be the client of TLS. */
static void roles_may_be_swapped(void **state)
{
	static const struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 1, .close = true };

	(void)state;
	make(&how);
	for (size_t i = 0; i < talk.count; i++)
		talk.pieces[i].from = side_other(talk.pieces[i].from);
	expect(&talk, FULL DATA CLOSED);
}

static void bad_hellos_are_malformed(void **state)
{
	const struct event *e;

	(void)state;
	e = only(SIDE_CLIENT, HELLO(1, "\3\1" RANDOM "\0" "\0\4" "\0\x2f"));
	assert_string_equal(event_string(e, &tls_version), "TLS 1.0");
	assert_int_equal(emit.malformed, 1);
	assert_non_null(event_find(e, &event_malformed));
	e = only(SIDE_CLIENT, HELLO(1, "\3\1" RANDOM "\0" "\0\2" "\0\x2f" "\1\0" "\0\x08" "\0\0\0\x09" "\0\7\0\0"));
	assert_int_equal(emit.malformed, 1);
	e = only(SIDE_SERVER, HELLO(2, "\3\1" RANDOM "\0" "\0"));
	assert_int_equal(emit.malformed, 1);
	e = only(SIDE_SERVER, HELLO(11, "\0\0\5" "\0\0\3ab"));
	assert_int_equal(emit.malformed, 1);
	e = only(SIDE_CLIENT, HELLO(11, "\0\0\0"));
	assert_int_equal(emit.malformed, 0);
	assert_null(event_list(e, &tls_certificates)->first);
}

static void the_oldest_hello_is_read(void **state)
{
	static const char new_one[] = V2("\3\1", "\0\0\x2f\1\0\x80"), old_one[] = V2("\0\2", "\0\0\x2f\1\0\x80");
	static const char server[] = "\x15\3\1\0\2\2\x28";
	struct talk t = { .pieces = { { SIDE_CLIENT, new_one, sizeof new_one - 1 }, { SIDE_SERVER, server, sizeof server - 1 } }, .count = 2 };
	const struct event *e;

	(void)state;
	expect(&t, "client-hello client, alert server");
	e = event_of(&tls_client_hello, 0);
	assert_string_equal(event_string(e, &tls_version), "TLS 1.0");
	assert_string_equal(event_list(e, &tls_ciphers)->first->text.data, "TLS_RSA_WITH_AES_128_CBC_SHA");
	assert_string_equal(event_list(e, &tls_ciphers)->last->text.data, "0x010080");
	t.pieces[0].octets = old_one;
	expect(&t, "client-hello client");
	assert_string_equal(event_string(event_of(&tls_client_hello, 0), &tls_version), "SSL 2.0");
}

static int tear_down(void **state)
{
	text_free(&wire);
	return tls_tear_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hellos_and_certificates_are_read),
		cmocka_unit_test(old_versions_are_read),
		cmocka_unit_test(both_may_have_certificates),
		cmocka_unit_test(messages_may_be_in_many_records),
		cmocka_unit_test(records_may_hold_several_messages),
		cmocka_unit_test(alerts_in_clear_have_names),
		cmocka_unit_test(renegotiation_is_passed_over),
		cmocka_unit_test(sessions_are_resumed_by_their_id),
		cmocka_unit_test(sessions_are_resumed_by_a_ticket),
		cmocka_unit_test(later_turns_of_tls_1_3_are_data),
		cmocka_unit_test(both_versions_may_be_offered),
		cmocka_unit_test(a_client_may_have_to_try_again),
		cmocka_unit_test(tls_1_3_is_resumed_by_a_key),
		cmocka_unit_test(drafts_and_unknown_numbers_stay_numbers),
		cmocka_unit_test(numbers_have_names),
		cmocka_unit_test(roles_may_be_swapped),
		cmocka_unit_test(bad_hellos_are_malformed),
		cmocka_unit_test(the_oldest_hello_is_read),
	};

	return cmocka_run_group_tests(tests, tls_set_up, tear_down);
}
