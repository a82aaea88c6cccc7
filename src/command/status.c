/* dialtone status: whether the daemon lives, what it captures and loses, and how much is stored. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/moment.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "command/stored.h"
#include "command/style.h"
#include "sink/page.h"
#include "sink/writer.h"

static const char help[] =
	"usage: dialtone status [options]\n\n"
	"Tells whether dialtone capture runs, since when, what it captures, what it lost, and how much is stored.\n\n"
	"  --db FILE         the database (/var/lib/dialtone/dialtone.db)\n"
	"  --json            print one JSON document\n"
	"  --color WHEN      auto (on a terminal), always or never\n"
	"  --help            this text\n\n"
	"Exit status: 0 it runs, 1 it does not, 2 wrong usage or a database that cannot be read.\n";

enum { GUTTER = 14 };

static const char *const states[] = { [RUN_ALIVE] = "running", [RUN_STOPPED] = "stopped", [RUN_KILLED] = "killed", [RUN_SILENT] = "silent" };

/* ---- for people ---- */

static void row(struct page *p, const char *label, enum ink ink, const char *text)
{
	page_put(p, INK_FAINT, label);
	page_tab(p, GUTTER);
	page_paragraph(p, GUTTER, ink, text);
}

static const char *octets_words(struct page *p, uint64_t octets)
{
	static const char *const units[] = { "KB", "MB", "GB", "TB" };
	double n = (double)octets / 1000;
	size_t unit = 0;

	for (; n >= 1000 && unit < 3; unit++)
		n /= 1000;
	return arena_printf(&p->scratch, "%.*f %s", n < 10 ? 1 : 0, n, units[unit]);
}

static const char *moment(struct page *p, int64_t at_ns)
{
	char text[STORED_MOMENT];

	return arena_printf(&p->scratch, "%s", stored_moment(at_ns, text));
}

static const char *span(struct page *p, int64_t span_ns)
{
	char text[STORED_SPAN];

	return arena_printf(&p->scratch, "%s", stored_span(span_ns, text));
}

static const char *daemon_words(struct page *p, const struct store_status *s, int64_t now_ns)
{
	if (!s->has_run)
		return "no daemon has ever stored anything here";
	switch (s->state) {
	case RUN_ALIVE:
		return arena_printf(&p->scratch, "running, since %s (%s), pid %" PRId64 ", version %s", moment(p, s->start_ns), span(p, moment_span(s->start_ns, now_ns)), s->pid,
			s->version);
	case RUN_STOPPED:
		return arena_printf(&p->scratch, "not running: stopped %s, after %s", moment(p, s->end_ns), span(p, moment_span(s->start_ns, s->end_ns)));
	case RUN_KILLED:
		return arena_printf(&p->scratch, "not running: it was killed or crashed; its last sign of life was at %s", moment(p, s->end_ns));
	case RUN_SILENT:
		break;
	}
	return arena_printf(&p->scratch, "not running: no sign of life since %s, and its process was one of another machine or before a restart of this one",
		moment(p, s->alive_ns));
}

static void print_interfaces(struct page *p, const struct store_status *s)
{
	for (size_t i = 0; i < s->interface_count; i++) {
		const struct capture_info *c = &s->interfaces[i];
		const char *latest = c->packets ? arena_printf(&p->scratch, ", the latest at %s", moment(p, c->last_ns)) : "";
		const char *lost = c->dropped ? arena_printf(&p->scratch, "; %" PRIu64 " were lost", c->dropped) : "";

		row(p, i ? "" : "interfaces", c->dropped ? INK_CAUTION : INK_PLAIN, arena_printf(&p->scratch, "%s: %" PRIu64 " packets, %s%s%s", c->file, c->packets,
			octets_words(p, c->bytes), latest, lost));
	}
}

