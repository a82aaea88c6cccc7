/*
 * The SASL layer's tokens, as far as they are signed and not sealed.
 *
 *   Kerberos, RFC 4121 4.2.6.2  05 04, flags 1, ff, EC 2, RRC 2, sequence 8, { text, checksum of EC octets } rotated right by RRC
 *   Kerberos, RFC 1964 1.2.2    60 length 06 09 OID, 02 01, signing 2, sealing 2 (ff ff: none), ff ff, sequence 8, checksum, confounder 8, text, padding
 *   NTLM, [MS-NLMP] 2.2.2.9     01 00 00 00, checksum 8, sequence 4, text (sealing does not show)
 *   DIGEST-MD5, RFC 2831 2.3    text, 16 octets of checksum and sequence (sealing does not show)
 */
#include "dissectors/ldap_sasl.h"

#include "dissectors/ldap_message.h"

enum {
	FLAG_SEALED = 2, TOKEN_APPLICATION = 0x60, WRAP_OLD = 0x0201, NOT_SEALED = 0xffff,
	SIGN_DES3 = 0x0400, CHECKSUM_LEN = 8, CHECKSUM_DES3_LEN = 20, CONFOUNDER_LEN = 8,
};

static const char wrap_new[] = "\x05\x04";
static const char kerberos_oid[] = "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
#define NTLM_VERSION "\x01\0\0\0"
enum { NTLM_VERSION_LEN = 4, NTLM_SIGNATURE_LEN = 16, DIGEST_SIGNATURE_LEN = 16 };

static bool is_ntlm(struct span token)
{
	return span_equal(span_part(token, 0, NTLM_VERSION_LEN), span_of(NTLM_VERSION, NTLM_VERSION_LEN));
}

/* What stands behind the OID of a token of RFC 1964. */
static bool open_application(struct span token, struct cursor *ret)
{
	size_t header;
	uint64_t total;

	if (token.len == 0 || token.data[0] != TOKEN_APPLICATION || ber_measure(token, &header, &total) != BER_WHOLE)
		return false;
	*ret = cursor_over(token);
	cursor_skip(ret, header);
	return span_is(cursor_take(ret, strlen(kerberos_oid)), kerberos_oid);
}

bool ldap_sasl_known(struct span token)
{
	struct cursor c;

	return span_starts(token, wrap_new) || is_ntlm(token) || open_application(token, &c);
}

struct wrap {
	bool sealed;
	size_t extra, rotation;
};

static struct wrap wrap_read(struct cursor *c)
{
	struct wrap w;

	cursor_skip(c, strlen(wrap_new));
	w.sealed = cursor_u8(c) & FLAG_SEALED;
	cursor_skip(c, 1);
	w.extra = cursor_be16(c);
	w.rotation = cursor_be16(c);
	cursor_skip(c, 8);
	return w;
}

static bool open_new(struct cursor c, uint8_t *room, struct span *ret)
{
	struct wrap w = wrap_read(&c);
	struct span data = cursor_rest(&c);
	size_t rotation = w.rotation;

	if (w.sealed || w.extra > data.len || data.len == 0)
		return false;
	rotation %= data.len;
	memcpy(room, data.data + rotation, data.len - rotation);
	memcpy(room + data.len - rotation, data.data, rotation);
	*ret = span_of(room, data.len - w.extra);
	return true;
}

static bool open_old(struct cursor c, struct span *ret)
{
	uint16_t wrap = cursor_be16(&c), sign = cursor_be16(&c), seal = cursor_be16(&c);

	cursor_skip(&c, 2 + 8 + (sign == SIGN_DES3 ? CHECKSUM_DES3_LEN : CHECKSUM_LEN) + CONFOUNDER_LEN);
	*ret = cursor_rest(&c);
	return cursor_ok(&c) && wrap == WRAP_OLD && seal == NOT_SEALED;
}

bool ldap_sasl_open(struct span token, uint8_t *room, struct span *ret)
{
	struct cursor c;
	uint64_t total;

	if (span_starts(token, wrap_new)) {
		if (!open_new(cursor_over(token), room, ret))
			return false;
	} else if (open_application(token, &c)) {
		if (!open_old(c, ret))
			return false;
	} else if (is_ntlm(token)) {
		*ret = span_part(token, NTLM_SIGNATURE_LEN, token.len);
	} else {
		*ret = span_part(token, 0, token.len < DIGEST_SIGNATURE_LEN ? 0 : token.len - DIGEST_SIGNATURE_LEN);
	}
	return ldap_message_measure(*ret, &total) == BER_WHOLE && total <= ret->len;
}

/* Windows rotates by the checksum's length, so that the checksum comes first; others do not rotate. */
static bool locate_new(struct span head, uint64_t len, uint64_t *ret_from, uint64_t *ret_until)
{
	struct cursor c = cursor_over(head);
	struct wrap w = wrap_read(&c);
	uint64_t begin = cursor_offset(&c);

	*ret_from = w.rotation ? begin + w.extra : begin;
	*ret_until = w.rotation ? len : len - w.extra;
	return cursor_ok(&c) && !w.sealed && (w.rotation == 0 || w.rotation == w.extra) && begin + w.extra <= len;
}

bool ldap_sasl_locate(struct span head, uint64_t len, uint64_t *ret_from, uint64_t *ret_until)
{
	struct cursor c;
	struct span rest;
	uint64_t total;

	if (span_starts(head, wrap_new)) {
		if (!locate_new(head, len, ret_from, ret_until))
			return false;
	} else if (open_application(head, &c)) {
		if (!open_old(c, &rest))
			return false;
		*ret_from = (uint64_t)(rest.data - head.data);
		*ret_until = len;
	} else {
		*ret_from = is_ntlm(head) ? NTLM_SIGNATURE_LEN : 0;
		*ret_until = is_ntlm(head) ? len : len - DIGEST_SIGNATURE_LEN;
	}
	return *ret_from < head.len && ldap_message_measure(span_part(head, (size_t)*ret_from, head.len), &total) == BER_WHOLE;
}
