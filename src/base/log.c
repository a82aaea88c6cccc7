#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int verbosity;
static bool no_warnings;
static void (*before_line)(void);

void log_set_before(void (*before)(void))
{
	before_line = before;
}

void log_set_verbosity(int level)
{
	verbosity = level;
}

void log_warnings(bool wanted)
{
	no_warnings = !wanted;
}

/* A message may quote a file name or a packet: control characters would let it write more than its line. */
static void say(const char *what, const char *format, va_list args)
{
	char line[2048];

	vsnprintf(line, sizeof line, format, args);
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	if (before_line)
		before_line();
	fprintf(stderr, "dialtone: %s%s\n", what, line);
}

#define SAY(level, what) do { va_list args; if (verbosity < (level)) return; \
	va_start(args, format); say(what, format, args); va_end(args); } while (0)

void log_error(const char *format, ...) { SAY(0, ""); }
void log_warning(const char *format, ...) { if (!no_warnings) SAY(0, "warning: "); }
void log_info(const char *format, ...) { SAY(1, ""); }
void log_detail(const char *format, ...) { SAY(2, ""); }
