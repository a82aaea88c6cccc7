/* Names of DNS numbers. */
#include "dissectors/dns_codes.h"

#include <stdio.h>

#define COUNT(array) (sizeof array / sizeof array[0])

static const char *const types[] = {
	[1] = "A", [2] = "NS", [3] = "MD", [4] = "MF", [5] = "CNAME", [6] = "SOA", [7] = "MB", [8] = "MG", [9] = "MR", [10] = "NULL",
	[11] = "WKS", [12] = "PTR", [13] = "HINFO", [14] = "MINFO", [15] = "MX", [16] = "TXT", [17] = "RP", [18] = "AFSDB", [19] = "X25", [20] = "ISDN",
	[21] = "RT", [22] = "NSAP", [23] = "NSAP-PTR", [24] = "SIG", [25] = "KEY", [26] = "PX", [27] = "GPOS", [28] = "AAAA", [29] = "LOC", [30] = "NXT",
	[31] = "EID", [32] = "NIMLOC", [33] = "SRV", [34] = "ATMA", [35] = "NAPTR", [36] = "KX", [37] = "CERT", [38] = "A6", [39] = "DNAME", [40] = "SINK",
	[41] = "OPT", [42] = "APL", [43] = "DS", [44] = "SSHFP", [45] = "IPSECKEY", [46] = "RRSIG", [47] = "NSEC", [48] = "DNSKEY", [49] = "DHCID",
	[50] = "NSEC3", [51] = "NSEC3PARAM", [52] = "TLSA", [53] = "SMIMEA", [55] = "HIP", [56] = "NINFO", [57] = "RKEY", [58] = "TALINK", [59] = "CDS",
	[60] = "CDNSKEY", [61] = "OPENPGPKEY", [62] = "CSYNC", [63] = "ZONEMD", [64] = "SVCB", [65] = "HTTPS", [99] = "SPF", [100] = "UINFO", [101] = "UID",
	[102] = "GID", [103] = "UNSPEC", [104] = "NID", [105] = "L32", [106] = "L64", [107] = "LP", [108] = "EUI48", [109] = "EUI64",
};

enum { HIGH = 249 };

/* The registry's name of 255 is "*"; everybody writes ANY (RFC 8482). */
static const char *const high_types[] = {
	[249 - HIGH] = "TKEY", [250 - HIGH] = "TSIG", [251 - HIGH] = "IXFR", [252 - HIGH] = "AXFR", [253 - HIGH] = "MAILB", [254 - HIGH] = "MAILA",
	[255 - HIGH] = "ANY", [256 - HIGH] = "URI", [257 - HIGH] = "CAA", [258 - HIGH] = "AVC", [259 - HIGH] = "DOA", [260 - HIGH] = "AMTRELAY",
};

static const char *const rcodes[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
	"NOTZONE", "DSOTYPENI" };

static const char *const opcodes[] = { [0] = "QUERY", [1] = "IQUERY", [2] = "STATUS", [4] = "NOTIFY", [5] = "UPDATE", [6] = "DSO" };

const char *dns_type_known(uint16_t type)
{
	if (type == 32768)
		return "TA";
	if (type == 32769)
		return "DLV";
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
