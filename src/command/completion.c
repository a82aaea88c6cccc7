/*
 * dialtone completion: what makes a shell complete the command line. It is made from the verb table and from each command's own options: the command
 * is run as for --help, and options_next tells its table instead of reading a line. So it cannot know of less or more than the commands do.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/log.h"
#include "base/text.h"
#include "command/command.h"
#include "command/completion_parts.h"
#include "command/options.h"
#include "command/output.h"
#include "flow/dissector.h"
#include "verdict/finding.h"
#include "verdict/policy.h"

enum { HELP_MOST = 1 << 16 };

/* ---- what a command says of itself ---- */

/* In a process of its own: a command may do with stdout what it likes. */
static void tell_in_child(const struct verb *v, int to)
{
	char name[64], flag[] = "--help", *argv[] = { name, flag, NULL };

	snprintf(name, sizeof name, "%s", v->name);
	dup2(to, STDOUT_FILENO);
	options_tell();
	v->run(2, argv);
	fflush(stdout);
	_exit(EXIT_SUCCESS);
}

static void read_all(int from, struct text *t)
{
	char buffer[4096];
	ssize_t n;

	while ((n = read(from, buffer, sizeof buffer)) > 0)
		text_add_span(t, span_of(buffer, (size_t)n));
}

static bool ask(const struct verb *v, struct text *ret)
{
	int ends[2];
	pid_t child;

	fflush(stdout);
	if (pipe(ends) != 0)
		return false;
	child = fork();
	if (child == 0)
		tell_in_child(v, ends[1]);
	close(ends[1]);
	read_all(ends[0], ret);
	close(ends[0]);
	return child > 0 && waitpid(child, NULL, 0) == child;
}

/* ---- its options ---- */

/* What stands before the gap in a line of the help: "-i, --interface NAME"; 0 where the line tells of no option. */
static size_t head_length(const char *line)
{
	size_t len = strcspn(line, "\n");
	const char *gap = memmem(line, len, "  ", 2);

	return *line == '-' ? gap ? (size_t)(gap - line) : len : 0;
}

static bool names_option(const char *head, size_t len, const char *option)
{
	size_t size = strlen(option);

	for (size_t at = 0; at < len; at += 1 + strcspn(head + at, " ,"))
		if (len - at >= size && strncmp(head + at, option, size) == 0 && (len - at == size || strchr(" ,", head[at + size])))
			return true;
	return false;
}

/* The line of the help that tells of an option, without its indent. NULL where none does. */
static const char *line_of(const char *help, const char *option)
{
	for (const char *line = help; *line; line += line[strcspn(line, "\n")] ? strcspn(line, "\n") + 1 : strcspn(line, "\n")) {
		const char *p = line + strspn(line, " ");

		if (p > line && names_option(p, head_length(p), option))
			return p;
	}
	return NULL;
}

/* What stands for the option's value: the word behind it, or behind its other name: "-i, --interface NAME". */
static const char *value_behind(struct arena *a, const char *line, const char *option, size_t len)
{
	const char *p = memmem(line, len, option, strlen(option)), *end = line + len;

	if (!p)
		return NULL;
	p += strlen(option);
	while (p < end && strncmp(p, ", -", 3) == 0)
		p += 2 + strcspn(p + 2, " ");
	if (p >= end || *p != ' ')
		return NULL;
	return arena_copy(a, p + 1, strcspn(p + 1, ", \n"));
}

/* The two parts of that line; what is told of the option may stand in the line below. */
static void read_line(struct arena *a, const char *line, struct completion_option *o)
{
	enum { BESIDE = 8 };
	size_t head = head_length(line);
	const char *about = line + head + (line[head] == '\n');
	size_t indent = strspn(about, " ");

	if (o->takes_value)
		o->value = value_behind(a, line, o->name, head);
	if (line[head] != '\n' || indent >= BESIDE)
		o->about = arena_copy(a, about + indent, strcspn(about + indent, "\n"));
}

/* What the help does not tell of is another spelling, kept for somebody's habit: it is not completed. */
static void add_option(struct arena *a, struct completion *c, const char *told, const char *help)
{
	size_t len = strcspn(told, " ");
	const char *name = arena_copy(a, told, len), *line = line_of(help, name);
	struct completion_option *o;

	if (!line)
		return;
	o = LIST_ADD(a, &c->options);
	o->name = name;
	o->takes_value = told[len + 1] != '0';
	read_line(a, line, o);
}

