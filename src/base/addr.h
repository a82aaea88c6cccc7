/* Ethernet addresses, IP addresses, and an IP address with a port. Plain values: copy and compare them freely. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

struct mac {
	uint8_t octet[6];
};

struct addr {
	uint8_t family;         /* 0 none, 4, 6 */
	uint8_t octet[16];      /* network order; zero behind the 4 of IPv4 */
};

struct endpoint {
	struct addr addr;
	uint16_t port;
};

/* Room that the texts below need, NUL included. */
enum { MAC_TEXT = 18, ADDR_TEXT = 46, ENDPOINT_TEXT = 56 };

bool mac_equal(struct mac a, struct mac b);
bool mac_is_zero(struct mac m);
bool mac_is_group(struct mac m);                        /* multicast or broadcast (IEEE 802 I/G bit) */
uint64_t mac_number(struct mac m);                      /* the 48 bits as a number, for keys and sorting */
const char *mac_format(struct mac m, char out[MAC_TEXT]);       /* 00:04:f2:aa:bb:01; returns out */
bool mac_parse(const char *text, struct mac *ret);      /* colons, dashes, Cisco dots or none; false leaves *ret */

struct addr addr_v4(const uint8_t octets[4]);
struct addr addr_v6(const uint8_t octets[16]);
/* An address from 4 or 16 octets; family 0 for any other length. */
struct addr addr_from(struct span octets);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_is_set(const struct addr *a);                 /* a family, and not 0.0.0.0 or :: */
bool addr_is_group(const struct addr *a);               /* multicast, or 255.255.255.255 */
const char *addr_format(const struct addr *a, char out[ADDR_TEXT]);     /* RFC 5952 for IPv6; "" without family */
bool addr_parse(const char *text, struct addr *ret);
const char *endpoint_format(const struct endpoint *e, char out[ENDPOINT_TEXT]); /* 10.0.0.1:53, [fe80::1]:53 */
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

#endif
