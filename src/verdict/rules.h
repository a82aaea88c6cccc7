/*
 * What the rules of the evaluator share. A rules_*.c file looks at one stretch of the sign-in and says what is wrong there; whether that stopped the
 * sign-in (`blocks`) is its own to know, what follows from all of them together is evaluate.c's.
 */
#ifndef VERDICT_RULES_H
#define VERDICT_RULES_H

#include "verdict/evaluate.h"

struct draft {
	const struct rule *rule;
	enum step step;                 /* the rule's, unless the finding belongs to another place */
	enum grade grade;
	bool blocks;                    /* by itself it would have stopped the sign-in, and the phone did not get past it */
	bool rests_on_absence;          /* it may not be held against anybody where the capture has gaps */
	bool is_info;
	const char *subject, *message, *fix;
	frame_set frames;
};

struct judging {
	const struct model *model;
	const struct facts *facts;
	const struct site *site;
	struct mac phone;
	struct arena *arena;
	enum method method;
	bool whole;                     /* nothing is missing from what was watched */
	bool one_way;                   /* only one direction is in the capture */
	bool gave_up;                   /* the phone tried for a registrar and is through with it */
	LIST_OF(struct draft) drafts;
};

void rules_capture(struct judging *j);
void rules_link(struct judging *j);             /* vlan, lease */
void rules_start(struct judging *j);            /* update, time */
void rules_uc(struct judging *j);               /* uc-options */
void rules_root(struct judging *j);             /* root-ca */
void rules_provisioning(struct judging *j);
void rules_discovery(struct judging *j);
void rules_naming(struct judging *j);
void rules_connect(struct judging *j);          /* connect, register */
void rules_tls(struct judging *j);
void rules_exchange(struct judging *j);
void rules_reset(struct judging *j);            /* would-fail-after-reset: needs all the others */

/* A finding; message and fix are still to be put. */
struct draft *say(struct judging *j, const char *code, enum grade grade, const char *subject);
struct draft *said(struct judging *j, const char *code);        /* the first draft of that code, or NULL */
void show(struct judging *j, struct draft *d, const frame_set *frames);
void show_one(struct judging *j, struct draft *d, frame_ref frame);

/* printf into the arena. */
#define PRINT(j, ...) arena_printf((j)->arena, __VA_ARGS__)

/* Whether the phone spoke to web services or looked for a registrar after that moment. */
bool went_to_web(const struct judging *j, int64_t after_ns);
bool went_to_registrar(const struct judging *j, int64_t after_ns);

/* Whether the capture goes on long enough behind that moment to call the phone stuck there where nothing but its silence says so; also if it began anew. */
bool is_stuck_since(const struct judging *j, int64_t at_ns);

/* The same behind a failure that packets state: nothing need be waited for, unless the file was cut off there. */
bool is_stuck_after_failure(const struct judging *j, int64_t at_ns);

/* Whether the phone went on to its web services or a registrar after that moment, or the capture goes on long enough to say that it did not wait. */
bool is_past(const struct judging *j, int64_t at_ns);

/* Whether nobody answered: asked again after a while, or long ago. */
bool is_unanswered(const struct judging *j, unsigned questions, int64_t first_ns);

/* The SIP domain for a text: "contoso.com", or words. */
const char *domain_words(const struct judging *j);
/* The addresses of a decision, "10.1.2.3" or "10.1.2.3, 10.1.2.4"; `otherwise` where none is known. */
const char *address_words(struct judging *j, const addr_set *a, const char *otherwise);
const char *texts_words(struct judging *j, const text_set *t);

/* Option 43 and 120 as DHCPUtil would write them, in hex. */
const char *option43_hex(struct judging *j, const char *web);
const char *option120_hex(struct judging *j, const char *name);

/* certificate.c: what a phone of this policy holds against the server's certificate. */
struct certificate_faults {
	bool unknown;                   /* no certificate to look at */
	bool name, wildcard, key_type;
	const struct certificate *expired, *not_yet_valid, *sha2_unlikely;      /* the first of the chain that is; NULL none */
	bool root_not_delivered;        /* its chain ends in no CA that was handed out in this capture */
	bool root_delivered;            /* it ends in one that was */
	const struct certificate *leaf;
};

/* `name` is what it was dialled by (NULL: unknown, no name fault). */
struct certificate_faults certificate_check(const struct judging *j, const struct connection *c, const char *name);
bool certificate_bears(const struct certificate *c, const char *name, bool wildcards);
/* "CN" of an RFC 4514 name; NULL. */
const char *certificate_cn(struct arena *arena, const char *dn);
const char *certificate_names_words(struct judging *j, const struct certificate *c);
bool certificate_is_wildcard_only(const struct certificate *c);
/* By how much the phone's clock is wrong, by the latest time server that gave a time: 0 where none did or it is less than a day, which no certificate minds. */
double certificate_clock_error_s(const struct facts *f);
/* Whether one of the chain is not valid at that moment. */
bool certificate_is_out_of_date(const certificate_set *chain, int64_t at_ns);
/* Whether a capture's time can be true: phones of this kind did not exist before, but clocks that were never set tell such years. */
bool certificate_time_is_likely(int64_t at_ns);
/* rules_tls.c: whether the chain ends in one of the CAs that operating systems trust, by its issuer's name. */
bool certificate_is_public(const certificate_set *chain);

/* rules_tls.c: the issuer that this server's certificate had before in this capture, where it is another now; else NULL. */
const char *certificate_former_issuer(const struct judging *j, const struct connection *c);

/* rules_tls.c: a wrong clock makes good certificates bad. Where the phone refused one that nothing is wrong with, and its clock is not set or wrong, the
 * finding about the clock gets the handshake as evidence, and the blame where `blocks`. Whether it was so. */
bool blame_the_clock(struct judging *j, const struct link *l, bool blocks);

#endif
