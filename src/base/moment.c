#include "base/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const char *moment_format(int64_t at_ns, unsigned digits, char out[MOMENT_TEXT])
{
	int64_t seconds = at_ns / NS_PER_S, fraction = at_ns % NS_PER_S;
	time_t t;
	struct tm tm;
	size_t used;
	char nines[12];

	if (fraction < 0) {
		fraction += NS_PER_S;
		seconds--;
	}
	t = (time_t)seconds;
	if (!gmtime_r(&t, &tm)) {
		out[0] = '\0';
		return out;
	}
	used = strftime(out, MOMENT_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(nines, sizeof nines, ".%09lld", (long long)fraction);
	if (digits > 9)
		digits = 9;
	snprintf(out + used, MOMENT_TEXT - used, "%.*sZ", digits ? (int)digits + 1 : 0, nines);
	return out;
}

/* Up to nine digits behind a point, if there is one. */
static const char *parse_fraction(const char *at, int64_t *ret_ns)
{
	int64_t unit = NS_PER_S / 10;

	*ret_ns = 0;
	if (*at != '.')
		return at;
	for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
		*ret_ns += (*at - '0') * unit;
	return at;
}

static bool parse_offset(const char *at, int64_t *ret_s)
{
	unsigned hours, minutes;
	char sign;
	int used = 0;

	*ret_s = 0;
	if (strcmp(at, "Z") == 0 || strcmp(at, "z") == 0)
		return true;
	if (sscanf(at, "%c%2u:%2u%n", &sign, &hours, &minutes, &used) != 3 || at[used] || hours > 23 || minutes > 59)
		return false;
	*ret_s = (int64_t)(hours * 60 + minutes) * 60;
	if (sign == '-')
		*ret_s = -*ret_s;
	return sign == '+' || sign == '-';
}

bool moment_parse(const char *text, int64_t *ret_ns)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t fraction, offset;
	time_t t;

	if (!end || !parse_offset(parse_fraction(end, &fraction), &offset))
		return false;
	t = timegm(&tm);
	/* Nanoseconds reach from 1678 to 2262. */
	if (t < -INT64_C(9200000000) || t > INT64_C(9200000000))
		return false;
	*ret_ns = ((int64_t)t - offset) * NS_PER_S + fraction;
	return true;
}
