/* How long a dissector looks for its protocol in a stream: the capture may begin inside a message. What DNS, LDAP, HTTP and SIP share. */
#ifndef DISSECTORS_SEARCH_H
#define DISSECTORS_SEARCH_H

#include "flow/dissector.h"

enum { SEARCH_MAX = 64 * 1024 };        /* octets that may be passed over before the first message */

/* Zeroed at the beginning of a connection. */
struct search {
	bool seen;              /* a message came: to be set by whoever reads it */
	size_t strange;         /* octets passed over before */
};

/* What to answer to the stream in the place of `octets`, which are to be passed over (STREAM_MORE: none), for they are no message. */
static inline size_t search_pass(struct search *s, size_t octets)
{
	if (!s->seen && octets != STREAM_MORE)
		s->strange += octets;
	return s->strange > SEARCH_MAX ? STREAM_STOP : octets;
}

#endif
