/* dialtone capture: the daemon. What it does is in src/daemon; here its command line becomes a configuration. */
#include <stdio.h>
#include <stdlib.h>

#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "daemon/metrics.h"
#include "daemon/supervisor.h"

static const char help[] =
	"usage: dialtone capture -i INTERFACE [options]\n\n"
	"Follows every phone on the interfaces until it is stopped, and stores each sign-in with its verdict and its packets. `dialtone list` shows them.\n\n";

static const char more_help[] =
	"  --help                this text\n\n"
	"SIGHUP reads the configuration again, SIGUSR1 logs all counters, SIGTERM ends in order.\n\n"
	"Exit status: 0 it was stopped, 2 it could not start.\n";

int command_capture(int argc, char **argv)
{
	struct config config;
	int status = STATUS_TROUBLE, go = config_read(argc, argv, &config);

	if (go == 1) {
		output_start();
		fputs(help, stdout);
		fputs(config_help, stdout);
		fputs(more_help, stdout);
		output_finish();
		status = EXIT_SUCCESS;
	} else if (go == 0 && (!config.metrics || metrics_check(config.metrics))) {
		status = supervise(&config, argc, argv);
	}
	config_free(&config);
	return status;
}