/* What is zero is left to --json. */
static void print_counters(struct page *p, const struct store_status *s)
{
	bool any = false;

	for (size_t i = 0; i < s->counter_count; i++) {
		const struct store_counter_value *c = &s->counters[i];

		if (c->value)
			row(p, any ? "" : "counters", INK_PLAIN, arena_printf(&p->scratch, "%s%s%s: %" PRIu64, c->name, *c->part ? " of " : "", c->part, c->value));
		any = any || c->value;
	}
	if (s->losses)
		row(p, "losses", INK_CAUTION, arena_printf(&p->scratch, "%" PRIu64 " times, %" PRIu64 " packets, the latest at %s", s->losses, s->packets_lost,
			moment(p, s->last_loss_ns)));
}

static void print_attempts(struct page *p, const struct store_status *s)
{
	static const enum outcome order[] = { OUTCOME_SIGNED_IN, OUTCOME_FAILED, OUTCOME_UNFINISHED, OUTCOME_UNKNOWN };
	static const char *const words[] = {
		[OUTCOME_SIGNED_IN] = "signed in", [OUTCOME_FAILED] = "failed", [OUTCOME_UNFINISHED] = "unfinished", [OUTCOME_UNKNOWN] = "cannot be told",
	};
	const char *text = arena_printf(&p->scratch, "%" PRIu64 " of %" PRIu64 " %s", s->attempts, s->phones, s->phones == 1 ? "phone" : "phones");

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (s->outcomes[order[i]])
			text = arena_printf(&p->scratch, "%s, %" PRIu64 " %s", text, s->outcomes[order[i]], words[order[i]]);
	if (s->going_on)
		text = arena_printf(&p->scratch, "%s, %" PRIu64 " going on", text, s->going_on);
	if (s->interrupted)
		text = arena_printf(&p->scratch, "%s, %" PRIu64 " interrupted", text, s->interrupted);
	row(p, "sign-ins", INK_PLAIN, text);
	if (s->attempts)
		row(p, "", INK_PLAIN, arena_printf(&p->scratch, "from %s to %s", moment(p, s->oldest_ns), moment(p, s->newest_ns)));
}

static void print_text(const struct store_status *s, int64_t now_ns, enum when colour)
{
	const struct text_style style = style_of_output(colour);
	struct page p = page_start(stdout, &style);
	enum ink ink = !s->has_run || s->state == RUN_STOPPED ? INK_CAUTION : s->state == RUN_ALIVE ? INK_GOOD : INK_BAD;

	row(&p, "daemon", ink, daemon_words(&p, s, now_ns));
	print_interfaces(&p, s);
	print_counters(&p, s);
	print_attempts(&p, s);
	row(&p, "database", INK_PLAIN, arena_printf(&p.scratch, "%s, of which %s are free", octets_words(&p, s->octets), octets_words(&p, s->octets_free)));
	page_end(&p);
}

/* ---- for programs ---- */

static void key_string(struct writer *w, const char *key, const char *text)
{
	writer_key(w, key);
	writer_string(w, text);
}

static void key_number(struct writer *w, const char *key, uint64_t n)
{
	writer_key(w, key);
	writer_number(w, n);
}

static void key_time(struct writer *w, const char *key, bool known, int64_t at_ns)
{
	writer_key(w, key);
	if (known)
		writer_time(w, at_ns, at_ns % 1000 ? 9 : 6);
	else
		writer_null(w);
}

static void write_interfaces(struct writer *w, const struct store_status *s)
{
	writer_key(w, "interfaces");
	writer_open(w, '[');
	for (size_t i = 0; i < s->interface_count; i++) {
		const struct capture_info *c = &s->interfaces[i];

		writer_open(w, '{');
		key_string(w, "name", c->file);
		key_string(w, "link_type", c->link_type);
		key_number(w, "packets", c->packets);
		key_number(w, "bytes", c->bytes);
		key_number(w, "dropped", c->dropped);
		key_number(w, "malformed", c->malformed);
		key_time(w, "first", c->packets, c->first_ns);
		key_time(w, "last", c->packets, c->last_ns);
		writer_close(w, '}');
	}
	writer_close(w, ']');
}

