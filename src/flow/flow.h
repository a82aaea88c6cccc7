/*
 * Flows: one entry for both directions of a TCP connection or a UDP exchange, the order of TCP's octets, and the events of TCP itself.
 *
 * The flow layer decides which dissector gets a datagram or a stream: by port, else by what the dissectors recognise, else by nDPI's label
 * (classify.h, followed phones only). It knows no protocol beyond TCP and UDP.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "flow/dissector.h"
#include "flow/versions.h"
#include "packet/packet.h"
#include "trail/event.h"

/* How much attention the two ends of a packet get. */
enum interest {
	INTEREST_NONE,          /* nothing of theirs is read */
	INTEREST_MARKERS,       /* only what can show that one of them is a phone, or who has which address */
	INTEREST_ALL,           /* every dissector */
	INTEREST_FOLLOWED,      /* every dissector, and nDPI for what none of them knows */
};

struct flow_limits {
	size_t flows;           /* at most this many at once */
	size_t stream_octets;   /* octets waiting in order or for a hole, one side of one connection */
	size_t total_octets;    /* the same over all connections */
};

struct flow_counters {
	uint64_t flows, evicted;        /* seen; forgotten because there were too many */
	uint64_t gaps, gap_octets;      /* holes in streams that nothing filled */
	uint64_t one_way;               /* TCP connections of which one direction was never seen */
	uint64_t malformed;             /* messages that no dissector could read whole */
	uint64_t counted;               /* whole messages that could not be looked into */
};

struct flows;

/* A packet of which something is read. Its spans are good during the call only. */
struct seen {
	const struct packet *packet;
	const struct layers *layers;
	const frame_ref *frames;        /* all its frames, where it was put together from several; else NULL */
	unsigned frame_count;
	uint64_t flow;                  /* as in struct event */
	bool passing;                   /* of a connection that nobody reads, and no event names it yet: the latest of them may be named later */
};

/* `interest` says how much attention a packet deserves; `event` gets every event, internal ones too. An event is good during the call only. */
struct flows_user {
	void *user;
	enum interest (*interest)(void *user, const struct layers *l);
	void (*event)(void *user, const struct event *e);
	/* For those who keep packets, both NULL otherwise. `packet` gets every packet of a device that gets attention, where a dissector reads its protocol
	 * or TCP tells of it, before the events that name it; an ICMP error about such a packet, too; but no copy that a mirror made. `fragment` gets every
	 * fragment of IP as it was captured, before the datagram that it is a part of. */
	void (*packet)(void *user, const struct seen *s);
	void (*fragment)(void *user, const struct packet *p);
	/* Rise before `interest` answers otherwise than before for the same addresses. NULL: it always may. */
	const struct versions *versions;
};

struct flows *flows_new(const struct flow_limits *limits, const struct flows_user *user);

/* Whether it is known already that nobody reads this packet: then time has passed, and that was all. False says nothing. */
bool flows_unread(struct flows *f, const struct packet *p);

/* One packet whose layers are whole (fragments put together: `frames` are all its frames; else NULL and 0). */
void flows_packet(struct flows *f, const struct packet *p, const struct layers *l, const frame_ref *frames, unsigned frame_count);

/* It is `now_ns`, and no packet before that is still to come: says what waited for time to pass. The next packet says it as well. */
void flows_tick(struct flows *f, int64_t now_ns);

/* The capture ends: holes become gaps, connections that are still open report their progress, SYNs that had time to be answered time out. */
void flows_finish(struct flows *f);
const struct flow_counters *flows_counters(const struct flows *f);
/* Malformed messages of file `file`. */
uint64_t flows_malformed_of(const struct flows *f, unsigned file);
/* Calls `each` for every reason given to emit_malformed and emit_counted, with its protocol and count. */
void flows_each_oddity(const struct flows *f, void (*each)(void *user, const char *proto, const char *reason, uint64_t count), void *user);
void flows_free(struct flows *f);

/* ---- the events of TCP itself (contract section 2, proto tcp). src is the client. ---- */
extern const struct kind tcp_connect;           /* the first SYN of an attempt to connect */
extern const struct kind tcp_accepted;          /* SYN/ACK */
extern const struct kind tcp_refused;           /* RST in answer to the SYN */
extern const struct kind tcp_timeout;           /* no answer to any SYN; bears the frame of the last SYN */
extern const struct kind tcp_closed;            /* FIN; `by` the side that sent the first one. Emitted when both have, or the connection is forgotten */
extern const struct kind tcp_reset;             /* RST on an open connection; `by` its sender */
/* internal */
extern const struct kind tcp_progress;          /* still open: bytes and duration so far; at doublings of bytes, every 5 s of packet time with data, at the end */
extern const struct kind tcp_gap;               /* octets that were sent and not captured: `by` whose, `missing` how many, `reason` */

extern const struct field tcp_port;             /* "port": the server's */
extern const struct field tcp_by;               /* "by": "client" or "server" */
extern const struct field tcp_bytes_client;     /* "bytes_client": payload octets the client sent, retransmissions not counted */
extern const struct field tcp_bytes_server;
extern const struct field tcp_duration;         /* "duration_s": from the first packet of the connection */
extern const struct field tcp_syns;             /* "syns" of tcp_timeout: how many were sent */
extern const struct field tcp_missing;          /* "missing" of tcp_gap, octets; 0 if unknown */
extern const struct field tcp_reason;           /* "reason" of tcp_gap: "hole" (octets lost), "one-way" (the other direction is not in the
                                                   capture at all), "snap" (packets cut by the snap length), "start" (began before the capture),
                                                   "forgotten" (there were too many connections at once: what comes later is not read, or as another's) */

#endif
