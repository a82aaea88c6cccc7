/*
 * An event: one observed fact, self-describing, a value with no pointer into a packet.
 *
 * A dissector says which kinds of events it makes and which fields they bear as constants in its header (dhcp_ack, dhcp_domain_name). A kind
 * and a field are known by address inside the program and by name outside. Sinks print any event without knowing its protocol.
 *
 * Fields keep the order in which they were put. A field that the message does not have is not put: there is no null and no invented value.
 */
#ifndef TRAIL_EVENT_H
#define TRAIL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/cursor.h"
#include "packet/packet.h"

struct kind {
	const char *proto, *name;       /* "dhcp", "ack" (contract section 2) */
	bool internal;                  /* for the trail, not for `events`: a gap, progress of a connection */
};

struct field {
	const char *name;               /* ".session_id": one that begins with a dot is internal, for the trail, not for `events` */
};

enum form {
	FORM_NUMBER, FORM_SIGNED, FORM_REAL, FORM_TRUTH,
	FORM_HEX,               /* a number printed as 0x with at least `digits` digits */
	FORM_TEXT,              /* valid UTF-8 */
	FORM_TIME,              /* nanoseconds since 1970 */
	FORM_ADDR, FORM_MAC,
	FORM_LIST, FORM_RECORD,
};

/* A list or a record under construction or finished; a list's items have no field. */
struct record {
	struct arena *arena;
	struct item *first, *last;
};

struct item {
	struct item *next;
	const struct field *field;
	enum form form;
	uint8_t digits;                 /* FORM_HEX: digits at least; FORM_TIME: digits of a second; FORM_REAL: decimals */
	union {
		uint64_t number;
		int64_t integer;        /* FORM_SIGNED, FORM_TIME */
		double real;
		bool truth;
		struct { const char *data; size_t len; } text;
		struct addr addr;
		struct mac mac;
		struct record record;   /* FORM_LIST, FORM_RECORD */
	};
};

struct event {
	const struct kind *kind;
	frame_ref frame;                /* the frame that completed the message */
	const frame_ref *frames;        /* all frames it came in, where they are several; NULL otherwise */
	unsigned frame_count;
	int64_t at_ns;
	uint8_t time_digits;
	bool has_ether, has_ip;
	struct mac eth_src, eth_dst;    /* outermost, as printed */
	struct mac mac_src, mac_dst;    /* innermost: whose message it is */
	uint8_t vlan_count;
	uint16_t vlans[VLANS_MAX];
	struct endpoint src, dst;
	uint64_t flow;                  /* a number for the TCP connection or UDP exchange it was in; 0 without */
	bool cut;                       /* the snap length cut the packets it was read from */
	struct record fields;
};

/* ---- putting ----
 * Each puts one field into a record, or one item into a list (field NULL). The record must be of an event in the making. */
void put_number(struct record *r, const struct field *f, uint64_t n);
void put_signed(struct record *r, const struct field *f, int64_t n);
void put_hex(struct record *r, const struct field *f, uint64_t n, unsigned digits);
void put_real(struct record *r, const struct field *f, double v, unsigned decimals);
void put_truth(struct record *r, const struct field *f, bool v);
void put_time(struct record *r, const struct field *f, int64_t at_ns, unsigned digits);
void put_addr(struct record *r, const struct field *f, struct addr a);
void put_mac(struct record *r, const struct field *f, struct mac m);
void put_string(struct record *r, const struct field *f, const char *text);     /* a text of the program's own */
void put_text(struct record *r, const struct field *f, struct span octets);     /* as sent, less one trailing NUL; not UTF-8 becomes \xhh */
void put_name(struct record *r, const struct field *f, struct span octets);     /* a host name: lower case, no trailing dot */
void put_octets(struct record *r, const struct field *f, struct span octets);   /* as lower-case hex */
struct record *put_list(struct record *r, const struct field *f);
struct record *put_record(struct record *r, const struct field *f);
void put_copies(struct record *r, const struct record *from);    /* copies of all that is in another */

/* ---- reading ---- */
const struct item *record_find(const struct record *r, const struct field *f);  /* the first such field, or NULL */
const struct item *event_find(const struct event *e, const struct field *f);
const char *event_string(const struct event *e, const struct field *f);         /* NULL if it is not there */
const char *record_string(const struct record *r, const struct field *f);
uint64_t event_number(const struct event *e, const struct field *f, uint64_t absent);
uint64_t record_number(const struct record *r, const struct field *f, uint64_t absent);
const struct addr *event_addr(const struct event *e, const struct field *f);    /* NULL if it is not there, or 0.0.0.0 or :: */
const struct mac *event_mac(const struct event *e, const struct field *f);      /* NULL if it is not there, or zero */
const struct record *event_list(const struct event *e, const struct field *f);  /* a list or record; an empty one if it is not there */
const struct record *record_list(const struct record *r, const struct field *f);

/* A copy that lives in `arena`. */
struct event *event_copy(const struct event *e, struct arena *arena);

/* Fields any protocol may bear. */
extern const struct field event_malformed;      /* "malformed": list of reasons why the message could not be read whole */

#endif
