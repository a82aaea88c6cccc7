/*
 * From attempts to the report: gathers the facts of each attempt, keeps what one phone or the whole site has shown (CA certificates delivered,
 * certificates offered before), and lets the evaluator speak on each.
 *
 * At the end of a capture (judge_report), knowing all of it; or live (`options.report`), on what is known so far, again and again: when an attempt has
 * got events, when time has passed over it, when another phone's attempt tells something about it. judge_finish then ends with what judge_report would
 * have said, as far as nothing had to be forgotten.
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

/* Of a live judge: who is told, and how much may be remembered. */
struct judge_live {
	/* The attempt is new, or is not what it was when it was told before; good during the call. With `verdict_only` no event is new. */
	void (*report)(void *user, const struct phone_report *phone, const struct attempt_report *a);
	void *user;
	size_t octets;                  /* facts of attempts that are remembered */
};

struct judge_counters { uint64_t attempts, told, forgotten; };

struct judge;

/* NULL after one logged line where an option is wrong (no such policy). `live` NULL: for judge_report. */
struct judge *judge_new(const struct judge_options *options, const struct judge_live *live);

/* For trail_options.attempt, with the judge as its user: an attempt has ended. */
void judge_attempt(void *judge, const struct attempt *a);

/* The whole report, with these captures; belongs to the judge, good until judge_free. Call once, after trail_finish. Not of a live judge. */
const struct report *judge_report(struct judge *j, const struct capture_info *const *captures, size_t capture_count);

/* ---- live ---- */

/* For trail_look, with the judge as its user: an attempt that goes on. */
void judge_look(void *judge, const struct attempt *a);

/* It is `now_ns`: tells attempts that silence, or what others have met meanwhile, makes another. */
void judge_tick(struct judge *j, int64_t now_ns);

/* So many packets of any device were lost between these moments, whichever comes first: the clock may have been set meanwhile. */
void judge_lost(struct judge *j, int64_t from_ns, int64_t until_ns, uint64_t packets);

/* Tells every attempt once more that is not what it was, and none as going on. After trail_finish. */
void judge_finish(struct judge *j, const struct capture_info *const *captures, size_t capture_count);
const struct judge_counters *judge_counters(const struct judge *j);
void judge_free(struct judge *j);

/* The policies that --policy takes, ended by NULL: "ocs-strict", "lpe-cu7", ... */
extern const char *const judge_policies[];

#endif
