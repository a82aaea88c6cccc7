/*
 * The pcapng format (packet/pcapng.h) read: blocks, each in the byte order of its section.
 *
 * A section header (0x0a0d0d0a) begins a section, which forgets the interfaces of the one before. Interfaces (1) have a link type, a snap length
 * and a resolution of time each. Packets are enhanced (6), simple (3: of interface 0, without time) or of the obsolete form (2). Statistics (5)
 * tell how many packets an interface lost. All other blocks are passed over.
 */
#include "packet/pcapng.h"
#include "packet/reader_parts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"

enum {
	SECTION_START = 12, SECTION_MIN = 28,
	BLOCK_MAX = SNAP_MAX + 1024 * 1024,     /* of those that are looked into: the longest packet and its options */
	INTERFACES_MAX = 65536,
	DECIMAL_MAX = 19, BINARY_MAX = 63,      /* exponents that fit into 64 bits */
	DIGITS_MAX = 9,
};

struct block {
	uint32_t type, total;
	struct cursor body;     /* of those that are looked into */
};

bool pcapng_recognise(struct span start)
{
	struct cursor c = cursor_over(start);

	return cursor_be32(&c) == PCAPNG_SECTION;
}

/* ---- sections and interfaces ---- */

/* The section header tells the byte order of its own length, so its first three words are there before the block is taken. */
static bool section_order(struct reader *r)
{
	struct cursor c = cursor_over(span_of(r->in.at + PCAPNG_BLOCK_HEADER, SECTION_START - PCAPNG_BLOCK_HEADER));
	uint32_t magic = cursor_be32(&c);

	r->big_endian = magic == PCAPNG_ORDER_MAGIC;
	return r->big_endian || __builtin_bswap32(magic) == PCAPNG_ORDER_MAGIC;
}

static enum record section_begin(struct reader *r, struct block *b)
{
	uint16_t major, minor;

	cursor_skip(&b->body, 4);
	major = reader_u16(r, &b->body);
	minor = reader_u16(r, &b->body);
	if (major != PCAPNG_VERSION)
		return reader_damaged(r, "pcapng version %u.%u is not read", major, minor);
	r->port_count = 0;
	return RECORD_END;
}

static uint64_t power(uint64_t base, unsigned exponent)
{
	uint64_t n = 1;

	while (exponent--)
		n *= base;
	return n;
}

/* if_tsresol: a negative power of ten, or of two where the highest bit is set. */
static bool resolution(struct port *port, uint8_t value)
{
	unsigned exponent = value & 0x7f;
	bool binary = value & 0x80;

	if (exponent > (binary ? BINARY_MAX : DECIMAL_MAX))
		return false;
	port->units = power(binary ? 2 : 10, exponent);
	port->ns_per_unit = (uint64_t)NS_PER_S % port->units ? 0 : (uint32_t)((uint64_t)NS_PER_S / port->units);
	/* 2^-n has n digits, the last a 5 */
	port->time_digits = (uint8_t)(exponent < DIGITS_MAX ? exponent : DIGITS_MAX);
	return true;
}

static int64_t clamped_seconds(int64_t s)
{
	if (s > INT64_MAX / NS_PER_S)
		return INT64_MAX;
	return s < INT64_MIN / NS_PER_S ? INT64_MIN : s * NS_PER_S;
}

static uint64_t take_u64(const struct reader *r, struct cursor *c)
{
	return r->big_endian ? cursor_big(c, 8) : cursor_little(c, 8);
}

/* False at the end of the options; the cursor has failed where the last one is longer than its block. */
static bool option_next(const struct reader *r, struct cursor *c, uint16_t *ret_code, struct cursor *ret_value)
{
	uint16_t len;

	if (cursor_left(c) < 4)
		return false;
	*ret_code = reader_u16(r, c);
	len = reader_u16(r, c);
	*ret_value = cursor_over(cursor_take(c, len));
	if (!cursor_ok(c) || *ret_code == PCAPNG_OPTION_END)
		return false;
	len = (uint16_t)((4u - len % 4) % 4);
	cursor_skip(c, len < cursor_left(c) ? len : cursor_left(c));
	return true;
}

static bool interface_option(const struct reader *r, struct port *port, uint16_t code, struct cursor value)
{
	if (code == PCAPNG_OPTION_TSRESOL && cursor_left(&value) >= 1)
		return resolution(port, cursor_u8(&value));
	if (code == PCAPNG_OPTION_TSOFFSET && cursor_left(&value) >= 8)
		port->offset_ns = clamped_seconds((int64_t)take_u64(r, &value));
	return true;
}

static enum record interface_options(struct reader *r, struct port *port, struct cursor *c)
{
	struct cursor value;
	uint16_t code;

