/*
 * What the two ends of a TLS connection say in clear. Rules: RFC 5246 7.2 (alerts), 7.4 (messages), F.1.4 (resumption), RFC 5077 3.4 (by ticket),
 * RFC 8446 4.1.4 (retry), 4.2.11 (resumption in TLS 1.3), D.4 (the session id of TLS 1.3 means nothing).
 */
#include "dissectors/tls_handshake.h"

#include <stdio.h>

#include "dissectors/certificate.h"
#include "dissectors/tls_codes.h"
#include "dissectors/tls_record.h"

enum side tls_role(const struct tls_session *s, enum side side)
{
	return s->swapped ? side_other(side) : side;
}

struct event *tls_begin(const struct tls_session *s, const struct tls_place *at, const struct kind *kind, struct emit *to)
{
	struct event *e = emit_begin(to, kind);
	char room[TLS_CODE_TEXT];

	put_string(&e->fields, &tls_from, tls_role(s, at->side) == SIDE_CLIENT ? "client" : "server");
	if (at->version)
		put_string(&e->fields, &tls_record_version, tls_version_name(at->version, room));
	return e;
}

void tls_end(const struct tls_place *at, struct event *e, struct emit *to)
{
	emit_range(to, e, at->side, at->from, at->until);
	emit_end(to, e);
}

/* ---- hellos ---- */

static void put_ciphers(struct record *r, const struct tls_hello *h)
{
	struct record *list = put_list(r, &tls_ciphers);
	struct cursor c = cursor_over(h->ciphers);
	char room[TLS_CODE_TEXT];

	while (cursor_left(&c) >= h->cipher_len) {
		uint32_t number = (uint32_t)cursor_big(&c, h->cipher_len);

		if (number > UINT16_MAX) {      /* one of SSL 2.0's own (RFC 5246 E.2) */
			snprintf(room, sizeof room, "0x%06x", number);
			put_string(list, NULL, room);
		} else {
			put_string(list, NULL, tls_cipher_name((uint16_t)number, room));
		}
	}
}

static void put_alpn(struct record *r, struct span names)
{
	struct cursor c = cursor_over(names);
	struct record *list = NULL;

	while (cursor_left(&c)) {
		struct span name = cursor_take(&c, cursor_u8(&c));

		if (!cursor_ok(&c))
			return;
		if (!list)
			list = put_list(r, &tls_alpn);
		put_text(list, NULL, name);
	}
}

static void put_version(struct record *r, uint16_t version)
{
	char room[TLS_CODE_TEXT];

	put_string(r, &tls_version, tls_version_name(version, room));
}

static void remember_client(struct tls_session *s, enum side side, const struct tls_hello *h)
{
	s->swapped = side == SIDE_SERVER;
	s->has_hello = true;
	s->offered_ticket = h->has_ticket;
	s->session_id_len = (uint8_t)(h->session_id.len <= TLS_SESSION_ID_MAX ? h->session_id.len : 0);
	if (s->session_id_len)
		memcpy(s->session_id, h->session_id.data, s->session_id_len);
}

static void report_client_hello(struct tls_session *s, const struct tls_place *at, const struct tls_hello *h, bool whole, struct emit *to)
{
	struct event *e;

	remember_client(s, at->side, h);
	e = tls_begin(s, at, &tls_client_hello, to);
	if (h->version)
		put_version(&e->fields, h->version);
	if (h->sni.len)
		put_name(&e->fields, &tls_sni, h->sni);
	put_alpn(&e->fields, h->alpn);
	put_ciphers(&e->fields, h);
	if (h->session_id.len)
		put_octets(&e->fields, &tls_session_id, h->session_id);
	if (!whole)
		emit_malformed(to, e, "a client hello ends early");
	tls_end(at, e, to);
}

/* The answer is final except where the client has only a ticket to show: then the server's next message tells. */
static void put_resumption(struct tls_session *s, const struct tls_hello *h, struct record *r)
{
	struct span offered = span_of(s->session_id, s->session_id_len);

	s->resumption_open = false;
	if (tls_is_1_3(h->version))
		put_truth(r, &tls_session_resumed, h->has_psk);
	else if (s->has_hello && offered.len)
		put_truth(r, &tls_session_resumed, span_equal(offered, h->session_id));
	else if (s->has_hello && !s->offered_ticket)
		put_truth(r, &tls_session_resumed, false);
	else
		s->resumption_open = true;
}

