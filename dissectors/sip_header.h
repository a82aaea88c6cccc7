/* The start line and the header fields of one SIP message. */
#ifndef DISSECTORS_SIP_HEADER_H
#define DISSECTORS_SIP_HEADER_H

#include "dissectors/header.h"

/* Whether `s` begins with the start line of a request or a response of SIP/2.0. HEADER_MORE while `s` is too short to tell. */
enum header_answer sip_start_line(struct span s);

/* The same for the middle of a line: only well-known methods, with a URI of a usual scheme. */
enum header_answer sip_start_line_known(struct span s);

/* Whether `s` is surely the beginning of a message, though perhaps of a start line that is longer than `s`. */
bool sip_start_is_sure(struct span s);

/* The fields that are read, by their full or their compact name (RFC 3261 7.3.3 and 20), the first of each. */
enum sip_name { SIP_FROM, SIP_TO, SIP_CONTACT, SIP_CALL_ID, SIP_CSEQ, SIP_USER_AGENT, SIP_SERVER, SIP_EXPIRES, SIP_DIAGNOSTICS, SIP_LENGTH, SIP_NAMES };

/* A header in memory of its own, folded lines unfolded. */
struct sip_header {
	uint8_t *octets;
	bool is_response;
	unsigned status;                /* of a response */
	struct span reason;
	struct span method, uri;        /* of a request */
	struct span lines;              /* all behind the start line */
	struct span values[SIP_NAMES];  /* empty: not there */
};

/* Copies a header, whose end need not be there. False, and nothing to free, where it does not begin with a start line. */
bool sip_header_copy(struct span from, struct sip_header *ret);
void sip_header_free(struct sip_header *h);
size_t sip_header_held(const struct sip_header *h);     /* octets of its memory */

/* Content-Length; false where there is none that is a number. */
bool sip_header_length(const struct sip_header *h, uint64_t *ret);

/* Puts the fields of dissectors/sip.h that come from the header. */
void sip_header_put(const struct sip_header *h, struct record *r);

#endif
