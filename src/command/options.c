#include "command/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"

bool phone_list_add(struct phone_list *l, const char *text)
{
	struct mac m;

	if (!mac_parse(text, &m)) {
		log_error("--phone %s: this is no MAC address (like 00:04:f2:aa:bb:01)", text);
		return false;
	}
	l->at = memory_resize(l->at, l->count + 1, sizeof *l->at);
	l->at[l->count++] = m;
	return true;
}

bool phone_list_has(const struct phone_list *l, struct mac m)
{
	for (size_t i = 0; i < l->count; i++)
		if (mac_equal(l->at[i], m))
			return true;
	return false;
}

void phone_list_free(struct phone_list *l)
{
	free(l->at);
	*l = (struct phone_list){ 0 };
}

/* getopt leaves the letter of a short option in optopt, and 0 or the value in `options` of a long one; the word itself stands before optind. */
static void complain(char **argv, int answer)
{
	const char *word = argv[optind - 1];
	bool is_long = strncmp(word, "--", 2) == 0;
	const char *why = answer == ':' ? "needs a value" : "no such option, or it is ambiguous or takes no value";

	if (is_long)
		log_error("%s: %.*s: %s; `dialtone %s --help` lists them", argv[0], (int)strcspn(word, "="), word, why, argv[0]);
	else
		log_error("%s: -%c: %s; `dialtone %s --help` lists them", argv[0], optopt, why, argv[0]);
}

static bool telling, told;

void options_tell(void)
{
	telling = true;
}

static int tell_table(int argc, const char *letters, const struct option *options)
{
	if (told)
		return -1;
	told = true;
	optind = argc;
	for (; options->name; options++)
		printf("%c--%s %d\n", OPTIONS_TOLD, options->name, options->has_arg);
	for (; *letters; letters++)
		if (*letters != ':')
			printf("%c-%c %d\n", OPTIONS_TOLD, *letters, letters[1] == ':');
	return 'h';
}

int options_next(int argc, char **argv, const char *letters, const struct option *options)
{
	int answer;

	if (telling)
		return tell_table(argc, letters, options);
	opterr = 0;
	answer = getopt_long(argc, argv, letters, options, NULL);
	if (answer == '?' || answer == ':') {
		complain(argv, answer);
		return '?';
	}
	return answer;
}

int options_read(int argc, char **argv, const char *letters, const struct option *options, const char *help, bool (*read)(void *user, int option), void *user)
{
	int o;

	while ((o = options_next(argc, argv, letters, options)) != -1) {
		if (o == 'h') {
			fputs(help, stdout);
			return 1;
		}
		if (o == '?' || !read(user, o))
			return -1;
	}
	return 0;
}

bool options_files(int argc, char **argv, char ***ret_files, unsigned *ret_count)
{
	unsigned inputs = 0;

	if (optind == argc) {
		log_error("%s: no capture given; `dialtone %s --help` tells more", argv[0], argv[0]);
		return false;
	}
	for (int i = optind; i < argc; i++)
		inputs += strcmp(argv[i], "-") == 0;
	if (inputs > 1) {
		log_error("%s: standard input (-) can be read only once", argv[0]);
		return false;
	}
	*ret_files = argv + optind;
	*ret_count = (unsigned)(argc - optind);
	return true;
}
