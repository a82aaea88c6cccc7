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

/* The line of the help that tells of an option: "  -i, --interface IFACE  what it does". */
static const char *line_of(const char *help, const char *option)
{
	size_t len = strlen(option);

	for (const char *line = help; line; line = strchr(line, '\n')) {
		const char *p = line += *line == '\n';

		p += strspn(p, " ");
		while (*p == '-') {
			size_t word = strcspn(p, " ,\n");

			if (word == len && strncmp(p, option, len) == 0)
				return line;
			p += word;
			p += strspn(p, ", ");
		}
		if (!*line)
			break;
	}
	return NULL;
}

/* The two parts of that line: what stands for the option's value, and what it does. */
static void read_line(struct arena *a, const char *line, struct completion_option *o)
{
	const char *p = line + strspn(line, " "), *about;
	size_t len = strcspn(p, "\n");
	const char *gap = memmem(p, len, "  ", 2);
	const char *last = p;

	for (const char *c = p; c < (gap ? gap : p + len); c++)
		if (*c == ' ')
			last = c + 1;
	if (o->takes_value && *last != '-')
		o->value = arena_copy(a, last, (size_t)((gap ? gap : p + len) - last));
	about = gap ? gap + strspn(gap, " ") : p + len;
	o->about = arena_copy(a, about, strcspn(about, "\n"));
}

static void add_option(struct arena *a, struct completion *c, const char *told, const char *help)
{
	struct completion_option *o;
	size_t len = strcspn(told, " ");
	const char *line;

	if (strncmp(told, "-h ", 3) == 0)
		return;                         /* --help says it */
	o = LIST_ADD(a, &c->options);
	o->name = arena_copy(a, told, len);
	o->takes_value = told[len + 1] != '0';
	line = line_of(help, o->name);
	if (line)
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
	o->is_file = strstr(value, "FILE") != NULL || strstr(value, "DIR") != NULL;
	o->is_interface = strncmp(value, "IF", 2) == 0 || strncmp(value, "INTERFACE", 9) == 0;
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
