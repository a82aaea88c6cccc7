/* Frames for tests, written front to back; lengths are filled in at the end. */
#ifndef UNIT_FRAME_H
#define UNIT_FRAME_H

#include "packet/packet.h"

struct frame {
	uint8_t octets[66000];
	size_t len;
	struct {
		size_t at, from;        /* a 16-bit length at `at` of what lies from `from` to the end */
	} lengths[24];
	unsigned length_count;
};

/* A frame with nothing in it. Each of the following adds to its end. */
void frame_start(struct frame *f);
void frame_hex(struct frame *f, const char *hex);       /* "0a 0b0c": blanks do not matter */
void frame_text(struct frame *f, const char *text);
void frame_u16(struct frame *f, unsigned n);
void frame_u32(struct frame *f, uint32_t n);
void frame_length(struct frame *f, size_t back);        /* two octets: how long it is from `back` octets before them to the end */
void frame_ethernet(struct frame *f, unsigned type);    /* from 02:00:00:00:00:01 to 02:00:00:00:00:02 */
void frame_inner_ethernet(struct frame *f, unsigned type);      /* from 06:00:00:00:00:01 to 06:00:00:00:00:02 */
void frame_vlan(struct frame *f, unsigned id, unsigned type);
void frame_ipv4(struct frame *f, unsigned protocol);    /* 10.0.0.1 to 10.0.0.2, identification 0x1234 */
void frame_inner_ipv4(struct frame *f, unsigned protocol);      /* 192.0.2.1 to 192.0.2.2 */
void frame_ipv6(struct frame *f, unsigned next);        /* 2001:db8::1 to 2001:db8::2 */
void frame_udp(struct frame *f, unsigned src, unsigned dst);
void frame_tcp(struct frame *f, unsigned src, unsigned dst, unsigned flags);    /* seq 0x01020304, ack 0x05060708 */

/* Fills in the lengths. */
struct span frame_finish(struct frame *f);

/* As a packet of LINKTYPE_ETHERNET, frame number 1, time 0. */
struct packet frame_packet(struct frame *f);

#endif
