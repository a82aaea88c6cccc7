/*
 * LDAP over TCP and connectionless LDAP: where messages begin and end. What is in one: ldap_message.c; the SASL layer: ldap_sasl.c.
 *
 *   datagram:  LDAPMessage, LDAPMessage ...
 *   stream:    LDAPMessage, LDAPMessage ..., and after a bind also SASL buffers: length 4 (the first octet is 0: below 16 MiB), token
 */
#include "dissectors/ldap.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dissectors/ldap_message.h"
#include "dissectors/ldap_sasl.h"

enum {
	WAIT_MAX = 256 * 1024,          /* what a stream may be asked to wait for (flow/dissector.h) */
	SASL_LENGTH_LEN = 4,
	SASL_TOKEN_MIN = 16,            /* the header of each known token has as many */
	RESYNC_LEN = 32,                /* enough to recognise a message or a token by */
	PATIENCE = 64 * 1024,           /* so many octets may come before the first that is LDAP: the capture may begin inside a message */
	TLS_HANDSHAKE = 22, TLS_MAJOR = 3,
};

struct state {
	bool seen;              /* something that is LDAP came already */
	bool lost[2];           /* each side: where the next message begins is not known */
	size_t strange;         /* octets passed over before anything was LDAP */
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
static size_t resynchronise(struct state *st, enum side from, struct span octets)
{
	uint64_t total;

	for (size_t i = 0; i < octets.len; i++) {
		switch (measure(span_part(octets, i, octets.len), true, &total)) {
		case BER_BAD: continue;
		case BER_MORE: return i ? i : STREAM_MORE;
		case BER_WHOLE:
			st->lost[from] = false;
			return i;
		}
	}
	return octets.len;
}

/* After StartTLS (RFC 4511 4.14), or on a port that is not LDAP's alone. */
static bool is_tls(struct span octets)
{
	return octets.len > 1 && octets.data[0] == TLS_HANDSHAKE && octets.data[1] == TLS_MAJOR;
}

static size_t pass_strange(struct state *st, size_t octets)
{
	if (!st->seen && octets != STREAM_MORE)
		st->strange += octets;
	return st->strange > PATIENCE ? STREAM_STOP : octets;
}

static void read_one(struct span octets, uint64_t total, struct emit *to)
{
	bool plain = octets.data[0] == BER_SEQUENCE;

	if (total > WAIT_MAX)
		emit_counted(to, plain ? "message longer than 256 KiB" : "SASL buffer longer than 256 KiB");
	else if (plain)
		read_messages(span_part(octets, 0, (size_t)total), false, to);
	else
		read_token(span_part(octets, SASL_LENGTH_LEN, (size_t)total - SASL_LENGTH_LEN), to);
}

static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct state *st = state;
	uint64_t total;
	size_t passed;

	if (st->lost[from] && ((passed = resynchronise(st, from, octets)) != 0 || st->lost[from]))
		return pass_strange(st, passed);
	switch (measure(octets, !st->seen, &total)) {
	case BER_MORE: return STREAM_MORE;
	case BER_BAD:
		if (octets.len < 2)
			return STREAM_MORE;
		if (is_tls(octets))
			return STREAM_STOP;
		if (st->seen)
			emit_malformed(to, NULL, "neither an LDAPMessage nor a SASL buffer");
		st->lost[from] = true;
		return pass_strange(st, 1);
	case BER_WHOLE: break;
	}
	st->seen = true;
	if (total > octets.len && total <= WAIT_MAX)
		return STREAM_MORE;
	read_one(octets, total, to);
	return (size_t)total;
}

static bool survive_gap(void *state, enum side from, uint64_t missing, struct emit *to)
{
	struct state *st = state;

	(void)missing, (void)to;
	st->lost[from] = true;
	return true;
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
};

const struct dissector cldap_dissector = {
	.name = "cldap",
	.standards = "RFC 4511, RFC 4515 (filters), [MS-ADTS] 6.3.1 and 6.3.3 (netlogon)",
	.kinds = cldap_kinds,
	.udp_ports = udp_ports,
	.recognise = recognise,
	.datagram = read_datagram,
};
