/* Real TLS connections given to the dissector, and what came of them. For a test program with cmocka. */
#ifndef TESTS_UNIT_TLS_EVENTS_H
#define TESTS_UNIT_TLS_EVENTS_H

#include "dissectors/tls.h"
#include "tests/unit/fake_emit.h"
#include "tests/unit/handshake.h"

#define COUNT(array) (sizeof array / sizeof array[0])

#define FULL "client-hello client, server-hello server, certificate server, finished client, finished server"
#define DATA ", data client, data server"
#define CLOSED ", alert client, alert server"

/* A client hello in SSL 2.0 form with two ciphers. */
#define V2(version, ciphers) "\x80\x1f\1" version "\0\6\0\0\0\x10" ciphers "0123456789abcdef"

extern struct emit emit;        /* the events of the last run */
extern struct talk talk;        /* what was made last */

int tls_set_up(void **state);
int tls_tear_down(void **state);

void make(const struct talk_how *how);
void run(const struct talk *t, size_t step);

/* The same events however the streams are cut; they stay in `emit`. */
void expect(const struct talk *t, const char *expected);

/* The events as words: their kind, and the side they came from. Good until the next call. */
const char *summary(void);
const struct event *event_of(const struct kind *kind, unsigned which);

/* `value` in `len` octets, big end first. */
void put_length(uint8_t *octets, size_t len, size_t value);

#endif
