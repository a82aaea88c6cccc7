/* What decapsulation must find in a frame, whole, cut at every octet, and with every octet changed. */
#ifndef UNIT_DECAP_EXPECT_H
#define UNIT_DECAP_EXPECT_H

#include "packet/decap.h"
#include "tests/unit/frame.h"

enum { TCP = 6, UDP = 17, GRE = 47 };

/* The frame in the making, and what was counted in it last. */
extern struct frame frame;
extern struct decap_counters counters;

/* "outer source, inner source>destination if they differ, vlan N ..., endpoints, transport, payload", or what else there is instead. */
const char *decap_print(const struct layers *l);

/* Finds just this in `frame`, which is not malformed; and all prefixes and changes of it are survived. */
void decap_expect_link(uint16_t link_type, const char *expected);
void decap_expect(const char *expected);                /* on Ethernet */
/* One thing of that name is not opened. */
void decap_expect_skipped(const char *name);
/* One contradiction is counted. */
void decap_expect_malformed(void);
/* Cut by the snap length a packet is never malformed, and cut short by itself it is survived. */
void decap_every_prefix(const struct packet *whole);

/* ---- what many tests begin or end with ---- */

void frame_outer(unsigned protocol);                    /* Ethernet and IPv4 */
void frame_inner(void);                                 /* a whole frame for a tunnel: */
void frame_inner_ip(void);                              /* its packet alone */

#define OUTER "02:00:00:00:00:01 "
#define INSIDE "192.0.2.1:1000>192.0.2.2:53 udp inside"
#define FRAME_INSIDE OUTER "06:00:00:00:00:01>06:00:00:00:00:02 " INSIDE

#endif
