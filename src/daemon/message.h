/*
 * What the dissecting process and the writer say to each other, over a stream socket.
 *
 * A message is a struct message_head, one fixed struct by kind, then whatever that struct announces: frame numbers and the like as arrays, texts
 * without NUL. Everything is in the machine's own order, for both ends are the same program. The dissecting process may have been taken over
 * by what it read: the receiver believes nothing. Sizes must add up to the octet, enums and counts be in range, texts valid UTF-8; anything else is a
 * violation, and ends both.
 *
 * A report is one MESSAGE_ATTEMPT, then the parts that it announces, in the order of the enum, then MESSAGE_END. The writer answers each with
 * MESSAGE_ANSWER once it is stored, or cannot be. Octets of evidence pass as they are: nobody looks into them.
 */
#ifndef DAEMON_MESSAGE_H
#define DAEMON_MESSAGE_H

#include "base/addr.h"
#include "verdict/report.h"

enum {
	MESSAGE_MAX = 8 * 1024 * 1024,          /* octets of one message: more than all events of an attempt */
	REPORT_MAX = 32 * 1024 * 1024,          /* octets of one report */
	PARTS_MAX = 100000,                     /* of one kind in one report, elements of one array */
	DEPTH_MAX = 16,                         /* lists in records in lists */
	NAME_MAX_LEN = 64,                      /* a field's, a kind's, a counter's name */
};

enum message_kind {
	MESSAGE_ATTEMPT = 1, MESSAGE_STEP, MESSAGE_CANDIDATE, MESSAGE_FINDING, MESSAGE_CERTIFICATE, MESSAGE_STORY, MESSAGE_CANNOT_SHOW, MESSAGE_EVENT,
	MESSAGE_EVIDENCE, MESSAGE_END,
	MESSAGE_INTERFACE,                      /* a capture_info; all of them in order, then those figures are stored */
	MESSAGE_COUNTER, MESSAGE_LOSS,
	MESSAGE_ANSWER,                         /* of the writer */
	MESSAGE_KINDS,
};

struct message_head {
	uint32_t size;                          /* all octets of the message, these among them */
	uint16_t kind;
	uint16_t zero;
};

/* The length of a text that follows; NO_TEXT where there is none. */
typedef uint32_t text_len;
#define NO_TEXT UINT32_MAX

struct message_attempt {
	uint64_t number;                        /* rises from report to report; the answer bears it */
	int64_t start_ns, end_ns;
	uint64_t events_left_out, packets_left_out;
	struct mac mac;
	uint8_t going_on, verdict_only, method, policy_source, outcome, zero;
	uint32_t cause;                         /* number of the finding from 1, or 0 */
	uint32_t addresses, vlans;              /* arrays of struct addr and uint16_t */
	uint32_t candidates, findings, certificates, stories, cannot_show, events, packets;     /* messages that follow */
	text_len id, policy, vendor, model, firmware, firmware_source, sip_domain, sip_domain_source;
	uint32_t zero2;
};

struct message_step {
	int64_t start_ns, end_ns;
	uint8_t state, has_time;
	uint16_t zero;
	uint32_t frames;
	text_len detail;
	uint32_t zero2;
};

struct message_candidate {
	uint8_t source, naming, dialled, result;
	uint32_t port, addresses, frames;
	text_len query, server, matched_domain;
};

struct message_finding {
	uint8_t severity, step, grade, zero;
	uint32_t frames;
	text_len code, subject, message, fix;
};

struct message_certificate {
	int64_t not_before_ns, not_after_ns;
	uint32_t san, frames;                   /* `san` lengths of texts, which follow the others */
	text_len server, wanted, subject, issuer, signature_algorithm, key, sha256;
	uint32_t zero;
};

struct message_story {
	int64_t at_ns;
	frame_ref frame;
	uint32_t step;
	text_len from, to, text;
};

struct message_cannot_show {
	text_len text;
};

struct message_event {
	frame_ref frame;
	int64_t at_ns;
	uint64_t flow;
	uint8_t time_digits, has_ether, has_ip, cut, vlan_count, zero;
	struct mac eth_src, eth_dst, mac_src, mac_dst;
	uint16_t vlans[VLANS_MAX];
	struct endpoint src, dst;
	uint32_t frames, items;                 /* frame numbers; then struct message_item, a list's items behind it */
	text_len proto, name;                   /* then of each item its name and its text */
};

struct message_item {
	uint64_t number;                        /* or the octets of an int64_t or double, or a truth */
	uint32_t children;                      /* of a list or record */
	text_len name, text;
	struct addr addr;
	struct mac mac;
	uint8_t form, digits;
	uint8_t zero[3];
};

