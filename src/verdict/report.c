/* The report's words, as they are spelled outside. */
#include "verdict/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/spill.h"

const char *method_name(enum method m)
{
	static const char *const names[] = {
		[METHOD_UNKNOWN] = "unknown", [METHOD_PIN] = "pin", [METHOD_CREDENTIALS] = "credentials", [METHOD_CACHED] = "cached",
	};

	return names[m];
}

const char *outcome_name(enum outcome o)
{
	static const char *const names[] = {
		[OUTCOME_UNKNOWN] = "unknown", [OUTCOME_SIGNED_IN] = "signed-in", [OUTCOME_FAILED] = "failed", [OUTCOME_UNFINISHED] = "unfinished",
	};

	return names[o];
}

const char *policy_source_name(enum policy_source s)
{
	static const char *const names[] = { [POLICY_ASSUMED] = "assumed", [POLICY_FIRMWARE] = "firmware", [POLICY_OPTION] = "option" };

	return names[s];
}

const char *step_state_name(enum step_state s)
{
	static const char *const names[] = {
		[STATE_NOT_SEEN] = "not-seen", [STATE_OK] = "ok", [STATE_WARNING] = "warning", [STATE_FAILED] = "failed", [STATE_SKIPPED] = "skipped",
	};

	return names[s];
}

const char *candidate_source_name(enum candidate_source s)
{
	static const char *const names[] = {
		[CANDIDATE_SRV] = "srv", [CANDIDATE_DHCP120] = "dhcp120", [CANDIDATE_HOST] = "host", [CANDIDATE_REDIRECT] = "redirect",
		[CANDIDATE_CACHE] = "cache",
	};

	return names[s];
}

const char *naming_name(enum naming n)
{
	static const char *const names[] = {
		[NAMING_NO_MATCH] = "no-match", [NAMING_SIP_DOMAIN] = "sip-domain", [NAMING_BUILTIN] = "builtin",
	};

	return names[n];
}

const char *candidate_result_name(enum candidate_result r)
{
	static const char *const names[] = {
		[RESULT_NOT_TRIED] = "not-tried", [RESULT_SIGNED_IN] = "signed-in", [RESULT_NAME_SKIPPED] = "name-skipped",
		[RESULT_UNRESOLVED] = "unresolved", [RESULT_REFUSED] = "refused", [RESULT_TIMEOUT] = "timeout", [RESULT_TLS_FAILED] = "tls-failed",
		[RESULT_CLOSED] = "closed",
	};

	return names[r];
}

const char *frame_format(frame_ref f, bool several_files, char out[FRAME_TEXT])
{
	if (several_files)
		snprintf(out, FRAME_TEXT, "%u:%" PRIu64, frame_file(f) + 1, frame_number(f));
	else
		snprintf(out, FRAME_TEXT, "%" PRIu64, frame_number(f));
	return out;
}

void phone_report_look(const struct phone_report *p)
{
	spill_look(p);
	spill_look(p->attempts);
	if (p->attempt_count)
		attempt_report_look(p->attempts[p->attempt_count - 1]);
}

/* Its parts were made at another time. */
void attempt_report_look(const struct attempt_report *a)
{
	spill_look(a);
	spill_look(a->findings);
	spill_look(a->story);
	spill_look(a->events);
	spill_look(a->packets);
}
