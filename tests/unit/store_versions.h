/* Sign-ins that grow, for tests of the store: the number of a version tells its size, and stands in a column of its own (events_left_out). */
#ifndef TESTS_UNIT_STORE_VERSIONS_H
#define TESTS_UNIT_STORE_VERSIONS_H

#include "sink/store_read.h"

enum { SIGN_INS = 8, VERSIONS = 4 };    /* versions from 1 */

struct version {
	struct arena arena;
	struct phone_report phone;
	struct attempt_report attempt;
	const struct attempt_report *attempts[1];
	char *told;                     /* JSON, text, packets */
	size_t told_size;
};

/* Sign-in i begins at hour i + 1 of 1970, each is another phone's, and is named "sign-in i". */
const struct version *version_of(unsigned sign_in, unsigned number);

/* Fails where anything that is told of it (JSON, text, packets) is not what is told of that version. */
void version_expect(const struct report *r, const struct version *v);

/* Which version of each sign-in is there, 0 for none; fails where one is not whole. */
void versions_read(struct store_reader *r, unsigned ret_numbers[SIGN_INS]);

#endif
