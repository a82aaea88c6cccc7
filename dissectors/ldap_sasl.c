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
enum { NTLM_VERSION_LEN = 4, NTLM_SIGNATURE_LEN = 16 };

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

static bool open_new(struct cursor c, uint8_t *room, struct span *ret)
{
	uint8_t flags;
	size_t extra, rotation;
	struct span data;

	cursor_skip(&c, strlen(wrap_new));
	flags = cursor_u8(&c);
	cursor_skip(&c, 1);
	extra = cursor_be16(&c);
	rotation = cursor_be16(&c);
	cursor_skip(&c, 8);
	data = cursor_rest(&c);
	if (flags & FLAG_SEALED || extra > data.len || data.len == 0)
		return false;
	rotation %= data.len;
	memcpy(room, data.data + rotation, data.len - rotation);
	memcpy(room + data.len - rotation, data.data, rotation);
	*ret = span_of(room, data.len - extra);
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
	} else {
		*ret = is_ntlm(token) ? span_part(token, NTLM_SIGNATURE_LEN, token.len) : token;
	}
	return ldap_message_measure(*ret, &total) == BER_WHOLE && total <= ret->len;
}
