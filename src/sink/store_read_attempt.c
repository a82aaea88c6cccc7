/* Reads one attempt back into the report that was stored. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "sink/store_read_parts.h"
#include "verdict/story.h"

/* More rows of one part than any attempt has (HACKING.md, Limits), as of the story more than STORY_LINES_MAX: a database that was not made by us. */
enum { ROWS_MOST = 100000, CAPTURES_MOST = 65536 };

/* The attempt in the making. */
struct loading {
	struct store_reader *r;
	struct arena *arena;
	struct attempt_report *a;
	size_t capture_count;
};

/* ---- lists that are JSON ---- */

/* Whether there is one more row, and it is not one too many. */
static bool next_row(struct loading *l, sqlite3_stmt *s, size_t before, size_t most)
{
	if (!reading_row(l->r, s))
		return false;
	if (before < most)
		return true;
	reading_damaged(l->r, "more rows than an attempt can have");
	return false;
}

static sqlite3_stmt *list_start(struct loading *l, sqlite3_stmt *from, int column)
{
	const char *text = (const char *)sqlite3_column_text(from, column);

	if (!text)
		reading_damaged(l->r, sqlite3_column_name(from, column));
	return text ? reading_ask(l->r, "SELECT value FROM json_each(?)", 0, text) : NULL;
}

/* 17, or "2:17". */
static frame_ref column_frame(struct loading *l, sqlite3_stmt *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s, column);
	unsigned long long file = 1, number;
	char *end = NULL;

	number = text ? strtoull(text, &end, 10) : 0;
	if (sqlite3_column_type(s, column) == SQLITE_TEXT && end && *end == ':') {
		file = number;
		number = strtoull(end + 1, &end, 10);
	}
	if (!end || *end || file < 1 || file > (l->capture_count ? l->capture_count : CAPTURES_MOST) || number < 1 || number >> 44) {
		reading_damaged(l->r, "a frame's number");
		return frame_of(0, 1);
	}
	return frame_of((unsigned)file - 1, number);
}

static struct frame_list column_frames(struct loading *l, sqlite3_stmt *from, int column)
{
	sqlite3_stmt *s = list_start(l, from, column);
	LIST_OF(frame_ref) frames = { 0 };

	while (next_row(l, s, frames.count, ROWS_MOST)) {
		frame_ref frame = column_frame(l, s, 0);

		if (frames.count && frame <= frames.at[frames.count - 1])
			reading_damaged(l->r, "frames are not in order");
		*LIST_ADD(l->arena, &frames) = frame;
	}
	reading_end(l->r, s);
	return (struct frame_list){ frames.at, frames.count };
}

static struct addr_list column_addresses(struct loading *l, sqlite3_stmt *from, int column)
{
	sqlite3_stmt *s = list_start(l, from, column);
	LIST_OF(struct addr) addresses = { 0 };

	while (next_row(l, s, addresses.count, ROWS_MOST)) {
		const char *text = (const char *)sqlite3_column_text(s, 0);

		if (!text || !addr_parse(text, LIST_ADD(l->arena, &addresses)))
			reading_damaged(l->r, "an IP address");
	}
	reading_end(l->r, s);
	return (struct addr_list){ addresses.at, addresses.count };
}

static struct text_list column_texts(struct loading *l, sqlite3_stmt *from, int column)
{
	sqlite3_stmt *s = list_start(l, from, column);
	LIST_OF(const char *) texts = { 0 };

	while (next_row(l, s, texts.count, ROWS_MOST))
		*LIST_ADD(l->arena, &texts) = column_text(l->r, s, 0, l->arena);
	reading_end(l->r, s);
	return (struct text_list){ texts.at, texts.count };
}

static void column_vlans(struct loading *l, sqlite3_stmt *from, int column, struct phone_report *phone)
{
	sqlite3_stmt *s = list_start(l, from, column);
	LIST_OF(uint16_t) vlans = { 0 };

	while (next_row(l, s, vlans.count, ROWS_MOST))
		*LIST_ADD(l->arena, &vlans) = (uint16_t)column_between(l->r, s, 0, 0, 4095, "a VLAN");
	reading_end(l->r, s);
	phone->vlans = vlans.at;
	phone->vlan_count = vlans.count;
}

/* ---- words ---- */

