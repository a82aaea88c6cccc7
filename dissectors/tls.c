/*
 * TLS: the records of the two directions of a connection. Their octets: tls_record.c; the messages in them: tls_messages.c, tls_long.c; hellos:
 * tls_hello.c; what is reported: tls_handshake.c; names: tls_codes.c, tls_ciphers.c.
 *
 * Messages in clear are waited for. What is encrypted is passed over by the lengths of its records, which also leads across holes.
 */
#include "dissectors/tls.h"

#include "dissectors/tls_codes.h"
#include "dissectors/tls_messages.h"
#include "dissectors/tls_record.h"

enum {
	PATIENCE = 64 * 1024,           /* so many octets may come that are no records: the capture may begin inside one */
	ALERT_LEN = 2,
	SEALED_ALERT_MAX = 2 + 1 + 16,  /* RFC 8446 5.2: an alert, its type, the tag of the cipher */
	FLIGHT_MAX = 16 * 1024,         /* what a side may send after the server's flight that is still handshake */
};

/* One direction. */
struct way {
	bool started;           /* octets of it came */
	bool lost;              /* where the next record begins is not known */
	bool holed;             /* octets are missing before those that come next */
	bool changed;           /* ChangeCipherSpec came */
	bool finished, has_data;        /* reported */
	uint64_t next;          /* stream offset of the next record, as far as it can be told */
	struct tls_messages messages;
};

struct state {
	bool seen;              /* a record came already */
	size_t strange;         /* octets since the last record that were none */
	struct tls_session session;
	struct way ways[2];
	unsigned turns;         /* of application data: how often the side that sends has changed */
	enum side turn;
	size_t turn_octets;
};

const struct kind tls_client_hello = { .proto = "tls", .name = "client-hello" };
const struct kind tls_server_hello = { .proto = "tls", .name = "server-hello" };
const struct kind tls_certificate = { .proto = "tls", .name = "certificate" };
const struct kind tls_certificate_request = { .proto = "tls", .name = "certificate-request" };
const struct kind tls_alert = { .proto = "tls", .name = "alert" };
const struct kind tls_finished = { .proto = "tls", .name = "finished" };
const struct kind tls_data = { .proto = "tls", .name = "data", .internal = true };

const struct field tls_record_version = { "record_version" };
const struct field tls_version = { "version" };
const struct field tls_sni = { "sni" };
const struct field tls_alpn = { "alpn" };
const struct field tls_ciphers = { "ciphers" };
const struct field tls_cipher = { "cipher" };
const struct field tls_session_resumed = { "session_resumed" };
const struct field tls_session_id = { ".session_id" };
const struct field tls_hello_retry = { "hello_retry" };
const struct field tls_certificates = { "certificates" };
const struct field tls_alert_level = { "alert_level" };
const struct field tls_alert_name = { "alert" };
const struct field tls_from = { "from" };

static const struct kind *const kinds[] = { &tls_client_hello, &tls_server_hello, &tls_certificate, &tls_certificate_request, &tls_alert,
	&tls_finished, &tls_data, NULL };
/* HTTPS; SIP; directory, global catalogue; DNS; mail; Lync's web services, front end, media relay authentication, call admission. */
static const uint16_t tcp_ports[] = { 443, 5061, 636, 3269, 853, 993, 995, 465, 8443, 4443, 444, 5062, 5086, 0 };

/* ---- records ---- */

/* The version is not known, and this record is behind a ChangeCipherSpec: TLS 1.3 has clear hellos there (RFC 8446 D.4), older ones have not. */
static enum tls_answer is_one_hello(const struct tls_record *r)
{
	struct cursor c = cursor_over(r->fragment);
	uint8_t type = cursor_u8(&c);
	uint32_t length = cursor_be24(&c);

	if (!cursor_ok(&c))
		return tls_record_is_whole(r) ? TLS_NO : TLS_MORE;
	return (type == TLS_CLIENT_HELLO || type == TLS_SERVER_HELLO) && TLS_RECORD_HEADER + TLS_MESSAGE_HEADER + (size_t)length == r->total ? TLS_YES : TLS_NO;
}

