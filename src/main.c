/* The verb table: dispatch, help and completion all come from it. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "command/command.h"
#include "config.h"

static const struct verb verbs[] = {
	{ "analyze", command_analyze, "tell each phone's sign-in in captures, and where it broke" },
	{ "capture", command_capture, "follow phones on network interfaces, for weeks, into a store" },
	{ "check", command_check, "check the daemon's configuration, and tell how much memory it may use" },
	{ "events", command_events, "print every protocol message as one JSON object a line" },
	{ "list", command_list, "list the sign-ins that are stored" },
	{ "show", command_show, "tell one stored sign-in, as analyze does" },
	{ "export", command_export, "write the packets of one stored sign-in as a capture with comments" },
	{ "status", command_status, "tell whether the daemon runs, what it lost and how much is stored" },
	{ "explain", command_explain, "tell what a finding means and how to repair it" },
	{ "naming", command_naming, "check server names as a phone does, with the lines it would log" },
	{ "replay", command_replay, "put a capture back on a wire, write it changed, or follow it as if it were live" },
	{ "watch", command_watch, "show sign-ins while they happen, on a terminal or for a test rig" },
	{ "list-dissectors", command_list_dissectors, "list the protocols that are read, with their standards" },
};

static void usage(FILE *out)
{
	fputs("usage: dialtone COMMAND [options] [arguments]\n\n"
	      "dialtone follows a desk phone's sign-in on the wire and says where it broke.\n\n", out);
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		fprintf(out, "  %-17s %s\n", verbs[i].name, verbs[i].about);
	fputs("\n`dialtone COMMAND --help` tells a command's options; `man dialtone` tells more.\n", out);
}

int main(int argc, char **argv)
{
	memory_prepare();
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts(PACKAGE_STRING);
		return 0;
	}
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	if (strcmp(argv[1], "completion") == 0)
		return command_completion(argc - 1, argv + 1, verbs, sizeof verbs / sizeof verbs[0]);
	log_error("%s: no such command; `dialtone --help` lists them", argv[1]);
	return 2;
}
