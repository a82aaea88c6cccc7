/* Which attempts there are, which one is meant, and how the whole is. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/log.h"
#include "base/text.h"
#include "sink/store_read_parts.h"

/* ---- the list ---- */

/* Where a word is looked for. Lists that are JSON are looked through as they are. */
static const char text_condition[] =
	" AND (instr(lower(name || ' ' || a.mac || ' ' || coalesce(phone, '') || ' ' || coalesce(cause, '')), lower(?1))"
	" OR EXISTS (SELECT 1 FROM finding WHERE attempt = a.id AND instr(lower(code || ' ' || subject || ' ' || message), lower(?1)))"
	" OR EXISTS (SELECT 1 FROM candidate WHERE attempt = a.id AND instr(lower(server || ' ' || coalesce(query, '')), lower(?1)))"
	" OR EXISTS (SELECT 1 FROM step WHERE attempt = a.id AND instr(lower(detail), lower(?1)))"
	" OR EXISTS (SELECT 1 FROM certificate WHERE attempt = a.id AND instr(lower(server || ' ' || coalesce(subject, '') || ' ' || coalesce(issuer, '') || ' ' || san),"
	" lower(?1)))"
	" OR EXISTS (SELECT 1 FROM story_part WHERE attempt = a.id AND instr(lower(lines), lower(?1))))";

/* Everything but the text are numbers, MAC addresses and words of our own: they stand in the statement. */
static struct text list_statement(const struct store_filter *f)
{
	struct text t = text_start(1 << 24);
	char mac[MAC_TEXT];

	text_add(&t, "SELECT id, change, a.mac, name, start_ns, end_ns, going_on, run, method, outcome, broke_at, cause, vendor, model, sip_domain, "
		"(SELECT count(*) FROM packet WHERE attempt = a.id) FROM attempt AS a LEFT JOIN phone AS p ON p.mac = a.mac WHERE 1");
	for (size_t i = 0; i < f->phone_count; i++)
		text_addf(&t, "%s'%s'", i ? ", " : " AND a.mac IN (", mac_format(f->phones[i], mac));
	if (f->phone_count)
		text_add(&t, ")");
	if (f->has_since)
		text_addf(&t, " AND start_ns >= %" PRId64, f->since_ns);
	if (f->has_until)
		text_addf(&t, " AND start_ns < %" PRId64, f->until_ns);
	if (f->has_outcome)
		text_addf(&t, " AND outcome = '%s'", outcome_name(f->outcome));
	if (f->changed_after)
		text_addf(&t, " AND change > %" PRId64, f->changed_after);
	if (f->cause)
		text_add(&t, " AND cause = ?2");
	if (f->text)
		text_add(&t, text_condition);
	text_add(&t, " ORDER BY start_ns DESC, id DESC");
	if (f->limit)
		text_addf(&t, " LIMIT %zu", f->limit);
	return t;
}

/* Attempts that go on are of a daemon or two: the last answer is kept. */
struct last_run {
	int64_t run;
	enum run_state state;
};

static void read_entry(struct store_reader *r, sqlite3_stmt *s, struct arena *arena, struct last_run *last, struct store_entry *ret)
{
	bool going_on;

	r->attempt = column_integer(r, s, 0);
	going_on = column_between(r, s, 6, 0, 1, "going_on") == 1;
	if (going_on && (last->run == 0 || last->run != sqlite3_column_int64(s, 7)))
		*last = (struct last_run){ sqlite3_column_int64(s, 7), reading_run_state(r, sqlite3_column_int64(s, 7)) };
	*ret = (struct store_entry){
		.id = r->attempt,
		.change = column_integer(r, s, 1),
		.mac = column_mac(r, s, 2),
		.name = column_text(r, s, 3, arena),
		.start_ns = column_integer(r, s, 4),
		.end_ns = column_integer(r, s, 5),
		.going_on = going_on && last->state == RUN_ALIVE,
		.interrupted = going_on && last->state != RUN_ALIVE,
		.method = column_method(r, s, 8),
		.outcome = column_outcome(r, s, 9),
		.broke_at = column_step(r, s, 10),
		.cause = column_text_if(r, s, 11, arena),
		.vendor = column_text_if(r, s, 12, arena),
		.model = column_text_if(r, s, 13, arena),
		.sip_domain = column_text_if(r, s, 14, arena),
		.packets = (uint64_t)column_integer(r, s, 15),
	};
}

