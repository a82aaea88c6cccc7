/* A report made by hand, for the tests of the sinks: what a judge could have said, and texts that a hostile packet could have put into it. */
#ifndef TESTS_UNIT_SAMPLE_REPORT_H
#define TESTS_UNIT_SAMPLE_REPORT_H

#include "verdict/report.h"

/* One capture, one phone whose sign-in strict naming broke. */
const struct report *sample_broken(void);

/* One phone that signed in, and warnings. */
const struct report *sample_signed_in(void);

/* Two captures; escape sequences, overrides and invalid octets in every text; names as long as DNS allows. */
const struct report *sample_hostile(void);

/* Two phones, one with two sign-ins; markup of every kind in every text, also in certificates and in a file's name. */
const struct report *sample_markup(void);

/* A capture without a phone. */
const struct report *sample_empty(void);

#endif
