/* Names in DNS messages. Rules: RFC 1035 2.3.4, 3.1, 4.1.4. */
#include "dissectors/dns_name.h"

enum {
	LABEL_FORM = 0xc0, LABEL_PLAIN = 0x00, LABEL_POINTER = 0xc0,    /* the two other forms are obsolete (RFC 6891 5) */
	HOPS_MAX = 127,         /* no name has more labels, so none needs more pointers */
};

static void add_octet(struct dns_name *n, uint8_t octet)
{
	static const char digits[] = "0123456789abcdef";

	if (octet > 0x1f && octet != 0x7f && octet != '.' && octet != '\\') {
		n->text[n->len++] = (char)octet;
		return;
	}
	n->text[n->len++] = '\\';
	n->text[n->len++] = 'x';
	n->text[n->len++] = digits[octet >> 4];
	n->text[n->len++] = digits[octet & 15];
}

static void add_label(struct dns_name *n, struct span label)
{
	if (n->len)
		n->text[n->len++] = '.';
	for (size_t i = 0; i < label.len; i++)
		add_octet(n, label.data[i]);
}

/* Over the labels to the root or the first pointer, which ends the name where it stands. */
static enum dns_name_answer pass(struct cursor *c)
{
	for (;;) {
		uint8_t head = cursor_u8(c);

		switch (head & LABEL_FORM) {
		case LABEL_POINTER:
			cursor_skip(c, 1);
			return cursor_ok(c) ? DNS_NAME_GOOD : DNS_NAME_CUT;
		case LABEL_PLAIN:
			if (head == 0)
				return cursor_ok(c) ? DNS_NAME_GOOD : DNS_NAME_CUT;
			cursor_skip(c, head);
			break;
		default:
			c->failed = true;
			return DNS_NAME_ENDLESS;
		}
	}
}

/* A pointer leads to an earlier name (4.1.4), which ended before the one that points to it began, at `*began`: so names cannot loop. */
static bool follow(struct cursor *at, const uint8_t **began, uint8_t head)
{
	size_t target = (size_t)(head & ~LABEL_FORM) << 8 | cursor_u8(at);

	if (!cursor_ok(at) || target >= (size_t)(*began - at->begin))
		return false;
	at->end = *began;
	at->at = *began = at->begin + target;
	return true;
}

static bool read_labels(struct cursor at, struct dns_name *n)
{
	const uint8_t *began = at.at;
	size_t octets = 1;              /* with the root's */
	unsigned hops = 0;

	for (;;) {
		uint8_t head = cursor_u8(&at);

		if ((head & LABEL_FORM) == LABEL_POINTER) {
			if (++hops > HOPS_MAX || !follow(&at, &began, head))
				return false;
			continue;
		}
		octets += head ? 1u + head : 0;
		if (!cursor_ok(&at) || (head & LABEL_FORM) != LABEL_PLAIN || octets > DNS_NAME_MAX)
			return false;
		n->compressed = hops > 0;
		if (head == 0)
			return true;
		add_label(n, cursor_take(&at, head));
	}
}

enum dns_name_answer dns_name_read(struct cursor *c, struct dns_name *ret)
{
	struct cursor start = *c;
	enum dns_name_answer answer = pass(c);

	ret->len = 0;
	if (answer == DNS_NAME_GOOD && !read_labels(start, ret))
		answer = DNS_NAME_BAD;
	if (ret->len == 0)
		ret->text[ret->len++] = '.';
	return answer;
}
