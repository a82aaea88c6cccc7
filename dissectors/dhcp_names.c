/*
 * Names in DHCP options: label lists as in RFC 1035 section 3.1, with compression in option 119 (RFC 3397) and without it in option 120 (RFC 3361).
 *
 *      option 120      00 | 03 s i p 03 a b c 03 c o m 00 | ...        names
 *                      01 | address | address ...                      IPv4
 */
#include "dissectors/dhcp.h"
#include "dissectors/dhcp_parts.h"

#include "base/text.h"

enum {
	SEARCH_LIST = 119, SIP_SERVERS = 120,
	ENCODING_NAMES = 0, ENCODING_ADDRESSES = 1,
	LABEL_MAX = 63, NAME_MAX_OCTETS = 255,
	POINTER = 0xc0,         /* both bits set: the rest is an offset (RFC 1035 section 4.1.4) */
	SEARCH_NAMES_MAX = 256, /* a pointer makes 255 octets of two: a bound of our own on what an option can grow to */
};

struct name {
	char text[NAME_MAX_OCTETS + 1];
	size_t len;
};

static void malformed(struct emit *to, struct event *e, unsigned code, const char *why)
{
	emit_malformed(to, e, arena_printf(e->fields.arena, "option %u: %s", code, why));
}

static const char *label_read(struct cursor *c, uint8_t len, struct name *ret)
{
	struct span label = cursor_take(c, len);

	if (!cursor_ok(c))
		return "runs past the end";
	if (memchr(label.data, '.', label.len))
		return "dot in a label";
	if (ret->len)
		ret->text[ret->len++] = '.';
	if (ret->len + label.len + 2 > NAME_MAX_OCTETS)         /* the length of the first label, and the root's */
		return "name too long";
	memcpy(ret->text + ret->len, label.data, label.len);
	ret->len += label.len;
	return NULL;
}

/*
 * One name, written with dots; empty for the root. Returns why it cannot be read, or NULL. `whole` is what pointers count from; NULL where there
 * may be none. A pointer leads before the octets that led to it, so that the reading ends.
 */
static const char *name_read(struct cursor *c, const struct span *whole, struct name *ret)
{
	size_t start = cursor_offset(c);
	struct cursor aside, *at = c;

	ret->len = 0;
	for (;;) {
		const char *why;
		uint8_t len;

		if (!cursor_left(at))
			return "no final zero";
		len = cursor_u8(at);
		if (len == 0)
			return NULL;
		if ((len & POINTER) == POINTER) {
			size_t target = (size_t)(len & ~POINTER) << 8 | cursor_u8(at);

			if (!whole)
				return "compressed";
			if (!cursor_ok(at))
				return "runs past the end";
			if (target >= start)
				return "bad pointer";
			start = target;
			aside = cursor_over(span_part(*whole, target, whole->len));
			at = &aside;
			continue;
		}
		if (len > LABEL_MAX)
			return "label too long";
		why = label_read(at, len, ret);
		if (why)
			return why;
	}
}

/* Names one after the other, those that can be read as a list under `f`. Returns why the rest cannot be read, or NULL. */
static const char *names_put(struct event *e, const struct field *f, struct span names, const struct span *whole, size_t max)
{
	struct cursor c = cursor_over(names);
	struct record *list = NULL;
	struct name n;

	for (size_t count = 0; cursor_left(&c); count++) {
		const char *why = count < max ? name_read(&c, whole, &n) : "too many names";

		if (why)
			return why;
		if (n.len == 0)
			continue;
		if (!list)
			list = put_list(&e->fields, f);
		put_name(list, NULL, span_of(n.text, n.len));
	}
	return list ? NULL : "empty";
}

void dhcp_put_search_list(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value)
{
	const char *why = names_put(e, f, value, &value, SEARCH_NAMES_MAX);

	if (why)
		malformed(to, e, code, why);
}

static bool span_is_printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] < 0x20 || s.data[i] > 0x7e)
			return false;
	return true;
}

static bool span_is_names(struct span s)
{
	struct cursor c = cursor_over(s);
	struct name n;

	while (cursor_left(&c))
		if (name_read(&c, NULL, &n))
			return false;
	return true;
}

static void sip_addresses_put(struct emit *to, struct event *e, struct span addresses)
{
	if (addresses.len == 0)
		malformed(to, e, SIP_SERVERS, "empty");
	else
		dhcp_put_addresses(to, e, &dhcp_sip_servers, SIP_SERVERS, addresses);
}

/* Neither encoding of RFC 3361: where the value reads as a name in plain text or in labels, somebody left the encoding out. */
static void sip_other_encoding(struct emit *to, struct event *e, struct span value)
{
	if (span_is_printable(value) || span_is_names(value))
		malformed(to, e, SIP_SERVERS, "no encoding octet");
	else
		malformed(to, e, SIP_SERVERS, arena_printf(e->fields.arena, "encoding %u", value.data[0]));
}

void dhcp_put_sip_servers(struct emit *to, struct event *e, struct span value)
{
	struct span list = span_part(value, 1, value.len);
	const char *why;

	if (value.len == 0) {
		malformed(to, e, SIP_SERVERS, "no encoding octet");
		return;
	}
	put_number(&e->fields, &dhcp_sip_encoding, value.data[0]);
	if (value.data[0] == ENCODING_ADDRESSES) {
		sip_addresses_put(to, e, list);
	} else if (value.data[0] == ENCODING_NAMES) {
		why = names_put(e, &dhcp_sip_servers, list, NULL, list.len);
		if (why)
			malformed(to, e, SIP_SERVERS, why);
	} else {
		sip_other_encoding(to, e, value);
	}
}
