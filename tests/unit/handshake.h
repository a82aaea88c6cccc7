/* Real TLS connections, made with libssl while a test runs: what both sides sent, as pieces for fake_stream. */
#ifndef TESTS_UNIT_HANDSHAKE_H
#define TESTS_UNIT_HANDSHAKE_H

#include <openssl/ssl.h>

#include "tests/unit/fake_emit.h"

struct talk {
	struct piece pieces[300];
	size_t count;
};

struct talk_how {
	int version;                    /* TLS1_VERSION ...; both sides speak only this one; 0: the client offers everything */
	int server_version;             /* the highest that the server speaks; 0: as `version` */
	const char *ciphers;            /* of the client, up to TLS 1.2; NULL: all */
	const char *server_ciphers;
	const char *sni, *alpn;         /* alpn: names with a length octet before each */
	const char *server_groups;      /* NULL: all; with "P-521" the client has to try again */
	bool mutual;                    /* the server wants a certificate, the client has one */
	bool distrust;                  /* the client checks the server's certificate, and knows no root */
	bool no_tickets;
	bool close;                     /* both send close_notify */
	bool renegotiate;               /* once, after the handshake */
	size_t fragment;                /* octets in a record at most; 0: as many as may be */
	unsigned chain;                 /* certificates the server sends beside its own */
	unsigned rounds;                /* of application data: client, then server */
	size_t answer;                  /* octets in each answer of the server; 0: 100 */
	SSL_SESSION **session;          /* taken from here if there is one, left here at the end */
};

/* Sets up keys and certificates; free what it made with talk_over. */
void talk_prepare(void);
void talk_over(void);
X509 *talk_certificate(void);   /* the server's */

/* `ret` holds everything that both sides sent. Free it with talk_free. */
void talk_make(const struct talk_how *how, struct talk *ret);
void talk_free(struct talk *t);

#endif
