/* TLS: what real connections say in clear, however their records are cut, from wherever they were captured. */
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
#include "dissectors/tls.h"
#include "dissectors/tls_codes.h"
#include "dissectors/tls_long.h"
#include "dissectors/tls_record.h"
#include "tests/unit/fake_emit.h"
#include "tests/unit/handshake.h"

#define COUNT(array) (sizeof array / sizeof array[0])

static struct emit emit;
static struct talk talk;

/* ---- what came ---- */

/* The events as words: their kind, and the side they came from. */
static const char *summary(void)
{
	static struct text t = { .max = 1 << 16 };

	text_clear(&t);
	for (size_t i = 0; i < emit.count; i++)
		text_addf(&t, "%s%s %s", i ? ", " : "", emit.events[i]->kind->name, event_string(emit.events[i], &tls_from));
	return text_string(&t);
}

static const struct event *event_of(const struct kind *kind, unsigned which)
{
	for (size_t i = 0; i < emit.count; i++)
		if (emit.events[i]->kind == kind && which-- == 0)
			return emit.events[i];
	fail_msg("no such event in: %s", summary());
	return NULL;
}

/* "yes", "no", or "absent". */
static const char *resumed(const struct event *e)
{
	const struct item *i = event_find(e, &tls_session_resumed);

	return !i ? "absent" : i->truth ? "yes" : "no";
}

static void run(const struct talk *t, size_t step)
{
	fake_reset(&emit);
	fake_stream(&tls_dissector, &emit, t->pieces, t->count, step);
}

/* The same events however the streams are cut; they stay in `emit`. */
static void expect(const struct talk *t, const char *expected)
{
	static const size_t steps[] = { 1, 2, 3, 5, 7, 16, 61, 200, 1460, 0 };
	char *whole, *got;

	run(t, 0);
	whole = fake_print(&emit);
	for (size_t i = 0; i < COUNT(steps); i++) {
		run(t, steps[i]);
		assert_string_equal(summary(), expected);
		assert_int_equal(emit.malformed, 0);
		got = fake_print(&emit);
		assert_string_equal(got, whole);
		free(got);
	}
	free(whole);
}

static void make(const struct talk_how *how)
{
	talk_free(&talk);
	talk_make(how, &talk);
}

#define FULL "client-hello client, server-hello server, certificate server, finished client, finished server"
#define DATA ", data client, data server"
#define CLOSED ", alert client, alert server"

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

static void put_length(uint8_t *octets, size_t len, size_t value)
{
	while (len--) {
		octets[len] = (uint8_t)value;
		value >>= 8;
	}
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
	e = only(SIDE_CLIENT, HELLO(1, "\3\3" RANDOM "\0" "\0\x0a" "\x0a\x0a\x13\x01\xcc\x14\0\x2f\x56\0" "\1\0" "\0\x0d" "\0\x2b\0\x09" "\x08" "\x0a\x0a\x7f\x1c\x7f\x17\3\3"));
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

#define V2(version, ciphers) "\x80\x1f\1" version "\0\6\0\0\0\x10" ciphers "0123456789abcdef"

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

/* ---- holes, and captures that begin late ---- */

/* Replaces octets [from, from + len) of a piece by a hole. */
static void punch(struct talk *t, size_t piece, size_t from, size_t len)
{
	struct piece *p = &t->pieces[piece];
	const uint8_t *octets = p->octets;
	struct piece before = { p->from, octets, from }, hole = { p->from, NULL, len };
	struct piece behind = { p->from, octets + from + len, p->len - from - len };

	memmove(p + 3, p + 1, (t->count - piece - 1) * sizeof *p);
	t->count += 2;
	p[0] = before, p[1] = hole, p[2] = behind;
}

static void holes_in_data_do_not_end_it(void **state)
{
	struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 2, .answer = 30000, .close = true };

	(void)state;
	make(&how);
	for (size_t from = 0; from < 30000; from += 4999) {
		for (size_t len = 1; len < 30050 - from && len < 30000; len *= 3) {
			struct talk t = talk;

			punch(&t, talk.count - 5, from, len);
			run(&t, 1000);
			assert_string_equal(summary(), FULL DATA CLOSED);
			assert_int_equal(emit.malformed, 0);
		}
	}
}

/* A hole in the server's flight hides some of it, whatever it is; the rest is there. */
static void holes_in_a_handshake_hide_only_it(void **state)
{
	struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 2, .close = true };
	size_t flight;

	(void)state;
	make(&how);
	flight = talk.pieces[1].len;
	for (size_t from = 0; from < flight; from += 3) {
		for (size_t len = 1; len <= flight - from; len = len * 2 + 1) {
			struct talk t = talk;

			punch(&t, 1, from, len);
			run(&t, 100);
			assert_string_equal(strstr(summary(), ", finished client"), ", finished client, finished server" DATA CLOSED);
		}
	}
}

