/*
 * LDAP over TCP and connectionless LDAP: where messages begin and end. What is in one: ldap_message.c; the SASL layer: ldap_sasl.c.
 *
 *   datagram:  LDAPMessage, LDAPMessage ...
 *   stream:    LDAPMessage, LDAPMessage ..., and after a bind also SASL buffers: length 4 (the first octet is 0: below 16 MiB), token
 *
 * What is too long to wait for (the aggregate schema of Active Directory is, and whoever uses ADSI reads it): of a message its beginning is kept
 * until its end is seen, and the messages in a signed token are read one by one where they stand.
 */
#include "dissectors/ldap.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dissectors/ldap_message.h"
#include "dissectors/ldap_sasl.h"
#include "dissectors/search.h"
#include "dissectors/tls_record.h"

enum {
	WAIT_MAX = 256 * 1024,          /* what a stream may be asked to wait for (flow/dissector.h) */
	SASL_LENGTH_LEN = 4,
	SASL_TOKEN_MIN = 16,            /* the header of each known token has as many */
	RESYNC_LEN = 32,                /* enough to recognise a message or a token by */
	HEAD_LEN = 16 * 1024,           /* of a message that is too long to wait for */
};

/* One direction. Offsets are of the stream, as emit_offset counts. */
struct way {
	bool lost;                      /* where the next message begins is not known */
	uint8_t *head;                  /* the beginning of a long message that is being passed over, or NULL: */
	uint64_t from, until;           /* where it began and ends */
	uint64_t plain_until, token_until;      /* inside a long token: where its messages end, and itself; 0 outside */
};

struct state {
	struct search search;
	struct way ways[2];
};

static const struct kind *const ldap_kinds[] = { &ldap_bind_request, &ldap_bind_response, &ldap_search_request, &ldap_search_entry,
	&ldap_search_done, NULL };
static const struct kind *const cldap_kinds[] = { &cldap_bind_request, &cldap_bind_response, &cldap_search_request, &cldap_search_entry,
	&cldap_search_done, NULL };
static const uint16_t tcp_ports[] = { 389, 3268, 0 };
static const uint16_t udp_ports[] = { 389, 0 };

/* Behind the last message a datagram may have padding, and a token has. */
static void read_messages(struct span octets, bool connectionless, struct emit *to)
{
	struct cursor c = cursor_over(octets);

	do {
		if (!ldap_message_read(&c, connectionless, to))
			return;
	} while (ber_peek(&c) == BER_SEQUENCE);
}

static void read_datagram(struct span octets, struct emit *to)
{
	read_messages(octets, true, to);
}

static void read_token(struct span token, struct emit *to)
{
	uint8_t *room = memory_get(token.len);
	struct span plain;

	if (ldap_sasl_open(token, room, &plain))
		read_messages(plain, false, to);
	else
		emit_counted(to, "SASL-sealed");
	free(room);
}

/* `sure`: only what can hardly be anything else, for places where a message need not begin. */
static enum ber_answer measure_token(struct span octets, bool sure, uint64_t *ret_total)
{
	struct cursor c = cursor_over(octets);
	uint32_t length = cursor_be32(&c);

	if (octets.len && octets.data[0] != 0)
		return BER_BAD;
	if (!cursor_ok(&c) || (sure && octets.len < RESYNC_LEN))
		return BER_MORE;
	if (length < SASL_TOKEN_MIN || (sure && !ldap_sasl_known(cursor_rest(&c))))
		return BER_BAD;
	*ret_total = SASL_LENGTH_LEN + (uint64_t)length;
	return BER_WHOLE;
}

static enum ber_answer measure(struct span octets, bool sure, uint64_t *ret_total)
{
	return octets.data[0] == BER_SEQUENCE ? ldap_message_measure(octets, ret_total) : measure_token(octets, sure, ret_total);
}

/* How many octets to pass over to come to the next message, as an answer to the stream. */
static size_t resynchronise(struct way *w, struct span octets)
{
	uint64_t total;

	for (size_t i = 0; i < octets.len; i++) {
		switch (measure(span_part(octets, i, octets.len), true, &total)) {
		case BER_BAD: continue;
		case BER_MORE: return i ? i : STREAM_MORE;
		case BER_WHOLE:
			w->lost = false;
			return i;
		}
	}
	return octets.len;
}

/* ---- what is too long to wait for ---- */

static size_t begin_long(struct way *w, struct span octets, uint64_t total, struct emit *to)
{
	if (octets.len < HEAD_LEN)
		return STREAM_MORE;
	w->head = memory_copy(octets.data, HEAD_LEN);
	w->from = emit_offset(to);
	w->until = w->from + total;
	return HEAD_LEN;
}

static void forget(struct way *w)
{
	free(w->head);
	w->head = NULL;
	w->plain_until = w->token_until = 0;
}

/* Passes over all but the last octet, so that the end is seen. */
static size_t pass_long(struct way *w, enum side from, struct span octets, struct emit *to)
{
	uint64_t left = w->until - emit_offset(to);

	if (left > octets.len)
		return (size_t)left - 1;
	ldap_message_read_head(span_of(w->head, HEAD_LEN), to, from, w->from, w->until);
	free(w->head);
	w->head = NULL;
	return (size_t)left;
}

