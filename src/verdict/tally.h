/* How many phones and sign-ins ended how: the numbers of a summary. A phone counts where its last sign-in ended. */
#ifndef VERDICT_TALLY_H
#define VERDICT_TALLY_H

#include "verdict/report.h"

struct tally_row {
	const struct rule *cause;       /* NULL for other ends than a failure, and for a failure without a known cause */
	enum outcome outcome;
	size_t phones, sign_ins;
};

struct tally {
	struct tally_row *rows;         /* causes first, those of the most phones first; then the other ends */
	size_t row_count, room;
	size_t phones, sign_ins;
	size_t phones_failed;           /* whose last sign-in failed */
};

/* A zeroed struct tally is an empty one. A phone without a sign-in is not counted. */
void tally_add(struct tally *t, const struct phone_report *phone);

/* Puts the rows in order, after the last tally_add. */
void tally_rank(struct tally *t);

/* All phones of a report, ranked. */
struct tally tally_of(const struct report *r);

void tally_free(struct tally *t);

#endif
