/* The thirteen steps of a sign-in: what was seen of each, when, in which frames, and a line for a person. */
#ifndef VERDICT_STEPS_H
#define VERDICT_STEPS_H

#include "verdict/rules.h"

/* Fills ret->steps from the facts and the findings that ret already has. */
void steps_report(struct judging *j, struct evaluation *ret);

#endif