/* First the table, a line an option, then the help. */
static void read_command(struct arena *a, const char *said, struct completion *c)
{
	const char *help = said, *last;

	while (*help == OPTIONS_TOLD)
		help += strcspn(help, "\n") + 1;
	for (const char *line = said; line < help; line += strcspn(line, "\n") + 1)
		add_option(a, c, line + 1, help);
	last = arena_copy(a, help, strcspn(help, "\n"));
	c->takes_files = strstr(last, "FILE...") != NULL;
	c->takes_codes = strstr(last, "CODE...") != NULL;
}

/* ---- values that are known ---- */

static const char *joined(struct arena *a, struct text *t)
{
	const char *out = arena_copy(a, text_string(t), t->len);

	text_free(t);
	return out;
}

static const char *known_codes(struct arena *a)
{
	struct text t = text_start(HELP_MOST);

	for (const struct rule *r = rules; r->code; r++)
		text_addf(&t, "%s%s", t.len ? " " : "", r->code);
	return joined(a, &t);
}

static const char *known_policies(struct arena *a)
{
	struct text t = text_start(HELP_MOST);

	for (const struct policy *p = policies; p->name; p++)
		text_addf(&t, "%s%s", t.len ? " " : "", p->name);
	return joined(a, &t);
}

static const char *known_protocols(struct arena *a)
{
	struct text t = text_start(HELP_MOST);

	text_add(&t, "tcp");
	for (const struct dissector *const *d = dissectors; *d; d++)
		if (dissector_is_printed(*d))
			text_addf(&t, " %s", (*d)->name);
	return joined(a, &t);
}

static void find_values(struct arena *a, struct completion_option *o)
{
	const char *value = o->value ? o->value : "";

	if (!o->takes_value)
		return;
	if (strcmp(o->name, "--color") == 0)
		o->words = "auto always never";
	else if (strcmp(o->name, "--policy") == 0)
		o->words = known_policies(a);
	else if (strcmp(o->name, "--proto") == 0)
		o->words = known_protocols(a);
	else if (strcmp(o->name, "--cause") == 0)
		o->words = known_codes(a);
	else if (strcmp(o->name, "--outcome") == 0)
		o->words = "signed-in failed unfinished unknown";
	o->is_file = strcmp(value, "FILE") == 0 || strcmp(value, "FOLDER") == 0;
	o->is_interface = strcmp(value, "INTERFACE") == 0 || strcmp(o->name, "--interface") == 0 || strcmp(o->name, "-i") == 0;
}

/* ---- the command line ---- */

static struct completion *completions_of(struct arena *a, const struct verb *verbs, size_t count)
{
	struct completion *all = arena_get(a, count * sizeof *all);

	for (size_t i = 0; i < count; i++) {
		struct text said = text_start(HELP_MOST);

		all[i].verb = &verbs[i];
		if (!ask(&verbs[i], &said)) {
			text_free(&said);
			return NULL;
		}
		read_command(a, text_string(&said), &all[i]);
		for (size_t k = 0; k < all[i].options.count; k++)
			find_values(a, &all[i].options.at[k]);
		text_free(&said);
	}
	return all;
}

int command_completion(int argc, char **argv, const struct verb *verbs, size_t count)
{
	bool bash = argc == 2 && strcmp(argv[1], "bash") == 0, zsh = argc == 2 && strcmp(argv[1], "zsh") == 0;
	struct arena a = { 0 };
	struct completion *all;

	if (!bash && !zsh) {
		log_error("completion: for which shell, bash or zsh?");
		return STATUS_TROUBLE;
	}
	output_start();
	all = completions_of(&a, verbs, count);
	if (!all)
		log_error("completion: a command cannot be asked for its options");
	else if (bash)
		completion_bash(all, count, known_codes(&a));
	else
		completion_zsh(all, count, known_codes(&a));
	output_finish();
	arena_free(&a);
	return all ? EXIT_SUCCESS : STATUS_TROUBLE;
}
