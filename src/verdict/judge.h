/*
 * From attempts to the report: gathers the facts of each attempt as it ends, keeps what one phone or the whole site has shown (CA certificates
 * delivered, certificates offered before), and at the end lets the evaluator speak on each.
 */
#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "trail/phone.h"
#include "verdict/report.h"

struct judge_options {
	const char *policy;             /* --policy, or NULL */
	const char *firmware;           /* --firmware, or NULL */
	const char *sip_domain;         /* --sip-domain, or NULL */
	bool keep_events;               /* the report's attempts bear their events, for the store */
	bool tell_story;                /* and their story, for a person */
};

struct judge;

/* NULL after one logged line where an option is wrong (no such policy). */
struct judge *judge_new(const struct judge_options *options);

/* For trail_options.attempt, with the judge as its user. */
void judge_attempt(void *judge, const struct attempt *a);

/* The whole report, with these captures; belongs to the judge, good until judge_free. Call once, after trail_finish. */
const struct report *judge_report(struct judge *j, const struct capture_info *const *captures, size_t capture_count);
void judge_free(struct judge *j);

/* The policies that --policy takes, ended by NULL: "ocs-strict", "lpe-cu7", ... */
extern const char *const judge_policies[];

#endif
