#include "watch/rig.h"

#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"
#include "base/moment.h"
#include "base/text.h"
#include "base/safe.h"
#include "sink/words.h"

extern char **environ;

/* ---- when it is over ---- */

static bool counts(const struct board *b, const struct board_phone *p)
{
	return board_is_decided(b, p) && (p->attempt.outcome == OUTCOME_SIGNED_IN || p->attempt.outcome == OUTCOME_FAILED);
}

static bool is_awaited(const struct rig *r, const struct board_phone *p)
{
	switch (r->until) {
	case UNTIL_VERDICT: return true;
	case UNTIL_SIGNED_IN: return p->attempt.outcome == OUTCOME_SIGNED_IN;
	case UNTIL_FAILED: return p->attempt.outcome == OUTCOME_FAILED;
	default: return false;
	}
}

bool rig_is_done(const struct rig *r, const struct board *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (counts(b, b->phones[i]) && is_awaited(r, b->phones[i]))
			return true;
	return false;
}

/* ---- the program ---- */

enum { ID_MOST = 64 };

/* An older sign-in never comes back to the board: the last one of each phone is enough. */
static bool was_told(struct rig *r, const struct board_phone *p)
{
	char *id;

	if (!r->told)
		r->told = table_new(sizeof(struct mac), ID_MOST, BOARD_PHONES_MAX, NULL, NULL);
	id = table_find(r->told, &p->phone.mac);
	if (!id)
		id = table_add(r->told, &p->phone.mac);
	table_touch(r->told, id);
	if (strncmp(id, p->attempt.id, ID_MOST - 1) == 0)
		return true;
	snprintf(id, ID_MOST, "%s", p->attempt.id);
	return false;
}

static void run(const struct rig *r, const struct board_phone *p)
{
	char mac[MAC_TEXT];
	const char *cause = p->attempt.cause ? p->attempt.cause->rule->code : "";
	char *const arguments[] = { (char *)(uintptr_t)r->on_verdict, mac, (char *)(uintptr_t)outcome_name(p->attempt.outcome), (char *)(uintptr_t)cause,
		(char *)(uintptr_t)p->attempt.id, NULL };
	pid_t pid;
	int error;

	mac_format(p->phone.mac, mac);
	error = posix_spawnp(&pid, r->on_verdict, NULL, NULL, arguments, environ);
	if (error)
		log_error("%s: %s", r->on_verdict, strerror(error));
}

void rig_tell(struct rig *r, const struct board *b)
{
	if (!r->on_verdict)
		return;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	for (size_t i = 0; i < b->count; i++)
		if (counts(b, b->phones[i]) && !was_told(r, b->phones[i]))
			run(r, b->phones[i]);
}

/* ---- what came of it ---- */

static bool is_expected(const struct rig *r, const struct board_phone *p)
{
	if (!r->expect)
		return p->attempt.outcome == OUTCOME_SIGNED_IN;
	if (strcmp(r->expect, outcome_name(p->attempt.outcome)) == 0)
		return true;
	return p->attempt.cause && strcmp(r->expect, p->attempt.cause->rule->code) == 0;
}

int rig_status(const struct rig *r, const struct board *b)
{
	bool any = false;

	for (size_t i = 0; i < b->count; i++) {
		if (!counts(b, b->phones[i]))
			continue;
		if (!is_expected(r, b->phones[i]))
			return RIG_FAILED;
		any = true;
	}
	return any ? RIG_SIGNED_IN : RIG_UNDECIDED;
}

/* ---- JUnit ---- */

/* XML 1.0 2.2 and 2.4: some characters cannot be there at all. */
static void put_xml(FILE *out, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len;) {
		struct span rest = { (const uint8_t *)text + i, len - i };
		size_t octets = utf8_length(rest);

		if (text[i] == '&')
			fputs("&amp;", out);
		else if (text[i] == '<')
			fputs("&lt;", out);
		else if (text[i] == '"')
			fputs("&quot;", out);
		else if (!octets || !safe_is_printable(safe_character((struct span){ rest.data, octets })))
			fprintf(out, "\\x%02x", rest.data[0]);
		else
			fwrite(rest.data, 1, octets, out);
		i += octets ? octets : 1;
	}
}

static double seconds(const struct board_phone *p)
{
	return (double)moment_span(p->attempt.start_ns, p->attempt.end_ns) / 1e9;
}

static void put_case(FILE *out, const struct rig *r, const struct board *b, const struct board_phone *p)
{
	struct arena a = { 0 };
	char mac[MAC_TEXT];

	fprintf(out, "  <testcase classname=\"dialtone\" name=\"%s\" time=\"%.3f\"", mac_format(p->phone.mac, mac), seconds(p));
	if (!counts(b, p)) {
		fputs(">\n    <skipped message=\"nothing was decided\"/>\n  </testcase>\n", out);
	} else if (is_expected(r, p)) {
		fputs("/>\n", out);
	} else {
		fputs(">\n    <failure type=\"", out);
		put_xml(out, p->attempt.cause ? p->attempt.cause->rule->code : outcome_name(p->attempt.outcome));
		fputs("\" message=\"", out);
		put_xml(out, words_verdict(&a, &p->attempt));
		fputs("\">", out);
		put_xml(out, p->attempt.cause ? p->attempt.cause->fix : "");
		fputs("</failure>\n  </testcase>\n", out);
	}
	arena_free(&a);
}

void rig_junit(FILE *out, const struct rig *r, const struct board *b)
{
	size_t failures = 0, skipped = 0;
	double time = 0;

	for (size_t i = 0; i < b->count; i++) {
		skipped += !counts(b, b->phones[i]);
		failures += counts(b, b->phones[i]) && !is_expected(r, b->phones[i]);
		time += seconds(b->phones[i]);
	}
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"dialtone watch\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n",
		b->count, failures, skipped, time);
	for (size_t i = 0; i < b->count; i++)
		put_case(out, r, b, b->phones[i]);
	fputs("</testsuite>\n", out);
}

void rig_free(struct rig *r)
{
	table_free(r->told);
}
