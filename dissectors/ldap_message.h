/* One LDAPMessage: what ldap.c cuts out of datagrams, streams and SASL buffers. */
#ifndef DISSECTORS_LDAP_MESSAGE_H
#define DISSECTORS_LDAP_MESSAGE_H

#include "dissectors/ber.h"
#include "flow/dissector.h"

/* Longer messages are taken for lost synchronisation. */
enum { LDAP_MESSAGE_MAX = 1 << 24 };

/* Whether `s` begins with an LDAPMessage: its SEQUENCE, a message id and an operation that exists. BER_MORE while `s` is too short to tell. */
enum ber_answer ldap_message_measure(struct span s, uint64_t *ret_total);

/* Reports the message that `c` is at and passes over it; binds and searches become events. False where there is no whole one. */
bool ldap_message_read(struct cursor *c, bool connectionless, struct emit *to);

/* Reports a message from a stream of which only the beginning is there, with what stands in it: it was too long to wait for. Its octets are those
 * of [from, until) of side `side`. */
void ldap_message_read_head(struct span head, struct emit *to, enum side side, uint64_t from, uint64_t until);

#endif
