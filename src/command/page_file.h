/* The report as a page in a file, for the commands that have a report. */
#ifndef COMMAND_PAGE_FILE_H
#define COMMAND_PAGE_FILE_H

#include <stdbool.h>

#include "verdict/report.h"

/* What the page is about: captures that were just read, so that their digests are told; a stored sign-in; or only a summary. */
enum page_kind { PAGE_CAPTURES, PAGE_STORED, PAGE_SUMMARY };

/* False after one logged line; what stood in `path` then still does. */
bool page_file(const char *path, const struct report *r, enum page_kind kind);

#endif
