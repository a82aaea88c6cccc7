/* The subcommands: one file each. Each gets its own arguments (argv[0] is its name) and answers the exit status of the program. */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

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

#endif
