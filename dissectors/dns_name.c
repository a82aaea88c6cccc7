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

/* A pointer leads to an earlier name (4.1.4), which has ended before the one that points to it began: so `at` is cut there, and names cannot loop. */
static bool follow(struct cursor *at, const uint8_t *began, uint8_t head)
{
	size_t target = (size_t)(head & ~LABEL_FORM) << 8 | cursor_u8(at);

	if (!cursor_ok(at) || target >= (size_t)(began - at->begin))
		return false;
	at->end = began;
	at->at = at->begin + target;
	return true;
}

/* `octets`: of the name so far, the root's counted. */
static bool read_labels(struct cursor *c, struct dns_name *n)
{
	struct cursor at = *c;
	const uint8_t *began = c->at;
	size_t octets = 1;
	unsigned hops = 0;

	for (;;) {
		uint8_t head = cursor_u8(&at);

		if (!cursor_ok(&at)) {
			n->unfinished = hops == 0;
			return false;
		}
		if ((head & LABEL_FORM) == LABEL_POINTER) {
			if (++hops > HOPS_MAX)
				return false;
			if (hops == 1)
				*c = at, cursor_skip(c, 1);
			if (!follow(&at, began, head))
				return false;
			began = at.at;
		} else if ((head & LABEL_FORM) == LABEL_PLAIN) {
			octets += head ? 1u + head : 0;
			if (octets > DNS_NAME_MAX)
				return false;
			if (head == 0)
				break;
			add_label(n, cursor_take(&at, head));
		} else {
			return false;
		}
	}
	n->compressed = hops > 0;
	if (hops == 0)
		*c = at;
	return true;
}

bool dns_name_read(struct cursor *c, struct dns_name *ret)
{
	ret->len = 0;
	ret->unfinished = false;
	if (!cursor_ok(c) || !read_labels(c, ret)) {
		c->failed = true;
		return false;
	}
	if (ret->len == 0)
		ret->text[ret->len++] = '.';
	return true;
}
