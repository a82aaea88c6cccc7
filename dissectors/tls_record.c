/* TLS records. Rules: RFC 5246 6.2, RFC 8446 5.1 and 4, RFC 6101 5.2 (SSL 3.0). */
#include "dissectors/tls_record.h"

enum { MAJOR = 3, MINOR_MAX = 4, HELLO_MIN = 2 + 32 + 1 };

static bool header_is_possible(struct span s)
{
	if (s.len > 0 && (s.data[0] < TLS_CHANGE_CIPHER_SPEC || s.data[0] > TLS_HEARTBEAT))
		return false;
	if (s.len > 1 && s.data[1] != MAJOR)
		return false;
	return s.len <= 2 || s.data[2] <= MINOR_MAX;
}

/* Empty fragments are allowed of application data only (RFC 5246 6.2.1). */
static bool length_is_possible(uint8_t type, uint16_t length)
{
	switch (type) {
	case TLS_CHANGE_CIPHER_SPEC: return length >= 1;
	case TLS_ALERT: return length >= 2;
	case TLS_APPLICATION_DATA: return true;
	default: return length > 0;
	}
}

enum tls_answer tls_record_read(struct span octets, struct tls_record *ret)
{
	struct cursor c = cursor_over(octets);
	uint16_t length;

	if (!header_is_possible(octets))
		return TLS_NO;
	ret->type = cursor_u8(&c);
	ret->version = cursor_be16(&c);
	length = cursor_be16(&c);
	if (!cursor_ok(&c))
		return TLS_MORE;
	if (length > TLS_RECORD_MAX || !length_is_possible(ret->type, length))
		return TLS_NO;
	ret->total = TLS_RECORD_HEADER + (size_t)length;
	ret->fragment = span_part(octets, TLS_RECORD_HEADER, length);
	return TLS_YES;
}

enum tls_answer tls_records_begin(struct span octets)
{
	struct tls_record first, second;
	enum tls_answer answer = tls_record_read(octets, &first);

	if (answer != TLS_YES)
		return answer;
	if (octets.len <= first.total)
		return octets.len == first.total ? TLS_YES : TLS_MORE;
	return tls_record_read(span_part(octets, first.total, octets.len), &second);
}

enum tls_answer tls_handshake_begins(struct span octets)
{
	if (octets.len == 0 || octets.data[0] != TLS_HANDSHAKE)
		return octets.len ? TLS_NO : TLS_MORE;
	if (octets.len < 2)
		return TLS_MORE;
	return octets.data[1] == MAJOR ? TLS_YES : TLS_NO;
}

/* RFC 8446 4 and B.3, with what older versions and drafts had. */
bool tls_handshake_known(uint8_t type)
{
	return type <= 6 || type == 8 || (type >= 11 && type <= 16) || (type >= 20 && type <= 26) || type == 67 || type == 203;
}

/* A hello: its length and version are those of a hello, and its beginning is in one record. */
static bool is_hello(const struct tls_record *r)
{
	struct cursor c = cursor_over(r->fragment);
	uint8_t type = cursor_u8(&c);
	uint32_t length = cursor_be24(&c);
	uint8_t major = cursor_u8(&c);

	return cursor_ok(&c) && (type == TLS_CLIENT_HELLO || type == TLS_SERVER_HELLO) && length >= HELLO_MIN && length < 1 << 16 &&
		(major == MAJOR || (type == TLS_SERVER_HELLO && major == 0x7f));
}

bool tls_is_sure(struct span octets)
{
	struct tls_record first;

	if (tls_record_read(octets, &first) != TLS_YES)
		return false;
	if (first.type == TLS_HANDSHAKE && is_hello(&first))
		return true;
	return tls_records_begin(octets) == TLS_YES;
}