static size_t begin_token(struct way *w, struct span octets, uint64_t total, struct emit *to)
{
	struct span head = span_part(octets, SASL_LENGTH_LEN, octets.len);
	uint64_t from, until;

	if (head.len < LDAP_SASL_HEAD)
		return STREAM_MORE;
	if (!ldap_sasl_locate(head, total - SASL_LENGTH_LEN, &from, &until)) {
		emit_counted(to, "SASL buffer longer than 256 KiB");
		return (size_t)total;
	}
	w->plain_until = emit_offset(to) + SASL_LENGTH_LEN + until;
	w->token_until = emit_offset(to) + total;
	return SASL_LENGTH_LEN + (size_t)from;
}

static size_t leave_token(struct way *w, const struct emit *to)
{
	size_t left = (size_t)(w->token_until - emit_offset(to));

	forget(w);
	return left;
}

/* ---- streams ---- */

static size_t read_one(struct way *w, struct span octets, uint64_t total, struct emit *to)
{
	bool plain = octets.data[0] == BER_SEQUENCE;

	if (total > WAIT_MAX)
		return plain ? begin_long(w, octets, total, to) : begin_token(w, octets, total, to);
	if (total > octets.len)
		return STREAM_MORE;
	if (plain)
		read_messages(span_part(octets, 0, (size_t)total), false, to);
	else
		read_token(span_part(octets, SASL_LENGTH_LEN, (size_t)total - SASL_LENGTH_LEN), to);
	return (size_t)total;
}

/* Behind the last message a token may have padding and a checksum. */
static size_t read_inside(struct way *w, struct span octets, struct emit *to)
{
	uint64_t left = w->plain_until - emit_offset(to), total;

	if (left == 0 || octets.data[0] != BER_SEQUENCE)
		return leave_token(w, to);
	switch (ldap_message_measure(octets, &total)) {
	case BER_MORE: return octets.len >= left ? leave_token(w, to) : STREAM_MORE;
	case BER_BAD: return leave_token(w, to);
	case BER_WHOLE: break;
	}
	return total > left ? leave_token(w, to) : read_one(w, octets, total, to);
}

static size_t read_outside(struct state *st, enum side from, struct span octets, struct emit *to)
{
	struct way *w = &st->ways[from];
	uint64_t total;
	size_t passed;

	if (w->lost && ((passed = resynchronise(w, octets)) != 0 || w->lost))
		return search_pass(&st->search, passed);
	switch (measure(octets, !st->search.seen, &total)) {
	case BER_MORE: return STREAM_MORE;
	case BER_BAD:
		if (octets.len < 2)
			return STREAM_MORE;
		if (tls_handshake_begins(octets) == TLS_YES)    /* after StartTLS (RFC 4511 4.14), or on a port that is not LDAP's alone */
			return STREAM_STOP;
		if (st->search.seen)
			emit_malformed(to, NULL, "neither an LDAPMessage nor a SASL buffer");
		w->lost = true;
		return search_pass(&st->search, 1);
	case BER_WHOLE: break;
	}
	st->search.seen = true;
	return read_one(w, octets, total, to);
}

static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct state *st = state;
	struct way *w = &st->ways[from];

	if (w->head)
		return pass_long(w, from, octets, to);
	if (w->token_until > emit_offset(to))
		return read_inside(w, octets, to);
	w->token_until = 0;
	return read_outside(st, from, octets, to);
}

static bool survive_gap(void *state, enum side from, uint64_t missing, struct emit *to)
{
	struct state *st = state;
	struct way *w = &st->ways[from];

	(void)missing;
	if (w->head)
		ldap_message_read_head(span_of(w->head, HEAD_LEN), to, from, w->from, w->until);
	forget(w);
	w->lost = true;
	return true;
}

static void close_state(void *state)
{
	struct state *st = state;

	forget(&st->ways[SIDE_CLIENT]);
	forget(&st->ways[SIDE_SERVER]);
}

static size_t held_by(const void *state)
{
	const struct state *st = state;
	size_t sum = 0;

	for (int side = 0; side < 2; side++)
		sum += st->ways[side].head ? HEAD_LEN : 0;
	return sum;
}

static bool recognise(struct span octets, enum transport transport)
{
	uint64_t total;

	return octets.len && octets.data[0] == BER_SEQUENCE && ldap_message_measure(octets, &total) == BER_WHOLE &&
		(transport == TRANSPORT_TCP || total <= octets.len);
}

const struct dissector ldap_dissector = {
	.name = "ldap",
	.standards = "RFC 4511, RFC 4515 (filters), RFC 4422, RFC 4121, RFC 1964 and [MS-NLMP] (SASL layer), [MS-ADTS] 6.3.1 and 6.3.3 (netlogon)",
	.kinds = ldap_kinds,
	.tcp_ports = tcp_ports,
	.recognise = recognise,
	.state_size = sizeof(struct state),
	.stream = read_stream,
	.gap = survive_gap,
	.close = close_state,
	.held = held_by,
};

const struct dissector cldap_dissector = {
	.name = "cldap",
	.standards = "RFC 4511, RFC 4515 (filters), [MS-ADTS] 6.3.1 and 6.3.3 (netlogon)",
	.kinds = cldap_kinds,
	.udp_ports = udp_ports,
	.recognise = recognise,
	.datagram = read_datagram,
};
