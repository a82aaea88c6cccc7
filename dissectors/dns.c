/*
 * DNS over UDP and TCP. Names: dns_name.c; names of numbers: dns_codes.c.
 *
 *   message:   id 2, flags 2, counts 4 x 2, questions, answers, authority, additional       (RFC 1035 4.1)
 *   question:  name, type 2, class 2
 *   record:    name, type 2, class 2, ttl 4, length 2, data
 *   stream:    length 2, message, length 2, message ...                                     (RFC 7766 8)
 *
 * Only operation QUERY makes events. Multicast DNS and LLMNR have the same form and are no DNS of the contract.
 */
#include "dissectors/dns.h"

#include "dissectors/dns_codes.h"
#include "dissectors/dns_name.h"

enum {
	FLAG_RESPONSE = 0x8000, FLAG_AUTHORITATIVE = 0x0400, FLAG_TRUNCATED = 0x0200, FLAG_ZERO = 0x0040, RCODE = 0x000f,
	HEADER_LEN = 12,
	LENGTH_LEN = 2,                 /* in front of each message of a stream */
	CLASS_IN = 1, CLASS_CHAOS = 3, CLASS_HESIOD = 4, CLASS_NONE = 254, CLASS_ANY = 255,
	MESSAGE_MIN = HEADER_LEN + 5,   /* with a question for the root */
	RECOGNISE_LEN = LENGTH_LEN + HEADER_LEN + DNS_NAME_MAX + 4,     /* a message can be recognised by so many octets of a stream */
	RCODE_USUAL_MAX = 10,
	PORT_NETBIOS = 137, PORT_MDNS = 5353, PORT_LLMNR = 5355,
	NETBIOS_LABEL_LEN = 32,         /* RFC 1001 14.1: its names are 32 letters from A to P */
	PATIENCE = 64 * 1024,           /* so many octets of a stream may come before the first that is DNS: the capture may begin inside a message */
};

enum section { SECTION_ANSWERS, SECTION_AUTHORITY, SECTION_ADDITIONAL, SECTIONS };

struct header {
	uint16_t id, flags, questions;
	uint16_t records[SECTIONS];
};

struct question {
	struct dns_name name;
	enum dns_name_answer named;
	uint16_t type, class;
};

struct state {
	bool seen;              /* a message came already */
	bool lost[2];           /* each side: where the next message begins is not known */
	size_t strange;         /* octets passed over before anything was DNS */
};

const struct kind dns_query = { .proto = "dns", .name = "query" };
const struct kind dns_response = { .proto = "dns", .name = "response" };

const struct field dns_id = { "id" };
const struct field dns_transport = { "transport" };
const struct field dns_qname = { "qname" };
const struct field dns_qtype = { "qtype" };
const struct field dns_questions = { "questions" };
const struct field dns_rcode = { "rcode" };
const struct field dns_truncated = { "truncated" };
const struct field dns_answers = { "answers" };
const struct field dns_authority = { "authority" };
const struct field dns_additional = { "additional" };
const struct field dns_name = { "name" };
const struct field dns_type = { "type" };
const struct field dns_ttl = { "ttl" };
const struct field dns_address = { "address" };
const struct field dns_target = { "target" };
const struct field dns_priority = { "priority" };
const struct field dns_weight = { "weight" };
const struct field dns_port = { "port" };
const struct field dns_data = { "data" };

static const struct kind *const kinds[] = { &dns_query, &dns_response, NULL };
static const uint16_t ports[] = { 53, 0 };

static const struct { const struct field *field; const char *broken; } sections[SECTIONS] = {
	[SECTION_ANSWERS] = { &dns_answers, "the answers end early or have no names" },
	[SECTION_AUTHORITY] = { &dns_authority, "the authority records end early or have no names" },
	[SECTION_ADDITIONAL] = { &dns_additional, "the additional records end early or have no names" },
};

static bool read_header(struct cursor *c, struct header *ret)
{
	ret->id = cursor_be16(c);
	ret->flags = cursor_be16(c);
	ret->questions = cursor_be16(c);
	for (int s = 0; s < SECTIONS; s++)
		ret->records[s] = cursor_be16(c);
	return cursor_ok(c);
}

static uint8_t header_opcode(const struct header *h)
{
	return h->flags >> 11 & 15;
}

static bool read_question(struct cursor *c, struct question *ret)
{
	ret->named = dns_name_read(c, &ret->name);
	ret->type = cursor_be16(c);
	ret->class = cursor_be16(c);
	return cursor_ok(c);
}

/* ---- names that cannot be told ---- */

