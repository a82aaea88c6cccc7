#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/safe.h"
#include "base/text.h"

enum { LINE = 2048 };

static int verbosity;
static bool no_warnings;
static void (*before_line)(void);
static enum { TO_STDERR, TO_JOURNAL, TO_SYSLOG, TO_PIPE } sink;
static int pipe_fd;
static unsigned long lost;

void log_set_before(void (*before)(void))
{
	before_line = before;
}

void log_warnings(bool wanted)
{
	no_warnings = !wanted;
}

void log_set_verbosity(int level)
{
	verbosity = level;
}

int log_verbosity(void)
{
	return verbosity;
}

/* ---- where lines go ---- */

static void pass_on(int level, const char *line)
{
	char whole[LINE + 8];
	int len = snprintf(whole, sizeof whole, "%d%s\n", level, line);

	if (write(pipe_fd, whole, (size_t)len) != len)
		lost++;
}

static void send_line(int level, const char *line)
{
	if (before_line)
		before_line();
	switch (sink) {
	case TO_STDERR: fprintf(stderr, "dialtone: %s\n", line); break;
	case TO_JOURNAL: fprintf(stderr, "<%d>%s\n", level, line); break;
	case TO_SYSLOG: syslog(level, "%s", line); break;
	case TO_PIPE: pass_on(level, line); break;
	}
}

/* systemd names the file that is the journal's as "device:inode" (sd_journal_stream_fd(3)). */
static int stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat s;
	char name[64];

	if (!stream || fstat(STDERR_FILENO, &s) < 0)
		return 0;
	snprintf(name, sizeof name, "%ju:%ju", (uintmax_t)s.st_dev, (uintmax_t)s.st_ino);
	return strcmp(stream, name) == 0;
}

void log_to_stderr(void)
{
	sink = stderr_is_journal() ? TO_JOURNAL : TO_STDERR;
}

void log_to_syslog(void)
{
	closelog();
	openlog("dialtone", LOG_PID, LOG_DAEMON);
	sink = TO_SYSLOG;
}

void log_to_pipe(int fd)
{
	pipe_fd = fd;
	sink = TO_PIPE;
}

unsigned long log_lost(void)
{
	return lost;
}

/* ---- saying ---- */

/* A message may quote a file name or a packet: what is no character, or steers a terminal, could make it more or another than its line. */
static void make_harmless(char *line)
{
	struct span s = span_of(line, strlen(line));

	while (s.len) {
		size_t n = utf8_length(s);

		if (!n || !safe_is_printable(safe_character(span_part(s, 0, n)))) {
			n = n ? n : 1;
			memset(line, '?', n);
		}
		line += n;
		s = span_part(s, n, s.len);
	}
}

static void say(int level, const char *what, const char *format, va_list args)
{
	char line[LINE];
	size_t used = (size_t)snprintf(line, sizeof line, "%s", what);

	vsnprintf(line + used, sizeof line - used, format, args);
	make_harmless(line);
	send_line(level, line);
}

void log_relay(const char *text)
{
	char line[LINE];
	int level = LOG_LEVEL_WARNING;

	if (*text >= '0' && *text <= '7')
		level = *text++ - '0';
	snprintf(line, sizeof line, "%s", text);
	make_harmless(line);
	send_line(level, line);
}

#define SAY(from, level, what) do { va_list args; if (verbosity < (from)) return; \
	va_start(args, format); say(level, what, format, args); va_end(args); } while (0)

void log_error(const char *format, ...) { SAY(0, LOG_LEVEL_ERROR, ""); }
void log_warning(const char *format, ...) { if (!no_warnings) SAY(0, LOG_LEVEL_WARNING, "warning: "); }
void log_notice(const char *format, ...) { SAY(0, LOG_LEVEL_INFO, ""); }
void log_info(const char *format, ...) { SAY(1, LOG_LEVEL_INFO, ""); }
void log_detail(const char *format, ...) { SAY(2, LOG_LEVEL_DETAIL, ""); }
