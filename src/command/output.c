#include "command/output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "command/options.h"

void output_start(void)
{
	static char buffer[1 << 16];

	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
}

/* Called right after the write, so that errno still tells why it failed. What is buffered cannot be written any more: no handler at exit may try. */
void output_check(void)
{
	if (!ferror(stdout))
		return;
	if (errno == EPIPE)
		_exit(EXIT_SUCCESS);
	log_error("cannot write the output: %s", strerror(errno));
	_exit(STATUS_TROUBLE);
}

void output_finish(void)
{
	fflush(stdout);
	output_check();
}
