#include "command/stored.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "base/saving.h"
#include "command/options.h"
#include "sink/store.h"

int64_t stored_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct store_reader *stored_open(const char *path)
{
	if (!path && access(STORE_PATH, F_OK) != 0) {
		log_error(STORE_PATH ": no daemon has stored anything there; --db FILE names another database");
		return NULL;
	}
	return store_reader_open(path ? path : STORE_PATH, stored_now());
}

bool stored_may_write(const char *db, const char *option, const char *path)
{
	return !path || saving_is_apart(option, path, db ? db : STORE_PATH);
}

const char *stored_moment(int64_t at_ns, char out[STORED_MOMENT])
{
	time_t t = (time_t)(at_ns / NS_PER_S) - (at_ns % NS_PER_S < 0);
	struct tm tm;

	if (!localtime_r(&t, &tm) || strftime(out, STORED_MOMENT, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(out, STORED_MOMENT, "@%" PRId64, at_ns / NS_PER_S);
	return out;
}

const char *stored_span(int64_t span_ns, char out[STORED_SPAN])
{
	int64_t s = span_ns / NS_PER_S;

	if (s < 60)
		snprintf(out, STORED_SPAN, "%.1f s", (double)span_ns / 1e9);
	else if (s < 3600)
		snprintf(out, STORED_SPAN, "%" PRId64 " min %02" PRId64 " s", s / 60, s % 60);
	else if (s < 2 * 86400)
		snprintf(out, STORED_SPAN, "%" PRId64 " h %02" PRId64 " min", s / 3600, s / 60 % 60);
	else
		snprintf(out, STORED_SPAN, "%" PRId64 " days %02" PRId64 " h", s / 86400, s / 3600 % 24);
	return out;
}

int stored_argument(int argc, char **argv, const char **ret_words)
{
	if (argc - optind == 1) {
		*ret_words = argv[optind];
		return 0;
	}
	log_error("%s: %s; `dialtone %s --help` tells more", argv[0], argc == optind ? "which sign-in? Its number, a name or last" : "one sign-in at a time", argv[0]);
	return -1;
}
