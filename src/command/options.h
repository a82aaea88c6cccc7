/* What the subcommands' command lines have in common. Every complaint is one line on stderr. */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"

/* Exit status of wrong usage, and of what cannot be read or written at all (contract section 1). */
enum { STATUS_TROUBLE = 2 };

struct phone_list {
	struct mac *at;
	size_t count;
};

/* One more MAC address, colons, dashes, dots or none between its digits. False after a complaint. */
bool phone_list_add(struct phone_list *l, const char *text);
bool phone_list_has(const struct phone_list *l, struct mac m);
void phone_list_free(struct phone_list *l);

/* getopt_long that prints nothing itself: complains about an unknown option or a missing value and then answers '?'. */
int options_next(int argc, char **argv, const char *letters, const struct option *options);

/* Reads the whole line with it: prints `help` for -h, else asks `read` about each option, which answers false after a complaint. 0 to go on, 1 help was
 * given, -1 wrong usage. */
int options_read(int argc, char **argv, const char *letters, const struct option *options, const char *help, bool (*read)(void *user, int option), void *user);

/* From here on options_next tells the table that it is given instead of reading a command line: on stdout, for each option a line of OPTIONS_TOLD, its
 * name, a blank, and 0 or what it takes; then it answers 'h', so that the command's help follows, and then that the line is at its end. For completion.c. */
enum { OPTIONS_TOLD = 1 };
void options_tell(void);

/* The files behind the options. False after a complaint where there are none, or standard input is named twice. */
bool options_files(int argc, char **argv, char ***ret_files, unsigned *ret_count);

#endif
