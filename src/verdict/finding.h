/*
 * The words of a verdict: steps, grades, and the catalogue of findings. One entry a code, and everything that speaks of a finding
 * (report, JSON, `dialtone explain`, the manual page) speaks from this entry.
 */
#ifndef VERDICT_FINDING_H
#define VERDICT_FINDING_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of a first boot (contract section 3). */
enum step {
	STEP_VLAN, STEP_LEASE, STEP_UPDATE, STEP_TIME, STEP_UC_OPTIONS, STEP_ROOT_CA, STEP_PROVISIONING, STEP_DISCOVERY, STEP_NAMING,
	STEP_CONNECT, STEP_TLS, STEP_REGISTER, STEP_EXCHANGE,
	STEP_COUNT,
	STEP_NONE = STEP_COUNT,
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO };

/* How sure a finding is: a packet states it; absence in a complete window; needs a server's or the phone's log to be sure. */
enum grade { GRADE_PROVEN, GRADE_STRONG, GRADE_WEAK };

/* One code of the catalogue. The code is also its identity: compare addresses. */
struct rule {
	const char *code;
	enum step step;
	const char *meaning;            /* what it means, a sentence or two */
	const char *wire;               /* what packets show it */
	const char *next;               /* what the phone does next */
	const char *fix;                /* what to do, in general; a finding's own fix bears this capture's names */
	const char *source;             /* KB number, article, RFC, section; and whether the rule is documented or inferred */
	bool inferred;
};

extern const struct rule rules[];       /* ends with a code of NULL */

const struct rule *rule_find(const char *code);         /* NULL if there is none; either case, '-' or '_' */
const char *step_name(enum step s);                     /* "uc-options"; NULL for STEP_NONE */
const char *severity_name(enum severity s);
const char *grade_name(enum grade g);

#endif
