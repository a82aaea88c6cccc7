/* DNS messages, octets to parts. Rules: RFC 1035 4.1, RFC 6895 2 (the header of today). */
#include "dissectors/dns_message.h"

#include "dissectors/dns_codes.h"

enum {
	MESSAGE_MIN = DNS_HEADER_LEN + 5,       /* with a question for the root */
	RCODE_USUAL_MAX = 10,
	EXTRA_MAX = 2,                  /* records in a query: OPT, TSIG */
	NETBIOS_LABEL_LEN = 32,         /* RFC 1001 14.1: its names are 32 letters from A to P */
};

bool dns_header_read(struct cursor *c, struct dns_header *ret)
{
	ret->id = cursor_be16(c);
	ret->flags = cursor_be16(c);
	ret->questions = cursor_be16(c);
	for (int s = 0; s < DNS_SECTIONS; s++)
		ret->records[s] = cursor_be16(c);
	return cursor_ok(c);
}

bool dns_question_read(struct cursor *c, struct dns_question *ret)
{
	ret->named = dns_name_read(c, &ret->name);
	ret->type = cursor_be16(c);
	ret->class = cursor_be16(c);
	return cursor_ok(c);
}

bool dns_resource_read(struct cursor *c, struct dns_resource *ret)
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

/* ---- recognising ---- */

static bool header_is_plausible(const struct dns_header *h)
{
	return dns_opcode_name(dns_header_opcode(h)) && !(h->flags & DNS_ZERO) && h->questions == 1 && (h->flags & DNS_RCODE) <= RCODE_USUAL_MAX;
}

static bool header_is_sure(const struct dns_header *h)
{
	if (!header_is_plausible(h) || dns_header_opcode(h) != 0)
		return false;
	return h->flags & DNS_RESPONSE || (!(h->flags & (DNS_AUTHORITATIVE | DNS_TRUNCATED | DNS_RCODE)) && h->records[DNS_ANSWERS] == 0 &&
		h->records[DNS_AUTHORITY] == 0 && h->records[DNS_ADDITIONAL] <= EXTRA_MAX);
}

static bool question_is_plausible(const struct dns_question *q)
{
	return q->class == DNS_CLASS_IN || q->class == DNS_CLASS_CHAOS || q->class == DNS_CLASS_HESIOD || q->class == DNS_CLASS_NONE ||
		q->class == DNS_CLASS_ANY;
}

static bool name_is_netbios(const struct dns_name *n)
{
	size_t len = 0;

	while (len < n->len && n->text[len] >= 'A' && n->text[len] <= 'P')
		len++;
	return len == NETBIOS_LABEL_LEN && (len == n->len || n->text[len] == '.');
}

static bool question_is_sure(const struct dns_question *q)
{
	if (q->named != DNS_NAME_GOOD || q->name.compressed)
		return false;
	for (size_t i = 0; i < q->name.len; i++)
		if (q->name.text[i] <= ' ' || q->name.text[i] > '~' || q->name.text[i] == '\\')
			return false;
	return q->class == DNS_CLASS_IN && dns_type_known(q->type) && !name_is_netbios(&q->name);
}

bool dns_message_is_sure(struct span message)
{
	struct cursor c = cursor_over(message);
	struct dns_header h;
	struct dns_question q;
	struct dns_resource r;

	if (!dns_header_read(&c, &h) || !header_is_sure(&h) || !dns_question_read(&c, &q) || !question_is_sure(&q))
		return false;
	for (int s = 0; s < DNS_SECTIONS; s++)
		for (unsigned n = 0; n < h.records[s]; n++)
			if (!dns_resource_read(&c, &r) || r.named != DNS_NAME_GOOD)
				return false;
	return cursor_left(&c) == 0;
}

enum dns_answer dns_message_begins(struct span octets, bool sure)
{
	struct cursor c = cursor_over(octets), message;
	uint16_t length = cursor_be16(&c);
	struct dns_header h;
	struct dns_question q;

	if (!cursor_ok(&c))
		return DNS_MORE;
	if (length < MESSAGE_MIN)
		return DNS_NO;
	message = cursor_over(span_part(octets, DNS_LENGTH_LEN, length));
	if (!dns_header_read(&message, &h))
		return DNS_MORE;
	if (!(sure ? header_is_sure(&h) : header_is_plausible(&h)))
		return DNS_NO;
	if (!dns_question_read(&message, &q))
		return cursor_left(&c) < length && (q.named == DNS_NAME_CUT || q.named == DNS_NAME_GOOD) ? DNS_MORE : DNS_NO;
	return (sure ? question_is_sure(&q) : question_is_plausible(&q)) ? DNS_YES : DNS_NO;
}