	while (option_next(r, c, &code, &value))
		if (!interface_option(r, port, code, value))
			return reader_damaged(r, "interface %u has an impossible resolution of time", r->port_count);
	return cursor_ok(c) ? RECORD_END : reader_damaged(r, "an option of interface %u is longer than its block", r->port_count);
}

static enum record interface_add(struct reader *r, struct block *b)
{
	struct port port = { .units = 1000000, .ns_per_unit = 1000, .time_digits = 6 };
	enum record answer;

	if (r->port_count == INTERFACES_MAX)
		return reader_damaged(r, "more than %u interfaces", INTERFACES_MAX);
	port.link_type = reader_u16(r, &b->body);
	cursor_skip(&b->body, 2);
	port.snap = reader_u32(r, &b->body);
	if (!cursor_ok(&b->body))
		return reader_damaged(r, "the block of interface %u is too short", r->port_count);
	answer = interface_options(r, &port, &b->body);
	if (answer != RECORD_END)
		return answer;
	if ((r->port_count & (r->port_count - 1)) == 0)         /* room doubles at powers of two */
		r->ports = memory_resize(r->ports, r->port_count ? 2 * (size_t)r->port_count : 1, sizeof *r->ports);
	r->ports[r->port_count++] = port;
	reader_note_link(r, port.link_type);
	return RECORD_END;
}

/* The counters go up from the beginning of the capture: the last statistics hold all. */
static enum record statistics(struct reader *r, struct block *b)
{
	uint32_t interface = reader_u32(r, &b->body);
	uint64_t dropped = 0;
	struct cursor value;
	uint16_t code;

	cursor_skip(&b->body, 8);
	while (option_next(r, &b->body, &code, &value))
		if ((code == PCAPNG_OPTION_IFDROP || code == PCAPNG_OPTION_OSDROP) && cursor_left(&value) >= 8)
			dropped += take_u64(r, &value);
	if (interface < r->port_count) {
		r->info.dropped += dropped - r->ports[interface].dropped;
		r->ports[interface].dropped = dropped;
	}
	return RECORD_END;
}

/* ---- packets ---- */

static uint64_t fraction_ns(const struct port *port, uint64_t fraction)
{
	if (port->ns_per_unit)
		return fraction * port->ns_per_unit;
	return (uint64_t)((unsigned __int128)fraction * (uint64_t)NS_PER_S / port->units);
}

static int64_t packet_time(const struct port *port, uint64_t stamp)
{
	uint64_t seconds = stamp / port->units, fraction = stamp % port->units;
	int64_t ns, sum;

	/* So far away no clock was: what a pcap file would hold of it at least keeps the distances. */
	if (seconds > PACKET_TIME_MAX_NS / NS_PER_S)
		seconds &= UINT32_MAX;
	ns = (int64_t)seconds * NS_PER_S + (int64_t)fraction_ns(port, fraction);
	if (__builtin_add_overflow(ns, port->offset_ns, &sum))
		sum = port->offset_ns < 0 ? INT64_MIN : INT64_MAX;
	if (sum > PACKET_TIME_MAX_NS)
		return PACKET_TIME_MAX_NS;
	return sum < -PACKET_TIME_MAX_NS ? -PACKET_TIME_MAX_NS : sum;
}

static enum record packet_of(struct reader *r, uint32_t interface, struct packet *ret)
{
	if (interface >= r->port_count)
		return reader_damaged(r, "is of interface %u, but only %u are described", interface, r->port_count);
	ret->link_type = r->ports[interface].link_type;
	ret->time_digits = r->ports[interface].time_digits;
	return RECORD_PACKET;
}

static enum record packet_data(struct reader *r, struct block *b, uint32_t captured, uint32_t wire, struct packet *ret)
{
	ret->data = cursor_take(&b->body, captured);
	ret->wire_len = wire > captured ? wire : captured;
	return cursor_ok(&b->body) ? RECORD_PACKET : reader_damaged(r, "claims %u octets in a block of %u", captured, b->total);
}

static enum record stamped_packet(struct reader *r, struct block *b, uint32_t interface, struct packet *ret)
{
	uint64_t stamp = (uint64_t)reader_u32(r, &b->body) << 32;
	uint32_t captured, wire;
	enum record answer = packet_of(r, interface, ret);

	stamp |= reader_u32(r, &b->body);
	captured = reader_u32(r, &b->body);
	wire = reader_u32(r, &b->body);
	if (answer != RECORD_PACKET)
		return answer;
	ret->at_ns = packet_time(&r->ports[interface], stamp);
	return packet_data(r, b, captured, wire, ret);
}

