#include "command/moment_words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/moment.h"

/* What is still to be read. */
struct words {
	const char *at;
};

static void skip_blanks(struct words *w)
{
	w->at += strspn(w->at, " \t");
}

/* Whether the next letters are exactly this word. */
static bool take_word(struct words *w, const char *word)
{
	size_t len = strlen(word);

	if (strncasecmp(w->at, word, len) != 0 || isalpha((unsigned char)w->at[len]))
		return false;
	w->at += len;
	skip_blanks(w);
	return true;
}

static bool take_octet(struct words *w, char c)
{
	if (*w->at != c)
		return false;
	w->at++;
	return true;
}

/* A number of `least` to `most` digits that is within its range. */
static bool take_number(struct words *w, size_t least, size_t most, long low, long high, int *ret)
{
	size_t digits = strspn(w->at, "0123456789");
	long n;

	if (digits < least || digits > most)
		return false;
	n = strtol(w->at, NULL, 10);
	w->at += digits;
	*ret = (int)n;
	return n >= low && n <= high;
}

/* 10:30, 10:30:15, 10:30:15.25 */
static bool take_time(struct words *w, struct tm *tm, int64_t *ret_fraction_ns)
{
	int64_t unit = NS_PER_S;

	tm->tm_sec = 0;
	if (!take_number(w, 1, 2, 0, 23, &tm->tm_hour) || !take_octet(w, ':') || !take_number(w, 2, 2, 0, 59, &tm->tm_min))
		return false;
	if (!take_octet(w, ':'))
		return true;
	if (!take_number(w, 2, 2, 0, 60, &tm->tm_sec))
		return false;
	if (take_octet(w, '.'))
		for (; isdigit((unsigned char)*w->at); w->at++) {
			unit /= 10;
			*ret_fraction_ns += unit * (*w->at - '0');
		}
	return true;
}