static enum step_state column_state(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[STATE_SKIPPED + 1];

	for (enum step_state i = 0; i <= STATE_SKIPPED; i++)
		words[i] = step_state_name(i);
	return (enum step_state)column_word(r, s, column, words, STATE_SKIPPED + 1, "a step's state");
}

static enum policy_source column_policy_source(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[POLICY_OPTION + 1];

	for (enum policy_source i = 0; i <= POLICY_OPTION; i++)
		words[i] = policy_source_name(i);
	return (enum policy_source)column_word(r, s, column, words, POLICY_OPTION + 1, "a policy's source");
}

static enum candidate_source column_candidate_source(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[CANDIDATE_CACHE + 1];

	for (enum candidate_source i = 0; i <= CANDIDATE_CACHE; i++)
		words[i] = candidate_source_name(i);
	return (enum candidate_source)column_word(r, s, column, words, CANDIDATE_CACHE + 1, "a candidate's source");
}

static enum naming column_naming(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[NAMING_BUILTIN + 1];

	for (enum naming i = 0; i <= NAMING_BUILTIN; i++)
		words[i] = naming_name(i);
	return (enum naming)column_word(r, s, column, words, NAMING_BUILTIN + 1, "a candidate's naming");
}

static enum candidate_result column_result(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[RESULT_CLOSED + 1];

	for (enum candidate_result i = 0; i <= RESULT_CLOSED; i++)
		words[i] = candidate_result_name(i);
	return (enum candidate_result)column_word(r, s, column, words, RESULT_CLOSED + 1, "a candidate's result");
}

static enum severity column_severity(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[SEVERITY_INFO + 1];

	for (enum severity i = 0; i <= SEVERITY_INFO; i++)
		words[i] = severity_name(i);
	return (enum severity)column_word(r, s, column, words, SEVERITY_INFO + 1, "a finding's severity");
}

static enum grade column_grade(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[GRADE_WEAK + 1];

	for (enum grade i = 0; i <= GRADE_WEAK; i++)
		words[i] = grade_name(i);
	return (enum grade)column_word(r, s, column, words, GRADE_WEAK + 1, "a finding's grade");
}

/* ---- the parts ---- */

static void read_steps(struct loading *l)
{
	sqlite3_stmt *s = reading_ask(l->r, "SELECT step, state, start_ns, end_ns, detail, frames FROM step WHERE attempt = ?", l->r->attempt, NULL);

	for (size_t n = 0; next_row(l, s, n, STEP_COUNT); n++) {
		enum step step = column_step(l->r, s, 0);
		struct step_report report = { .state = column_state(l->r, s, 1), .has_time = !column_is_null(s, 2) };

		if (report.has_time) {
			report.start_ns = column_integer(l->r, s, 2);
			report.end_ns = column_integer(l->r, s, 3);
		}
		report.detail = column_text_if(l->r, s, 4, l->arena);
		report.frames = column_frames(l, s, 5);
		if (step == STEP_NONE)
			reading_damaged(l->r, "a step");
		else
			l->a->steps[step] = report;
	}
	reading_end(l->r, s);
}

static void read_candidates(struct loading *l)
{
	sqlite3_stmt *s = reading_ask(l->r, "SELECT source, query, server, port, addresses, naming, matched_domain, dialled, result, frames FROM candidate "
		"WHERE attempt = ? ORDER BY position", l->r->attempt, NULL);
	LIST_OF(struct candidate_report) list = { 0 };

	while (next_row(l, s, list.count, ROWS_MOST))
		*LIST_ADD(l->arena, &list) = (struct candidate_report){
			.source = column_candidate_source(l->r, s, 0),
			.query = column_text_if(l->r, s, 1, l->arena),
			.server = column_text(l->r, s, 2, l->arena),
			.port = column_is_null(s, 3) ? 0 : (unsigned)column_between(l->r, s, 3, 1, 65535, "a port"),
			.addresses = column_addresses(l, s, 4),
			.naming = column_naming(l->r, s, 5),
			.matched_domain = column_text_if(l->r, s, 6, l->arena),
			.dialled = column_between(l->r, s, 7, 0, 1, "dialled") == 1,
			.result = column_result(l->r, s, 8),
			.frames = column_frames(l, s, 9),
		};
	reading_end(l->r, s);
	l->a->candidates = list.at;
	l->a->candidate_count = list.count;
}

