/* What the two ends of a TLS connection say in clear, as events; and what is known of the connection from it. */
#ifndef DISSECTORS_TLS_HANDSHAKE_H
#define DISSECTORS_TLS_HANDSHAKE_H

#include "dissectors/tls.h"
#include "dissectors/tls_hello.h"

enum { TLS_SESSION_ID_MAX = 32 };

struct tls_session {
	bool swapped;           /* the client of TLS is the server of TCP */
	bool has_hello, has_holes;      /* a client hello came; octets of the server are missing */
	bool offered_ticket;
	uint8_t session_id[TLS_SESSION_ID_MAX], session_id_len; /* that the client offered */
	uint16_t version;       /* that the server chose; 0 as long as it is not known */
	bool resumption_open;   /* the server's hello did not tell whether the session is resumed */
	bool is_full;           /* the server sent what it sends only in a full handshake */
	bool is_old;            /* surely before TLS 1.3, also where the server's hello was not seen */
};

/* Where a message was: its side, its record's version, its octets in the stream. */
struct tls_place {
	enum side side;
	uint16_t version;
	uint64_t from, until;
};

enum side tls_role(const struct tls_session *s, enum side side);

struct event *tls_begin(const struct tls_session *s, const struct tls_place *at, const struct kind *kind, struct emit *to);
void tls_end(const struct tls_place *at, struct event *e, struct emit *to);

/* A handshake message in clear. */
void tls_message_read(struct tls_session *s, const struct tls_place *at, uint8_t type, struct span body, struct emit *to);

/* A client hello in SSL 2.0 form, as long as measured. Answers the version it offers. */
uint16_t tls_v2_message_read(struct tls_session *s, const struct tls_place *at, struct span octets, struct emit *to);

/* The first encrypted handshake record of a side. */
void tls_finished_report(struct tls_session *s, const struct tls_place *at, struct emit *to);

enum { TLS_LEVEL_WARNING = 1, TLS_LEVEL_FATAL = 2 };

/* An alert in clear (its level, one of these, and its number), or an encrypted one (`alert` empty). */
void tls_alert_report(const struct tls_session *s, const struct tls_place *at, struct span alert, struct emit *to);

#endif
