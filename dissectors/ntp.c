/*
 * NTP and SNTP: whether and with what a phone's clock is set. RFC 5905 7.3, RFC 4330 4 and 5; versions 1 to 4, modes client and server.
 *
 *      leap version mode (2, 3, 3 bits) | stratum | poll | precision | root delay (4) | root dispersion (4) | reference id (4) |
 *      reference, origin, receive, transmit time (8 each) | extension fields, MAC
 *
 * A time is a number of seconds since 1900 and its 2^-32 parts. What follows the transmit time is not looked at.
 */
#include "dissectors/ntp.h"

#include "base/moment.h"

enum { MODE_CLIENT = 3, MODE_SERVER = 4, VERSION_MIN = 1, VERSION_MAX = 4, REFID_LEN = 4 };
enum { BEHIND_STRATUM = 10, TO_TRANSMIT = 24 };        /* octets that are passed over */
enum { STRATUM_KISS = 0, STRATUM_PRIMARY = 1 };

#define SECONDS_1900_TO_1970 INT64_C(2208988800)

const struct kind ntp_client = { .proto = "ntp", .name = "client" };
const struct kind ntp_server = { .proto = "ntp", .name = "server" };

const struct field ntp_version = { "version" };
const struct field ntp_stratum = { "stratum" };
const struct field ntp_transmit_time = { "transmit_time" };
const struct field ntp_offset_s = { "offset_s" };
const struct field ntp_refid = { "refid" };

static const struct kind *const kinds[] = { &ntp_client, &ntp_server, NULL };
static const uint16_t udp_ports[] = { 123, 0 };

/* RFC 4330 3: without the first bit it is a time of the next era, which begins in 2036. */
static int64_t time_ns(uint64_t transmit)
{
	int64_t seconds = (int64_t)(transmit >> 32), parts = (int64_t)(transmit & UINT32_MAX);

	if (!(transmit >> 63))
		seconds += INT64_C(1) << 32;
	return (seconds - SECONDS_1900_TO_1970) * NS_PER_S + (parts * NS_PER_S >> 32);
}

static bool is_printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] < ' ' || s.data[i] > '~')
			return false;
	return s.len;
}

/* RFC 5905 7.3: four letters of a primary server's source or of the kiss code, without the NULs behind; else the server's server. */
static void put_refid(struct record *r, unsigned stratum, struct span refid)
{
	struct span letters = refid;

	while (letters.len && letters.data[letters.len - 1] == 0)
		letters.len--;
	if (letters.len == 0)
		return;
	if ((stratum == STRATUM_KISS || stratum == STRATUM_PRIMARY) && is_printable(letters))
		put_text(r, &ntp_refid, span_trim(letters));
	else
		put_addr(r, &ntp_refid, addr_v4(refid.data));
}

/* A client tells only its transmit time in earnest (RFC 4330 5): of the others, what is not zero. */
static void put_fields(struct emit *to, struct event *e, uint8_t version, uint8_t stratum, struct span refid, uint64_t transmit)
{
	bool server = e->kind == &ntp_server;

	put_number(&e->fields, &ntp_version, version);
	if (server || stratum)
		put_number(&e->fields, &ntp_stratum, stratum);
	if (transmit) {
		put_time(&e->fields, &ntp_transmit_time, time_ns(transmit), 9);
		if (server)
			put_real(&e->fields, &ntp_offset_s, (double)(time_ns(transmit) - emit_time_ns(to)) / (double)NS_PER_S, 6);
	}
	put_refid(&e->fields, stratum, refid);
}

static void read_datagram(struct span octets, struct emit *to)
{
	struct cursor c = cursor_over(octets);
	uint8_t first = cursor_u8(&c), version = first >> 3 & 7, mode = first & 7, stratum = cursor_u8(&c);
	struct span refid;
	uint64_t transmit;

	if ((mode != MODE_CLIENT && mode != MODE_SERVER) || version < VERSION_MIN || version > VERSION_MAX)
		return;
	cursor_skip(&c, BEHIND_STRATUM);
	refid = cursor_take(&c, REFID_LEN);
	cursor_skip(&c, TO_TRANSMIT);
	transmit = cursor_be64(&c);
	if (cursor_ok(&c)) {
		struct event *e = emit_begin(to, mode == MODE_CLIENT ? &ntp_client : &ntp_server);

		put_fields(to, e, version, stratum, refid, transmit);
		emit_end(to, e);
	} else {
		emit_malformed(to, NULL, "shorter than an NTP message");
	}
}

const struct dissector ntp_dissector = {
	.name = "ntp",
	.standards = "RFC 5905, RFC 4330",
	.kinds = kinds,
	.udp_ports = udp_ports,
	.datagram = read_datagram,
};
