/*
 * One direction of a stream of messages with text headers, as HTTP/1.x and SIP have them: where the next header begins, and how long it is.
 *
 * Where that is not known (behind a hole, behind octets that are no message, where a capture begins) the next start line is looked for: at the beginnings of
 * lines, and, since a body needs no line end behind it, also within them, there only one of which more is known than its form. So it does not matter in which
 * pieces the octets come.
 */
#ifndef DISSECTORS_HEADER_WAY_H
#define DISSECTORS_HEADER_WAY_H

#include "dissectors/header.h"
#include "dissectors/search.h"

/* What a protocol knows of its headers. HEADER_MORE while there are too few octets to tell. */
struct header_syntax {
	/* Whether a start line begins here, where a message must begin; where a line begins; anywhere. */
	enum header_answer (*expected)(struct span s), (*in_front)(struct span s), (*anywhere)(struct span s);
	size_t (*blank)(struct span s);         /* how many octets of no meaning stand in front of a message */
	size_t max;                             /* octets of a header */
	const char *strange;                    /* why octets are malformed that are no message */
};

struct header_way {
	bool lost;                      /* where the next message begins is not known */
	bool in_front;                  /* then: the next octet is the first of a line */
	size_t searched;                /* octets of what waits that need not be looked at again: of a header */
	size_t looked, scanned;         /* of a start line: so many were there when it was looked at; and so many hold no control */
};

/* Octets are missing, or a message of unknown length follows. */
void header_way_lose(struct header_way *w);

/* `octets` are those behind the last message. HEADER_WHOLE: a header of *ret octets begins here; else *ret is what to answer to the stream. */
enum header_answer header_way_read(const struct header_syntax *x, struct search *st, struct header_way *w, struct span octets, struct emit *to, size_t *ret);

/* The same where it is known that no message begins here: passes over as much as is surely none. */
size_t header_way_refuse(const struct header_syntax *x, struct search *st, struct header_way *w, struct span octets, struct emit *to);

#endif
