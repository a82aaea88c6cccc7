/*
 * DNS over UDP and TCP: what a message tells, and where messages begin and end in a stream. Octets of messages: dns_message.c; names: dns_name.c;
 * names of numbers: dns_codes.c.
 *
 * Only operation QUERY makes events. Multicast DNS and LLMNR have the same form and are no DNS of the contract.
 */
#include "dissectors/dns.h"

#include "dissectors/dns_codes.h"
#include "dissectors/dns_message.h"
#include "dissectors/search.h"

enum {
	PORT_NETBIOS = 137, PORT_MDNS = 5353, PORT_LLMNR = 5355,
};

struct state {
	struct search search;
	bool lost[2];           /* each side: where the next message begins is not known */
};

/* A message while it is read. */
struct reading {
	struct event *event;
	const char *problem;    /* the first that was met, or NULL */
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

static const struct { const struct field *field; const char *broken; } sections[DNS_SECTIONS] = {
	[DNS_ANSWERS] = { &dns_answers, "the answers end early" },
	[DNS_AUTHORITY] = { &dns_authority, "the authority records end early" },
	[DNS_ADDITIONAL] = { &dns_additional, "the additional records end early" },
};

static void complain(struct reading *m, const char *problem)
{
	if (!m->problem)
		m->problem = problem;
}

static void put_name_of(struct record *r, const struct field *f, const struct dns_name *n, enum dns_name_answer answer, struct reading *m)
{
	if (answer == DNS_NAME_GOOD)
		put_name(r, f, dns_name_span(n));
	else
		complain(m, "a name is too long, or its pointers lead nowhere");
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

/* Data that is not what the type wants: only as octets. Of classes other than IN it may have another form (RFC 1035 3.4: A). */
static void put_resource(struct record *list, struct dns_resource *r, struct reading *m)
{
	struct record *out = put_record(list, NULL);
	struct span octets = span_of(r->data.at, cursor_left(&r->data));
	char room[DNS_CODE_TEXT];

	put_name_of(out, &dns_name, &r->name, r->named, m);
	put_string(out, &dns_type, dns_type_name(r->type, room));
	put_number(out, &dns_ttl, r->ttl);
	if (put_data(out, r->type, &r->data))
		return;
	put_other(out, octets);
	if (r->class == DNS_CLASS_IN)
		complain(m, "a record's data is not what its type wants");
}

/* OPT is no record but a longer header (RFC 6891 6.1.1). */
static bool read_section(struct cursor *c, enum dns_section section, uint16_t count, struct reading *m)
{
	struct record *list = NULL;
	struct dns_resource r;

	for (; count; count--) {
		if (!dns_resource_read(c, &r)) {
			complain(m, sections[section].broken);
			return false;
		}
		if (r.type == DNS_OPT)
			continue;
		if (!list)
			list = put_list(&m->event->fields, sections[section].field);
		put_resource(list, &r, m);
	}
	return true;
}

/* ---- messages ---- */

static void put_question(struct record *r, const struct dns_question *q, struct reading *m)
{
	char room[DNS_CODE_TEXT];

	put_name_of(r, &dns_qname, &q->name, q->named, m);
	put_string(r, &dns_qtype, dns_type_name(q->type, room));
}

/* Those behind the first. */
static bool read_questions(struct cursor *c, const struct dns_header *h, struct reading *m)
{
	struct record *list = NULL;
	struct dns_question q;

	for (unsigned n = 1; n < h->questions; n++) {
		if (!dns_question_read(c, &q)) {
			complain(m, "the questions end early");
			return false;
		}
		if (!list)
			list = put_list(&m->event->fields, &dns_questions);
		put_question(put_record(list, NULL), &q, m);
	}
	return cursor_ok(c);
}

static struct event *begin(const struct dns_header *h, const char *transport, struct emit *to)
{
	struct event *e = emit_begin(to, h->flags & DNS_RESPONSE ? &dns_response : &dns_query);

	put_number(&e->fields, &dns_id, h->id);
	put_string(&e->fields, &dns_transport, transport);
	return e;
}

static void put_flags(struct record *r, const struct dns_header *h)
{
	char room[DNS_CODE_TEXT];

	if (h->flags & DNS_RESPONSE)
		put_string(r, &dns_rcode, dns_rcode_name(h->flags & DNS_RCODE, room));
	put_truth(r, &dns_truncated, h->flags & DNS_TRUNCATED);
}

/* Octets whose first question cannot be read are hardly DNS: no event, unless the snap length is to blame. */
static void read_query(struct cursor *c, const struct dns_header *h, const char *transport, struct emit *to)
{
	static const char no_question[] = "the first question ends early";
	struct dns_question first;
	bool has_first = h->questions && dns_question_read(c, &first), good;
	struct reading m = { .problem = h->questions && !has_first ? no_question : NULL };

	if (m.problem && !emit_is_cut(to)) {
		emit_malformed(to, NULL, m.problem);
		return;
	}
	m.event = begin(h, transport, to);
	if (has_first)
		put_question(&m.event->fields, &first, &m);
	good = cursor_ok(c) && read_questions(c, h, &m);
	put_flags(&m.event->fields, h);
	for (int s = 0; good && s < DNS_SECTIONS; s++)
		good = read_section(c, (enum dns_section)s, h->records[s], &m);
	if (m.problem)
		emit_malformed(to, m.event, m.problem);
	emit_end(to, m.event);
}

static void read_message(struct span octets, const char *transport, struct emit *to)
{
	struct cursor c = cursor_over(octets);
	struct dns_header h;

	if (!dns_header_read(&c, &h)) {
		emit_malformed(to, NULL, "shorter than a header");
	} else if (dns_header_opcode(&h) != 0) {
		const char *name = dns_opcode_name(dns_header_opcode(&h));

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

static bool recognise(struct span octets, enum transport transport)
{
	struct cursor c = cursor_over(octets);
	uint16_t length;

	if (transport == TRANSPORT_UDP)
		return dns_message_is_sure(octets);
	length = cursor_be16(&c);
	if (cursor_left(&c) < length)
		return dns_message_begins(octets, true) == DNS_YES;
	return dns_message_is_sure(cursor_take(&c, length));
}

/* ---- streams ---- */

/* How many octets to pass over to come to the next message, as an answer to the stream. */
static size_t resynchronise(struct state *st, enum side from, struct span octets)
{
	for (size_t i = 0; i < octets.len; i++) {
		switch (dns_message_begins(span_part(octets, i, octets.len), true)) {
		case DNS_NO: continue;
		case DNS_MORE: return i ? i : STREAM_MORE;
		case DNS_YES:
			st->lost[from] = false;
			return i;
		}
	}
	return octets.len;
}

/* Where no message can begin. */
static size_t refuse(struct state *st, enum side from, struct emit *to)
{
	if (st->search.seen)
		emit_malformed(to, NULL, "no DNS message where one should begin");
	st->lost[from] = true;
	return search_pass(&st->search, 1);
}

static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct state *st = state;
	struct cursor c = cursor_over(octets);
	uint16_t length = cursor_be16(&c);
	enum dns_answer begins = DNS_YES;
	size_t passed;

	if (st->lost[from] && ((passed = resynchronise(st, from, octets)) != 0 || st->lost[from]))
		return search_pass(&st->search, passed);
	if (!st->search.seen)
		begins = dns_message_begins(octets, false);
	if (begins == DNS_NO || (cursor_ok(&c) && length < DNS_HEADER_LEN))
		return refuse(st, from, to);
	if (begins == DNS_MORE || !cursor_ok(&c) || cursor_left(&c) < length)
		return STREAM_MORE;
	st->search.seen = true;
	read_message(cursor_take(&c, length), "tcp", to);
	return DNS_LENGTH_LEN + (size_t)length;
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