/* The catalogue's entry as it was when the finding was made; of a code that only another dialtone knows, what was stored of it. */
static const struct rule *read_rule(struct loading *l, sqlite3_stmt *s, int code_column, int source_column, enum step step)
{
	const char *code = column_text(l->r, s, code_column, l->arena), *source = column_text(l->r, s, source_column, l->arena);
	const struct rule *known = rule_find(code);
	struct rule *rule;

	if (strlen(code) == 0 || code[strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
		reading_damaged(l->r, "a finding's code");
	if (known && strcmp(known->source, source) == 0 && strcmp(known->code, code) == 0)
		return known;
	rule = arena_get(l->arena, sizeof *rule);
	if (known)
		*rule = *known;
	else
		rule->step = step;
	rule->code = code;
	rule->source = source;
	return rule;
}

static void read_findings(struct loading *l)
{
	sqlite3_stmt *s = reading_ask(l->r, "SELECT code, severity, step, subject, message, fix, grade, source, frames FROM finding WHERE attempt = ? "
		"ORDER BY position", l->r->attempt, NULL);
	LIST_OF(struct finding_report) list = { 0 };

	while (next_row(l, s, list.count, ROWS_MOST)) {
		enum step step = column_step(l->r, s, 2);

		*LIST_ADD(l->arena, &list) = (struct finding_report){
			.rule = read_rule(l, s, 0, 7, step),
			.severity = column_severity(l->r, s, 1),
			.step = step,
			.subject = column_text(l->r, s, 3, l->arena),
			.message = column_text(l->r, s, 4, l->arena),
			.fix = column_text(l->r, s, 5, l->arena),
			.grade = column_grade(l->r, s, 6),
			.frames = column_frames(l, s, 8),
		};
	}
	reading_end(l->r, s);
	l->a->findings = list.at;
	l->a->finding_count = list.count;
}

static void read_certificates(struct loading *l)
{
	sqlite3_stmt *s = reading_ask(l->r, "SELECT server, wanted, subject, issuer, san, not_before_ns, not_after_ns, signature_algorithm, key, sha256, frames "
		"FROM certificate WHERE attempt = ? ORDER BY position", l->r->attempt, NULL);
	LIST_OF(struct certificate_report) list = { 0 };

	while (next_row(l, s, list.count, ROWS_MOST))
		*LIST_ADD(l->arena, &list) = (struct certificate_report){
			.server = column_text(l->r, s, 0, l->arena),
			.wanted = column_text_if(l->r, s, 1, l->arena),
			.subject = column_text_if(l->r, s, 2, l->arena),
			.issuer = column_text_if(l->r, s, 3, l->arena),
			.san = column_texts(l, s, 4),
			.not_before_ns = column_integer(l->r, s, 5),
			.not_after_ns = column_integer(l->r, s, 6),
			.signature_algorithm = column_text_if(l->r, s, 7, l->arena),
			.key = column_text_if(l->r, s, 8, l->arena),
			.sha256 = column_text_if(l->r, s, 9, l->arena),
			.frames = column_frames(l, s, 10),
		};
	reading_end(l->r, s);
	l->a->certificates = list.at;
	l->a->certificate_count = list.count;
}

static void read_story(struct loading *l)
{
	sqlite3_stmt *s = reading_ask(l->r, "SELECT json_extract(value, '$[0]') AS \"a story line's time\", json_extract(value, '$[1][0]'), json_extract(value, '$[2]'), "
		"json_extract(value, '$[3]') AS sender, json_extract(value, '$[4]') AS receiver, json_extract(value, '$[5]') AS \"a story line\" "
		"FROM story_part, json_each(lines) WHERE attempt = ? ORDER BY part, json_each.key", l->r->attempt, NULL);
	LIST_OF(struct story_line) list = { 0 };

	while (next_row(l, s, list.count, STORY_LINES_MAX))
		*LIST_ADD(l->arena, &list) = (struct story_line){
			.at_ns = column_integer(l->r, s, 0),
			.frame = column_frame(l, s, 1),
			.step = column_step(l->r, s, 2),
			.from = column_text(l->r, s, 3, l->arena),
			.to = column_text(l->r, s, 4, l->arena),
			.text = column_text(l->r, s, 5, l->arena),
		};
	reading_end(l->r, s);
	l->a->story = list.at;
	l->a->story_count = list.count;
}

static void read_packets(struct loading *l)
{
	sqlite3_stmt *s = reading_ask(l->r, "SELECT file, number, at_ns, link_type, time_digits, wire_length, octets FROM packet WHERE attempt = ? ORDER BY position",
		l->r->attempt, NULL);
	LIST_OF(struct packet_report) list = { 0 };

	while (next_row(l, s, list.count, ROWS_MOST)) {
		size_t len = (size_t)sqlite3_column_bytes(s, 6);
		unsigned file = (unsigned)column_between(l->r, s, 0, 0, CAPTURES_MOST, "a packet's file");

		if (sqlite3_column_type(s, 6) != SQLITE_BLOB)
			reading_damaged(l->r, "a packet's octets");
		*LIST_ADD(l->arena, &list) = (struct packet_report){
			.frame = frame_of(file, (uint64_t)column_between(l->r, s, 1, 0, (INT64_C(1) << 44) - 1, "a packet's number")),
			.at_ns = column_integer(l->r, s, 2),
			.link_type = (uint16_t)column_between(l->r, s, 3, 0, UINT16_MAX, "a link type"),
			.time_digits = (uint8_t)column_between(l->r, s, 4, 0, 9, "digits of a packet's time"),
			.wire_len = (uint32_t)column_between(l->r, s, 5, 0, UINT32_MAX, "a packet's length"),
			.data = span_of(arena_copy(l->arena, len ? sqlite3_column_blob(s, 6) : "", len), len),
		};
	}
	reading_end(l->r, s);
	l->a->packets = list.at;
	l->a->packet_count = list.count;
}

static void read_cannot_show(struct loading *l, bool interrupted)
{
	sqlite3_stmt *s = reading_ask(l->r, "SELECT text FROM cannot_show WHERE attempt = ? ORDER BY position", l->r->attempt, NULL);
	LIST_OF(const char *) list = { 0 };

	while (next_row(l, s, list.count, ROWS_MOST))
		*LIST_ADD(l->arena, &list) = column_text(l->r, s, 0, l->arena);
	reading_end(l->r, s);
	if (interrupted)
		*LIST_ADD(l->arena, &list) = "How it went on: dialtone capture was ended while this sign-in was going on.";
	l->a->cannot_show = (struct text_list){ list.at, list.count };
}

/* ---- captures and phone ---- */

static void read_captures(struct loading *l, struct report *report)
{
	sqlite3_stmt *s = reading_ask(l->r, "SELECT " READ_CAPTURE " FROM attempt, json_each(attempt.captures) AS one, capture "
		"WHERE attempt.id = ? AND capture.id = one.value ORDER BY one.key", l->r->attempt, NULL);
	int64_t wanted = reading_number(l->r, "SELECT json_array_length(captures) FROM attempt WHERE id = ?", l->r->attempt);
	LIST_OF(const struct capture_info *) list = { 0 };

	while (next_row(l, s, list.count, CAPTURES_MOST)) {
		struct capture_info *c = arena_get(l->arena, sizeof *c);

		read_capture(l->r, s, l->arena, c);
		*LIST_ADD(l->arena, &list) = c;
	}
	reading_end(l->r, s);
	if ((int64_t)list.count != wanted)
		reading_damaged(l->r, "a capture is missing");
	report->captures = list.at;
	report->capture_count = l->capture_count = list.count;
}

/* As it was known then; schema 1 did not keep that, and of its attempts what is known of the phone now stands. */
static void read_phone(struct loading *l, struct phone_report *phone)
{
	static const char then[] = "SELECT mac, json_extract(phone, '$.vendor'), json_extract(phone, '$.model'), json_extract(phone, '$.firmware'), "
		"json_extract(phone, '$.firmware_source'), json_extract(phone, '$.sip_domain'), json_extract(phone, '$.sip_domain_source'), "
		"json_extract(phone, '$.addresses'), json_extract(phone, '$.vlan') FROM attempt WHERE id = ? AND phone IS NOT NULL";
	static const char now[] = "SELECT mac, vendor, phone.model, firmware, firmware_source, sip_domain, sip_domain_source, "
		"(SELECT json_group_array(address) FROM phone_address WHERE phone_address.mac = phone.mac), "
		"(SELECT json_group_array(vlan) FROM phone_vlan WHERE phone_vlan.mac = phone.mac) FROM phone JOIN attempt USING (mac) WHERE attempt.id = ?";
	sqlite3_stmt *s = reading_ask(l->r, then, l->r->attempt, NULL);
	bool found = reading_row(l->r, s);

	if (!found) {
		reading_end(l->r, s);
		s = reading_ask(l->r, now, l->r->attempt, NULL);
		found = reading_row(l->r, s);
	}
	if (found) {
		phone->mac = column_mac(l->r, s, 0);
		phone->vendor = column_text_if(l->r, s, 1, l->arena);
		phone->model = column_text_if(l->r, s, 2, l->arena);
		phone->firmware = column_text_if(l->r, s, 3, l->arena);
		phone->firmware_source = column_text_if(l->r, s, 4, l->arena);
		phone->sip_domain = column_text_if(l->r, s, 5, l->arena);
		phone->sip_domain_source = column_text_if(l->r, s, 6, l->arena);
		phone->addresses = column_addresses(l, s, 7);
		column_vlans(l, s, 8, phone);
	} else {
		reading_damaged(l->r, "its phone is missing");
	}
	reading_end(l->r, s);
}

/* ---- the attempt ---- */

/* The finding that is the cause has to be that finding. */
static void find_cause(struct loading *l, sqlite3_stmt *s)
{
	const struct finding_report *f;
	enum step step;
	size_t at;

	if (column_is_null(s, 8))
		return;
	at = (size_t)column_between(l->r, s, 9, 0, ROWS_MOST, "its cause");
	step = column_step(l->r, s, 7);
	f = at < l->a->finding_count ? &l->a->findings[at] : NULL;
	if (f && strcmp(f->rule->code, (const char *)sqlite3_column_text(s, 8)) == 0 && f->step == step)
		l->a->cause = f;
	else
		reading_damaged(l->r, "its cause is none of its findings");
}

static void read_parts(struct loading *l, bool with_packets, bool interrupted)
{
	read_steps(l);
	read_candidates(l);
	read_findings(l);
	read_certificates(l);
	read_story(l);
	read_cannot_show(l, interrupted);
	if (with_packets)
		read_packets(l);
}

static void read_attempt(struct loading *l, sqlite3_stmt *s, bool with_packets)
{
	bool going_on = column_between(l->r, s, 11, 0, 1, "going_on") == 1;
	bool lives = going_on && reading_run_state(l->r, sqlite3_column_int64(s, 12)) == RUN_ALIVE;

	*l->a = (struct attempt_report){
		.id = column_text(l->r, s, 0, l->arena),
		.going_on = lives,
		.start_ns = column_integer(l->r, s, 1),
		.end_ns = column_integer(l->r, s, 2),
		.method = column_method(l->r, s, 3),
		.policy = column_text(l->r, s, 4, l->arena),
		.policy_source = column_policy_source(l->r, s, 5),
		.outcome = column_outcome(l->r, s, 6),
		.events_left_out = (uint64_t)column_between(l->r, s, 10, 0, INT64_MAX, "events_left_out"),
		.packets_left_out = (uint64_t)column_between(l->r, s, 13, 0, INT64_MAX, "packets_left_out"),
	};
	read_parts(l, with_packets, going_on && !lives);
	find_cause(l, s);
}

/* An arena's pieces that hold one attempt of one phone. */
static struct report *report_of(struct arena *arena, struct phone_report *phone, const struct attempt_report *a)
{
	const struct attempt_report **attempts = arena_get(arena, sizeof *attempts);
	const struct phone_report **phones = arena_get(arena, sizeof *phones);
	struct report *report = arena_get(arena, sizeof *report);

	attempts[0] = a;
	phones[0] = phone;
	phone->attempts = attempts;
	phone->attempt_count = 1;
	report->phones = phones;
	report->phone_count = 1;
	return report;
}

bool store_read_attempt(struct store_reader *r, int64_t id, bool with_packets, struct arena *arena, const struct report **ret)
{
	struct loading l = { r, arena, arena_get(arena, sizeof *l.a), 0 };
	struct phone_report *phone = arena_get(arena, sizeof *phone);
	struct report *report = NULL;
	sqlite3_stmt *s;

	reading_enter(r);
	r->attempt = id;
	s = reading_ask(r, "SELECT name, start_ns, end_ns, method, policy, policy_source, outcome, broke_at, cause, cause_finding, events_left_out, going_on, "
		"run, packets_left_out FROM attempt WHERE id = ?", id, NULL);
	if (reading_row(r, s)) {
		report = report_of(arena, phone, l.a);
		read_captures(&l, report);
		read_phone(&l, phone);
		read_attempt(&l, s, with_packets);
	}
	reading_end(r, s);
	*ret = report;
	return reading_leave(r);
}
