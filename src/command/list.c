/* dialtone list: which sign-ins are stored. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/moment.h"
#include "base/safe.h"
#include "base/text.h"
#include "command/command.h"
#include "command/moment_words.h"
#include "command/options.h"
#include "command/output.h"
#include "command/page_file.h"
#include "command/stored.h"
#include "command/stored_summary.h"
#include "command/style.h"
#include "sink/page.h"

static const char help[] =
	"usage: dialtone list [options]\n\n"
	"Lists the sign-ins that dialtone capture or analyze --db has stored, oldest first. `dialtone show ID` tells one of them.\n\n"
	"  --db FILE         the database (/var/lib/dialtone/dialtone.db)\n"
	"  --phone MAC       only this phone's; repeat for more\n"
	"  --since WHEN      only those that began at or after: 2h, yesterday, monday, 10:30, 2026-11-20, \"2026-11-20 10:30\"\n"
	"  --until WHEN      only those that began before\n"
	"  --outcome WORD    only these: signed-in, failed, unfinished, unknown\n"
	"  --cause CODE      only those that this finding explains\n"
	"  --text WORDS      only those that bear these words: a name, a server, a message\n"
	"  --limit N         only the latest N\n"
	"  --summary         tell only how many phones ended how, by cause\n"
	"  --html FILE       with --summary: write it as one page for a browser, too\n"
	"  --json            print a JSON list of whole sign-ins\n"
	"  --tsv             print lines of values between tabs, times in UTC\n"
	"  --color WHEN      auto (on a terminal), always or never\n"
	"  --help            this text\n\n"
	"Exit status: 0, or 2 for wrong usage or a database that cannot be read.\n";

struct listing {
	struct phone_list phones;
	struct store_filter filter;
	const char *db;
	enum when colour;
	const char *html;
	bool json, tsv, summary;
};

/* ---- for people ---- */

static enum ink ink_of(const struct store_entry *e)
{
	if (e->going_on || e->interrupted)
		return INK_PLAIN;
	switch (e->outcome) {
	case OUTCOME_FAILED: return INK_BAD;
	case OUTCOME_SIGNED_IN: return INK_GOOD;
	case OUTCOME_UNFINISHED:
	case OUTCOME_UNKNOWN: break;
	}
	return INK_CAUTION;
}

/* Which local time it is, for the title. */
static const char *zone_title(struct page *p)
{
	time_t now = time(NULL);
	struct tm tm;
	char zone[16] = "";

	if (localtime_r(&now, &tm))
		strftime(zone, sizeof zone, "%Z", &tm);
	return arena_printf(&p->scratch, "began (%s)", zone);
}

/* 4.5 s, 2:12, 1:02:03 */
static const char *took(struct page *p, int64_t span_ns)
{
	int64_t s = span_ns / NS_PER_S;

	if (s < 60)
		return arena_printf(&p->scratch, "%.1f s", (double)span_ns / 1e9);
	if (s < 3600)
		return arena_printf(&p->scratch, "%" PRId64 ":%02" PRId64, s / 60, s % 60);
	return arena_printf(&p->scratch, "%" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600, s / 60 % 60, s % 60);
}

static const char *result(struct page *p, const struct store_entry *e)
{
	const char *word = e->going_on ? "going on" : e->interrupted ? "interrupted" : outcome_name(e->outcome);

	return e->cause ? arena_printf(&p->scratch, "%s: %s", word, e->cause) : word;
}

static void fill_row(struct page *p, const struct store_entry *e, struct page_cell *cells)
{
	char moment[STORED_MOMENT], mac[MAC_TEXT];

	cells[0].text = arena_printf(&p->scratch, "%" PRId64, e->id);
	cells[1].text = arena_printf(&p->scratch, "%s", stored_moment(e->start_ns, moment));
	cells[2].text = took(p, moment_span(e->start_ns, e->end_ns));
	cells[3].text = arena_printf(&p->scratch, "%s", mac_format(e->mac, mac));
	cells[4].text = e->sip_domain ? e->sip_domain : "";
	cells[5] = (struct page_cell){ .text = result(p, e), .ink = ink_of(e) };
}

