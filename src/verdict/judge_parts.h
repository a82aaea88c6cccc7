/*
 * What the parts of the judge share: judge.c (at the end of a capture), judge_live.c (again and again), suspects.c (who is judged), trial.c (one verdict),
 * client.c (by which rules), publish.c (what is told).
 */
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
	int64_t start_ns, began_ns;     /* as it is told; its first event */
	const char *own_firmware, *own_source, *own_model;      /* what the attempt itself told; NULL */
	const char *posted;             /* the firmware of its last device-update request; NULL */
	const struct policy *policy;
	const struct model *model;      /* good until the next verdict of a live judge */
	const char *sip_domain, *sip_domain_source;     /* what the model found */
	bool ended_by_capture;
	int64_t judge_ns;               /* of a live judge: when time alone may make it another */
	uint64_t told;                  /* what was told of it, as a digest; 0 nothing */
	struct attempt_report *report;
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
	bool told_firmware, posted;     /* by one of its attempts, at least */
	struct history gone;
};

/* Packets that were lost, of any device. */
struct loss {
	int64_t from_ns, until_ns;
	uint64_t packets;
};

struct judge {
	struct arena arena;             /* the report of judge_report and all that it points to */
	struct arena index;             /* of judge_report: suspects and trials, which are looked at again and again */
	struct arena scratch;           /* of one verdict of a live judge */
	struct judge_options options;
	struct judge_live live;
	bool is_live;
	const struct policy *policy;    /* of --policy or --firmware; NULL */
	struct suspect *first, *last;
	size_t count;
	struct table *by_mac;           /* struct mac -> struct suspect *: a phone that the trail forgot and that came back */
	struct site site;
	struct report report;

	/* of a live judge */
	struct trial *oldest, *youngest;
	struct trial *sweep;            /* what others met is told up to here: from here to the youngest is to do; NULL: all done */
	uint64_t swept;                 /* site.changes when the last sweep began */
	int64_t now_ns, due_ns;         /* when time alone makes the next one another */
	size_t octets;
	struct loss losses[64];
	size_t loss_count;
	struct judge_counters counters;
};

/* How the capture ended, as far as it did. */
struct ending {
	int64_t end_ns;
	bool cut_short;
	uint64_t dropped;
};

/* ---- suspects.c ---- */

struct suspect *suspect_of(struct judge *j, const struct phone *p);
void suspect_update(struct suspect *s, const struct phone *p);  /* its addresses and VLANs */
void suspect_forget(void *judge, void *entry);                  /* for the table of a live judge */
struct trial *trial_find(const struct suspect *s, uint64_t number);     /* NULL without it */
struct trial *trial_add(struct judge *j, struct suspect *s, uint64_t number);
void trial_free(struct trial *t);                               /* of a live judge */
void trial_take_out(struct judge *j, struct trial *t);          /* of the order of age */
void trial_put_youngest(struct judge *j, struct trial *t);
void trial_forget(struct judge *j, struct trial *t);            /* the first one of the same phone */
void trial_gather(struct judge *j, struct trial *t, const struct attempt *a, bool going_on);
void trial_gather_parts(struct judge *j, struct trial *t, const struct attempt *a, struct arena *arena);

/* ---- trial.c ---- */

size_t trial_position(const struct trial *t);                   /* among its phone's */
void trial_settle(struct judge *j, struct trial *t, int64_t end_ns, bool cut_short, uint64_t dropped);
void trial_remember_names(struct trial *t);
void trial_remember_chains(struct judge *j, struct trial *t);
void trial_choose(struct judge *j, struct trial *t, struct arena *arena);       /* rules and model */
void trial_judge(struct judge *j, struct trial *t, struct arena *arena);
void trial_gather_faults(struct judge *j, struct trial *t);     /* for others */

/* ---- judge.c, judge_live.c ---- */

struct ending ending_of(const struct capture_info *const *captures, size_t count);
void judge_gather_live(struct judge *j, const struct attempt *a, bool going_on);

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
