/* BER as LDAP uses it. Rules: X.690 8.1, RFC 4511 5.1. */
#include "dissectors/ber.h"

enum { LENGTH_LONG = 0x80, LENGTH_OCTETS_MAX = 4, TAG_NUMBER_LONG = 0x1f };

enum ber_answer ber_measure(struct span s, size_t *ret_header, uint64_t *ret_total)
{
	struct cursor c = cursor_over(s);
	uint8_t tag = cursor_u8(&c);
	uint64_t length = cursor_u8(&c);

	if (s.len && (tag & TAG_NUMBER_LONG) == TAG_NUMBER_LONG)
		return BER_BAD;
	if (length & LENGTH_LONG) {
		size_t octets = length & ~(uint64_t)LENGTH_LONG;

		if (octets == 0 || octets > LENGTH_OCTETS_MAX)
			return BER_BAD;
		length = cursor_big(&c, octets);
	}
	if (!cursor_ok(&c))
		return BER_MORE;
	*ret_header = cursor_offset(&c);
	*ret_total = cursor_offset(&c) + length;
	return BER_WHOLE;
}

bool ber_next(struct cursor *c, struct ber *ret)
{
	struct span left = span_of(c->at, c->failed ? 0 : cursor_left(c));
	size_t header;
	uint64_t total;

	*ret = (struct ber){ .tag = ber_peek(c) };
	if (ber_measure(left, &header, &total) != BER_WHOLE) {
		c->failed = true;
		return false;
	}
	cursor_skip(c, header);
	if (total > left.len) {
		ret->content = cursor_rest(c);
		c->failed = true;
		return false;
	}
	ret->content = cursor_take(c, (size_t)total - header);
	return true;
}

bool ber_expect(struct cursor *c, uint8_t tag, struct span *ret)
{
	struct ber element;
	bool whole = ber_next(c, &element);

	if (!whole || element.tag != tag)
		c->failed = true;
	*ret = cursor_ok(c) ? element.content : span_of(c->end, 0);
	return cursor_ok(c);
}

bool ber_number(struct cursor *c, uint8_t tag, uint64_t *ret)
{
	struct span content;
	struct cursor n;

	*ret = 0;
	if (!ber_expect(c, tag, &content))
		return false;
	if (content.len == 0 || content.len > 8 || content.data[0] & 0x80) {
		c->failed = true;
		return false;
	}
	n = cursor_over(content);
	*ret = cursor_big(&n, content.len);
	return true;
}

uint8_t ber_peek(const struct cursor *c)
{
	return cursor_left(c) && cursor_ok(c) ? *c->at : 0;
}