static void print_table(const struct listing *l, const struct store_entry *entries, size_t count)
{
	const struct text_style style = style_of_output(l->colour);
	struct page p = page_start(stdout, &style);
	const struct page_column columns[] = {
		{ .title = "id", .right = true }, { .title = zone_title(&p) }, { .title = "took", .right = true }, { .title = "phone" },
		{ .title = "SIP domain", .least = 11 }, { .title = "result", .least = 12 },
	};
	enum { COLUMNS = sizeof columns / sizeof columns[0] };
	struct page_cell *cells = arena_get(&p.scratch, (count + 1) * COLUMNS * sizeof *cells);

	for (size_t i = 0; i < count; i++)
		fill_row(&p, &entries[i], cells + i * COLUMNS);
	if (count)
		page_grid(&p, 0, columns, COLUMNS, cells, count);
	else
		page_paragraph(&p, 0, INK_PLAIN, "No such sign-in is stored.");
	page_end(&p);
}

/* ---- for programs ---- */

/* One cell: no octet of it ends the cell or steers a terminal, and a spreadsheet takes none for a formula (it would for what begins so). */
static void put_cell(const char *text, char behind)
{
	struct span s = span_of(text ? text : "", text ? strlen(text) : 0);

	if (s.len && strchr("=+-@", s.data[0]))
		putchar('\'');
	while (s.len) {
		size_t n = utf8_length(s);

		if (n && safe_is_printable(safe_character(span_part(s, 0, n))))
			fwrite(s.data, 1, n, stdout);
		else
			putchar(' ');
		s = span_part(s, n ? n : 1, s.len);
	}
	putchar(behind);
}

static void print_tsv(const struct store_entry *entries, size_t count)
{
	char moment[MOMENT_TEXT], mac[MAC_TEXT], number[24];

	puts("id\tname\tstart\tend\tmac\tvendor\tmodel\tsip_domain\tmethod\toutcome\tstate\tbroke_at\tcause\tpackets");
	for (size_t i = 0; i < count; i++) {
		const struct store_entry *e = &entries[i];

		snprintf(number, sizeof number, "%" PRId64, e->id);
		put_cell(number, '\t');
		put_cell(e->name, '\t');
		put_cell(moment_format(e->start_ns, 6, moment), '\t');
		put_cell(moment_format(e->end_ns, 6, moment), '\t');
		put_cell(mac_format(e->mac, mac), '\t');
		put_cell(e->vendor, '\t');
		put_cell(e->model, '\t');
		put_cell(e->sip_domain, '\t');
		put_cell(method_name(e->method), '\t');
		put_cell(outcome_name(e->outcome), '\t');
		put_cell(e->going_on ? "going-on" : e->interrupted ? "interrupted" : "ended", '\t');
		put_cell(step_name(e->broke_at), '\t');
		put_cell(e->cause, '\t');
		snprintf(number, sizeof number, "%" PRIu64, e->packets);
		put_cell(number, '\n');
	}
}

/* Attempt by attempt, so that a year of them needs the memory of one. One that retention has taken meanwhile is left out. */
static bool print_json(struct store_reader *r, const struct store_entry *entries, size_t count)
{
	struct arena arena = { 0 };
	const struct report *report;
	bool any = false, good = true;

	fputs("[", stdout);
	for (size_t i = 0; i < count && good; i++) {
		good = store_read_attempt(r, entries[i].id, false, &arena, &report);
		if (good && report) {
			fputs(any ? ",\n" : "\n", stdout);
			json_attempt(stdout, report->phones[0], report->phones[0]->attempts[0], report->capture_count > 1);
			any = true;
		}
		arena_reset(&arena);
	}
	puts("]");
	arena_free(&arena);
	return good;
}

static bool summarize(const struct listing *l, struct arena *arena, const struct store_entry *entries, size_t count)
{
	const struct report *report = stored_summary(arena, entries, count);
	const struct text_style style = style_of_output(l->colour);

	if (l->html && !page_file(l->html, report, PAGE_SUMMARY))
		return false;
	text_summary(stdout, report, &style);
	return true;
}

static int run(const struct listing *l)
{
	struct store_reader *r = stored_open(l->db);
	const struct store_entry *entries;
	struct arena arena = { 0 };
	size_t count;
	bool good = r && store_read_list(r, &l->filter, &arena, &entries, &count);

	if (good && l->summary)
		good = summarize(l, &arena, entries, count);
	else if (good && l->json)
		good = print_json(r, entries, count);
	else if (good && l->tsv)
		print_tsv(entries, count);
	else if (good)
		print_table(l, entries, count);
	output_finish();
	arena_free(&arena);
	store_reader_close(r);
	return good ? EXIT_SUCCESS : STATUS_TROUBLE;
}

/* ---- the command line ---- */