static void write_counters(struct writer *w, const struct store_status *s)
{
	writer_key(w, "counters");
	writer_open(w, '[');
	for (size_t i = 0; i < s->counter_count; i++) {
		writer_open(w, '{');
		key_string(w, "name", s->counters[i].name);
		key_string(w, "part", *s->counters[i].part ? s->counters[i].part : NULL);
		key_number(w, "value", s->counters[i].value);
		key_time(w, "at", true, s->counters[i].at_ns);
		writer_close(w, '}');
	}
	writer_close(w, ']');
}

static void write_daemon(struct writer *w, const struct store_status *s)
{
	bool over = s->has_run && (s->state == RUN_STOPPED || s->state == RUN_KILLED);

	key_string(w, "daemon", s->has_run ? states[s->state] : "none");
	writer_key(w, "pid");
	if (s->has_run)
		writer_signed(w, s->pid);
	else
		writer_null(w);
	key_string(w, "version", s->has_run ? s->version : NULL);
	key_time(w, "start", s->has_run, s->start_ns);
	key_time(w, "alive", s->has_run, s->alive_ns);
	key_time(w, "end", over, s->end_ns);
	write_interfaces(w, s);
	write_counters(w, s);
	key_number(w, "losses", s->losses);
	key_number(w, "packets_lost", s->packets_lost);
}

static void print_json(const struct store_status *s)
{
	struct writer w = { 0 };

	writer_open(&w, '{');
	key_string(&w, "schema", "dialtone-status/1");
	write_daemon(&w, s);
	writer_key(&w, "attempts");
	writer_open(&w, '{');
	key_number(&w, "all", s->attempts);
	for (enum outcome o = 0; o <= OUTCOME_UNFINISHED; o++)
		key_number(&w, outcome_name(o), s->outcomes[o]);
	key_number(&w, "going-on", s->going_on);
	key_number(&w, "interrupted", s->interrupted);
	writer_close(&w, '}');
	key_number(&w, "phones", s->phones);
	key_time(&w, "oldest", s->attempts, s->oldest_ns);
	key_time(&w, "newest", s->attempts, s->newest_ns);
	key_number(&w, "bytes", s->octets);
	key_number(&w, "bytes_free", s->octets_free);
	writer_close(&w, '}');
	writer_line(&w, stdout);
	writer_free(&w);
}

/* ---- the command line ---- */

static int run(const char *db, bool json, enum when colour)
{
	struct store_reader *r = stored_open(db);
	struct store_status status = { 0 };
	struct arena arena = { 0 };
	bool good = r && store_read_status(r, &arena, &status);

	if (good && json)
		print_json(&status);
	else if (good)
		print_text(&status, stored_now(), colour);
	output_finish();
	arena_free(&arena);
	store_reader_close(r);
	if (!good)
		return STATUS_TROUBLE;
	return status.has_run && status.state == RUN_ALIVE ? EXIT_SUCCESS : EXIT_FAILURE;
}

enum { OPT_DB = 256, OPT_JSON, OPT_COLOR };

static const struct option options[] = {
	{ "db", required_argument, NULL, OPT_DB },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

int command_status(int argc, char **argv)
{
	const char *db = NULL;
	enum when colour = WHEN_AUTO;
	bool json = false;
	int o;

	output_start();
	while ((o = options_next(argc, argv, ":h", options)) != -1) {
		switch (o) {
		case 'h':
			fputs(help, stdout);
			output_finish();
			return EXIT_SUCCESS;
		case OPT_DB: db = optarg; break;
		case OPT_JSON: json = true; break;
		case OPT_COLOR:
			if (!style_parse_when(optarg, &colour))
				return STATUS_TROUBLE;
			break;
		default: return STATUS_TROUBLE;
		}
	}
	if (optind < argc) {
		log_error("status: takes no arguments");
		return STATUS_TROUBLE;
	}
	return run(db, json, colour);
}
