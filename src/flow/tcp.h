/* One TCP connection: how it began and ended, how much each side sent, and the stream of its octets. The events of TCP itself come from here. */
#ifndef FLOW_TCP_H
#define FLOW_TCP_H

#include "flow/choose.h"
#include "flow/stream.h"

/* One side as its sequence numbers tell (RFC 9293). */
struct tcp_half {
	bool known;                     /* `start` is */
	bool unsure;                    /* `start` is not behind a SYN: the capture began later */
	bool fin;
	uint32_t start;                 /* sequence number of stream octet 0 */
	uint64_t high;                  /* octets that were sent, by its own numbers and by what the other side acknowledged */
	uint64_t fin_at;
};

enum tcp_phase { TCP_ASKED, TCP_OPEN, TCP_OVER };

struct tcp {
	struct tcps *all;
	struct path path;
	enum tcp_phase phase;
	bool begun, accepted, refused, closed_told, one_way_told, no_stream, markers;
	bool was_read;                  /* a dissector had its stream, which is over */
	bool told_start;                /* that it is older than the capture */
	bool given_up;                  /* for want of memory; until octets come that nobody reads, and are told as a gap */
	struct tcp_half halves[2];
	struct stream *stream;
	const struct dissector *by_port;
	int64_t first_ns, last_ns;
	frame_ref last_frame;
	/* SYNs */
	unsigned syns;
	int64_t syn_ns, syn_interval_ns;
	frame_ref syn_frame;
	/* the first FIN's sender, and the last FIN */
	enum side closer;
	frame_ref fin_frame;
	int64_t fin_ns;
	int64_t one_way_ns;             /* when the side that was never seen was first heard of */
	/* progress */
	uint64_t progress_octets;
	int64_t progress_ns;
	/* of connections that wait for an answer: a SYN's, or a FIN's */
	struct tcp *next_waiting, **waiting_link;
};

/* What all connections share. */
struct tcps {
	struct reporter *report;
	struct streams streams;
	struct flow_counters *counters;
	struct tcp *waiting;
	int64_t next_check_ns;
};

void tcps_start(struct tcps *ts, struct reporter *report, struct flow_counters *counters, const struct flow_limits *limits);

/* Time-outs whose time has come, and holes that will not fill. */
void tcps_tick(struct tcps *ts, int64_t now_ns);

/* Whether nothing is due yet: tcps_tick would do nothing. */
bool tcps_quiet(const struct tcps *ts, int64_t now_ns);

/* tcp_syn.c. */

/* A SYN or a SYN/ACK. */
bool tcp_is_syn(const struct layers *l);

/* Whether a packet may begin a connection: a RST does not. */
bool tcp_may_begin(const struct layers *l);

/* Whether this packet cannot belong to `t`: its ports are used again. */
bool tcp_is_another(const struct tcp *t, enum side from, const struct layers *l);

/* A SYN/ACK or a reset that does not acknowledge the SYN of this client: it will not take it (RFC 9293 3.10.7.3). */
bool tcp_answers_another(const struct tcp *t, enum side from, const struct layers *l);

/* The side that sent the first packet of a connection: by its SYN, else by the ports. */
enum side tcp_guess_sender(const struct chooser *c, const struct layers *l);

/* tcp.c. */

/* A connection of which `l` is the first packet, sent by `from`. */
struct tcp *tcp_new(struct tcps *ts, const struct chooser *c, uint64_t number, enum side from, const struct layers *l, bool markers);

/* Whether a dissector reads what is said on it, or may yet, or has. */
bool tcp_is_read(const struct tcp *t);

/* More than markers is looked for from now on. */
void tcp_lift_markers(struct tcp *t);

void tcp_packet(struct tcp *t, enum side from, const struct packet *p, const struct layers *l);

/* Why a connection is no longer followed. */
enum tcp_leave {
	TCP_DONE,                       /* it has ended, or another has its ports */
	TCP_FORGOTTEN,                  /* it goes on, but there are too many */
	TCP_FINISH,                     /* the capture ends */
};

/* Says what can still be said, and frees it. */
void tcp_forget(struct tcp *t, enum tcp_leave why);

#endif
