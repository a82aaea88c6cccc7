/* The two hellos. */
#include "dissectors/tls_hello.h"

#include "dissectors/tls_codes.h"

enum {
	EXTENSION_SNI = 0, EXTENSION_ALPN = 16, EXTENSION_TICKET = 35, EXTENSION_PSK = 41, EXTENSION_VERSIONS = 43,
	NAME_TYPE_HOST = 0, RANDOM_LEN = 32, SESSION_ID_MAX = 32,
	DRAFT_LATE = 22,                /* from this draft on a server hello of TLS 1.3 has the form of the older ones */
	V2_CLIENT_HELLO = 1, V2_LENGTH_BIT = 0x80, V2_LENGTH = 0x7fff, V2_CIPHER_LEN = 3, V2_CHALLENGE_MIN = 16, V2_CHALLENGE_MAX = 32,
};

/* RFC 8446 4.1.3: the random of a HelloRetryRequest. */
static const uint8_t retry_random[RANDOM_LEN] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* The first host name of the list: more than one of a type is not allowed. */
static struct span host_name(struct span extension)
{
	struct cursor c = cursor_over(extension), names = cursor_over(cursor_take(&c, cursor_be16(&c)));

	while (cursor_left(&names)) {
		uint8_t type = cursor_u8(&names);
		struct span name = cursor_take(&names, cursor_be16(&names));

		if (type == NAME_TYPE_HOST)
			return name;
	}
	return span_of(extension.data, 0);
}

/* Drafts of TLS 1.3 stand between 1.2 and 1.3. */
static unsigned rank(uint16_t version)
{
	if (version == TLS_1_3)
		return 0x20000;
	return version > TLS_1_3 ? 0x10000u + (version & 0xff) : version;
}

static uint16_t highest_version(struct span extension, uint16_t legacy)
{
	struct cursor c = cursor_over(extension), versions = cursor_over(cursor_take(&c, cursor_u8(&c)));
	uint16_t best = 0;

	while (cursor_left(&versions) >= 2) {
		uint16_t version = cursor_be16(&versions);

		if (!tls_is_grease(version) && rank(version) > rank(best))
			best = version;
	}
	return best ? best : legacy;
}

static uint16_t chosen_version(struct span extension, uint16_t legacy)
{
	struct cursor c = cursor_over(extension);
	uint16_t version = cursor_be16(&c);

	return cursor_ok(&c) ? version : legacy;
}

static bool read_extensions(struct span list, bool from_client, struct tls_hello *h)
{
	struct cursor c = cursor_over(list);

	while (cursor_left(&c) && cursor_ok(&c)) {
		uint16_t type = cursor_be16(&c);
		struct span data = cursor_take(&c, cursor_be16(&c));
		struct cursor inside = cursor_over(data);

		if (!cursor_ok(&c))
			return false;
		switch (type) {
		case EXTENSION_SNI:
			h->sni = host_name(data);
			break;
		case EXTENSION_ALPN:
			h->alpn = cursor_take(&inside, cursor_be16(&inside));
			break;
		case EXTENSION_TICKET:
			h->has_ticket = data.len > 0;
			break;
		case EXTENSION_PSK:
			h->has_psk = true;
			break;
		case EXTENSION_VERSIONS:
			h->version = from_client ? highest_version(data, h->version) : chosen_version(data, h->version);
			break;
		}
	}
	return cursor_ok(&c);
}

/* Extensions came later than the hello: there may be none. */
static bool read_tail(struct cursor *c, bool from_client, struct tls_hello *h)
{
	if (!cursor_ok(c))
		return false;
	return cursor_left(c) == 0 || (read_extensions(cursor_take(c, cursor_be16(c)), from_client, h) && cursor_ok(c));
}

bool tls_client_hello_read(struct span body, struct tls_hello *ret)
{
	struct cursor c = cursor_over(body);

	*ret = (struct tls_hello){ .version = cursor_be16(&c), .cipher_len = 2 };
	cursor_skip(&c, RANDOM_LEN);
	ret->session_id = cursor_take(&c, cursor_u8(&c));
	ret->ciphers = cursor_take(&c, cursor_be16(&c));
	cursor_skip(&c, cursor_u8(&c));         /* compression methods */
	return read_tail(&c, true, ret) && ret->session_id.len <= SESSION_ID_MAX && ret->ciphers.len % 2 == 0;
}

static bool is_early_draft(uint16_t version)
{
	return version >> 8 == 0x7f && (version & 0xff) < DRAFT_LATE;
}

bool tls_server_hello_read(struct span body, struct tls_hello *ret)
{
	struct cursor c = cursor_over(body);
	bool early, named;

	*ret = (struct tls_hello){ .version = cursor_be16(&c) };
	ret->is_retry = span_equal(cursor_take(&c, RANDOM_LEN), span_of(retry_random, RANDOM_LEN));
	early = is_early_draft(ret->version);
	if (!early)
		ret->session_id = cursor_take(&c, cursor_u8(&c));
	ret->cipher = cursor_be16(&c);
	named = cursor_ok(&c);
	if (!early)
		cursor_skip(&c, 1);             /* compression method */
	return named && read_tail(&c, false, ret) && ret->session_id.len <= SESSION_ID_MAX;
}

/* ---- SSL 2.0 form ---- */

struct v2_lengths { uint16_t ciphers, session_id, challenge; };

static bool v2_is_usual(uint16_t version, const struct v2_lengths *l)
{
	return (version == TLS_SSL2 || (version >= TLS_SSL3 && version <= TLS_1_2)) && l->ciphers && l->ciphers % V2_CIPHER_LEN == 0 &&
		(l->session_id == 0 || l->session_id == 16) && l->challenge >= V2_CHALLENGE_MIN && l->challenge <= V2_CHALLENGE_MAX;
}

size_t tls_v2_hello_measure(struct span octets)
{
	struct cursor c = cursor_over(octets);
	uint16_t length = cursor_be16(&c) & V2_LENGTH;
	uint8_t type = cursor_u8(&c);
	uint16_t version = cursor_be16(&c);
	struct v2_lengths l = { 0 };

	l.ciphers = cursor_be16(&c);
	l.session_id = cursor_be16(&c);
	l.challenge = cursor_be16(&c);
	if (!cursor_ok(&c) || !(octets.data[0] & V2_LENGTH_BIT) || type != V2_CLIENT_HELLO || !v2_is_usual(version, &l))
		return 0;
	return TLS_V2_HELLO_MIN + l.ciphers + l.session_id + l.challenge == length ? TLS_V2_HEADER + (size_t)length : 0;
}

void tls_v2_hello_read(struct span octets, struct tls_hello *ret)
{
	struct cursor c = cursor_over(octets);
	uint16_t ciphers, session_id;

	cursor_skip(&c, TLS_V2_HEADER + 1);
	*ret = (struct tls_hello){ .version = cursor_be16(&c), .cipher_len = V2_CIPHER_LEN };
	ciphers = cursor_be16(&c);
	session_id = cursor_be16(&c);
	cursor_skip(&c, 2);
	ret->ciphers = cursor_take(&c, ciphers);
	ret->session_id = cursor_take(&c, session_id);
}