static const char bad_name[] = "a name is too long, or its pointers lead nowhere";

static void put_name_of(struct record *r, const struct field *f, const struct dns_name *n, enum dns_name_answer answer, struct event *e, struct emit *to)
{
	if (answer == DNS_NAME_GOOD)
		put_name(r, f, dns_name_span(n));
	else
		emit_malformed(to, e, bad_name);
}

static void put_question(struct record *r, const struct question *q, struct event *e, struct emit *to)
{
	char room[DNS_CODE_TEXT];

	put_name_of(r, &dns_qname, &q->name, q->named, e, to);
	put_string(r, &dns_qtype, dns_type_name(q->type, room));
}

/* ---- records ---- */

static bool put_target(struct record *r, struct cursor *data)
{
	struct dns_name target;

	if (dns_name_read(data, &target) != DNS_NAME_GOOD)
		return false;
	put_name(r, &dns_target, dns_name_span(&target));
	return true;
}

static bool put_address(struct record *r, struct cursor *data, size_t len)
{
	struct span octets = cursor_rest(data);

	if (octets.len != len)
		return false;
	put_addr(r, &dns_address, addr_from(octets));
	return true;
}

static bool put_exchange(struct record *r, struct cursor *data)
{
	uint16_t priority = cursor_be16(data);
	struct dns_name target;

	if (dns_name_read(data, &target) != DNS_NAME_GOOD)
		return false;
	put_number(r, &dns_priority, priority);
	put_name(r, &dns_target, dns_name_span(&target));
	return true;
}

static bool put_service(struct record *r, struct cursor *data)
{
	uint16_t priority = cursor_be16(data), weight = cursor_be16(data), port = cursor_be16(data);
	struct dns_name target;

	if (dns_name_read(data, &target) != DNS_NAME_GOOD)
		return false;
	put_number(r, &dns_priority, priority);
	put_number(r, &dns_weight, weight);
	put_number(r, &dns_port, port);
	put_name(r, &dns_target, dns_name_span(&target));
	return true;
}

static void put_other(struct record *r, struct span octets)
{
	if (octets.len)
		put_octets(r, &dns_data, octets);
}

/* False, and nothing put, where the data is not what the type wants. */
static bool put_data(struct record *r, uint16_t type, struct cursor *data)
{
	switch (type) {
	case DNS_A: return put_address(r, data, 4);
	case DNS_AAAA: return put_address(r, data, 16);
	case DNS_SRV: return put_service(r, data);
	case DNS_MX: return put_exchange(r, data);
	case DNS_NS: case DNS_CNAME: case DNS_PTR: case DNS_DNAME:
		return put_target(r, data);
	default:
		put_other(r, cursor_rest(data));
		return true;
	}
}

struct resource {
	struct dns_name name;
	enum dns_name_answer named;
	uint16_t type, class;
	uint32_t ttl;
	struct cursor data;     /* over the record's data; begins, for pointers, where the message begins */
};

static bool read_resource(struct cursor *c, struct resource *ret)
{
	struct span data;

	ret->named = dns_name_read(c, &ret->name);
	ret->type = cursor_be16(c);
	ret->class = cursor_be16(c);
	ret->ttl = cursor_be32(c);
	data = cursor_take(c, cursor_be16(c));
	ret->data = (struct cursor){ .begin = c->begin, .at = data.data, .end = data.data + data.len };
	return cursor_ok(c);
}

/* Data that is not what the type wants: only as octets. Of classes other than IN it may have another form (RFC 1035 3.4: A). */
static void put_resource(struct record *list, struct resource *r, struct event *e, struct emit *to)
{
	struct record *out = put_record(list, NULL);
	struct span octets = span_of(r->data.at, cursor_left(&r->data));
	char room[DNS_CODE_TEXT];

	put_name_of(out, &dns_name, &r->name, r->named, e, to);
	put_string(out, &dns_type, dns_type_name(r->type, room));
	put_number(out, &dns_ttl, r->ttl);
	if (put_data(out, r->type, &r->data))
		return;
	put_other(out, octets);
	if (r->class == CLASS_IN)
		emit_malformed(to, e, "a record's data is not what its type wants");
}

/* OPT is no record but a longer header (RFC 6891 6.1.1). */
static bool read_section(struct cursor *c, enum section section, uint16_t count, struct event *e, struct emit *to)
{
	struct record *list = NULL;
	struct resource r;

	for (; count; count--) {
		if (!read_resource(c, &r)) {
			emit_malformed(to, e, sections[section].broken);
			return false;
		}
		if (r.type == DNS_OPT)
			continue;
		if (!list)
			list = put_list(&e->fields, sections[section].field);
		put_resource(list, &r, e, to);
	}
	return true;
}

