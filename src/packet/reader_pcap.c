/*
 * The pcap format (tcpdump.org/manpages/pcap-savefile.5, draft-ietf-opsawg-pcap), in either byte order:
 *
 *      magic | version major, minor (16 bits each) | 0 | 0 | snap length | link type
 *      seconds | fraction | captured length | wire length | octets             a packet
 *
 * a1b2c3d4 has microseconds, a1b23c4d nanoseconds; a1b2cd34 is a Linux patch of 1999 with eight more octets in front of each packet.
 */
#include "packet/reader_parts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "packet/link.h"

enum { FILE_HEADER = 24, PACKET_HEADER = 16, PATCHED_HEADER = 24, VERSION = 2, VERSION_DG_UX = 543 };

/* The rest of that word says whether frames end in a check sequence (FCS), which nothing here minds. */
enum { LINK_MASK = 0xffff };

static const uint32_t magic_micro = 0xa1b2c3d4, magic_nano = 0xa1b23c4d, magic_patched = 0xa1b2cd34;

static bool known_magic(uint32_t magic)
{
	return magic == magic_micro || magic == magic_nano || magic == magic_patched;
}

bool pcap_recognise(struct span start)
{
	struct cursor big = cursor_over(start), little = cursor_over(start);

	return known_magic(cursor_be32(&big)) || known_magic(cursor_le32(&little));
}

static int64_t packet_time(const struct port *port, uint32_t seconds, uint32_t fraction)
{
	return seconds * NS_PER_S + (port->time_digits == 9 ? fraction : fraction * (NS_PER_S / 1000000));
}

static void lengths_in_order(const struct reader *r, uint32_t *captured, uint32_t *wire)
{
	uint32_t first = *captured;

	if (r->pcap_swapped || (r->pcap_unsure && *captured > *wire)) {
		*captured = *wire;
		*wire = first;
	}
}

static enum record pcap_next(struct reader *r, struct packet *ret)
{
	const struct port *port = r->ports;
	struct cursor c;
	uint32_t seconds, fraction, captured, wire;

	if (!input_want(&r->in, r->pcap_header))
		return input_there(&r->in) ? RECORD_CUT : RECORD_END;
	c = cursor_over(input_take(&r->in, r->pcap_header));
	seconds = reader_u32(r, &c);
	fraction = reader_u32(r, &c);
	captured = reader_u32(r, &c);
	wire = reader_u32(r, &c);
	lengths_in_order(r, &captured, &wire);
	if (captured > PACKET_MAX && (captured > port->snap || captured > SNAP_MAX))
		return reader_damaged(r, "claims %u octets", captured);
	if (!input_want(&r->in, captured))
		return RECORD_CUT;
	ret->at_ns = packet_time(port, seconds, fraction);
	ret->time_digits = port->time_digits;
	ret->link_type = port->link_type;
	ret->wire_len = wire > captured ? wire : captured;
	ret->data = input_take(&r->in, captured);
	return RECORD_PACKET;
}

enum record pcap_start(struct reader *r)
{
	struct port *port = memory_get(sizeof *port);
	struct cursor c;
	uint32_t magic;
	uint16_t major, minor;

	r->ports = port;
	r->port_count = 1;
	if (!input_want(&r->in, FILE_HEADER))
		return RECORD_CUT;
	c = cursor_over(input_take(&r->in, FILE_HEADER));
	magic = cursor_be32(&c);
	r->big_endian = known_magic(magic);
	if (!r->big_endian)
		magic = __builtin_bswap32(magic);
	major = reader_u16(r, &c);
	minor = reader_u16(r, &c);
	cursor_skip(&c, 8);
	port->snap = reader_u32(r, &c);
	port->link_type = (uint16_t)(reader_u32(r, &c) & LINK_MASK);
	if (major != VERSION && major != VERSION_DG_UX)
		return reader_damaged(r, "pcap version %u.%u is not read", major, minor);
	port->time_digits = magic == magic_nano ? 9 : 6;
	r->pcap_header = magic == magic_patched ? PATCHED_HEADER : PACKET_HEADER;
	r->pcap_swapped = major == VERSION_DG_UX || minor < 3;
	r->pcap_unsure = minor == 3;
	r->next = pcap_next;
	reader_note_link(r, port->link_type);
	return RECORD_END;
}
