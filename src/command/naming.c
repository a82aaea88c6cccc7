/*
 * dialtone naming: the check of server names by itself, with the lines that the phone would log (verdict/naming.h, verdict/policy.h).
 * The lines are those of the phone's log as field reports quote them; they exist since CU7, so only that policy has them.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "command/style.h"
#include "sink/page.h"
#include "sink/writer.h"
#include "verdict/naming.h"
#include "verdict/policy.h"

static const char help[] =
	"usage: dialtone naming [options] DOMAIN SERVER...\n\n"
	"Tells whether a phone of a user in the SIP domain DOMAIN trusts the name of each SERVER (- reads names from standard input, one a\n"
	"line), with the lines that the phone's own log would show. Exit status 0 if all are trusted, 1 if one is not.\n\n"
	"  --policy NAME     the client that asks: lpe-cu7 (the default), lpe-pre-cu7, ocs-strict, ocs-suffix, lync-desktop, 3pip\n"
	"  --all             ask every client\n"
	"  --json            one JSON object a line for each name and client\n"
	"  --color WHEN      auto (on a terminal), always or never\n"
	"  --help            this text\n";

enum { INDENT = 2, LOG_INDENT = 4, GUTTER = 16, NAME_MAX_OCTETS = 1024 };

struct question {
	const char *domain;
	const struct policy *policy;    /* NULL: all of them */
	bool json, all_trusted;
	struct page page;
	struct writer json_line;
};

/* ---- the answer ---- */

/* Trusted as the phone means it: it connects, and asks nobody. */
static bool is_trusted(const struct policy *p, const struct name_check *c)
{
	return c->naming != NAMING_NO_MATCH || p->on_mismatch == MISMATCH_DIAL;
}

static const char *answer_words(struct page *page, const struct policy *p, const struct name_check *c, const char *server)
{
	if (c->naming == NAMING_SIP_DOMAIN)
		return arena_printf(&page->scratch, "trusted: it lies in the SIP domain %s", c->matched);
	if (c->naming == NAMING_BUILTIN)
		return arena_printf(&page->scratch, "trusted: it lies in %s, which is built in", c->matched);
	if (p->on_mismatch == MISMATCH_DIAL)
		return "dialled: this client does not check names";
	if (naming_is_address(server))
		return "not trusted: an address is no name";
	return p->on_mismatch == MISMATCH_ASK ? "not trusted: the user is asked" : "not trusted: passed over without a packet";
}

/* ---- the phone's log ---- */

static bool writes_log(const struct policy *p)
{
	return strcmp(p->name, "lpe-cu7") == 0;
}

/* One line a domain that is compared, until one matches, and one more where none did. Calls `put` with each. */
static void log_lines(struct arena *a, const struct policy *p, const char *domain, const char *server, void (*put)(void *user, const char *line), void *user)
{
	const char *const *next = p->builtin;

	for (const char *d = domain; d; d = next ? *next++ : NULL) {
		bool match = naming_match(d, server);

		if (match || naming_is_near_miss(d, server))
			put(user, arena_printf(a, "INFO :: DoesDomainMatchServer: DoesDomainMatchServer, ret=%d, (%s, %s)", match, d, server));
		else
			put(user, arena_printf(a, "INFO :: DoesDomainMatchServer: DoesDomainMatchServer-no match(%s, %s)", d, server));
		if (match)
			return;
	}
	put(user, arena_printf(a, "WARN :: NModel::CTrustModelManager::LookupTrustModel: Trust model for server %s not found. hr=0x80ee0058", server));
}

/* Not wrapped: the lines are there to be compared with a log. */
static void print_log_line(void *user, const char *line)
{
	struct page *page = user;

	page_tab(page, LOG_INDENT);
	page_put(page, INK_FAINT, line);
	page_line(page);
}

static void put_log_line(void *user, const char *line)
{
	writer_string(user, line);
}

/* ---- one name, one client ---- */

static void print_answer(struct question *q, const struct policy *p, const struct name_check *c, const char *server)
{
	struct page *page = &q->page;
	enum ink ink = is_trusted(p, c) ? INK_GOOD : INK_BAD;

	if (q->policy) {
		page_put(page, INK_STRONG, server);
		page_put(page, INK_PLAIN, "  ");
	} else {
		page_tab(page, INDENT);
		page_put(page, INK_PLAIN, p->name);
		page_tab(page, GUTTER);
	}
	page_paragraph(page, q->policy ? INDENT : GUTTER, ink, answer_words(page, p, c, server));
	if (writes_log(p))
		log_lines(&page->scratch, p, q->domain, server, print_log_line, page);
}

static void print_json(struct question *q, const struct policy *p, const struct name_check *c, const char *server)
{
	struct writer *w = &q->json_line;

	writer_open(w, '{');
	writer_key(w, "domain");
	writer_string(w, q->domain);
	writer_key(w, "server");
	writer_string(w, server);
	writer_key(w, "policy");
	writer_string(w, p->name);
	writer_key(w, "trusted");
	writer_truth(w, is_trusted(p, c));
	writer_key(w, "naming");
	writer_string(w, naming_name(c->naming));
	writer_key(w, "matched_domain");
	writer_string(w, c->matched);
	writer_key(w, "log");
	writer_open(w, '[');
	if (writes_log(p))
		log_lines(&q->page.scratch, p, q->domain, server, put_log_line, w);
	writer_close(w, ']');
	writer_close(w, '}');
	writer_line(w, stdout);
}

