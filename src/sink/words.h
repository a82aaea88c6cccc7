/*
 * What a report says, as sentences and single words for a person: the same in a terminal and on a page. How they are laid out, and what of a
 * packet's text may be shown, is the sink's business. What is put together lives in the arena.
 */
#ifndef SINK_WORDS_H
#define SINK_WORDS_H

#include "base/arena.h"
#include "verdict/report.h"
#include "verdict/tally.h"

/* "The sign-in failed at the check of server names: no server has a name ...": the verdict as one sentence. */
const char *words_verdict(struct arena *a, const struct attempt_report *r);

/* "The last of 3 sign-ins: ...", where there are several. The phone must have a sign-in. */
const char *words_phone_verdict(struct arena *a, const struct phone_report *phone);

/* A few words: "failed at naming, strict-name", "signed in, 2 warnings". */
const char *words_outcome(struct arena *a, const struct attempt_report *r);

/* Why, behind a verdict that has said the finding's first sentence already. */
const char *words_why(const struct finding_report *f);

/* Octets up to the end of the first sentence, its stop included. */
size_t words_first_sentence(const char *text);

/* The text as it goes on behind a colon: "The server ..." becomes "the server ...", a name keeps its capital. */
const char *words_behind_colon(struct arena *a, const char *text);

const char *words_step(enum step s);                            /* "the check of server names" */
const char *words_method(enum method m);                        /* "by PIN" */
const char *words_policy_source(const struct attempt_report *a);       /* "as its firmware says" */
const char *words_grade(enum grade g);                          /* "proven: a packet says it" */
const char *words_moment(struct arena *a, int64_t at_ns);       /* 2023-11-14 22:13:20 UTC */
const char *words_duration(struct arena *a, int64_t span_ns);   /* 31 ms, 4.5 s, 2 min 05 s */
const char *words_after(struct arena *a, int64_t start_ns, int64_t at_ns);      /* seconds after the sign-in began: 4.210 s */

/* "_sipinternaltls" of _sipinternaltls._tcp.contoso.com: the domain is the same in every row, and ._tcp goes without saying. `domain` may be NULL. */
const char *words_service(struct arena *a, const char *query, const char *domain);

/* "2-5, 8, 9"; where there are more than `runs_max` runs, "2-57 (12)": the first, the last, how many. */
const char *words_frames(struct arena *a, const struct frame_list *frames, size_t runs_max, bool several_files);

/* "Polycom CX600", or NULL while neither is known. */
const char *words_device(struct arena *a, const struct phone_report *phone);

const struct rule *words_cause(const struct attempt_report *r);  /* NULL without one */
/* Another finding of the same code stands before it. */
bool words_is_repeated(const struct attempt_report *r, size_t finding);
size_t words_count(const struct attempt_report *r, enum severity severity);     /* findings of that severity */

/* The cause alone, or how it ended: "strict-name", "signed in". */
const char *words_end(const struct attempt_report *r);

/* The same of a row of the tally. */
const char *words_tally(const struct tally_row *r);

/* "4 of 12 phones could not sign in." */
const char *words_tally_verdict(struct arena *a, const struct tally *t);

size_t words_ended(const struct phone_report *phone, enum outcome o);           /* the phone's sign-ins that ended so */

#endif
