/*
 * Packets for the flow layer without a packet in sight: struct layers made by hand, dissectors that tell what they were given, events as text.
 * A test that uses it has its own list of dissectors in the place of dissectors/list.c.
 */
#ifndef TESTS_UNIT_FAKE_FLOW_H
#define TESTS_UNIT_FAKE_FLOW_H

#include "base/moment.h"
#include "base/text.h"
#include "flow/flow.h"

/*
 * The dissectors, by TCP port of the server:
 *   1000 echo     consumes what it is given; a gap is told and gone over; octets as "C:text"
 *   1001 line     messages end with a newline; resynchronises behind one; recognises "LINE "; stops at 'X'
 *   1002 block    "B" and 6 digits, then so many octets that are passed over; no gap; recognises its head
 *   1003 keep     keeps KEPT octets of memory from its first octet on, and says nothing
 * and for UDP: 1001 line (a datagram is a message). Ethernet type 0x9999: line.
 */
enum { PORT_ECHO = 1000, PORT_LINE = 1001, PORT_BLOCK = 1002, PORT_KEEP = 1003, KEPT = 10000, PORT_NOBODY = 40000, TYPE_LINE = 0x9999 };

/* Whatever is not said otherwise: one client, one server, packets 1 ms apart, numbered from 1. */
struct fake {
	struct flows *flows;
	struct text events;             /* a line each: "frame proto kind {fields} [frames]" */
	enum interest interest;
	uint64_t frame;
	int64_t at_ns;
	uint16_t client_port, server_port;
	uint32_t next[2];               /* sequence numbers, by enum side */
	unsigned fragments;             /* each packet comes in so many frames; 0: in one */
	size_t snap;                    /* octets of payload that are captured; 0: all */
	bool show_internal;
	frame_ref last_frame;           /* of events but TCP's own */
	double duration_s;              /* of the last event that has one */
	bool out_of_order;
};

extern size_t fake_kept;                /* octets that "keep" has, over all connections */

void fake_start(struct fake *f, uint16_t server_port);
void fake_start_with(struct fake *f, uint16_t server_port, const struct flow_limits *limits);
/* The events so far; compare and forget. Ends the capture. */
const char *fake_finish(struct fake *f);
void fake_stop(struct fake *f);

/* One segment as it is. Returns its frame. */
uint64_t fake_segment(struct fake *f, enum side from, uint8_t flags, uint32_t seq, uint32_t ack, const void *octets, size_t len);

/* In sequence: what a well-behaved side sends next. */
void fake_handshake(struct fake *f);
void fake_say(struct fake *f, enum side from, const char *text);
void fake_ack(struct fake *f, enum side from);
void fake_fin(struct fake *f, enum side from);
void fake_rst(struct fake *f, enum side from);
void fake_wait(struct fake *f, int64_t ns);
void fake_datagram_from(struct fake *f, enum side from, const char *text);
void fake_ether(struct fake *f, uint16_t type, const char *text);

#endif
