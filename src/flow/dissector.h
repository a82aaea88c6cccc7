/*
 * What a dissector is. One file a protocol, one const descriptor a file, one list of descriptors (dissectors/list.c).
 *
 * A dissector sees its octets and its own state and reports events. It knows nothing of phones, clocks, logs, tables or other dissectors.
 * All reading goes through a cursor. It must cope with every prefix of a message, with any split of a stream, and with any octets at all;
 * work and memory a message are bounded by its length.
 */
#ifndef FLOW_DISSECTOR_H
#define FLOW_DISSECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/packet.h"
#include "trail/event.h"

enum side { SIDE_CLIENT, SIDE_SERVER };

static inline enum side side_other(enum side s) { return s == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT; }

/* ---- what a dissector reports with ---- */

struct emit;    /* of the flow layer; a dissector only passes it on */

/* Begins an event; put its fields into ->fields, then pass it to emit_end, which hands it on. Several may be in the making at once. */
struct event *emit_begin(struct emit *to, const struct kind *kind);
void emit_end(struct emit *to, struct event *e);

/* The message is not what its protocol allows: counted under `reason`, and put as event_malformed into `e` if that is not NULL. Where the snap
 * length cut the packet nothing is malformed: then this only marks `e` as cut. */
void emit_malformed(struct emit *to, struct event *e, const char *reason);

/* Message is whole and fine, but sealed or of no interest (SASL-sealed LDAP ...): counted by name for the user. */
void emit_counted(struct emit *to, const char *what);

/* Of a stream only: the event in the making came in stream octets [from, to) of side `side`, numbered as emit_offset counts. Without this
 * the frames of an event are those of the octets that the current call consumes. */
void emit_range(struct emit *to, struct event *e, enum side side, uint64_t from, uint64_t until);

/* Of a stream only: the stream offset of the first octet that the current call was given. */
uint64_t emit_offset(const struct emit *to);

/* The packet (or fragment-assembled datagram) being read: time, addresses, ports, transport, whether it was cut by the snap length. */
int64_t emit_time_ns(const struct emit *to);
const struct layers *emit_layers(const struct emit *to);
bool emit_is_cut(const struct emit *to);

/* ---- what a dissector answers a stream with ---- */

#define STREAM_MORE ((size_t)0)         /* not a whole message yet: call again when there is more of this side */
#define STREAM_STOP SIZE_MAX            /* nothing more to learn from this connection, or not this protocol */

struct dissector {
	const char *name;               /* "dhcp" */
	const char *standards;          /* "RFC 2131, RFC 2132, ..." */
	const struct kind *const *kinds;        /* NULL-terminated */

	/* Where it is expected, zero-terminated lists or NULL. */
	const uint16_t *udp_ports, *tcp_ports, *ether_types;
	uint64_t llc_snap;              /* 802.3 SNAP OUI and type (CDP: 0x00000c2000), or 0 */

	/* Whether these first octets of a datagram, or of one side of a stream, are surely this protocol: for ports nobody
	 * expects. May be NULL. On its own ports a dissector is called without asking. */
	bool (*recognise)(struct span octets, enum transport transport);

	/* One datagram, or one Ethernet payload. */
	void (*datagram)(struct span octets, struct emit *to);

	/* A stream. `octets` are the contiguous octets of side `from` that were not consumed yet, at least one. Answers how many it consumed
	 * (it is called again at once while it consumes and something is left), STREAM_MORE, or STREAM_STOP. It may answer more than it was given:
	 * the stream passes over that many of the next octets without keeping them. It is never asked to wait for more than 256 KiB. */
	size_t state_size;              /* octets of zeroed state a connection; may point to more, freed in close */
	size_t (*stream)(void *state, enum side from, struct span octets, struct emit *to);

	/* `missing` octets of side `from` will never come (0: unknown). Answers whether it can go on behind the hole; may be NULL (it cannot). What was
	 * not consumed before the hole is lost. Holes in what is passed over are not told. Called with 0 also before the first octets of a side that
	 * began before the capture, unless they are recognised, and for a side that has not ended when the connection is reset or forgotten or the
	 * capture ends. */
	bool (*gap)(void *state, enum side from, uint64_t missing, struct emit *to);

	/* One side has ended in order (FIN), nothing of it left unread but `rest`; may be NULL. An HTTP body without length ends here. */
	void (*end)(void *state, enum side from, struct span rest, struct emit *to);

	/* The connection is over or forgotten: free what the state points to. May be NULL. */
	void (*close)(void *state);

	/* Octets of memory that the state points to now, for the sum over all connections is bounded; NULL where it points to none. */
	size_t (*held)(const void *state);
};

/* dissectors/list.c: the one list, NULL-terminated. The first that fits wins. */
extern const struct dissector *const dissectors[];

/* Whether any of its events is printed: of some protocols only the program itself makes use. */
bool dissector_is_printed(const struct dissector *d);

#endif