/* ---- messages ---- */

static bool read_questions(struct cursor *c, unsigned count, struct event *e, struct emit *to)
{
	struct record *list = NULL;
	struct question q;

	for (; count; count--) {
		if (!read_question(c, &q)) {
			emit_malformed(to, e, "the questions end early or have no names");
			return false;
		}
		if (!list)
			list = put_list(&e->fields, &dns_questions);
		put_question(put_record(list, NULL), &q, e, to);
	}
	return true;
}

static struct event *begin(const struct header *h, const char *transport, struct emit *to)
{
	struct event *e = emit_begin(to, h->flags & FLAG_RESPONSE ? &dns_response : &dns_query);

	put_number(&e->fields, &dns_id, h->id);
	put_string(&e->fields, &dns_transport, transport);
	return e;
}

static void put_flags(struct record *r, const struct header *h)
{
	char room[DNS_CODE_TEXT];

	if (h->flags & FLAG_RESPONSE)
		put_string(r, &dns_rcode, dns_rcode_name(h->flags & RCODE, room));
	put_truth(r, &dns_truncated, h->flags & FLAG_TRUNCATED);
}

/* Octets whose first question cannot be read are hardly DNS: no event, unless the snap length is to blame. */
static void read_query(struct cursor *c, const struct header *h, const char *transport, struct emit *to)
{
	struct question first;
	bool has_first = h->questions && read_question(c, &first), good;
	struct event *e;

	if (h->questions && !has_first && !emit_is_cut(to)) {
		emit_malformed(to, NULL, "the first question ends early or has no name");
		return;
	}
	e = begin(h, transport, to);
	if (has_first)
		put_question(&e->fields, &first, e, to);
	good = cursor_ok(c) && read_questions(c, h->questions ? h->questions - 1u : 0, e, to);
	put_flags(&e->fields, h);
	for (int s = 0; good && s < SECTIONS; s++)
		good = read_section(c, (enum section)s, h->records[s], e, to);
	if (h->questions && !has_first)
		emit_malformed(to, e, "the first question ends early");
	emit_end(to, e);
}

static void read_message(struct span octets, const char *transport, struct emit *to)
{
	struct cursor c = cursor_over(octets);
	struct header h;

	if (!read_header(&c, &h)) {
		emit_malformed(to, NULL, "shorter than a header");
	} else if (header_opcode(&h) != 0) {
		const char *name = dns_opcode_name(header_opcode(&h));

		emit_counted(to, name ? name : "unknown operation");
	} else {
		read_query(&c, &h, transport, to);
	}
}

static bool port_is_other(uint16_t port)
{
	return port == PORT_MDNS || port == PORT_LLMNR || port == PORT_NETBIOS;
}

static void read_datagram(struct span octets, struct emit *to)
{
	const struct layers *l = emit_layers(to);

	if (!port_is_other(l->src_port) && !port_is_other(l->dst_port))
		read_message(octets, "udp", to);
}

/* ---- recognising ---- */

static bool header_is_usual(const struct header *h)
{
	if (header_opcode(h) != 0 || h->flags & FLAG_ZERO || h->questions != 1 || (h->flags & RCODE) > RCODE_USUAL_MAX)
		return false;
	if (h->flags & FLAG_RESPONSE)
		return true;
	return !(h->flags & (FLAG_AUTHORITATIVE | FLAG_TRUNCATED | RCODE)) && h->records[SECTION_ANSWERS] == 0 &&
		h->records[SECTION_AUTHORITY] == 0 && h->records[SECTION_ADDITIONAL] <= 2;     /* OPT, TSIG */
}

static bool name_is_netbios(const struct dns_name *n)
{
	size_t len = 0;

	while (len < n->len && n->text[len] >= 'A' && n->text[len] <= 'P')
		len++;
	return len == NETBIOS_LABEL_LEN && (len == n->len || n->text[len] == '.');
}

static bool question_is_usual(const struct question *q)
{
	if (q->named != DNS_NAME_GOOD)
		return false;
	for (size_t i = 0; i < q->name.len; i++)
		if (q->name.text[i] <= ' ' || q->name.text[i] > '~' || q->name.text[i] == '\\')
			return false;
	return !q->name.compressed && q->class == CLASS_IN && dns_type_known(q->type) && !name_is_netbios(&q->name);
}

