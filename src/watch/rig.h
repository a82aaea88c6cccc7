/*
 * For a test rig: when watching may end, with which exit status, and what is done about a verdict.
 */
#ifndef WATCH_RIG_H
#define WATCH_RIG_H

#include <stdio.h>

#include "base/table.h"
#include "watch/board.h"

enum rig_until { UNTIL_ENDED, UNTIL_VERDICT, UNTIL_SIGNED_IN, UNTIL_FAILED };
enum { RIG_SIGNED_IN = 0, RIG_FAILED = 1, RIG_TROUBLE = 2, RIG_UNDECIDED = 3 };

struct rig {
	enum rig_until until;
	const char *expect;             /* "signed-in", "failed", a finding's code; NULL */
	const char *on_verdict;         /* a program: run once for each decided sign-in; NULL */
	struct table *told;             /* struct mac -> the id of the phone's sign-in that on_verdict was run for last */
};

/* Whether what was waited for has come. */
bool rig_is_done(const struct rig *r, const struct board *b);

/* Runs on_verdict for what was decided since the last call: PROGRAM MAC OUTCOME CAUSE ID, without a shell; CAUSE may be empty. Does not wait for it. */
void rig_tell(struct rig *r, const struct board *b);

/* With `expect`: 0 as expected, 1 not, 3 nothing decided. Else 0 if a phone signed in and none failed, 1 if one failed, 3 if nothing was decided. */
int rig_status(const struct rig *r, const struct board *b);

/* A test case a phone, as JUnit's XML is read by build servers. */
void rig_junit(FILE *out, const struct rig *r, const struct board *b);
void rig_free(struct rig *r);

#endif