static void captures_may_begin_anywhere(void **state)
{
	struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 4, .close = true };
	struct piece late[300] = { { SIDE_CLIENT, NULL, 0 }, { SIDE_SERVER, NULL, 0 } };

	(void)state;
	make(&how);
	for (size_t first = 1; first + 4 < talk.count; first++) {
		for (size_t cut = 0; cut < 40; cut += 13) {
			struct talk t = { .count = 2 };

			memcpy(t.pieces, late, 2 * sizeof late[0]);
			memcpy(t.pieces + 2, talk.pieces + first, (talk.count - first) * sizeof late[0]);
			t.count += talk.count - first;
			t.pieces[2].octets = (const uint8_t *)t.pieces[2].octets + cut;
			t.pieces[2].len -= cut;
			run(&t, 0);
			assert_non_null(strstr(summary(), "alert client, alert server"));
			assert_true(first + 8 >= talk.count || strstr(summary(), "data server"));
			assert_int_equal(emit.malformed, 0);
		}
	}
}

/* ---- hostile octets ---- */

static void every_changed_octet_is_survived(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

	(void)state;
	for (size_t v = 0; v < COUNT(versions); v++) {
		struct talk_how how = { .version = versions[v], .sni = "a.b", .alpn = "\1x", .mutual = true, .rounds = 1, .close = true };

		make(&how);
		for (size_t p = 0; p < talk.count; p++) {
			uint8_t *octets = memory_copy(talk.pieces[p].octets, talk.pieces[p].len);
			const void *whole = talk.pieces[p].octets;

			talk.pieces[p].octets = octets;
			for (size_t i = 0; i < talk.pieces[p].len; i++) {
				octets[i] = (uint8_t)(octets[i] ^ (i % 3 ? 1 << i % 8 : 0xff));
				run(&talk, i % 7 * 100);
				assert_true(emit.count < 30);
				octets[i] = ((const uint8_t *)whole)[i];
			}
			talk.pieces[p].octets = whole;
			free(octets);
		}
	}
}

/* Every prefix gives the same events as far as it goes. */
static void every_prefix_is_survived(void **state)
{
	static const struct talk_how how = { .version = TLS1_2_VERSION, .mutual = true };
	char *whole;

	(void)state;
	make(&how);
	run(&talk, 0);
	whole = fake_print(&emit);
	for (size_t p = 0; p < talk.count; p++) {
		struct talk part = talk;

		part.count = p + 1;
		for (size_t len = 0; len < talk.pieces[p].len; len++) {
			char *got;

			part.pieces[p].len = len;
			run(&part, 0);
			got = fake_print(&emit);
			assert_memory_equal(got, whole, strlen(got));
			free(got);
		}
	}
	free(whole);
}

static struct piece flood_piece(const char *unit, size_t len, size_t total)
{
	uint8_t *octets = memory_get(total + len);

	for (size_t at = 0; at < total; at += len)
		memcpy(octets + at, unit, len);
	return (struct piece){ SIDE_CLIENT, octets, total / len * len };
}

