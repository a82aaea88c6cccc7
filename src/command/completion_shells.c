/* The scripts that bash and zsh read. */
#include <stdio.h>

#include "command/completion_parts.h"

/* ---- bash ---- */

/* A case for the values of an option that has some. */
static void bash_values(const struct completion *c, const struct completion_option *o)
{
	if (!o->takes_value)
		return;
	printf("\t'%s %s') ", c->verb->name, o->name);
	if (o->words)
		printf("_dialtone_words '%s'", o->words);
	else if (o->is_file)
		printf("_dialtone_files");
	else if (o->is_interface)
		printf("_dialtone_words \"$(ls /sys/class/net 2>/dev/null)\"");
	else
		printf(":");
	puts("; return ;;");
}

static void bash_command(const struct completion *c, const char *codes)
{
	printf("\t%s)\n\t\tif [[ $cur == -* ]]; then _dialtone_words '", c->verb->name);
	for (size_t i = 0; i < c->options.count; i++)
		printf("%s%s", i ? " " : "", c->options.at[i].name);
	printf("'\n\t\telse %s%s%s; fi ;;\n", c->takes_files ? "_dialtone_files" : c->takes_codes ? "_dialtone_words '" : ":", c->takes_codes ? codes : "",
		c->takes_codes ? "'" : "");
}

void completion_bash(const struct completion *all, size_t count, const char *codes)
{
	puts("# Completion of dialtone for bash, made by `dialtone completion bash`.\n\n"
	     "_dialtone_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
	     "_dialtone_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); }\n\n"
	     "_dialtone() {\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
	     "\tCOMPREPLY=()\n"
	     "\t# --option=value comes as three words\n"
	     "\tif [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi");
	printf("\tif ((COMP_CWORD == 1)); then _dialtone_words '");
	for (size_t i = 0; i < count; i++)
		printf("%s ", all[i].verb->name);
	puts("--help --version'; return; fi\n\tcase \"$verb $prev\" in");
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < all[i].options.count; k++)
			bash_values(&all[i], &all[i].options.at[k]);
	puts("\tesac\n\tcase $verb in");
	for (size_t i = 0; i < count; i++)
		bash_command(&all[i], codes);
	puts("\tesac\n}\n\ncomplete -F _dialtone dialtone");
}

/* ---- zsh ---- */

/* Inside '...': a quote ends it, and [ ] : have a meaning of their own to _arguments. */
static void zsh_text(const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (*text == '[' || *text == ']' || *text == ':' || *text == '\\')
			printf("\\%c", *text);
		else
			putchar(*text);
}

static void zsh_option(const struct completion_option *o)
{
	bool is_long = o->name[1] == '-';

	printf(" \\\n\t\t\t'*%s%s[", o->name, !o->takes_value ? "" : is_long ? "=" : "+");
	zsh_text(o->about ? o->about : "");
	putchar(']');
	if (o->takes_value) {
		putchar(':');
		zsh_text(o->value ? o->value : "value");
		if (o->words)
			printf(":(%s)", o->words);
		else
			printf(":%s", o->is_file ? "_files" : o->is_interface ? "_net_interfaces" : " ");
	}
	putchar('\'');
}

static void zsh_command(const struct completion *c, const char *codes)
{
	printf("\t%s)\n\t\t_arguments -s -S", c->verb->name);
	for (size_t i = 0; i < c->options.count; i++)
		zsh_option(&c->options.at[i]);
	if (c->takes_files)
		printf(" \\\n\t\t\t'*:capture:_files'");
	else if (c->takes_codes)
		printf(" \\\n\t\t\t'*:code:(%s)'", codes);
	puts(" ;;");
}

void completion_zsh(const struct completion *all, size_t count, const char *codes)
{
	puts("#compdef dialtone\n# Completion of dialtone for zsh, made by `dialtone completion zsh`.\n\n_dialtone() {\n\tlocal -a verbs=(");
	for (size_t i = 0; i < count; i++) {
		printf("\t\t'%s:", all[i].verb->name);
		zsh_text(all[i].verb->about);
		puts("'");
	}
	puts("\t)\n\tif ((CURRENT == 2)); then _describe -t commands command verbs; return; fi\n\tlocal verb=$words[2]\n\tshift words\n\t((CURRENT--))\n\tcase $verb in");
	for (size_t i = 0; i < count; i++)
		zsh_command(&all[i], codes);
	puts("\tesac\n}\n\nif [[ $funcstack[1] == _dialtone ]]; then _dialtone \"$@\"; else compdef _dialtone dialtone; fi");
}
