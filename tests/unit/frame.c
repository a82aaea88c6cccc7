#include "tests/unit/frame.h"

#include <stdio.h>
#include <string.h>

void frame_start(struct frame *f)
{
	f->len = 0;
	f->length_count = 0;
}

void frame_hex(struct frame *f, const char *hex)
{
	unsigned octet;

	for (; *hex; hex++)
		if (*hex != ' ' && sscanf(hex, "%2x", &octet) == 1) {
			f->octets[f->len++] = (uint8_t)octet;
			hex++;
		}
}

void frame_text(struct frame *f, const char *text)
{
	memcpy(f->octets + f->len, text, strlen(text));
	f->len += strlen(text);
}

void frame_u16(struct frame *f, unsigned n)
{
	f->octets[f->len++] = (uint8_t)(n >> 8);
	f->octets[f->len++] = (uint8_t)n;
}

void frame_u32(struct frame *f, uint32_t n)
{
	frame_u16(f, n >> 16);
	frame_u16(f, n & 0xffff);
}

void frame_length(struct frame *f, size_t back)
{
	f->lengths[f->length_count].at = f->len;
	f->lengths[f->length_count++].from = f->len - back;
	frame_u16(f, 0);
}

void frame_ethernet(struct frame *f, unsigned type)
{
	frame_hex(f, "02 00 00 00 00 02 02 00 00 00 00 01");
	frame_u16(f, type);
}

void frame_inner_ethernet(struct frame *f, unsigned type)
{
	frame_hex(f, "06 00 00 00 00 02 06 00 00 00 00 01");
	frame_u16(f, type);
}

void frame_vlan(struct frame *f, unsigned id, unsigned type)
{
	frame_u16(f, id);
	frame_u16(f, type);
}

static void ipv4_from(struct frame *f, unsigned protocol, const char *addresses)
{
	frame_hex(f, "45 00");
	frame_length(f, 2);
	frame_hex(f, "12 34 00 00");
	frame_u16(f, 0x4000 | protocol);
	frame_hex(f, "00 00");
	frame_hex(f, addresses);
}

void frame_ipv4(struct frame *f, unsigned protocol)
{
	ipv4_from(f, protocol, "0a000001 0a000002");
}

void frame_inner_ipv4(struct frame *f, unsigned protocol)
{
	ipv4_from(f, protocol, "c0000201 c0000202");
}

void frame_ipv6(struct frame *f, unsigned next)
{
	frame_hex(f, "60 00 00 00");
	frame_length(f, 0);
	f->lengths[f->length_count - 1].from += 36;     /* what lies behind the header */
	frame_u16(f, next << 8 | 64);
	frame_hex(f, "20010db8 00000000 00000000 00000001 20010db8 00000000 00000000 00000002");
}

void frame_udp(struct frame *f, unsigned src, unsigned dst)
{
	frame_u16(f, src);
	frame_u16(f, dst);
	frame_length(f, 4);
	frame_u16(f, 0);
}

void frame_tcp(struct frame *f, unsigned src, unsigned dst, unsigned flags)
{
	frame_u16(f, src);
	frame_u16(f, dst);
	frame_hex(f, "01020304 05060708");
	frame_u16(f, 0x5000 | flags);
	frame_hex(f, "1000 0000 0000");
}

struct span frame_finish(struct frame *f)
{
	for (unsigned i = 0; i < f->length_count; i++) {
		size_t n = f->len - f->lengths[i].from;

		f->octets[f->lengths[i].at] = (uint8_t)(n >> 8);
		f->octets[f->lengths[i].at + 1] = (uint8_t)n;
	}
	return span_of(f->octets, f->len);
}

struct packet frame_packet(struct frame *f)
{
	struct packet p = { .frame = frame_of(0, 1), .time_digits = 6, .link_type = 1, .data = frame_finish(f) };

	p.wire_len = (uint32_t)p.data.len;
	return p;
}