static enum tls_answer is_clear(const struct state *st, const struct way *w, const struct tls_record *r)
{
	if (!w->changed || tls_is_1_3(st->session.version))
		return TLS_YES;
	return st->session.is_old ? TLS_NO : is_one_hello(r);
}

static size_t read_encrypted(struct state *st, struct way *w, const struct tls_place *at, const struct tls_record *r, struct emit *to)
{
	if (w->finished)
		return r->total;
	if (!tls_record_is_whole(r))
		return STREAM_MORE;
	w->finished = true;
	st->session.is_old = true;
	tls_finished_report(&st->session, at, to);
	return r->total;
}

static size_t read_handshake(struct state *st, const struct tls_place *at, const struct tls_record *r, struct span octets, struct emit *to)
{
	struct way *w = &st->ways[at->side];
	size_t used;

	switch (is_clear(st, w, r)) {
	case TLS_MORE: return STREAM_MORE;
	case TLS_NO: return read_encrypted(st, w, at, r, to);
	case TLS_YES: break;
	}
	used = tls_messages_read(&w->messages, &st->session, at->side, octets, to);
	w->next = w->messages.next;
	return used;
}

static size_t read_alert(struct state *st, const struct tls_place *at, const struct tls_record *r, struct emit *to)
{
	const struct way *w = &st->ways[at->side];
	bool clear = r->fragment.len == ALERT_LEN && !(w->changed && st->session.is_old);

	if (!tls_record_is_whole(r))
		return STREAM_MORE;
	if (clear && r->fragment.data[0] != TLS_LEVEL_WARNING && r->fragment.data[0] != TLS_LEVEL_FATAL)
		clear = false;
	tls_alert_report(&st->session, at, span_part(r->fragment, 0, clear ? ALERT_LEN : 0), to);
	return r->total;
}

/* The rule of tls_data (tls.h). */
static bool is_data(struct state *st, enum side from, size_t fragment)
{
	if (st->session.is_old)
		return true;
	if (fragment <= SEALED_ALERT_MAX || (st->turns == 0 && tls_role(&st->session, from) == SIDE_CLIENT))
		return false;
	if (st->turns == 0 || st->turn != from) {
		st->turns++;
		st->turn = from;
		st->turn_octets = 0;
	}
	st->turn_octets += fragment;
	return st->turns > 3 || (st->turns > 1 && st->turn_octets > FLIGHT_MAX);
}

static size_t read_data(struct state *st, const struct tls_place *at, const struct tls_record *r, struct emit *to)
{
	struct way *w = &st->ways[at->side];

	if (is_data(st, at->side, r->total - TLS_RECORD_HEADER) && !w->has_data) {
		w->has_data = true;
		tls_end(at, tls_begin(&st->session, at, &tls_data, to), to);
	}
	return r->total;
}

static size_t read_record(struct state *st, enum side from, const struct tls_record *r, struct span octets, struct emit *to)
{
	struct way *w = &st->ways[from];
	struct tls_place at = { from, r->version, emit_offset(to), emit_offset(to) + r->total };

	w->next = at.until;
	if (r->type != TLS_HANDSHAKE)
		tls_messages_break(&w->messages);
	switch (r->type) {
	case TLS_HANDSHAKE: return read_handshake(st, &at, r, octets, to);
	case TLS_ALERT: return read_alert(st, &at, r, to);
	case TLS_APPLICATION_DATA: return read_data(st, &at, r, to);
	case TLS_CHANGE_CIPHER_SPEC:
		w->changed = true;
		return r->total;
	default: return r->total;
	}
}

/* ---- where records begin ---- */

/* Behind a hole: in a record whose end is known, at its end, or beyond it. */
static size_t land(struct way *w, const struct emit *to)
{
	uint64_t at = emit_offset(to);

	w->holed = false;
	w->lost = at > w->next;
	return w->lost ? 0 : (size_t)(w->next - at);
}

