/*
 * The Netlogon attribute. Rules: [MS-ADTS] 6.3.1.3 (opcodes), 6.3.1.7 to 6.3.1.9 (layouts), 6.3.7 (names). All numbers are little-endian.
 *
 *   RESPONSE_EX  opcode 2, zero 2, flags 4, domain GUID 16, eight compressed names, [address], [name], tail
 *   RESPONSE     opcode 2, three UTF-16 texts, two GUIDs 32, three compressed names, address 4, flags 4, tail
 *   NT40         opcode 2, three UTF-16 texts, tail
 *   tail         version 4, ff ff ff ff
 *
 * The opcode tells RESPONSE_EX from the others; whether anything stands between the texts and the tail tells RESPONSE from NT40.
 */
#include "dissectors/netlogon.h"

#include "base/text.h"
#include "dissectors/ldap.h"

enum {
	OPCODE_RESPONSE = 19, OPCODE_PAUSED = 20, OPCODE_USER_UNKNOWN = 21,
	OPCODE_RESPONSE_EX = 23, OPCODE_PAUSED_EX = 24, OPCODE_USER_UNKNOWN_EX = 25,
	TAIL_LEN = 8, GUID_LEN = 16, NAME_MAX_LEN = 255, LABEL_MAX = 63, POINTER = 0xc0,
};

/* Labels from `c` on. A pointer counts from the start of the value (`whole`) and must go back beyond the one before it: no loop is possible. */
static bool read_name(struct span whole, struct cursor *c, struct text *to)
{
	struct cursor at = *c;
	size_t before = cursor_offset(&at);
	bool jumped = false;
	uint8_t len;

	while ((len = cursor_u8(&at)) != 0) {
		if (len >= POINTER) {
			size_t target = (size_t)(len & ~POINTER) << 8 | cursor_u8(&at);

			if (!cursor_ok(&at) || target >= before)
				break;
			if (!jumped)
				*c = at;
			jumped = true;
			before = target;
			at = cursor_over(whole);
			cursor_skip(&at, target);
			continue;
		}
		if (len > LABEL_MAX || to->len + len + 1 > NAME_MAX_LEN)
			break;
		text_add(to, to->len ? "." : "");
		text_add_span(to, cursor_take(&at, len));
	}
	if (!jumped)
		*c = at;
	if (!cursor_ok(&at) || len)
		c->failed = true;
	return cursor_ok(c);
}

static void put_label(struct record *r, const struct field *f, struct span name, bool is_host_name)
{
	if (name.len && is_host_name)
		put_name(r, f, name);
	else if (name.len)
		put_text(r, f, name);
}

static bool put_compressed(struct record *r, const struct field *f, struct span whole, struct cursor *c)
{
	bool is_host_name = f == &ldap_forest || f == &ldap_domain || f == &ldap_host;
	struct text name = text_start(NAME_MAX_LEN);

	if (read_name(whole, c, &name))
		put_label(r, f, span_of(text_string(&name), name.len), is_host_name);
	text_free(&name);
	return cursor_ok(c);
}

static void add_character(struct text *to, uint32_t c)
{
	if (c < 0x80) {
		text_add_octet(to, (char)c);
		return;
	}
	if (c < 0x800) {
		text_add_octet(to, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			text_add_octet(to, (char)(0xe0 | c >> 12));
		} else {
			text_add_octet(to, (char)(0xf0 | c >> 18));
			text_add_octet(to, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		text_add_octet(to, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	text_add_octet(to, (char)(0x80 | (c & 0x3f)));
}

/* One UTF-16 character; half a surrogate pair becomes U+FFFD. */
static uint32_t read_utf16(struct cursor *c)
{
	uint32_t high = cursor_le16(c);
	struct cursor ahead = *c;
	uint32_t low;

	if (high < 0xd800 || high > 0xdfff)
		return high;
	low = cursor_le16(&ahead);
	if (high > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*c = ahead;
	return 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff));
}

/* A UTF-16 text up to its NUL, not aligned. */
static bool put_utf16(struct record *r, const struct field *f, struct cursor *c)
{
	struct text text = text_start(2 * cursor_left(c));
	uint32_t character;

	while ((character = read_utf16(c)) != 0)
		add_character(&text, character);
	if (cursor_ok(c) && text.len)
		put_text(r, f, span_of(text.data, text.len));
	text_free(&text);
	return cursor_ok(c);
}

static bool put_names(struct record *r, struct span whole, struct cursor *c, const struct field *const *fields)
{
	for (; *fields; fields++)
		if (!put_compressed(r, *fields, whole, c))
			return false;
	return true;
}

static bool put_response_ex(struct record *r, struct span whole, struct cursor *c)
{
	static const struct field *const names[] = { &ldap_forest, &ldap_domain, &ldap_host, &ldap_netbios_domain, &ldap_netbios_host, &ldap_user,
		&ldap_dc_site, &ldap_client_site, NULL };
	uint32_t flags;

	cursor_skip(c, 2);
	flags = cursor_le32(c);
	if (!cursor_ok(c))
		return false;
	put_hex(r, &ldap_flags, flags, 8);
	cursor_skip(c, GUID_LEN);
	return put_names(r, whole, c, names);
}

static bool put_response(struct record *r, struct span whole, struct cursor *c)
{
	static const struct field *const names[] = { &ldap_forest, &ldap_domain, &ldap_host, NULL };
	uint32_t flags;

	if (!put_utf16(r, &ldap_netbios_host, c) || !put_utf16(r, &ldap_user, c) || !put_utf16(r, &ldap_netbios_domain, c))
		return false;
	if (cursor_left(c) == 0)
		return true;
	cursor_skip(c, 2 * GUID_LEN);
	if (!put_names(r, whole, c, names))
		return false;
	cursor_skip(c, 4);
	flags = cursor_le32(c);
	if (cursor_ok(c))
		put_hex(r, &ldap_flags, flags, 8);
	return cursor_ok(c);
}

/* The version stands in front of two tokens of ff ff, the last octets of the value. */
static bool put_tail(struct record *r, struct span tail)
{
	struct cursor c = cursor_over(tail);
	uint32_t version = cursor_le32(&c);

	if (cursor_le32(&c) != UINT32_MAX)
		return false;
	put_hex(r, &ldap_nt_version, version, 8);
	return true;
}

bool netlogon_put(struct record *r, struct span value)
{
	size_t body = value.len < TAIL_LEN ? value.len : value.len - TAIL_LEN;
	struct cursor c = cursor_over(span_part(value, 0, body));
	unsigned opcode = cursor_le16(&c);
	bool whole = false;

	if (!cursor_ok(&c))
		return false;
	put_number(r, &ldap_opcode, opcode);
	if (opcode >= OPCODE_RESPONSE_EX && opcode <= OPCODE_USER_UNKNOWN_EX)
		whole = put_response_ex(r, value, &c);
	else if (opcode >= OPCODE_RESPONSE && opcode <= OPCODE_USER_UNKNOWN)
		whole = put_response(r, value, &c);
	return put_tail(r, span_part(value, body, TAIL_LEN)) && whole;
}
