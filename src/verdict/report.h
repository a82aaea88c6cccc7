/*
 * What is told about captures, phones and sign-ins: the last value of the pipeline, which every sink prints and none changes.
 * All text is valid UTF-8 and may hold anything a packet can say: a sink escapes for its own medium. Fields as in contract section 3.
 */
#ifndef VERDICT_REPORT_H
#define VERDICT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "packet/source.h"
#include "verdict/finding.h"

struct frame_list {
	const frame_ref *at;            /* ascending, no frame twice */
	size_t count;
};

struct text_list {
	const char *const *at;
	size_t count;
};

struct addr_list {
	const struct addr *at;
	size_t count;
};

enum method { METHOD_UNKNOWN, METHOD_PIN, METHOD_CREDENTIALS, METHOD_CACHED };
enum outcome { OUTCOME_UNKNOWN, OUTCOME_SIGNED_IN, OUTCOME_FAILED, OUTCOME_UNFINISHED };
enum policy_source { POLICY_ASSUMED, POLICY_FIRMWARE, POLICY_OPTION };
enum step_state { STATE_NOT_SEEN, STATE_OK, STATE_WARNING, STATE_FAILED, STATE_SKIPPED };
enum candidate_source { CANDIDATE_SRV, CANDIDATE_DHCP120, CANDIDATE_HOST, CANDIDATE_REDIRECT, CANDIDATE_CACHE };
enum naming { NAMING_NO_MATCH, NAMING_SIP_DOMAIN, NAMING_BUILTIN };
enum candidate_result {
	RESULT_NOT_TRIED, RESULT_SIGNED_IN, RESULT_NAME_SKIPPED, RESULT_UNRESOLVED, RESULT_REFUSED, RESULT_TIMEOUT, RESULT_TLS_FAILED, RESULT_CLOSED,
};

/* Their names outside: "signed-in", "sip-domain", ... */
const char *method_name(enum method m);
const char *outcome_name(enum outcome o);
const char *policy_source_name(enum policy_source s);
const char *step_state_name(enum step_state s);
const char *candidate_source_name(enum candidate_source s);
const char *naming_name(enum naming n);
const char *candidate_result_name(enum candidate_result r);

struct step_report {
	enum step_state state;
	bool has_time;                  /* start and end are known */
	int64_t start_ns, end_ns;
	struct frame_list frames;
	const char *detail;             /* one line for a person; NULL where there is nothing to say */
};

struct candidate_report {
	enum candidate_source source;
	const char *query;              /* the name that was asked, or how it was learned; NULL */
	const char *server;
	unsigned port;                  /* 0 unknown */
	struct addr_list addresses;
	enum naming naming;
	const char *matched_domain;     /* NULL without a match */
	bool dialled;
	enum candidate_result result;
	struct frame_list frames;
};

struct finding_report {
	const struct rule *rule;
	enum severity severity;
	enum step step;                 /* STEP_NONE for capture-* */
	const char *subject;            /* the name, address or value it is about; may be "" */
	const char *message, *fix;      /* with this capture's names */
	enum grade grade;
	struct frame_list frames;
};

/* A certificate that a server offered, for the reports. */
struct certificate_report {
	const char *server;             /* name or address it was offered at */
	const char *wanted;             /* the name the phone wanted, or NULL */
	const char *subject, *issuer, *signature_algorithm, *key, *sha256;
	struct text_list san;
	int64_t not_before_ns, not_after_ns;    /* INT64_MIN, INT64_MAX: further away than nanoseconds reach ("never ends") */
	struct frame_list frames;
};

/* One line of the story: what was said by whom, in packet order. */
struct story_line {
	int64_t at_ns;
	frame_ref frame;
	enum step step;                 /* STEP_NONE if it belongs to none */
	const char *from, *to;          /* lanes: "phone", "dhcp", "dns", "dc", "web", "sip", "ntp", "switch" */
	const char *text;
};

/* A packet that is kept as evidence of a sign-in, as it was captured. */
struct packet_report {
	frame_ref frame;
	int64_t at_ns;
	uint16_t link_type;                     /* LINKTYPE_ number */
	uint8_t time_digits;
	uint32_t wire_len;                      /* octets on the wire; data.len may be less */
	struct span data;
};

struct attempt_report {
	const char *id;
	bool going_on;                          /* looked at while it was still being made: its verdict may change */
	bool verdict_only;                      /* told before; events, packets and story are those of then and not borne again */
	int64_t start_ns, end_ns;
	enum method method;
	const char *policy;
	enum policy_source policy_source;
	enum outcome outcome;
	const struct finding_report *cause;     /* one of `findings`, or NULL */
	struct step_report steps[STEP_COUNT];
	const struct candidate_report *candidates;
	size_t candidate_count;
	const struct finding_report *findings;  /* errors first, then by step */
	size_t finding_count;
	const struct certificate_report *certificates;
	size_t certificate_count;
	const struct story_line *story;
	size_t story_count;
	struct text_list cannot_show;           /* what this capture could not show, a sentence each */
	const struct event *const *events;      /* of the attempt, in packet order (trail/event.h) */
	size_t event_count;
	uint64_t events_left_out;               /* more than an attempt keeps */
	const struct packet_report *packets;    /* its evidence, in packet order, where it is kept */
	size_t packet_count;
	uint64_t packets_left_out;
};

struct phone_report {
	struct mac mac;
	const char *vendor;                     /* by OUI, NULL if unknown */
	struct addr_list addresses;
	const uint16_t *vlans;
	size_t vlan_count;
	const char *model, *firmware, *firmware_source, *sip_domain, *sip_domain_source;        /* NULL while unknown */
	const struct attempt_report *const *attempts;   /* by time */
	size_t attempt_count;
};

struct report {
	const struct capture_info *const *captures;
	size_t capture_count;
	const struct phone_report *const *phones;       /* by first appearance */
	size_t phone_count;
};

/* What is told of a phone, with its last sign-in, or of one sign-in is read next: what was read before may leave memory (base/spill.h). */
void phone_report_look(const struct phone_report *p);
void attempt_report_look(const struct attempt_report *a);

/* The frame as the outside knows it: "17", or "2:17" where there are several files (files count from 1). Returns out. */
enum { FRAME_TEXT = 40 };
const char *frame_format(frame_ref f, bool several_files, char out[FRAME_TEXT]);

#endif