enum { OPT_DB = 256, OPT_PHONE, OPT_SINCE, OPT_UNTIL, OPT_OUTCOME, OPT_CAUSE, OPT_TEXT, OPT_LIMIT, OPT_SUMMARY, OPT_HTML, OPT_JSON, OPT_TSV, OPT_COLOR };

static const struct option options[] = {
	{ "db", required_argument, NULL, OPT_DB },
	{ "phone", required_argument, NULL, OPT_PHONE },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "outcome", required_argument, NULL, OPT_OUTCOME },
	{ "cause", required_argument, NULL, OPT_CAUSE },
	{ "text", required_argument, NULL, OPT_TEXT },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "summary", no_argument, NULL, OPT_SUMMARY },
	{ "html", required_argument, NULL, OPT_HTML },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "tsv", no_argument, NULL, OPT_TSV },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool read_moment(const char *option, bool *ret_has, int64_t *ret_ns)
{
	*ret_has = moment_from_words(optarg, stored_now(), ret_ns);
	if (!*ret_has)
		log_error("%s %s: not a moment, like 2h, yesterday, monday, 10:30 or 2026-11-20", option, optarg);
	return *ret_has;
}

static bool read_outcome(struct store_filter *f)
{
	for (enum outcome o = 0; o <= OUTCOME_UNFINISHED; o++)
		if (strcmp(outcome_name(o), optarg) == 0) {
			f->has_outcome = true;
			f->outcome = o;
			return true;
		}
	log_error("--outcome %s: signed-in, failed, unfinished or unknown", optarg);
	return false;
}

static bool read_cause(struct store_filter *f)
{
	const struct rule *rule = rule_find(optarg);

	if (!rule) {
		log_error("--cause %s: no such finding; `dialtone explain` lists them", optarg);
		return false;
	}
	f->cause = rule->code;
	return true;
}

static bool read_limit(struct store_filter *f)
{
	size_t digits = strspn(optarg, "0123456789");

	if (digits == 0 || digits > 9 || optarg[digits] != '\0' || atol(optarg) == 0) {
		log_error("--limit %s: a number from 1 on", optarg);
		return false;
	}
	f->limit = (size_t)atol(optarg);
	return true;
}

static bool read_option(void *user, int o)
{
	struct listing *l = user;

	switch (o) {
	case OPT_DB: l->db = optarg; return true;
	case OPT_PHONE: return phone_list_add(&l->phones, optarg);
	case OPT_SINCE: return read_moment("--since", &l->filter.has_since, &l->filter.since_ns);
	case OPT_UNTIL: return read_moment("--until", &l->filter.has_until, &l->filter.until_ns);
	case OPT_OUTCOME: return read_outcome(&l->filter);
	case OPT_CAUSE: return read_cause(&l->filter);
	case OPT_TEXT: l->filter.text = optarg; return true;
	case OPT_LIMIT: return read_limit(&l->filter);
	case OPT_SUMMARY: l->summary = true; return true;
	case OPT_HTML: l->html = optarg; return true;
	case OPT_JSON: l->json = true; return true;
	case OPT_TSV: l->tsv = true; return true;
	case OPT_COLOR: return style_parse_when(optarg, &l->colour);
	default: return false;
	}
}

/* 0 to go on, 1 help was given, -1 wrong usage. */
static int read_options(int argc, char **argv, struct listing *l)
{
	int go = options_read(argc, argv, ":h", options, help, read_option, l);

	if (go)
		return go;
	if (optind < argc) {
		log_error("list: takes no arguments; `dialtone show` tells one sign-in");
		return -1;
	}
	if (l->json + l->tsv + l->summary > 1) {
		log_error("list: --json, --tsv or --summary together: only one of them");
		return -1;
	}
	if (l->html && !l->summary) {
		log_error("list: --html is for --summary; `dialtone show --html` makes a page of one sign-in");
		return -1;
	}
	if (!stored_may_write(l->db, "--html", l->html))
		return -1;
	l->filter.phones = l->phones.at;
	l->filter.phone_count = l->phones.count;
	return 0;
}

int command_list(int argc, char **argv)
{
	struct listing l = { 0 };
	int status = STATUS_TROUBLE, go = read_options(argc, argv, &l);

	output_start();
	if (go == 1) {
		output_finish();
		status = EXIT_SUCCESS;
	} else if (go == 0) {
		status = run(&l);
	}
	phone_list_free(&l.phones);
	return status;
}
