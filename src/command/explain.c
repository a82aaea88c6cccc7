/* dialtone explain: what a finding means. The catalogue (verdict/finding.h) is printed, nothing is added to it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "command/command.h"
#include "command/findings_page.h"
#include "command/options.h"
#include "command/output.h"
#include "command/style.h"
#include "sink/page.h"
#include "verdict/finding.h"

static const char help[] =
	"usage: dialtone explain [options] [CODE...]\n\n"
	"Tells what a finding means, what packets show it, what the phone does next, how to repair it, and where the rule comes from.\n"
	"Without a code it lists all of them, step by step.\n\n"
	"  --all             explain every finding\n"
	"  --man             print the manual page dialtone-findings(7)\n"
	"  --color WHEN      auto (on a terminal), always or never\n"
	"  --help            this text\n";

enum { INDENT = 2, GUTTER = 14 };

static void part(struct page *p, const char *label, const char *text)
{
	page_tab(p, INDENT);
	page_put(p, INK_FAINT, label);
	page_tab(p, GUTTER);
	page_paragraph(p, GUTTER, INK_PLAIN, text);
}

static void print_rule(struct page *p, const struct rule *r)
{
	page_put(p, INK_STRONG, r->code);
	page_put(p, INK_FAINT, r->step == STEP_NONE ? "  (the capture itself)" : arena_printf(&p->scratch, "  (step %s)", step_name(r->step)));
	page_line(p);
	part(p, "meaning", r->meaning);
	part(p, "seen by", r->wire);
	part(p, "then", r->next);
	part(p, "fix", r->fix);
	part(p, "source", r->source);
	part(p, "certainty", r->inferred ? "partly inferred: what the source marks so is a conclusion" : "documented");
}

static void print_rules(struct page *p, const struct rule *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			page_line(p);
		print_rule(p, list[i]);
	}
}

/* ---- the list ---- */

static const char *first_sentence(struct page *p, const char *text)
{
	const char *stop = strstr(text, ". ");

	return stop ? arena_copy(&p->scratch, text, (size_t)(stop - text) + 1) : text;
}

/* The rules of one step, which stand together; answers the first of the next step. */
static const struct rule *print_step(struct page *p, const struct rule *first)
{
	static const struct page_column columns[] = { { .title = NULL }, { .title = NULL, .least = 30 } };
	struct page_cell *cells;
	size_t count = 0;

	while (first[count].code && first[count].step == first->step)
		count++;
	cells = arena_get(&p->scratch, 2 * count * sizeof *cells);
	for (size_t i = 0; i < count; i++) {
		cells[2 * i].text = first[i].code;
		cells[2 * i + 1].text = first_sentence(p, first[i].meaning);
	}
	page_put(p, INK_STRONG, first->step == STEP_NONE ? "the capture itself" : step_name(first->step));
	page_line(p);
	page_grid(p, INDENT, columns, 2, cells, count);
	page_line(p);
	return first + count;
}

static void print_list(struct page *p)
{
	for (const struct rule *r = rules; r->code;)
		r = print_step(p, r);
	page_paragraph(p, 0, INK_PLAIN, "`dialtone explain CODE` tells more; `man dialtone-findings` has them all.");
}

/* ---- a code that is not there ---- */

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's distance; codes are short. */
static unsigned distance(const char *a, const char *b)
{
	enum { LONGEST = 64 };
	unsigned row[LONGEST + 1];
	size_t len = strlen(b);

	if (len > LONGEST || strlen(a) > LONGEST)
		return LONGEST;
	for (unsigned i = 0; i <= len; i++)
		row[i] = i;
	for (; *a; a++) {
		unsigned corner = row[0]++;

		for (size_t i = 1; i <= len; i++) {
			unsigned same = corner + (tolower((unsigned char)*a) != b[i - 1]);

			corner = row[i];
			row[i] = smallest(row[i] + 1, row[i - 1] + 1, same);
		}
	}
	return row[len];
}

static bool resembles(const char *code, const char *asked)
{
	return strlen(asked) > 2 && (strcasestr(code, asked) || distance(asked, code) <= 1 + strlen(asked) / 4);
}

static void complain(const char *asked)
{
	enum { NEAR_MAX = 6 };
	struct text near = text_start(512);
	unsigned count = 0;

	for (const struct rule *r = rules; r->code && count < NEAR_MAX; r++)
		if (resembles(r->code, asked))
			text_addf(&near, "%s%s", count++ ? ", " : "", r->code);
	if (count)
		log_error("explain: %s: no such finding; near it: %s", asked, text_string(&near));
	else
		log_error("explain: %s: no such finding; `dialtone explain` lists them", asked);
	text_free(&near);
}

/* ---- the command line ---- */

enum { OPT_ALL = 256, OPT_MAN, OPT_COLOR };

struct wish {
	bool all, man, help;
	enum when colour;
};

static bool read_options(int argc, char **argv, struct wish *ret)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, OPT_ALL }, { "man", no_argument, NULL, OPT_MAN }, { "color", required_argument, NULL, OPT_COLOR },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	int o;

	while ((o = options_next(argc, argv, ":h", options)) != -1) {
		switch (o) {
		case OPT_ALL: ret->all = true; break;
		case OPT_MAN: ret->man = true; break;
		case 'h': ret->help = true; break;
		case OPT_COLOR:
			if (!style_parse_when(optarg, &ret->colour))
				return false;
			break;
		default: return false;
		}
	}
	if (optind < argc && (ret->all || ret->man)) {
		log_error("explain: a code and --all or --man together");
		return false;
	}
	return true;
}

/* The rules asked for into `list`; false after a complaint for each code that is not there. */
static bool find_rules(char **codes, size_t count, const struct rule **list)
{
	bool good = true;

	for (size_t i = 0; i < count; i++) {
		list[i] = rule_find(codes[i]);
		if (!list[i]) {
			complain(codes[i]);
			good = false;
		}
	}
	return good;
}

static bool print_wish(struct page *p, const struct wish *wish, char **codes, size_t count)
{
	const struct rule **list;

	if (wish->all) {
		while (rules[count].code)
			count++;
		list = arena_get(&p->scratch, count * sizeof *list);
		for (size_t i = 0; i < count; i++)
			list[i] = &rules[i];
	} else {
		list = arena_get(&p->scratch, count * sizeof *list);
		if (!find_rules(codes, count, list))
			return false;
	}
	print_rules(p, list, count);
	return true;
}

int command_explain(int argc, char **argv)
{
	struct wish wish = { 0 };
	struct text_style style;
	struct page p;
	bool good = read_options(argc, argv, &wish);

	output_start();
	if (!good)
		return STATUS_TROUBLE;
	style = style_of_output(wish.colour);
	p = page_start(stdout, &style);
	if (wish.help)
		fputs(help, stdout);
	else if (wish.man)
		findings_page(stdout);
	else if (wish.all || optind < argc)
		good = print_wish(&p, &wish, argv + optind, (size_t)(argc - optind));
	else
		print_list(&p);
	page_end(&p);
	output_finish();
	return good ? EXIT_SUCCESS : STATUS_TROUBLE;
}
