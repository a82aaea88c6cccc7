#include "sink/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "base/text.h"

/* ---- values ---- */

const char *words_step(enum step s)
{
	static const char *const words[STEP_COUNT + 1] = {
		[STEP_VLAN] = "the voice VLAN", [STEP_LEASE] = "getting an address", [STEP_UPDATE] = "the device update", [STEP_TIME] = "setting the clock",
		[STEP_UC_OPTIONS] = "the UC options of DHCP", [STEP_ROOT_CA] = "fetching the CA's certificates",
		[STEP_PROVISIONING] = "the web services", [STEP_DISCOVERY] = "looking for the registrar", [STEP_NAMING] = "the check of server names",
		[STEP_CONNECT] = "connecting to the registrar", [STEP_TLS] = "TLS with the registrar", [STEP_REGISTER] = "registering",
		[STEP_EXCHANGE] = "Exchange", [STEP_NONE] = "a step that cannot be told",
	};

	return words[s];
}

const char *words_method(enum method m)
{
	switch (m) {
	case METHOD_PIN: return "by PIN";
	case METHOD_CREDENTIALS: return "with the user's credentials";
	case METHOD_CACHED: return "with a certificate from an earlier sign-in";
	case METHOD_UNKNOWN: break;
	}
	return "by a method that is not seen";
}

const char *words_policy_source(const struct attempt_report *a)
{
	switch (a->policy_source) {
	case POLICY_FIRMWARE: return "as its firmware says";
	case POLICY_OPTION: return "as asked for";
	case POLICY_ASSUMED: break;
	}
	/* Another client is known by what it does; a phone of this kind by nothing better. */
	return strncmp(a->policy, "lpe-", strlen("lpe-")) == 0 ? "assumed: no packet tells the firmware" : "assumed, by what it does";
}

const char *words_grade(enum grade g)
{
	switch (g) {
	case GRADE_PROVEN: return "proven: a packet says it";
	case GRADE_STRONG: return "strong: what would have to follow is absent from a complete capture";
	case GRADE_WEAK: break;
	}
	return "weak: only the server's or the phone's own log could prove it";
}

const char *words_moment(struct arena *a, int64_t at_ns)
{
	char moment[MOMENT_TEXT];

	moment_format(at_ns, 0, moment);
	return arena_printf(a, "%.10s %.8s UTC", moment, strlen(moment) > 11 ? moment + 11 : "");
}

const char *words_duration(struct arena *a, int64_t span_ns)
{
	int64_t seconds = span_ns / NS_PER_S;

	if (span_ns < NS_PER_S)
		return arena_printf(a, "%" PRId64 " ms", (span_ns + NS_PER_MS / 2) / NS_PER_MS);
	if (seconds < 100)
		return arena_printf(a, "%.1f s", (double)span_ns / NS_PER_S);
	if (seconds < 3600)
		return arena_printf(a, "%" PRId64 " min %02" PRId64 " s", seconds / 60, seconds % 60);
	return arena_printf(a, "%" PRId64 " h %02" PRId64 " min", seconds / 3600, seconds / 60 % 60);
}

const char *words_after(struct arena *a, int64_t start_ns, int64_t at_ns)
{
	return arena_printf(a, "%.3f s", (double)moment_span(start_ns, at_ns) / NS_PER_S);
}

const char *words_service(struct arena *a, const char *query, const char *domain)
{
	const char *tails[] = { domain, "_tcp" };
	size_t len = strlen(query);

	for (size_t i = 0; i < 2; i++) {
		size_t tail = tails[i] ? strlen(tails[i]) : 0;

		if (tail && len > tail && query[len - tail - 1] == '.' && strncasecmp(query + len - tail, tails[i], tail) == 0)
			len -= tail + 1;
	}
	return arena_copy(a, query, len);
}

const char *words_device(struct arena *a, const struct phone_report *phone)
{
	if (phone->vendor && phone->model)
		return arena_printf(a, "%s %s", phone->vendor, phone->model);
	return phone->vendor ? phone->vendor : phone->model;
}

/* ---- frames ---- */

static size_t run_length(const struct frame_list *frames, size_t at)
{
	size_t len = 1;

	while (at + len < frames->count && frames->at[at + len] == frames->at[at] + len)
		len++;
	return len;
}

static void add_run(struct text *t, frame_ref first, size_t len, bool several_files)
{
	char name[FRAME_TEXT];

	text_addf(t, "%s%s", t->len ? ", " : "", frame_format(first, several_files, name));
	if (len == 2)
		text_addf(t, ", %s", frame_format(first + 1, several_files, name));
	else if (len > 2)
		text_addf(t, "-%" PRIu64, frame_number(first) + len - 1);
}

/* Many runs would only be noise. */
static void add_range(struct text *t, const struct frame_list *frames, bool several_files)
{
	char first[FRAME_TEXT], last[FRAME_TEXT];

	text_addf(t, "%s-%s (%zu)", frame_format(frames->at[0], several_files, first), frame_format(frames->at[frames->count - 1], several_files, last),
		frames->count);
}

const char *words_frames(struct arena *a, const struct frame_list *frames, size_t runs_max, bool several_files)
{
	struct text t = text_start(4096);
	size_t runs = 0;
	const char *out;

	for (size_t at = 0; at < frames->count; at += run_length(frames, at))
		runs++;
	if (runs > runs_max)
		add_range(&t, frames, several_files);
	else
		for (size_t at = 0; at < frames->count; at += run_length(frames, at))
			add_run(&t, frames->at[at], run_length(frames, at), several_files);
	out = arena_copy(a, text_string(&t), t.len);
	text_free(&t);
	return out;
}