struct message_evidence {
	frame_ref frame;
	int64_t at_ns;
	uint32_t wire_len, len;                 /* octets follow */
	uint16_t link_type;
	uint8_t time_digits;
	uint8_t zero[5];
};

struct message_interface {
	uint64_t packets, bytes, malformed, snapped, backwards, dropped;
	int64_t first_ns, last_ns;
	uint32_t position, count;               /* of how many */
	text_len name, link_type;
};

struct message_counter {
	uint64_t value;
	text_len name, part;
};

struct message_loss {
	int64_t from_ns, until_ns;
	uint64_t packets;
	text_len part;
	uint32_t zero;
};

struct message_answer {
	uint64_t number;
	uint32_t stored;                        /* 1: it is safe; 0: not now, send it again */
	uint32_t hopeless;                      /* 1: not this one, whenever it comes */
};

/* ---- octets that grow ---- */

struct octets {
	uint8_t *data;
	size_t len, room;
};

void octets_add(struct octets *o, const void *from, size_t len);
void octets_free(struct octets *o);

/* ---- writing; report_out.c has the reports ---- */

/* A message of one fixed struct; what it announces is added behind. message_close fills in the size. */
size_t message_open(struct octets *o, enum message_kind kind, const void *fixed, size_t size);
void message_close(struct octets *o, size_t open);
static inline text_len text_len_of(const char *text) { return text ? (text_len)strlen(text) : NO_TEXT; }
void message_text(struct octets *o, const char *text);

void message_put_counter(struct octets *o, const char *name, const char *part, uint64_t value);
void message_put_loss(struct octets *o, const char *part, int64_t from_ns, int64_t until_ns, uint64_t packets);
void message_put_interface(struct octets *o, const struct capture_info *c, unsigned position, unsigned count);
void message_put_answer(struct octets *o, uint64_t number, bool stored, bool hopeless);

/* Adds a whole report. Its number is at REPORT_NUMBER_AT from the start of what was added. */
void message_put_report(struct octets *o, const struct phone_report *phone, const struct attempt_report *a);
enum { REPORT_NUMBER_AT = sizeof(struct message_head) + offsetof(struct message_attempt, number) };

/* ---- reading ---- */

/* One message: its kind, and what is behind its head. 1 where there is one, 0 where more octets are needed, -1 a violation (an impossible head). */
int message_next(struct span octets, enum message_kind *ret_kind, struct span *ret_body, size_t *ret_size);

/* A body being read: everything that is asked of it is checked, and the first thing wrong makes it fail for good. */
struct body {
	struct cursor c;
	struct arena *arena;
	const char *wrong;                      /* what, or NULL */
};

struct body body_of(struct span octets, struct arena *arena);
void body_fixed(struct body *b, void *ret, size_t size);
void body_check(struct body *b, bool good, const char *what);
const void *body_array(struct body *b, uint32_t count, size_t size);   /* a copy in the arena; NULL of none */
const char *body_said(struct body *b, text_len len);                    /* a copy in the arena; what packets said may have a NUL in it */
const char *body_text(struct body *b, text_len len, bool may_lack);     /* the same without */
const char *body_name(struct body *b, text_len len);                    /* printable, not empty */
bool body_end(struct body *b);                                          /* everything read and nothing wrong */

bool message_get_counter(struct span body, struct arena *arena, const char **ret_name, const char **ret_part, uint64_t *ret_value);
bool message_get_loss(struct span body, struct arena *arena, const char **ret_part, struct message_loss *ret);
bool message_get_interface(struct span body, struct arena *arena, struct capture_info *ret, unsigned *ret_position, unsigned *ret_count);
bool message_get_answer(struct span body, struct message_answer *ret);

/* A report as it comes in. */
struct incoming;

enum incoming_answer { INCOMING_MORE, INCOMING_WHOLE, INCOMING_VIOLATION };

struct incoming *incoming_new(void);
/* One message of a report. After INCOMING_WHOLE the report is good until the next call. */
enum incoming_answer incoming_message(struct incoming *in, enum message_kind kind, struct span body);
const struct phone_report *incoming_phone(const struct incoming *in);
const struct attempt_report *incoming_attempt(const struct incoming *in);
uint64_t incoming_number(const struct incoming *in);
const char *incoming_wrong(const struct incoming *in);                  /* after INCOMING_VIOLATION */
void incoming_free(struct incoming *in);

#endif