static enum record obsolete_packet(struct reader *r, struct block *b, struct packet *ret)
{
	uint16_t interface = reader_u16(r, &b->body);

	cursor_skip(&b->body, 2);
	return stamped_packet(r, b, interface, ret);
}

/* Only as much as the block or the snap length holds was captured; the time is that of the packet before. */
static enum record simple_packet(struct reader *r, struct block *b, struct packet *ret)
{
	uint32_t wire = reader_u32(r, &b->body), captured = wire;
	enum record answer = packet_of(r, 0, ret);

	if (answer != RECORD_PACKET)
		return answer;
	if (r->ports[0].snap && captured > r->ports[0].snap)
		captured = r->ports[0].snap;
	if (captured > cursor_left(&b->body))
		captured = (uint32_t)cursor_left(&b->body);
	ret->at_ns = r->before_ns;
	return packet_data(r, b, captured, wire, ret);
}

/* ---- blocks ---- */

static bool is_looked_into(uint32_t type)
{
	return type == PCAPNG_ENHANCED || type == PCAPNG_INTERFACE || type == PCAPNG_PACKET || type == PCAPNG_SIMPLE || type == PCAPNG_SECTION ||
		type == PCAPNG_STATISTICS;
}

static enum record block_header(struct reader *r, struct block *b)
{
	struct cursor c;

	if (!input_want(&r->in, PCAPNG_BLOCK_HEADER))
		return input_there(&r->in) ? RECORD_CUT : RECORD_END;
	c = cursor_over(span_of(r->in.at, PCAPNG_BLOCK_HEADER));
	b->type = reader_u32(r, &c);
	if (b->type == PCAPNG_SECTION) {
		if (!input_want(&r->in, SECTION_START))
			return RECORD_CUT;
		if (!section_order(r))
			return reader_damaged(r, "a section header without byte order");
		c = cursor_over(span_of(r->in.at + 4, 4));
	}
	b->total = reader_u32(r, &c);
	if (b->total % 4 || b->total < (b->type == PCAPNG_SECTION ? SECTION_MIN : PCAPNG_BLOCK_FRAME) || (is_looked_into(b->type) && b->total > BLOCK_MAX))
		return reader_damaged(r, "a block of type 0x%x claims %u octets", b->type, b->total);
	return RECORD_PACKET;
}

/* Passes over the block, of which the body is taken where it is looked into. */
static enum record block_take(struct reader *r, struct block *b)
{
	struct span whole;
	struct cursor tail;

	if (!is_looked_into(b->type))
		return input_skip(&r->in, b->total) ? RECORD_PACKET : RECORD_CUT;
	if (!input_want(&r->in, b->total))
		return RECORD_CUT;
	whole = input_take(&r->in, b->total);
	tail = cursor_over(span_part(whole, b->total - 4, 4));
	if (reader_u32(r, &tail) != b->total)
		return reader_damaged(r, "a block of type 0x%x has two different lengths", b->type);
	b->body = cursor_over(span_part(whole, PCAPNG_BLOCK_HEADER, b->total - PCAPNG_BLOCK_FRAME));
	return RECORD_PACKET;
}

/* RECORD_END: the block was no packet, the next one may be. */
static enum record block_read(struct reader *r, struct block *b, struct packet *ret)
{
	switch (b->type) {
	case PCAPNG_ENHANCED: return stamped_packet(r, b, reader_u32(r, &b->body), ret);
	case PCAPNG_SIMPLE: return simple_packet(r, b, ret);
	case PCAPNG_PACKET: return obsolete_packet(r, b, ret);
	case PCAPNG_INTERFACE: return interface_add(r, b);
	case PCAPNG_STATISTICS: return statistics(r, b);
	case PCAPNG_SECTION: return section_begin(r, b);
	case PCAPNG_CUSTOM:
	case PCAPNG_CUSTOM_PRIVATE:
	case PCAPNG_JOURNAL: r->number++; return RECORD_END;      /* Wireshark shows these as frames: the numbers of the others are the same here */
	default: return RECORD_END;
	}
}

static enum record pcapng_next(struct reader *r, struct packet *ret)
{
	struct block b;
	enum record answer;

	do {
		answer = block_header(r, &b);
		if (answer != RECORD_PACKET)
			return answer;
		answer = block_take(r, &b);
		if (answer != RECORD_PACKET)
			return answer;
		answer = block_read(r, &b, ret);
	} while (answer == RECORD_END);
	return answer;
}

enum record pcapng_start(struct reader *r)
{
	struct block b;
	enum record answer;

	r->next = pcapng_next;
	answer = block_header(r, &b);
	if (answer == RECORD_PACKET)
		answer = block_take(r, &b);
	return answer == RECORD_PACKET ? section_begin(r, &b) : answer;
}
