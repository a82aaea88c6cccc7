/*
 * Kerberos 5: that a phone's user signs in with credentials, against which realm, and what the KDC thinks of it. RFC 4120 5.4, 5.9.1, 7.2.
 *
 *      AS-REQ, TGS-REQ:  SEQUENCE { pvno [1], type [2], padata [3], body [4] SEQUENCE { options [0], cname [1], realm [2], ... } }
 *      AS-REP, TGS-REP:  SEQUENCE { pvno [0], type [1], padata [2], crealm [3], ... }
 *      KRB-ERROR:        SEQUENCE { ..., error-code [6], crealm [7], cname [8], realm [9], ... }
 *
 * On TCP a length of four octets stands in front of each message. Whose ticket it is, and any part of a ticket, is not told.
 */
#include "dissectors/kerberos.h"

#include "dissectors/ber.h"

enum { AS_REQ = 0x6a, AS_REP = 0x6b, TGS_REQ = 0x6c, TGS_REP = 0x6d, KRB_ERROR = 0x7e };       /* application tags 10 to 13 and 30 */
enum { CONTEXT = 0xa0, LENGTH_LEN = 4, WAIT_MAX = 128 * 1024 };

const struct kind kerberos_as_request = { .proto = "kerberos", .name = "as-request", .internal = true };
const struct kind kerberos_as_reply = { .proto = "kerberos", .name = "as-reply", .internal = true };
const struct kind kerberos_tgs_request = { .proto = "kerberos", .name = "tgs-request", .internal = true };
const struct kind kerberos_tgs_reply = { .proto = "kerberos", .name = "tgs-reply", .internal = true };
const struct kind kerberos_error = { .proto = "kerberos", .name = "error", .internal = true };

const struct field kerberos_realm = { "realm" };
const struct field kerberos_error_code = { "error_code" };

static const struct kind *const kinds[] = { &kerberos_as_request, &kerberos_as_reply, &kerberos_tgs_request, &kerberos_tgs_reply, &kerberos_error, NULL };
static const uint16_t ports[] = { 88, 0 };

/* What is in the first element of `s`, or as much of it as there is. */
static struct span inside(struct span s)
{
	struct cursor c = cursor_over(s);
	struct ber element;

	ber_next(&c, &element);
	return element.content;
}

/* What is in field [number] of the SEQUENCE that `s` begins with; empty without one. */
static struct span field_of(struct span s, unsigned number)
{
	struct cursor c = cursor_over(inside(s));
	struct ber element;
	bool whole = true;

	while (whole && cursor_left(&c)) {
		whole = ber_next(&c, &element);
		if (element.tag == (CONTEXT | number))
			return element.content;
	}
	return (struct span){ 0 };
}

static void put_realm(struct event *e, struct span wrapped)
{
	struct span realm = inside(wrapped);

	if (realm.len)
		put_text(&e->fields, &kerberos_realm, realm);
}

static void put_error_code(struct event *e, struct span wrapped)
{
	struct cursor c = cursor_over(wrapped);
	uint64_t code;

	if (ber_number(&c, BER_INTEGER, &code))
		put_number(&e->fields, &kerberos_error_code, code);
}

static const struct kind *kind_of(uint8_t tag)
{
	switch (tag) {
	case AS_REQ: return &kerberos_as_request;
	case AS_REP: return &kerberos_as_reply;
	case TGS_REQ: return &kerberos_tgs_request;
	case TGS_REP: return &kerberos_tgs_reply;
	case KRB_ERROR: return &kerberos_error;
	default: return NULL;
	}
}

static void put_fields(struct event *e, uint8_t tag, struct span message)
{
	switch (tag) {
	case AS_REQ:
	case TGS_REQ:
		put_realm(e, field_of(field_of(message, 4), 2));
		break;
	case AS_REP:
	case TGS_REP:
		put_realm(e, field_of(message, 3));
		break;
	default:
		put_realm(e, field_of(message, 9));
		put_error_code(e, field_of(message, 6));
		break;
	}
}

static void read_message(struct span octets, struct emit *to)
{
	struct cursor c = cursor_over(octets);
	struct ber message;
	bool whole = ber_next(&c, &message);
	const struct kind *kind = kind_of(message.tag);
	struct event *e;

	if (!kind)
		return;
	e = emit_begin(to, kind);
	put_fields(e, message.tag, message.content);
	if (!whole)
		emit_malformed(to, e, "message runs past the end");
	emit_end(to, e);
}

/* RFC 4120 7.2.2. The first bit of the length is reserved. */
static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct cursor c = cursor_over(octets);
	uint32_t length = cursor_be32(&c);
	struct span message;

	(void)state;
	(void)from;
	if (!cursor_ok(&c))
		return STREAM_MORE;
	if (length & UINT32_C(1) << 31)
		return STREAM_STOP;
	if (length > WAIT_MAX)
		return LENGTH_LEN + (size_t)length;
	message = cursor_take(&c, length);
	if (!cursor_ok(&c))
		return STREAM_MORE;
	read_message(message, to);
	return LENGTH_LEN + (size_t)length;
}

const struct dissector kerberos_dissector = {
	.name = "kerberos",
	.standards = "RFC 4120",
	.kinds = kinds,
	.udp_ports = ports,
	.tcp_ports = ports,
	.datagram = read_message,
	.state_size = 1,
	.stream = read_stream,
};
