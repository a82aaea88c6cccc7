/* Names of DNS numbers. */
#include "dissectors/dns_codes.h"

#include <stdio.h>

#define COUNT(array) (sizeof array / sizeof array[0])

/* Those in use. */
static const char *const types[] = {
	[1] = "A", [2] = "NS", [5] = "CNAME", [6] = "SOA", [10] = "NULL", [12] = "PTR", [13] = "HINFO", [15] = "MX", [16] = "TXT", [24] = "SIG", [25] = "KEY",
	[28] = "AAAA", [29] = "LOC", [33] = "SRV", [35] = "NAPTR", [37] = "CERT", [39] = "DNAME", [41] = "OPT", [43] = "DS", [44] = "SSHFP", [46] = "RRSIG",
	[47] = "NSEC", [48] = "DNSKEY", [50] = "NSEC3", [51] = "NSEC3PARAM", [52] = "TLSA", [55] = "HIP", [59] = "CDS", [60] = "CDNSKEY", [64] = "SVCB",
	[65] = "HTTPS", [99] = "SPF",
};

enum { HIGH = 249 };

/* The registry's name of 255 is "*"; everybody writes ANY (RFC 8482). */
static const char *const high_types[] = {
	[249 - HIGH] = "TKEY", [250 - HIGH] = "TSIG", [251 - HIGH] = "IXFR", [252 - HIGH] = "AXFR", [255 - HIGH] = "ANY", [256 - HIGH] = "URI",
	[257 - HIGH] = "CAA",
};

static const char *const rcodes[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
	"NOTZONE", "DSOTYPENI" };

static const char *const opcodes[] = { [0] = "QUERY", [1] = "IQUERY", [2] = "STATUS", [4] = "NOTIFY", [5] = "UPDATE", [6] = "DSO" };

const char *dns_type_known(uint16_t type)
{
	if (type < COUNT(types))
		return types[type];
	return type >= HIGH && type - HIGH < (int)COUNT(high_types) ? high_types[type - HIGH] : NULL;
}

const char *dns_type_name(uint16_t type, char room[DNS_CODE_TEXT])
{
	const char *known = dns_type_known(type);

	if (known)
		return known;
	snprintf(room, DNS_CODE_TEXT, "TYPE%u", type);
	return room;
}

const char *dns_rcode_name(uint8_t rcode, char room[DNS_CODE_TEXT])
{
	if (rcode < COUNT(rcodes))
		return rcodes[rcode];
	snprintf(room, DNS_CODE_TEXT, "RCODE%u", rcode);
	return room;
}

const char *dns_opcode_name(uint8_t opcode)
{
	return opcode < COUNT(opcodes) ? opcodes[opcode] : NULL;
}
