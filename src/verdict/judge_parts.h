/* What the parts of the judge share: judge.c (who is judged when), client.c (by which rules), publish.c (what is told). */
#ifndef VERDICT_JUDGE_PARTS_H
#define VERDICT_JUDGE_PARTS_H

#include "verdict/evaluate.h"
#include "verdict/judge.h"

/* One sign-in on its way to the report. */
struct trial {
	struct suspect *phone;
	struct trial *older, *younger;  /* of a live judge: by when it was gathered */
	uint64_t number;                /* of the attempt */
	struct arena own, *arena;       /* of the facts: `own` where a live judge may forget it, else the judge's */
	struct facts *facts;
	const char *own_firmware;       /* what the attempt itself told; NULL */
	const struct policy *policy;
	const struct model *model;      /* good until the next verdict of a live judge */
	const char *sip_domain, *sip_domain_source;     /* what the model found */
	bool ended_by_capture;
	int64_t judge_ns;               /* of a live judge: when time alone may make it another */
	uint64_t told;                  /* what was told of it, as a digest; 0 nothing */
	struct attempt_report report;
};

/* What a live judge knows of a phone's attempts that it forgot. */
struct history {
	struct arena arena;
	const char *firmware, *firmware_source, *model, *domain, *domain_source, *posted;
	LIST_OF(struct binding) remembered;
};

/* One phone. */
struct suspect {
	struct suspect *next, *before;
	uint64_t number;
	struct phone_report report;
	struct addr addresses[sizeof ((struct phone *)0)->addresses / sizeof(struct addr)];
	uint16_t vlans[sizeof ((struct phone *)0)->vlans / sizeof(uint16_t)];
	struct trial **trials;          /* by time */
	size_t count, room;
	struct history gone;
};

/* ---- client.c ---- */

/* The rules that it is judged by; also fills in the firmware that is known of its phone. `by_option` where the user chose them. */
void client_choose(struct trial *t, const struct policy *by_option, const char *firmware_option);

/* The firmware that is known for this attempt: its own, else what the phone told before, else later. NULL. */
const char *client_firmware(const struct trial *t, const char **ret_source);

/* ---- publish.c ---- */

const char *publish_id(struct arena *arena, struct mac phone, int64_t start_ns);
const struct event *const *publish_copy(struct arena *arena, const struct attempt *a);       /* of its events */
void publish_events(struct attempt_report *r, const struct event *const *events, const struct attempt *a);
void publish_verdict(struct arena *arena, struct trial *t, const struct evaluation *e);

/* Model, firmware and SIP domain of a phone, by all that it told. */
void publish_identity(struct suspect *s, const char *firmware_option);

/* What a sink would say of it, in one number; never 0. */
uint64_t publish_digest(const struct phone_report *p, const struct attempt_report *a);

#endif
