/*
 * The text headers that HTTP/1.x and SIP share: a start line, fields "name: value" each on a line, folded where the next line begins with a
 * blank, and an empty line. Rules: RFC 9112 2 and 5, RFC 3261 7.3.
 */
#ifndef DISSECTORS_HEADER_H
#define DISSECTORS_HEADER_H

#include "trail/event.h"

enum header_answer { HEADER_WHOLE, HEADER_MORE, HEADER_BAD };

/* An octet of a word: RFC 9110 5.6.2, RFC 3261 25.1 (which has the same). */
bool header_is_token(uint8_t c);

/* How many of these octets `s` begins with. */
size_t header_token(struct span s);

/* The line that `s` begins with, without its end (CR LF, or LF alone), and how long it is with it; false where it has no end. */
bool header_line(struct span s, struct span *ret_line, size_t *ret_len);

/* Whether `s` begins with one of these methods (a list that ends with NULL), a blank, and an octet that such a request goes on with. */
enum header_answer header_known_method(struct span s, const char *const *methods, bool (*goes_on)(const char *method, uint8_t next));

/* How long the header is that `s` begins with, its empty line included; false where that is not there yet. `searched` octets of `s` were looked
 * through before. */
bool header_measure(struct span s, size_t searched, size_t *ret_len);

/* Line ends in front of a blank or a tab become blanks, in place. */
void header_unfold(uint8_t *octets, size_t len);

/* The next field of `lines`, which then stands behind it; lines without a colon are passed over. The value is trimmed. */
bool header_next(struct span *lines, struct span *ret_name, struct span *ret_value);

/* The part of a list up to the next separator outside quotes and angle brackets, trimmed; `list` then stands behind it. */
struct span header_part(struct span *list, char separator);

/* The value of the first parameter of this name, in either case, in a list "name=value; name" with this separator; without its quotes. False
 * without one. */
bool header_parameter(struct span list, char separator, const char *name, struct span *ret);

/* A number and nothing else, of 15 digits at most. */
bool header_number(struct span digits, uint64_t *ret);

/* Adds the schemes of the challenges that `list` holds to the list `f`, which is made if it is not the last field of `r`: "NTLM",
 * "Negotiate TlRM...", "Digest realm=..., nonce=..., Basic realm=...". */
void header_put_schemes(struct record *r, const struct field *f, struct span list);

/* Puts `text` without its octets [from, until): what must not be told. */
void header_put_without(struct record *r, const struct field *f, struct span text, size_t from, size_t until);

#endif
