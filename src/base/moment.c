#include "base/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Of the Gregorian calendar. Years are counted from March on, so that a leap day is a year's last, and from 1 March 1600, before which no moment lies. */
enum { DAYS_1600_TO_1970 = 135080, DAYS_OF_400_YEARS = 146097, DAYS_OF_100_YEARS = 36524, DAYS_OF_4_YEARS = 1461, DAYS_OF_A_YEAR = 365 };

struct date {
	uint32_t year, month, day;
};

/* How many whole periods are in *days, `most` of them at most: the last one of its kind may be a day longer. The rest stays in *days. */
static uint32_t periods(uint32_t *days, uint32_t of, uint32_t most)
{
	uint32_t n = *days / of < most ? *days / of : most;

	*days -= n * of;
	return n;
}

static struct date date_of(int64_t days_since_1970)
{
	static const uint32_t begins[] = { 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337, 366 };       /* March to February */
	uint32_t days = (uint32_t)(days_since_1970 + DAYS_1600_TO_1970), year = 1600, month = 0;

	year += 400 * periods(&days, DAYS_OF_400_YEARS, UINT32_MAX);
	year += 100 * periods(&days, DAYS_OF_100_YEARS, 3);
	year += 4 * periods(&days, DAYS_OF_4_YEARS, UINT32_MAX);
	year += periods(&days, DAYS_OF_A_YEAR, 3);
	while (days >= begins[month + 1])
		month++;
	return (struct date){ month < 10 ? year : year + 1, month < 10 ? month + 3 : month - 9, days - begins[month] + 1 };
}

static char *put_digits(char *at, uint64_t n, unsigned count)
{
	for (unsigned i = count; i-- > 0; n /= 10)
		at[i] = (char)('0' + n % 10);
	return at + count;
}

static char *put_three(char *at, const uint32_t values[3], char between, unsigned first_digits)
{
	at = put_digits(at, values[0], first_digits);
	*at++ = between;
	at = put_digits(at, values[1], 2);
	*at++ = between;
	return put_digits(at, values[2], 2);
}

const char *moment_format(int64_t at_ns, unsigned digits, char out[MOMENT_TEXT])
{
	int64_t rest = at_ns % NS_PER_S, seconds = at_ns / NS_PER_S - (rest < 0), fraction = rest < 0 ? rest + NS_PER_S : rest;
	int64_t days = seconds / 86400 - (seconds % 86400 < 0);
	uint32_t second = (uint32_t)(seconds - days * 86400);
	struct date date = date_of(days);
	char *at = put_three(out, (uint32_t[]){ date.year, date.month, date.day }, '-', 4);

	*at++ = 'T';
	at = put_three(at, (uint32_t[]){ second / 3600, second / 60 % 60, second % 60 }, ':', 2);
	if (digits) {
		*at++ = '.';
		put_digits(at, (uint64_t)fraction, 9);
		at += digits < 9 ? digits : 9;
	}
	at[0] = 'Z';
	at[1] = '\0';
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