static bool is_usual(struct span message)
{
	struct cursor c = cursor_over(message);
	struct header h;
	struct question q;
	struct resource r;

	if (!read_header(&c, &h) || !header_is_usual(&h) || !read_question(&c, &q) || !question_is_usual(&q))
		return false;
	for (int s = 0; s < SECTIONS; s++)
		for (unsigned n = 0; n < h.records[s]; n++)
			if (!read_resource(&c, &r) || r.named != DNS_NAME_GOOD)
				return false;
	return cursor_left(&c) == 0;
}

enum answer { NO, MORE, YES };

/* On DNS's own port the first message may be of any operation, type and class. */
static bool header_is_plausible(const struct header *h)
{
	return dns_opcode_name(header_opcode(h)) && !(h->flags & FLAG_ZERO) && h->questions == 1 && (h->flags & RCODE) <= RCODE_USUAL_MAX;
}

static bool question_is_plausible(const struct question *q)
{
	return q->class == CLASS_IN || q->class == CLASS_CHAOS || q->class == CLASS_HESIOD || q->class == CLASS_NONE || q->class == CLASS_ANY;
}

/* Whether a stream's message begins here, as far as its header and first question tell; `sure`: hardly anything else. */
static enum answer message_begins(struct span octets, bool sure)
{
	struct cursor c = cursor_over(octets), message;
	uint16_t length = cursor_be16(&c);
	struct header h;
	struct question q;

	if (!cursor_ok(&c))
		return MORE;
	message = cursor_over(span_part(octets, LENGTH_LEN, length));
	if (length < MESSAGE_MIN)
		return NO;
	if (!read_header(&message, &h))
		return MORE;
	if (!(sure ? header_is_usual(&h) : header_is_plausible(&h)))
		return NO;
	if (!read_question(&message, &q))
		return cursor_left(&c) < length && (q.named == DNS_NAME_CUT || q.named == DNS_NAME_GOOD) ? MORE : NO;
	return (sure ? question_is_usual(&q) : question_is_plausible(&q)) ? YES : NO;
}

static bool recognise(struct span octets, enum transport transport)
{
	struct cursor c = cursor_over(octets);
	uint16_t length;

	if (transport == TRANSPORT_UDP)
		return is_usual(octets);
	length = cursor_be16(&c);
	if (cursor_left(&c) < length)
		return message_begins(octets, true) == YES;
	return is_usual(cursor_take(&c, length));
}

/* ---- streams ---- */

/* How many octets to pass over to come to the next message, as an answer to the stream. */
static size_t resynchronise(struct state *st, enum side from, struct span octets)
{
	for (size_t i = 0; i < octets.len; i++) {
		switch (message_begins(span_part(octets, i, octets.len), true)) {
		case NO: continue;
		case MORE: return i ? i : STREAM_MORE;
		case YES:
			st->lost[from] = false;
			return i;
		}
	}
	return octets.len;
}

static size_t pass_strange(struct state *st, size_t octets)
{
	if (!st->seen && octets != STREAM_MORE)
		st->strange += octets;
	return st->strange > PATIENCE ? STREAM_STOP : octets;
}

/* Where no message can begin. */
static size_t refuse(struct state *st, enum side from, struct emit *to)
{
	if (st->seen)
		emit_malformed(to, NULL, "no DNS message where one should begin");
	st->lost[from] = true;
	return pass_strange(st, 1);
}

static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct state *st = state;
	struct cursor c = cursor_over(octets);
	uint16_t length = cursor_be16(&c);
	enum answer begins = YES;
	size_t passed;

	if (st->lost[from] && ((passed = resynchronise(st, from, octets)) != 0 || st->lost[from]))
		return pass_strange(st, passed);
	if (!st->seen)
		begins = message_begins(octets, false);
	if (begins == NO || (cursor_ok(&c) && length < HEADER_LEN))
		return refuse(st, from, to);
	if (begins == MORE || !cursor_ok(&c) || cursor_left(&c) < length)
		return STREAM_MORE;
	st->seen = true;
	read_message(cursor_take(&c, length), "tcp", to);
	return LENGTH_LEN + (size_t)length;
}

static bool survive_gap(void *state, enum side from, uint64_t missing, struct emit *to)
{
	struct state *st = state;

	(void)missing, (void)to;
	st->lost[from] = true;
	return true;
}

const struct dissector dns_dissector = {
	.name = "dns",
	.standards = "RFC 1035, RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6891 (EDNS), RFC 7766 (TCP)",
	.kinds = kinds,
	.udp_ports = ports,
	.tcp_ports = ports,
	.recognise = recognise,
	.datagram = read_datagram,
	.state_size = sizeof(struct state),
	.stream = read_stream,
	.gap = survive_gap,
};
