/*
 * Whether a page is what sink/html.h promises of its form: UTF-8 of which the only control is the line feed, and well-formed XML (XML 1.0, 2.1) behind
 * one line that names HTML: elements within each other, attributes in double quotes and none twice, no reference but the five that XML knows.
 */
#ifndef TESTS_UNIT_MARKUP_H
#define TESTS_UNIT_MARKUP_H

#include "base/cursor.h"

/* What is wrong with it, in a few words, and how many octets stand before (ret may be NULL). NULL: nothing is. */
const char *markup_wrong(struct span page, size_t *ret_offset);

#endif
