/* The subcommands: one file each. Each gets its own arguments (argv[0] is its name) and answers the exit status of the program. */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stddef.h>

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
};

/* Not in the verb table: it is for packagers, and knows the table. */
int command_completion(int argc, char **argv, const struct verb *verbs, size_t count);

int command_analyze(int argc, char **argv);
int command_capture(int argc, char **argv);
int command_check(int argc, char **argv);
int command_events(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_export(int argc, char **argv);
int command_list(int argc, char **argv);
int command_list_dissectors(int argc, char **argv);
int command_naming(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_show(int argc, char **argv);
int command_status(int argc, char **argv);
int command_watch(int argc, char **argv);

#endif
