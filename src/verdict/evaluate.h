/*
 * Lays what the model decided beside what the packets show, and says what is wrong: pure, no I/O, no clock, the same facts give the same findings.
 * Where they differ the packets win, and the difference is said. Grades and the order of blame: reference 3.9 and contract section 3.
 */
#ifndef VERDICT_EVALUATE_H
#define VERDICT_EVALUATE_H

#include "verdict/model.h"
#include "verdict/report.h"
#include "verdict/site.h"

struct evaluation {
	enum method method;
	enum outcome outcome;
	LIST_OF(struct finding_report) findings;        /* errors first, then by step */
	size_t cause;                   /* index of the finding that explains a failure; findings.count: none */
	struct step_report steps[STEP_COUNT];
	text_set cannot_show;
};

/* `phone` tells its own faults from those of others. All memory from `arena`. */
void evaluate(const struct model *m, const struct site *site, struct mac phone, struct arena *arena, struct evaluation *ret);

/* How the phone proved who its user is, by its fingerprints (reference 1.1). */
enum method evaluate_method(const struct model *m);

#endif