bool store_read_list(struct store_reader *r, const struct store_filter *filter, struct arena *arena, const struct store_entry **ret, size_t *ret_count)
{
	struct text sql = list_statement(filter);
	LIST_OF(struct store_entry) list = { 0 };
	struct last_run last = { 0 };
	sqlite3_stmt *s;

	reading_enter(r);
	s = reading_ask_once(r, text_string(&sql), 0, filter->text);
	if (s && filter->cause)
		sqlite3_bind_text(s, 2, filter->cause, -1, SQLITE_STATIC);
	while (reading_row(r, s))
		read_entry(r, s, arena, &last, LIST_ADD(arena, &list));
	reading_end(r, s);
	text_free(&sql);
	for (size_t i = 0; i < list.count / 2; i++) {
		struct store_entry other = list.at[i];

		list.at[i] = list.at[list.count - 1 - i];
		list.at[list.count - 1 - i] = other;
	}
	*ret = list.at;
	*ret_count = list.count;
	return reading_leave(r);
}

/* ---- which one is meant ---- */

static int64_t find_last(struct store_reader *r)
{
	return reading_number(r, "SELECT id FROM attempt ORDER BY start_ns DESC, id DESC LIMIT 1", 0);
}

static int64_t find_last_of(struct store_reader *r, struct mac m)
{
	char mac[MAC_TEXT];
	sqlite3_stmt *s = reading_ask(r, "SELECT id FROM attempt WHERE mac = ? ORDER BY start_ns DESC LIMIT 1", 0, mac_format(m, mac));
	int64_t id = reading_row(r, s) ? sqlite3_column_int64(s, 0) : 0;

	reading_end(r, s);
	return id;
}

static int64_t find_number(struct store_reader *r, const char *words)
{
	size_t digits = strspn(words, "0123456789");

	if (digits == 0 || words[digits] != '\0' || words[0] == '0' || digits > 18)
		return 0;
	return reading_number(r, "SELECT id FROM attempt WHERE id = ?", strtoll(words, NULL, 10));
}

/* How many names begin so, and the first of them. A name that is the whole counts alone. */
static size_t find_beginning(struct store_reader *r, const char *words, int64_t *ret_id)
{
	sqlite3_stmt *s = reading_ask(r, "SELECT id, name = ?1 FROM attempt WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name = ?1 DESC, start_ns DESC", 0, words);
	size_t count = 0;
	bool whole = false;

	while (!whole && reading_row(r, s)) {
		if (count++ == 0) {
			*ret_id = sqlite3_column_int64(s, 0);
			whole = sqlite3_column_int(s, 1) == 1;
		}
	}
	reading_end(r, s);
	return count;
}

static void find(struct store_reader *r, const char *words, int64_t *ret_id)
{
	struct mac m;
	size_t count;

	*ret_id = strcmp(words, "last") == 0 ? find_last(r) : find_number(r, words);
	if (*ret_id == 0 && strpbrk(words, ":.") && mac_parse(words, &m))
		*ret_id = find_last_of(r, m);
	if (*ret_id || r->failed)
		return;
	count = *words ? find_beginning(r, words, ret_id) : 0;
	if (count == 1 || r->failed)
		return;
	if (count > 1)
		log_error("%s: %zu sign-ins begin so; `dialtone list` shows their numbers", words, count);
	else if (strcmp(words, "last") == 0)
		log_error("%s: no sign-in is stored", r->path);
	else
		log_error("%s: there is no such sign-in; `dialtone list` shows those there are", words);
	r->failed = true;
}

bool store_read_find(struct store_reader *r, const char *words, int64_t *ret_id)
{
	reading_enter(r);
	*ret_id = 0;
	find(r, words, ret_id);
	return reading_leave(r);
}

/* ---- the whole ---- */

static void read_interfaces(struct store_reader *r, int64_t run, struct arena *arena, struct store_status *ret)
{
	sqlite3_stmt *s = reading_ask(r, "SELECT " READ_CAPTURE " FROM capture WHERE run = ? AND kind = 'interface' ORDER BY id", run, NULL);
	LIST_OF(struct capture_info) list = { 0 };

	while (reading_row(r, s))
		read_capture(r, s, arena, LIST_ADD(arena, &list));
	reading_end(r, s);
	ret->interfaces = list.at;
	ret->interface_count = list.count;
}

