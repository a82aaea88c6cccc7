#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool mac_equal(struct mac a, struct mac b)
{
	return memcmp(a.octet, b.octet, sizeof a.octet) == 0;
}

bool mac_is_zero(struct mac m)
{
	return mac_number(m) == 0;
}

bool mac_is_group(struct mac m)
{
	return m.octet[0] & 1;
}

uint64_t mac_number(struct mac m)
{
	uint64_t n = 0;

	for (size_t i = 0; i < sizeof m.octet; i++)
		n = n << 8 | m.octet[i];
	return n;
}

const char *mac_format(struct mac m, char out[MAC_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	char *at = out;

	for (size_t i = 0; i < sizeof m.octet; i++) {
		*at++ = digits[m.octet[i] >> 4];
		*at++ = digits[m.octet[i] & 15];
		*at++ = ':';
	}
	at[-1] = '\0';
	return out;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool mac_parse(const char *text, struct mac *ret)
{
	struct mac m = { { 0 } };
	size_t digits = 0;

	for (; *text; text++) {
		int d = hex_digit(*text);

		if (d < 0 && (*text == ':' || *text == '-' || *text == '.') && digits && digits % 2 == 0)
			continue;
		if (d < 0 || digits == 12)
			return false;
		m.octet[digits / 2] = (uint8_t)(m.octet[digits / 2] << 4 | d);
		digits++;
	}
	if (digits != 12)
		return false;
	*ret = m;
	return true;
}

struct addr addr_from(struct span octets)
{
	struct addr a = { 0 };

	if (octets.len == 4 || octets.len == 16) {
		a.family = octets.len == 4 ? 4 : 6;
		memcpy(a.octet, octets.data, octets.len);
	}
	return a;
}

struct addr addr_v4(const uint8_t octets[4])
{
	return addr_from(span_of(octets, 4));
}

struct addr addr_v6(const uint8_t octets[16])
{
	return addr_from(span_of(octets, 16));
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && memcmp(a->octet, b->octet, sizeof a->octet) == 0;
}

bool addr_is_set(const struct addr *a)
{
	static const uint8_t zero[16];

	return a->family && memcmp(a->octet, zero, sizeof zero) != 0;
}

bool addr_is_group(const struct addr *a)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	if (a->family == 4)
		return (a->octet[0] & 0xf0) == 0xe0 || memcmp(a->octet, all, sizeof all) == 0;
	return a->family == 6 && a->octet[0] == 0xff;
}

const char *addr_format(const struct addr *a, char out[ADDR_TEXT])
{
	if (!a->family || !inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->octet, out, ADDR_TEXT))
		out[0] = '\0';
	return out;
}

bool addr_parse(const char *text, struct addr *ret)
{
	uint8_t octets[16];

	if (inet_pton(AF_INET, text, octets) == 1)
		*ret = addr_v4(octets);
	else if (inet_pton(AF_INET6, text, octets) == 1)
		*ret = addr_v6(octets);
	else
		return false;
	return true;
}

const char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_TEXT])
{
	char text[ADDR_TEXT];

	snprintf(out, ENDPOINT_TEXT, e->addr.family == 6 ? "[%s]:%u" : "%s:%u", addr_format(&e->addr, text), (unsigned)e->port);
	return out;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && addr_equal(&a->addr, &b->addr);
}
