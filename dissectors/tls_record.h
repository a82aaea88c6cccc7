/*
 * TLS records: their headers, and whether octets that may be anything are TLS.
 *
 *   record:     type 1, version 2, length 2, fragment                (RFC 5246 6.2, RFC 8446 5.1)
 *   handshake:  type 1, length 3, body; over as many records as it takes, several in a record
 */
#ifndef DISSECTORS_TLS_RECORD_H
#define DISSECTORS_TLS_RECORD_H

#include "base/cursor.h"

enum tls_content { TLS_CHANGE_CIPHER_SPEC = 20, TLS_ALERT = 21, TLS_HANDSHAKE = 22, TLS_APPLICATION_DATA = 23, TLS_HEARTBEAT = 24 };

enum tls_handshake_type {
	TLS_CLIENT_HELLO = 1, TLS_SERVER_HELLO = 2, TLS_CERTIFICATE = 11, TLS_SERVER_KEY_EXCHANGE = 12, TLS_CERTIFICATE_REQUEST = 13,
	TLS_SERVER_HELLO_DONE = 14,
};

enum {
	TLS_RECORD_HEADER = 5,
	TLS_RECORD_MAX = (1 << 14) + 2048,      /* RFC 5246 6.2.3; TLS 1.3 allows less */
	TLS_MESSAGE_HEADER = 4,
};

struct tls_record {
	uint8_t type;
	uint16_t version;
	size_t total;           /* header included */
	struct span fragment;   /* what there is of it; as long as total says once the record is whole */
};

enum tls_answer { TLS_NO, TLS_MORE, TLS_YES };

/* The record that octets begin with. TLS_YES when its header is there; TLS_NO where there is none: types, versions and lengths are few. */
enum tls_answer tls_record_read(struct span octets, struct tls_record *ret);

static inline bool tls_record_is_whole(const struct tls_record *r) { return r->fragment.len == r->total - TLS_RECORD_HEADER; }

/* Whether records begin here: one that ends where the octets end, or one with another behind it. */
enum tls_answer tls_records_begin(struct span octets);

/* Whether these octets are the beginning of a hello, or records. False is not for sure where there are few. */
bool tls_is_sure(struct span octets);

/* Whether octets in the place of another protocol's message begin a handshake, as far as its type and the first half of its version tell: STARTTLS. */
enum tls_answer tls_handshake_begins(struct span octets);

/* Whether a handshake message may have this type. */
bool tls_handshake_known(uint8_t type);

#endif