static void report_server_hello(struct tls_session *s, const struct tls_place *at, const struct tls_hello *h, bool whole, struct emit *to)
{
	struct event *e;
	char room[TLS_CODE_TEXT];

	s->swapped = at->side == SIDE_CLIENT;
	s->version = h->version;
	s->is_old = !tls_is_1_3(h->version);
	e = tls_begin(s, at, &tls_server_hello, to);
	put_version(&e->fields, h->version);
	put_string(&e->fields, &tls_cipher, tls_cipher_name(h->cipher, room));
	put_alpn(&e->fields, h->alpn);
	if (h->is_retry)
		put_truth(&e->fields, &tls_hello_retry, true);
	else
		put_resumption(s, h, &e->fields);
	if (h->session_id.len)
		put_octets(&e->fields, &tls_session_id, h->session_id);
	if (!whole)
		emit_malformed(to, e, "a server hello ends early");
	tls_end(at, e, to);
}

uint16_t tls_v2_message_read(struct tls_session *s, const struct tls_place *at, struct span octets, struct emit *to)
{
	struct tls_hello h;

	tls_v2_hello_read(octets, &h);
	report_client_hello(s, at, &h, true, to);
	return h.version;
}

/* ---- certificates ---- */

static void report_certificate(struct tls_session *s, const struct tls_place *at, struct span body, struct emit *to)
{
	struct event *e = tls_begin(s, at, &tls_certificate, to);
	struct record *list = put_list(&e->fields, &tls_certificates);
	struct cursor c = cursor_over(body), chain = cursor_over(cursor_take(&c, cursor_be24(&c)));

	while (cursor_left(&chain) && cursor_ok(&chain)) {
		struct span der = cursor_take(&chain, cursor_be24(&chain));

		if (cursor_ok(&chain))
			certificate_put(list, der);
	}
	if (!cursor_ok(&c) || !cursor_ok(&chain))
		emit_malformed(to, e, "a certificate message ends early");
	tls_end(at, e, to);
}

static void report_request(struct tls_session *s, const struct tls_place *at, struct emit *to)
{
	tls_end(at, tls_begin(s, at, &tls_certificate_request, to), to);
}

static bool is_of_full_handshake(uint8_t type)
{
	return type == TLS_CERTIFICATE || type == TLS_SERVER_KEY_EXCHANGE || type == TLS_CERTIFICATE_REQUEST || type == TLS_SERVER_HELLO_DONE;
}

void tls_message_read(struct tls_session *s, const struct tls_place *at, uint8_t type, struct span body, struct emit *to)
{
	struct tls_hello h;
	bool whole;

	if (tls_role(s, at->side) == SIDE_SERVER && is_of_full_handshake(type))
		s->is_full = true;
	switch (type) {
	case TLS_CLIENT_HELLO:
		whole = tls_client_hello_read(body, &h);
		report_client_hello(s, at, &h, whole, to);
		break;
	case TLS_SERVER_HELLO:
		whole = tls_server_hello_read(body, &h);
		report_server_hello(s, at, &h, whole, to);
		break;
	case TLS_CERTIFICATE:
		report_certificate(s, at, body, to);
		break;
	case TLS_CERTIFICATE_REQUEST:
		report_request(s, at, to);
		break;
	}
}

/* ---- the rest ---- */

/* Where the server's hello left it open: a server that changes the cipher without a certificate resumes (RFC 5077 3.4). */
void tls_finished_report(struct tls_session *s, const struct tls_place *at, struct emit *to)
{
	struct event *e = tls_begin(s, at, &tls_finished, to);

	if (tls_role(s, at->side) == SIDE_SERVER && s->resumption_open && !s->has_holes)
		put_truth(&e->fields, &tls_session_resumed, !s->is_full);
	tls_end(at, e, to);
}

void tls_alert_report(const struct tls_session *s, const struct tls_place *at, struct span alert, struct emit *to)
{
	struct event *e = tls_begin(s, at, &tls_alert, to);
	struct cursor c = cursor_over(alert);
	char room[TLS_CODE_TEXT];

	if (alert.len) {
		put_string(&e->fields, &tls_alert_level, cursor_u8(&c) == TLS_LEVEL_WARNING ? "warning" : "fatal");
		put_string(&e->fields, &tls_alert_name, tls_alert_text(cursor_u8(&c), room));
	}
	tls_end(at, e, to);
}