static void floods_are_bounded(void **state)
{
	static const struct { const char *unit; size_t len, total, events; } floods[] = {
		{ "\xff", 1, 300000, 0 },                                          /* no TLS */
		{ "\x16\3\1\0", 4, 300000, 0 },
		{ "\x16\3\1\0\1\0", 6, 30000, 0 },                                 /* HelloRequests, an octet in each record */
		{ "\x16\3\1\0\1\x0b", 6, 300000, 0 },                              /* a message of 0x0b0b0b octets, an octet in each record */
		{ "\x16\3\1\0\1\1", 6, 600000, 1 },                                /* a bad hello of 0x010101 octets */
		{ "\x16\3\1\0\x0c\0\0\0\0\0\0\0\0\0\0\0\0", 17, 30000, 0 },        /* many empty messages in each record */
		{ "\x16\3\1\0\4\x0b\xff\xff\xff", 9, 30000, 0 },                   /* messages without end */
		{ "\x17\3\1\0\0", 5, 30000, 0 },                                   /* records without octets */
		{ "\x18\3\1\0\1x", 6, 30000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(floods); i++) {
		for (size_t step = 1460; step <= 146000; step *= 100) {
			struct talk t = { .pieces = { flood_piece(floods[i].unit, floods[i].len, floods[i].total) }, .count = 1 };

			run(&t, step);
			assert_int_equal(emit.count, floods[i].events);
			talk_free(&t);
		}
	}
}

/* A certificate message of `count` records of 4096 octets: one certificate, and then an alert that begins in the last of them. */
static struct text long_message(unsigned count)
{
	static const uint8_t header[] = { 22, 3, 1, 0x10, 0x00 }, last[] = { 22, 3, 1, 0, 4, 14, 0, 0, 0, 21, 3, 1, 0, 2, 2, 40 };
	struct text octets = text_start(1 << 23);
	size_t length = count * 4096 - 4 - 100;
	char body[4096] = { 0 };

	for (unsigned i = 0; i < count; i++) {
		text_add_span(&octets, span_of(header, sizeof header));
		text_add_span(&octets, span_of(body, sizeof body));
	}
	octets.data[5] = 11;
	put_length((uint8_t *)octets.data + 6, 3, length);
	put_length((uint8_t *)octets.data + 9, 3, length - 3);
	put_length((uint8_t *)octets.data + 12, 3, length - 6);
	text_add_span(&octets, span_of(last, sizeof last));
	return octets;
}

/* 132 KiB: put together record by record. 1100 KiB: passed over. What comes behind it is read. */
static void long_messages_are_read_up_to_a_limit(void **state)
{
	struct text octets = long_message(33);
	struct talk t = { .pieces = { { SIDE_SERVER, octets.data, octets.len } }, .count = 1 };
	const struct event *e;

	(void)state;
	expect(&t, "certificate server, alert server");
	e = event_of(&tls_certificate, 0);
	assert_non_null(record_string(&event_list(e, &tls_certificates)->first->record, &certificate_sha256));
	assert_null(event_list(e, &tls_certificates)->first->next);
	assert_int_equal(emit.counted, 0);
	t.pieces[0].len = 100000;               /* what is in the making is given back */
	run(&t, 1460);
	assert_int_equal(emit.count, 0);
	text_free(&octets);
	octets = long_message(275);
	t.pieces[0] = (struct piece){ SIDE_SERVER, octets.data, octets.len };
	run(&t, 14600);
	assert_string_equal(summary(), "alert server");
	assert_int_equal(emit.counted, 1);
	text_free(&octets);
}

/* All that are in the making may have 16 MiB: many at once do not get more. */
static void long_messages_share_a_limit(void **state)
{
	struct tls_long many[40] = { { 0 } };
	uint8_t octets[1000] = { 0 };
	struct tls_place place = { 0 };
	unsigned given_up = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++) {
		assert_true(tls_long_open(&many[i], 1 << 20, &place));
		for (unsigned n = 0; n < 600 && tls_long_is_open(&many[i]); n++)
			tls_long_add(&many[i], span_of(octets, sizeof octets));
		given_up += !tls_long_is_open(&many[i]);
	}
	assert_int_equal(given_up, COUNT(many) - 16);
	for (size_t i = 0; i < COUNT(many); i++)
		tls_long_close(&many[i]);
	assert_true(tls_long_open(&many[0], 1 << 20, &place));
	assert_int_equal(tls_long_add(&many[0], span_of(octets, sizeof octets)), sizeof octets);
	tls_long_close(&many[0]);
	assert_false(tls_long_open(&many[0], (1 << 20) + 1, &place));
}

/* ---- recognising ---- */

static void only_what_is_surely_tls_is_recognised(void **state)
{
	static const struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 1 };
	static const char new_one[] = V2("\3\1", "\0\0\x2f\1\0\x80");

	(void)state;
	make(&how);
	for (size_t i = 0; i < talk.count; i++)
		assert_true(tls_dissector.recognise(span_of(talk.pieces[i].octets, talk.pieces[i].len), TRANSPORT_TCP));
	for (size_t len = 0; len < talk.pieces[0].len; len++)
		assert_int_equal(tls_dissector.recognise(span_of(talk.pieces[0].octets, len), TRANSPORT_TCP), len >= 10);
	assert_false(tls_dissector.recognise(span_of(talk.pieces[0].octets, talk.pieces[0].len), TRANSPORT_UDP));
	assert_true(tls_dissector.recognise(span_of(new_one, sizeof new_one - 1), TRANSPORT_TCP));
	assert_true(tls_dissector.recognise(span_of("\x17\3\1\0\1x\x17\3\1\0", 10), TRANSPORT_TCP) == false);
	assert_true(tls_dissector.recognise(span_of("\x17\3\1\0\1x\x17\3\1\0\5", 11), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("\x17\3\1\0\1x\x17\3\7\0\5", 11), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("\x17\3\1\0\2x", 6), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("\x17\3\1\x48\1", 5), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("GET / HTTP/1.1", 14), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("", 0), TRANSPORT_TCP));
}

static void other_streams_are_left_alone(void **state)
{
	static char other[100000];
	struct piece piece = { SIDE_CLIENT, other, sizeof other };

	(void)state;
	memcpy(other, "SSH-2.0-x\r\n", 11);
	fake_reset(&emit);
	fake_stream(&tls_dissector, &emit, &piece, 1, 1000);
	assert_int_equal(emit.count + emit.malformed + emit.counted, 0);
}

static int set_up(void **state)
{
	(void)state;
	talk_prepare();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset(&emit);
	talk_free(&talk);
	text_free(&wire);
	talk_over();
	return 0;
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
		cmocka_unit_test(holes_in_data_do_not_end_it),
		cmocka_unit_test(holes_in_a_handshake_hide_only_it),
		cmocka_unit_test(captures_may_begin_anywhere),
		cmocka_unit_test(every_changed_octet_is_survived),
		cmocka_unit_test(every_prefix_is_survived),
		cmocka_unit_test(floods_are_bounded),
		cmocka_unit_test(long_messages_are_read_up_to_a_limit),
		cmocka_unit_test(long_messages_share_a_limit),
		cmocka_unit_test(only_what_is_surely_tls_is_recognised),
		cmocka_unit_test(other_streams_are_left_alone),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