static void ask_one(struct question *q, const struct policy *p, const char *server)
{
	struct name_check c = policy_check_name(p, q->domain, server);

	q->all_trusted = q->all_trusted && is_trusted(p, &c);
	if (q->json)
		print_json(q, p, &c, server);
	else
		print_answer(q, p, &c, server);
}

static void ask(struct question *q, const char *server)
{
	if (q->policy) {
		ask_one(q, q->policy, server);
	} else {
		if (!q->json) {
			page_put(&q->page, INK_STRONG, server);
			page_line(&q->page);
		}
		for (const struct policy *p = policies; p->name; p++)
			ask_one(q, p, server);
	}
	arena_reset(&q->page.scratch);
	output_check();
}

/* ---- where names come from ---- */

/* Why a text can be no name at all; NULL if it can. */
static const char *fault_of(const char *name)
{
	if (*name == '\0' || strcmp(name, ".") == 0)
		return "an empty name";
	if (strpbrk(name, "@/ \t"))
		return "not a name: give what stands behind @ or // alone";
	return NULL;
}

static bool is_name(const char *name)
{
	const char *fault = fault_of(name);

	if (fault)
		log_error("naming: \"%s\": %s", name, fault);
	return !fault;
}

/* A copy without the trailing dot, which no log shows. */
static char *name_copy(struct arena *a, const char *text)
{
	size_t len = strlen(text);

	return arena_copy(a, text, len > 1 && text[len - 1] == '.' ? len - 1 : len);
}

static bool ask_named(struct question *q, const char *name)
{
	struct arena a = { 0 };
	bool good = is_name(name);

	if (good)
		ask(q, name_copy(&a, name));
	arena_free(&a);
	return good;
}

/* Blank lines and those that begin with # are passed over. */
static bool ask_input(struct question *q, FILE *in)
{
	char line[NAME_MAX_OCTETS];
	bool good = true;

	while (good && fgets(line, sizeof line, in)) {
		char *name = line + strspn(line, " \t");
		size_t len = strlen(name);

		if (len && name[len - 1] != '\n' && !feof(in)) {
			log_error("naming: a line of standard input is longer than any name");
			return false;
		}
		while (len && isspace((unsigned char)name[len - 1]))
			name[--len] = '\0';
		if (*name && *name != '#')
			good = ask_named(q, name);
	}
	if (ferror(in))
		log_error("naming: standard input cannot be read");
	return good && !ferror(in);
}

/* ---- the command line ---- */

enum { OPT_POLICY = 256, OPT_ALL, OPT_JSON, OPT_COLOR };

static bool find_policy(const char *name, const struct policy **ret)
{
	struct text names = text_start(512);

	*ret = policy_find(name);
	if (!*ret) {
		for (const struct policy *p = policies; p->name; p++)
			text_addf(&names, "%s%s", p == policies ? "" : ", ", p->name);
		log_error("--policy %s: no such policy; there are %s", name, text_string(&names));
	}
	text_free(&names);
	return *ret != NULL;
}

/* 0 to go on, 1 help was given, -1 wrong usage. */
static int read_options(int argc, char **argv, struct question *q, enum when *ret_colour)
{
	static const struct option options[] = {
		{ "policy", required_argument, NULL, OPT_POLICY }, { "all", no_argument, NULL, OPT_ALL }, { "json", no_argument, NULL, OPT_JSON },
		{ "color", required_argument, NULL, OPT_COLOR }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int o;

	q->policy = policy_find("lpe-cu7");
	while ((o = options_next(argc, argv, ":h", options)) != -1) {
		switch (o) {
		case OPT_POLICY:
			if (!find_policy(optarg, &q->policy))
				return -1;
			break;
		case OPT_ALL: q->policy = NULL; break;
		case OPT_JSON: q->json = true; break;
		case OPT_COLOR:
			if (!style_parse_when(optarg, ret_colour))
				return -1;
			break;
		case 'h':
			fputs(help, stdout);
			return 1;
		default: return -1;
		}
	}
	if (argc - optind < 2) {
		log_error("naming: a SIP domain and at least one server name are needed; `dialtone naming --help` tells more");
		return -1;
	}
	return 0;
}

static int run(struct question *q, char **names, size_t count)
{
	bool good = true;

	for (size_t i = 0; i < count && good; i++)
		good = strcmp(names[i], "-") == 0 ? ask_input(q, stdin) : ask_named(q, names[i]);
	output_finish();
	if (!good)
		return STATUS_TROUBLE;
	return q->all_trusted ? EXIT_SUCCESS : EXIT_FAILURE;
}

int command_naming(int argc, char **argv)
{
	struct question q = { .all_trusted = true };
	struct arena a = { 0 };
	struct text_style style;
	enum when colour = WHEN_AUTO;
	int status = STATUS_TROUBLE, go = read_options(argc, argv, &q, &colour);

	output_start();
	if (go == 1) {
		output_finish();
		status = EXIT_SUCCESS;
	} else if (go == 0 && is_name(argv[optind])) {
		style = style_of_output(colour);
		q.page = page_start(stdout, &style);
		q.domain = name_copy(&a, argv[optind]);
		status = run(&q, argv + optind + 1, (size_t)(argc - optind - 1));
		page_end(&q.page);
		writer_free(&q.json_line);
	}
	arena_free(&a);
	return status;
}
