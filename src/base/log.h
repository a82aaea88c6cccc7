/* What the program says about itself, on stderr, one line a message: "dialtone: file.pcap: why". */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

/* Called before each line is written, by whoever has something on the terminal that is in its way. */
void log_set_before(void (*before)(void));

/* 0 warnings and errors (the start), 1 what it is doing, 2 details. */
void log_set_verbosity(int level);

/* Whether log_warning says anything; it does at the start. For what reads again what was complained about already. */
void log_warnings(bool wanted);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