/* How many octets to pass over to come to the next record, as an answer to the stream. */
static size_t resynchronise(struct way *w, struct span octets)
{
	for (size_t i = 0; i < octets.len; i++) {
		switch (tls_records_begin(span_part(octets, i, octets.len))) {
		case TLS_NO: continue;
		case TLS_MORE: return i ? i : STREAM_MORE;
		case TLS_YES:
			w->lost = false;
			w->messages.unsure = true;
			return i;
		}
	}
	return octets.len;
}

static size_t pass_strange(struct state *st, size_t octets)
{
	if (octets != STREAM_MORE)
		st->strange += octets;
	return st->strange > PATIENCE ? STREAM_STOP : octets;
}

static size_t refuse(struct state *st, struct way *w, struct emit *to)
{
	if (st->seen)
		emit_malformed(to, NULL, "no TLS record where one should begin");
	w->lost = true;
	return pass_strange(st, 1);
}

/* An answer to a hello of version 2.0 is no TLS. */
static size_t read_v2(struct state *st, enum side from, struct span octets, struct emit *to)
{
	struct tls_place at = { from, TLS_SSL2, emit_offset(to), 0 };
	struct way *w = &st->ways[from];
	size_t len;

	if (octets.len < TLS_V2_HEADER + TLS_V2_HELLO_MIN)
		return STREAM_MORE;
	len = tls_v2_hello_measure(octets);
	if (len == 0)
		return refuse(st, w, to);
	if (len > octets.len)
		return STREAM_MORE;
	at.until = at.from + len;
	st->seen = w->started = true;
	return tls_v2_message_read(&st->session, &at, span_part(octets, 0, len), to) == TLS_SSL2 ? STREAM_STOP : len;
}

static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct state *st = state;
	struct way *w = &st->ways[from];
	struct tls_record r;
	size_t passed;

	if (w->holed && (passed = land(w, to)) != 0)
		return passed;
	if (w->lost && ((passed = resynchronise(w, octets)) != 0 || w->lost))
		return pass_strange(st, passed);
	if (!w->started && octets.data[0] & 0x80)
		return read_v2(st, from, octets, to);
	w->next = emit_offset(to);
	switch (tls_record_read(octets, &r)) {
	case TLS_MORE: return STREAM_MORE;
	case TLS_NO: return refuse(st, w, to);
	case TLS_YES: break;
	}
	st->seen = w->started = true;
	st->strange = 0;
	return read_record(st, from, &r, octets, to);
}

static bool survive_gap(void *state, enum side from, uint64_t missing, struct emit *to)
{
	struct state *st = state;
	struct way *w = &st->ways[from];

	(void)to;
	tls_messages_break(&w->messages);
	st->session.has_holes = true;
	w->started = w->messages.unsure = true;
	w->holed = missing != 0;
	w->lost = missing == 0;
	return true;
}

static void close_state(void *state)
{
	struct state *st = state;

	tls_messages_break(&st->ways[SIDE_CLIENT].messages);
	tls_messages_break(&st->ways[SIDE_SERVER].messages);
}

static size_t held_by(const void *state)
{
	const struct state *st = state;

	return st->ways[SIDE_CLIENT].messages.long_one.room + st->ways[SIDE_SERVER].messages.long_one.room;
}

static bool recognise(struct span octets, enum transport transport)
{
	return transport == TRANSPORT_TCP && (tls_is_sure(octets) || tls_v2_hello_measure(octets) != 0);
}

const struct dissector tls_dissector = {
	.name = "tls",
	.standards = "RFC 6101 (SSL 3.0), RFC 2246, RFC 4346, RFC 5246, RFC 8446, RFC 6066 (SNI), RFC 7301 (ALPN), RFC 5246 E.2 (SSLv2 hello)",
	.kinds = kinds,
	.tcp_ports = tcp_ports,
	.recognise = recognise,
	.state_size = sizeof(struct state),
	.stream = read_stream,
	.gap = survive_gap,
	.close = close_state,
	.held = held_by,
};
