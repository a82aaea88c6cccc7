/*
 * DNS messages, octets to parts; and whether octets that may be anything are one.
 *
 *   message:   id 2, flags 2, counts 4 x 2, questions, answers, authority, additional       (RFC 1035 4.1)
 *   question:  name, type 2, class 2
 *   record:    name, type 2, class 2, ttl 4, length 2, data
 *   stream:    length 2, message, length 2, message ...                                     (RFC 7766 8)
 *
 * Each reader reads at a cursor that begins where the message begins; false, and the cursor fails, where the octets end before.
 */
#ifndef DISSECTORS_DNS_MESSAGE_H
#define DISSECTORS_DNS_MESSAGE_H

#include "dissectors/dns_name.h"

enum { DNS_HEADER_LEN = 12, DNS_LENGTH_LEN = 2 };

enum { DNS_RESPONSE = 0x8000, DNS_AUTHORITATIVE = 0x0400, DNS_TRUNCATED = 0x0200, DNS_ZERO = 0x0040, DNS_RCODE = 0x000f };

enum { DNS_CLASS_IN = 1, DNS_CLASS_CHAOS = 3, DNS_CLASS_HESIOD = 4, DNS_CLASS_NONE = 254, DNS_CLASS_ANY = 255 };

enum dns_section { DNS_ANSWERS, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

struct dns_header {
	uint16_t id, flags, questions;
	uint16_t records[DNS_SECTIONS];
};

struct dns_question {
	struct dns_name name;
	enum dns_name_answer named;
	uint16_t type, class;
};

struct dns_resource {
	struct dns_name name;
	enum dns_name_answer named;
	uint16_t type, class;
	uint32_t ttl;
	struct cursor data;     /* over the record's data; begins, for pointers, where the message begins */
};

bool dns_header_read(struct cursor *c, struct dns_header *ret);
bool dns_question_read(struct cursor *c, struct dns_question *ret);
bool dns_resource_read(struct cursor *c, struct dns_resource *ret);

static inline uint8_t dns_header_opcode(const struct dns_header *h) { return h->flags >> 11 & 15; }

/* Whether these octets are a query or response that can hardly be anything else, to their last octet. */
bool dns_message_is_sure(struct span message);

/* Whether a stream's message begins here, as far as its header and first question tell; `sure`: it can hardly be anything else. Else it may be of
 * any operation, type and class, as one on DNS's own port may. */
enum dns_answer { DNS_NO, DNS_MORE, DNS_YES };
enum dns_answer dns_message_begins(struct span octets, bool sure);

#endif
