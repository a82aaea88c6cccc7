/* The start line and the header fields of one HTTP/1.x message. */
#ifndef DISSECTORS_HTTP_HEADER_H
#define DISSECTORS_HTTP_HEADER_H

#include "dissectors/header.h"

/* Whether `s` begins with the start line of a request or a response of HTTP/1.x. HEADER_MORE while `s` is too short to tell. */
enum header_answer http_start_line(struct span s);

/* The same for places where a message must begin: the version may be missing behind a well-known method, and a response's version and status be odd. */
enum header_answer http_start_line_loose(struct span s);

/* The same for the middle of a line: only well-known methods, with a target of a usual form. */
enum header_answer http_start_line_known(struct span s);

/* Whether `s` is surely the beginning of a message, though perhaps of a start line that is longer than `s`. */
bool http_start_is_sure(struct span s);

/* A header in memory of its own, folded lines unfolded (RFC 9112 5.2). */
struct http_header {
	uint8_t *octets;
	bool is_response;
	unsigned status;                /* of a response */
	struct span method, target;     /* of a request */
	struct span lines;              /* all behind the start line */
};

void http_header_copy(struct span from, struct http_header *ret);
void http_header_free(struct http_header *h);
size_t http_header_held(const struct http_header *h);   /* octets of its memory */

/* The value of the first field of this name, trimmed; false without one. */
bool http_header_find(const struct http_header *h, const char *name, struct span *ret);

/* Whether a field that is a comma-separated list has `word` in it, in either case. */
bool http_header_lists(const struct http_header *h, const char *name, const char *word);

/* Content-Length; false where there is none that is a number. */
bool http_header_length(const struct http_header *h, uint64_t *ret);

/* Puts the fields of dissectors/http.h that come from the header. */
void http_header_put(const struct http_header *h, struct record *r);

#endif
