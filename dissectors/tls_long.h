/* Handshake messages longer than a stream may wait for: they are put together here, record by record. */
#ifndef DISSECTORS_TLS_LONG_H
#define DISSECTORS_TLS_LONG_H

#include "base/cursor.h"
#include "dissectors/tls_handshake.h"

enum { TLS_LONG_MAX = 1 << 20 };        /* octets of such a message */

/* A message in the making; zeroed: none. */
struct tls_long {
	uint8_t *octets;
	size_t len, whole;
	size_t room;            /* octets of memory: the flow layer bounds the sum over all connections */
	struct tls_place place;
};

static inline bool tls_long_is_open(const struct tls_long *l) { return l->whole != 0; }

/* A message of `whole` octets, its header included, that began at `place`. False, and nothing is begun, where it is longer than may be. */
bool tls_long_open(struct tls_long *l, size_t whole, const struct tls_place *place);

/* Takes from `fragment` what is of the message. Answers how many octets. */
size_t tls_long_add(struct tls_long *l, struct span fragment);
static inline bool tls_long_is_whole(const struct tls_long *l) { return l->whole && l->len == l->whole; }

void tls_long_close(struct tls_long *l);

#endif
