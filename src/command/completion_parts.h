/* What completion.c learns of each command, and the two shells it is written for. */
#ifndef COMMAND_COMPLETION_PARTS_H
#define COMMAND_COMPLETION_PARTS_H

#include <stdbool.h>

#include "base/list.h"
#include "command/command.h"

struct completion_option {
	const char *name;               /* "--phone", "-v" */
	bool takes_value;
	const char *value;              /* what the help calls it: "MAC"; NULL */
	const char *about;              /* one line of the help; NULL */
	const char *words;              /* the values that are known, with blanks between; NULL */
	bool is_file, is_interface;
};

struct completion {
	const struct verb *verb;
	LIST_OF(struct completion_option) options;
	bool takes_files, takes_codes;  /* behind its options */
};

/* To stdout. `codes` are those of the findings. */
void completion_bash(const struct completion *all, size_t count, const char *codes);
void completion_zsh(const struct completion *all, size_t count, const char *codes);

#endif
