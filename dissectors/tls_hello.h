/* The two hellos, octets to parts. Rules: RFC 5246 7.4.1, RFC 8446 4.1 and 4.2, RFC 6066 3, RFC 7301 3.1, RFC 5077 3.2; of SSL 2.0: RFC 5246 E.2. */
#ifndef DISSECTORS_TLS_HELLO_H
#define DISSECTORS_TLS_HELLO_H

#include "base/cursor.h"

/* All spans point into the message. */
struct tls_hello {
	uint16_t version;               /* the highest that a client offers, the one that a server chose */
	struct span session_id;
	struct span ciphers;            /* of a client: `cipher_len` octets each */
	unsigned cipher_len;            /* 2; 3 in the SSL 2.0 form */
	uint16_t cipher;                /* of a server */
	struct span sni;                /* the host name, empty if there is none */
	struct span alpn;               /* list of names, a length octet before each */
	bool has_ticket;                /* a session ticket came with it */
	bool has_psk;                   /* RFC 8446 4.2.11: of a server, one was chosen */
	bool is_retry;                  /* HelloRetryRequest */
};

/* False where the message is not what it should be; what could be read is there. */
bool tls_client_hello_read(struct span body, struct tls_hello *ret);
bool tls_server_hello_read(struct span body, struct tls_hello *ret);

/* The client hello in SSL 2.0 form: length 2 (its first bit set), type 1, version 2, three lengths of 2, ciphers, session id, challenge. */
enum { TLS_V2_HEADER = 2, TLS_V2_HELLO_MIN = 9 };

/* How long it is with its header, 0 if octets are not surely one. TLS_V2_HEADER + TLS_V2_HELLO_MIN octets must be there. */
size_t tls_v2_hello_measure(struct span octets);

/* `octets`: as long as measured. */
void tls_v2_hello_read(struct span octets, struct tls_hello *ret);

#endif