static void read_counters(struct store_reader *r, int64_t run, struct arena *arena, struct store_status *ret)
{
	sqlite3_stmt *s = reading_ask(r, "SELECT name, part, value, at_ns FROM counter WHERE run = ? ORDER BY name, part", run, NULL);
	LIST_OF(struct store_counter_value) list = { 0 };

	while (reading_row(r, s))
		*LIST_ADD(arena, &list) = (struct store_counter_value){
			.name = column_text(r, s, 0, arena),
			.part = column_text(r, s, 1, arena),
			.value = (uint64_t)column_integer(r, s, 2),
			.at_ns = column_integer(r, s, 3),
		};
	reading_end(r, s);
	ret->counters = list.at;
	ret->counter_count = list.count;
}

static void read_run(struct store_reader *r, struct arena *arena, struct store_status *ret)
{
	sqlite3_stmt *s = reading_ask(r, "SELECT id, pid, version, start_ns, alive_ns, end_ns FROM run ORDER BY id DESC LIMIT 1", 0, NULL);
	int64_t run = 0;

	ret->has_run = reading_row(r, s);
	if (ret->has_run) {
		run = column_integer(r, s, 0);
		ret->pid = column_integer(r, s, 1);
		ret->version = column_text(r, s, 2, arena);
		ret->start_ns = column_integer(r, s, 3);
		ret->alive_ns = column_integer(r, s, 4);
		ret->state = reading_run_state(r, run);
		ret->end_ns = column_is_null(s, 5) ? ret->alive_ns : column_integer(r, s, 5);
	}
	reading_end(r, s);
	if (!ret->has_run)
		return;
	read_interfaces(r, run, arena, ret);
	read_counters(r, run, arena, ret);
	ret->losses = (uint64_t)reading_number(r, "SELECT count(*) FROM loss WHERE run = ?", run);
	ret->packets_lost = (uint64_t)reading_number(r, "SELECT total(packets) FROM loss WHERE run = ?", run);
	ret->last_loss_ns = reading_number(r, "SELECT max(until_ns) FROM loss WHERE run = ?", run);
}

/* Those of the run that lives go on; those of earlier ones were interrupted. */
static void read_going_on(struct store_reader *r, struct store_status *ret)
{
	uint64_t all = (uint64_t)reading_number(r, "SELECT count(*) FROM attempt WHERE going_on = 1", 0);

	if (ret->has_run && ret->state == RUN_ALIVE)
		ret->going_on = (uint64_t)reading_number(r, "SELECT count(*) FROM attempt WHERE going_on = 1 AND run = (SELECT max(id) FROM run)", 0);
	ret->interrupted = all - ret->going_on;
}

static void read_attempts(struct store_reader *r, struct store_status *ret)
{
	sqlite3_stmt *s = reading_ask(r, "SELECT outcome, count(*) FROM attempt GROUP BY outcome", 0, NULL);

	while (reading_row(r, s)) {
		ret->outcomes[column_outcome(r, s, 0)] = (uint64_t)column_integer(r, s, 1);
		ret->attempts += (uint64_t)column_integer(r, s, 1);
	}
	reading_end(r, s);
	s = reading_ask(r, "SELECT outcome, count(*) FROM attempt WHERE going_on = 1 GROUP BY outcome", 0, NULL);
	while (reading_row(r, s))
		ret->outcomes[column_outcome(r, s, 0)] -= (uint64_t)column_integer(r, s, 1);
	reading_end(r, s);
	read_going_on(r, ret);
	ret->phones = (uint64_t)reading_number(r, "SELECT count(*) FROM phone", 0);
	ret->oldest_ns = reading_number(r, "SELECT min(start_ns) FROM attempt", 0);
	ret->newest_ns = reading_number(r, "SELECT max(start_ns) FROM attempt", 0);
}

bool store_read_status(struct store_reader *r, struct arena *arena, struct store_status *ret)
{
	uint64_t page;

	*ret = (struct store_status){ 0 };
	reading_enter(r);
	read_run(r, arena, ret);
	read_attempts(r, ret);
	page = (uint64_t)reading_number(r, "PRAGMA page_size", 0);
	ret->octets = page * (uint64_t)reading_number(r, "PRAGMA page_count", 0);
	ret->octets_free = page * (uint64_t)reading_number(r, "PRAGMA freelist_count", 0);
	return reading_leave(r);
}
