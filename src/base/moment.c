#include "base/moment.h"

#include <stdio.h>
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
