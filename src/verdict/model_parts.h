/* What the parts of the model share. */
#ifndef VERDICT_MODEL_PARTS_H
#define VERDICT_MODEL_PARTS_H

#include "verdict/model.h"

/* links.c: one link a connection, with its role and name. Needs m->decisions as far as they were told by DNS and DHCP. */
void links_find(struct model *m, struct arena *arena);

/* links.c: how each session went; which one signed in. Needs the roles. */
void links_judge(struct model *m);

/* links.c: whether the phone turned to Exchange after it had last looked for a registrar: it was through with that, one way or the other. */
bool links_went_on(const struct model *m);

/* candidates.c: the decisions that DNS and DHCP led to. */
void candidates_told(struct model *m, struct arena *arena);

/* candidates.c: the decisions that only connections show: redirects, the cache. */
void candidates_shown(struct model *m, struct arena *arena);

/* candidates.c: what became of each decision. */
void candidates_judge(struct model *m, struct arena *arena);

bool same_name(const char *a, const char *b);           /* false where either is NULL */

/* Whether the phone looked for a registrar (names or connection) after that moment. */
bool model_tries_after(const struct model *m, int64_t at_ns);

#endif
