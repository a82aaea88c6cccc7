/* NTP. */
#include "dissectors/ntp.h"

const struct kind ntp_client = { .proto = "ntp", .name = "client" };
const struct kind ntp_server = { .proto = "ntp", .name = "server" };

const struct field ntp_version = { "version" };
const struct field ntp_stratum = { "stratum" };
const struct field ntp_transmit_time = { "transmit_time" };
const struct field ntp_offset_s = { "offset_s" };
const struct field ntp_refid = { "refid" };

static const struct kind *const kinds[] = { &ntp_client, &ntp_server, NULL };

const struct dissector ntp_dissector = {
	.name = "ntp",
	.standards = "RFC 5905, RFC 4330",
	.kinds = kinds,
};
