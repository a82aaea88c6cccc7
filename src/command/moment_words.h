/* Moments as people say them: "10:30", "yesterday", "monday 9:15", "2h", "3 days ago", "2026-11-20", "2026-11-20T10:30:00Z". */
#ifndef COMMAND_MOMENT_WORDS_H
#define COMMAND_MOMENT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Blanks or a T between date and time; either case. Without a zone (Z, +01:00) it is the local time of the machine (TZ).
 *
 *      now, today, yesterday           the last two are midnight, unless a time follows
 *      monday, mon, ...                midnight of the latest such day, today's too, unless a time follows
 *      10:30, 10:30:15                 of today
 *      2026-11-20, 2026-11-20 10:30    a day is its midnight
 *      90s 30m 2h 3d 1w, "2 hours ago"         so long ago; of days and weeks the same time of day
 *      @1790000000                     seconds since 1970
 *
 * False where it is none of these.
 */
bool moment_from_words(const char *words, int64_t now_ns, int64_t *ret_ns);

#endif
