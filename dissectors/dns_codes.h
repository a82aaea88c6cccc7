/* Names of DNS numbers, from the IANA registry "Domain Name System (DNS) Parameters". */
#ifndef DISSECTORS_DNS_CODES_H
#define DISSECTORS_DNS_CODES_H

#include <stdint.h>

enum dns_type {
	DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_PTR = 12, DNS_MX = 15,
	DNS_AAAA = 28, DNS_SRV = 33, DNS_DNAME = 39, DNS_OPT = 41,
};

enum { DNS_CODE_TEXT = 12 };

/* "A", "SRV", "ANY"; NULL for a type that has no name there, or is obsolete: nobody would know it by its name. */
const char *dns_type_known(uint16_t type);

/* The same, or TYPEn (RFC 3597 5), for which it needs the room. */
const char *dns_type_name(uint16_t type, char room[DNS_CODE_TEXT]);

/* "NOERROR", "NXDOMAIN", or RCODEn. */
const char *dns_rcode_name(uint8_t rcode, char room[DNS_CODE_TEXT]);

/* "UPDATE", "NOTIFY", ...; NULL for a number without a name. */
const char *dns_opcode_name(uint8_t opcode);

#endif