static bool take_date(struct words *w, struct tm *tm)
{
	if (!take_number(w, 4, 4, 1970, 2200, &tm->tm_year) || !take_octet(w, '-') || !take_number(w, 1, 2, 1, 12, &tm->tm_mon) || !take_octet(w, '-')
	    || !take_number(w, 1, 2, 1, 31, &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	return true;
}

/* Z, +01:00, +0100, +01 */
static bool take_zone(struct words *w, bool *ret_given, long *ret_seconds)
{
	int hours, minutes = 0, sign = *w->at == '-' ? -1 : 1;

	*ret_given = true;
	*ret_seconds = 0;
	if (take_octet(w, 'Z') || take_octet(w, 'z') || take_word(w, "UTC"))
		return true;
	if (*w->at != '+' && *w->at != '-') {
		*ret_given = false;
		return true;
	}
	w->at++;
	if (!take_number(w, 2, 4, 0, 2359, &hours))
		return false;
	if (hours > 23) {
		minutes = hours % 100;
		hours /= 100;
	} else if (take_octet(w, ':') && !take_number(w, 2, 2, 0, 59, &minutes)) {
		return false;
	}
	*ret_seconds = sign * (hours * 3600L + minutes * 60L);
	return minutes < 60;
}

static int weekday(struct words *w)
{
	static const char *const days[] = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" };
	char brief[4];

	for (int i = 0; i < 7; i++) {
		snprintf(brief, sizeof brief, "%s", days[i]);
		if (take_word(w, days[i]) || take_word(w, brief))
			return i;
	}
	return -1;
}

/* The day: by name, by date, or today where there is but a time. */
static bool take_day(struct words *w, struct tm *tm, bool *ret_named)
{
	int day;

	*ret_named = true;
	if (take_word(w, "today"))
		return true;
	if (take_word(w, "yesterday")) {
		tm->tm_mday--;
		return true;
	}
	day = weekday(w);
	if (day >= 0) {
		tm->tm_mday -= (tm->tm_wday - day + 7) % 7;
		return true;
	}
	*ret_named = strcspn(w->at, "-") == 4;
	return !*ret_named || take_date(w, tm);
}

/* mktime moves what does not exist (30 February) to what does; a day that was written has to stay. */
static bool seconds_of(struct tm *tm, bool zone_given, long zone_seconds, int64_t *ret)
{
	int day = tm->tm_mday;

	tm->tm_isdst = -1;
	*ret = zone_given ? (int64_t)timegm(tm) - zone_seconds : (int64_t)mktime(tm);
	return day < 1 || tm->tm_mday == day;
}

static bool read_calendar(struct words w, int64_t now_ns, int64_t *ret_ns)
{
	time_t now = (time_t)(now_ns / NS_PER_S);
	struct tm tm;
	bool named, follows, zone = false;
	long zone_seconds = 0;
	int64_t fraction = 0, seconds;

	if (!localtime_r(&now, &tm) || !take_day(&w, &tm, &named))
		return false;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	skip_blanks(&w);
	follows = named && (take_octet(&w, 'T') || take_octet(&w, 't'));
	if ((*w.at || follows) && (!take_time(&w, &tm, &fraction) || (skip_blanks(&w), !take_zone(&w, &zone, &zone_seconds))))
		return false;
	skip_blanks(&w);
	if (*w.at || !seconds_of(&tm, zone, zone_seconds, &seconds))
		return false;
	*ret_ns = seconds * NS_PER_S + fraction;
	return true;
}

/* h, hour, hours: a plural is the word before its s. */
static bool take_unit(struct words *w, int *ret_seconds, int *ret_days)
{
	static const struct { const char *word; int seconds, days; } units[] = {
		{ "s", 1, 0 }, { "sec", 1, 0 }, { "second", 1, 0 }, { "m", 60, 0 }, { "min", 60, 0 }, { "minute", 60, 0 }, { "h", 3600, 0 }, { "hour", 3600, 0 },
		{ "d", 0, 1 }, { "day", 0, 1 }, { "w", 0, 7 }, { "week", 0, 7 },
	};
	size_t letters = 0, len;

	while (isalpha((unsigned char)w->at[letters]))
		letters++;
	len = letters > 1 && tolower((unsigned char)w->at[letters - 1]) == 's' ? letters - 1 : letters;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strlen(units[i].word) == len && strncasecmp(units[i].word, w->at, len) == 0) {
			*ret_seconds = units[i].seconds;
			*ret_days = units[i].days;
			w->at += letters;
			skip_blanks(w);
			return true;
		}
	return false;
}

/* 2h, "3 days ago". Days are calendar days: clocks may have been set meanwhile. */
static bool read_ago(struct words w, int64_t now_ns, int64_t *ret_ns)
{
	time_t now = (time_t)(now_ns / NS_PER_S);
	struct tm tm;
	int n, seconds, days;

	if (!take_number(&w, 1, 5, 0, 99999, &n))
		return false;
	skip_blanks(&w);
	if (!take_unit(&w, &seconds, &days))
		return false;
	take_word(&w, "ago");
	if (*w.at || !localtime_r(&now, &tm))
		return false;
	if (days == 0) {
		*ret_ns = now_ns - (int64_t)n * seconds * NS_PER_S;
		return true;
	}
	tm.tm_mday -= n * days;
	tm.tm_isdst = -1;
	*ret_ns = (int64_t)mktime(&tm) * NS_PER_S + now_ns % NS_PER_S;
	return true;
}

static bool read_epoch(struct words w, int64_t *ret_ns)
{
	char *end;

	if (!take_octet(&w, '@') || !isdigit((unsigned char)*w.at) || strspn(w.at, "0123456789") > 10)
		return false;
	*ret_ns = strtoll(w.at, &end, 10) * NS_PER_S;
	return *end == '\0' && *ret_ns >= 0;
}

bool moment_from_words(const char *words, int64_t now_ns, int64_t *ret_ns)
{
	struct words w = { words };
	int64_t ns;

	skip_blanks(&w);
	if (!*w.at)
		return false;
	if (strcasecmp(w.at, "now") == 0) {
		*ret_ns = now_ns;
		return true;
	}
	if (!read_epoch(w, &ns) && !read_ago(w, now_ns, &ns) && !read_calendar(w, now_ns, &ns))
		return false;
	*ret_ns = ns;
	return true;
}
