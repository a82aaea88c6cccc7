/* Names in DNS messages: labels and compression. Rules: RFC 1035 2.3.4 (sizes), 3.1, 4.1.4 (compression). */
#ifndef DISSECTORS_DNS_NAME_H
#define DISSECTORS_DNS_NAME_H

#include "base/cursor.h"

enum { DNS_NAME_MAX = 255 };    /* octets of a name as labels, the root's included */

/* A name as text: labels with dots between, no dot behind the last; "." is the root. A dot or backslash inside a label, and control
 * characters, stand as \xhh, so that the text is the name of one name only; octets above 0x7f stay (put_name makes them printable). */
struct dns_name {
	char text[4 * DNS_NAME_MAX];
	size_t len;
	bool compressed;
};

enum dns_name_answer {
	DNS_NAME_GOOD,
	DNS_NAME_BAD,           /* too long, or its pointers lead nowhere; but where it ends is known */
	DNS_NAME_ENDLESS,       /* no label and no pointer where one should be: the cursor fails */
	DNS_NAME_CUT,           /* the octets end inside it: the cursor fails */
};

/* The name that begins where `c` stands; `c` then stands behind it. Pointers count from c->begin, which must be where the message begins, and lead
 * backwards only. */
enum dns_name_answer dns_name_read(struct cursor *c, struct dns_name *ret);

static inline struct span dns_name_span(const struct dns_name *n) { return span_of(n->text, n->len); }

#endif