/* ---- sentences ---- */

const char *words_behind_colon(struct arena *a, const char *text)
{
	static const char *const words[] = { "The ", "No ", "A ", "An ", "None ", "Nobody ", "Neither ", "Every ", "It ", "Its ", "How " };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncmp(text, words[i], strlen(words[i])) == 0)
			return arena_printf(a, "%c%s", text[0] - 'A' + 'a', text + 1);
	return text;
}

/* Behind a stop with a blank after it: names have stops too, but no blanks. */
size_t words_first_sentence(const char *text)
{
	const char *stop = strstr(text, ". ");

	return stop ? (size_t)(stop - text) + 1 : strlen(text);
}

const struct rule *words_cause(const struct attempt_report *r)
{
	return r->cause ? r->cause->rule : NULL;
}

bool words_is_repeated(const struct attempt_report *r, size_t finding)
{
	for (size_t i = 0; i < finding; i++)
		if (r->findings[i].rule == r->findings[finding].rule)
			return true;
	return false;
}

size_t words_count(const struct attempt_report *r, enum severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < r->finding_count; i++)
		count += r->findings[i].severity == severity;
	return count;
}

static const char *registrar_of(const struct attempt_report *r)
{
	for (size_t i = 0; i < r->candidate_count; i++)
		if (r->candidates[i].result == RESULT_SIGNED_IN)
			return r->candidates[i].server;
	return NULL;
}

static const char *signed_in_words(struct arena *a, const struct attempt_report *r)
{
	const char *server = registrar_of(r);
	size_t warnings = words_count(r, SEVERITY_WARNING);
	const char *where = server ? arena_printf(a, " at %s", server) : "";

	if (warnings == 0)
		return arena_printf(a, "The phone signed in%s.", where);
	return arena_printf(a, "The phone signed in%s, but %s.", where, warnings == 1 ? "one thing is not as it should be" :
		arena_printf(a, "%zu things are not as they should be", warnings));
}

const char *words_verdict(struct arena *a, const struct attempt_report *r)
{
	switch (r->outcome) {
	case OUTCOME_FAILED:
		if (!r->cause)
			return "The sign-in failed.";
		return arena_printf(a, "The sign-in failed at %s: %.*s", words_step(r->cause->step), (int)words_first_sentence(r->cause->message),
			words_behind_colon(a, r->cause->message));
	case OUTCOME_SIGNED_IN:
		return signed_in_words(a, r);
	case OUTCOME_UNFINISHED:
		if (r->going_on)
			return "The sign-in is going on; nothing has failed for good so far.";
		return "The sign-in was not finished when the capture ended or the phone stopped; nothing had failed for good.";
	case OUTCOME_UNKNOWN:
		break;
	}
	return "How the sign-in ended cannot be told from this capture.";
}

const char *words_phone_verdict(struct arena *a, const struct phone_report *phone)
{
	const char *last = words_verdict(a, phone->attempts[phone->attempt_count - 1]);

	return phone->attempt_count == 1 ? last : arena_printf(a, "The last of %zu sign-ins: %s", phone->attempt_count, words_behind_colon(a, last));
}

const char *words_outcome(struct arena *a, const struct attempt_report *r)
{
	size_t warnings = words_count(r, SEVERITY_WARNING);
	const char *step = r->cause ? step_name(r->cause->step) : NULL;

	switch (r->outcome) {
	case OUTCOME_FAILED:
		if (!r->cause)
			return "failed";
		return step ? arena_printf(a, "failed at %s: %s", step, r->cause->rule->code) : arena_printf(a, "failed: %s", r->cause->rule->code);
	case OUTCOME_SIGNED_IN:
		return warnings ? arena_printf(a, "signed in, %zu warning%s", warnings, warnings > 1 ? "s" : "") : "signed in";
	case OUTCOME_UNFINISHED:
		return r->going_on ? "going on" : "not finished";
	case OUTCOME_UNKNOWN:
		break;
	}
	return "cannot be told";
}

const char *words_why(const struct finding_report *f)
{
	const char *rest = f->message + words_first_sentence(f->message);

	rest += strspn(rest, " ");
	return *rest ? rest : f->rule->meaning ? f->rule->meaning : f->message;
}

/* ---- many phones ---- */

static const char *end_words(const struct rule *cause, enum outcome o)
{
	static const char *const words[] = {
		[OUTCOME_FAILED] = "failed, cause unknown", [OUTCOME_SIGNED_IN] = "signed in", [OUTCOME_UNFINISHED] = "not finished", [OUTCOME_UNKNOWN] = "cannot be told",
	};

	return cause ? cause->code : words[o];
}

const char *words_end(const struct attempt_report *r)
{
	return end_words(words_cause(r), r->outcome);
}

const char *words_tally(const struct tally_row *r)
{
	return end_words(r->cause, r->outcome);
}

const char *words_tally_verdict(struct arena *a, const struct tally *t)
{
	if (t->phones_failed == 0)
		return t->phones == 1 ? "The phone did not fail to sign in." : arena_printf(a, "None of %zu phones failed to sign in.", t->phones);
	if (t->phones == 1)
		return "The phone could not sign in.";
	return arena_printf(a, "%zu of %zu phones could not sign in.", t->phones_failed, t->phones);
}

size_t words_ended(const struct phone_report *phone, enum outcome o)
{
	size_t count = 0;

	for (size_t i = 0; i < phone->attempt_count; i++)
		count += phone->attempts[i]->outcome == o;
	return count;
}
