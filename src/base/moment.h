/*
 * Moments are nanoseconds since 1970-01-01 UTC, spans of time are nanoseconds, both int64_t named ..._ns.
 * They come from packets: nothing here reads a clock.
 */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

/* Room for the longest text of moment_format, NUL included. */
enum { MOMENT_TEXT = 40 };

/* RFC 3339 in UTC with `digits` (0 to 9) digits of a second: 2026-11-24T13:31:05.000124Z. Returns out. */
const char *moment_format(int64_t at_ns, unsigned digits, char out[MOMENT_TEXT]);

/* The same read: RFC 3339, `Z` or an offset behind it. False leaves *ret. */
bool moment_parse(const char *text, int64_t *ret_ns);

/* The span from one moment to another. Moments come from packets and databases: between such as are centuries apart it is the largest or smallest there is. */
static inline int64_t moment_span(int64_t from_ns, int64_t until_ns)
{
	int64_t span;

	if (!__builtin_sub_overflow(until_ns, from_ns, &span))
		return span;
	return until_ns > from_ns ? INT64_MAX : INT64_MIN;
}

#endif
