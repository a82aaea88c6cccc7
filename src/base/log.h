/* What the program says about itself, one line a message: "dialtone: file.pcap: why" on stderr, unless told otherwise. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

/* Called before each line is written, by whoever has something on the terminal that is in its way. */
void log_set_before(void (*before)(void));

/* Severities are syslog's (RFC 5424 section 6.2.1). */
enum { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DETAIL = 7 };

/* 0 warnings and errors (the start), 1 what it is doing, 2 details. */
void log_set_verbosity(int level);
int log_verbosity(void);

/* Whether log_warning says anything; it does at the start. For what reads again what was complained about already. */
void log_warnings(bool wanted);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));        /* what a daemon tells of its work, whatever the verbosity */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Where lines go: stderr (with the journal's level prefix where stderr is the journal), syslog, or a pipe to a process that says them for us with
 * log_relay. A pipe that is full loses lines; they are counted. */
void log_to_stderr(void);
void log_to_syslog(void);
void log_to_pipe(int fd);
unsigned long log_lost(void);

/* Says one line that came through a pipe: its level as a digit, and its text. Anything else, too, becomes one harmless line. */
void log_relay(const char *line);

#endif
