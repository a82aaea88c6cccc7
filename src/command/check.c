/* dialtone check: whether the daemon would take this configuration, and how much memory it may use with it. */
#include <stdio.h>
#include <stdlib.h>

#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "daemon/settings.h"
#include "daemon/dissect.h"
#include "daemon/message.h"
#include "daemon/metrics.h"
#include "packet/filter.h"

static const char help[] =
	"usage: dialtone check [--config FILE] [options of `dialtone capture`]\n\n"
	"Tells whether the daemon would take this configuration, and how much memory it may use with it. Nothing is opened.\n\n";

static const char more_help[] =
	"  --help                this text\n\n"
	"Exit status: 0 it is good, 2 it is not.\n";

static void line(const char *what, uint64_t octets)
{
	printf("  %-52s %8.1f MiB\n", what, (double)octets / (1 << 20));
}

/* SQLite's cache and what it sorts with; one report being put together, and one being read. */
enum { STORE_MEMORY = 16 << 20 };

/* What libraries hold of their own in the process that dissects, and what malloc cannot give back between pieces that are in use. */
enum { LIBRARY_MEMORY = 32 << 20 };

static void print_memory(const struct config *c)
{
	struct follow_options options;
	uint64_t follow, rings = c->ring * c->interface_count, queue = 2 * c->queue, writer = STORE_MEMORY + 2 * (uint64_t)REPORT_MAX + MESSAGE_MAX;

	config_follow(c, &options);
	follow = follow_bound(&options);
	printf("memory, at most:\n");
	line("following phones (--memory)", follow);
	line("its libraries", LIBRARY_MEMORY);
	line("rings of the kernel (--ring-size, each interface)", rings);
	line("reports that wait for the store (--queue-size)", queue);
	line("the writer", writer);
	line("together", follow + LIBRARY_MEMORY + rings + queue + writer);
}

static bool filter_is_good(const char *expression)
{
	struct filter *f = expression ? filter_new(expression) : NULL;
	bool good = !expression || f;

	filter_free(f);
	return good;
}

static int check(const struct config *c)
{
	if (!filter_is_good(c->filter) || (c->metrics && !metrics_check(c->metrics)))
		return STATUS_TROUBLE;
	printf("%s: good\n", c->file ? c->file : "configuration");
	print_memory(c);
	return EXIT_SUCCESS;
}

int command_check(int argc, char **argv)
{
	struct config config;
	int status = STATUS_TROUBLE, go = config_read(argc, argv, &config);

	output_start();
	if (go == 1) {
		fputs(help, stdout);
		fputs(config_help, stdout);
		fputs(more_help, stdout);
		status = EXIT_SUCCESS;
	} else if (go == 0) {
		status = check(&config);
	}
	output_finish();
	config_free(&config);
	return status;
}
