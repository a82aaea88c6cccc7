/* The security layer that SASL may put around LDAP on a TCP connection (RFC 4422 3.7): a length of 4 octets, then a token of the mechanism. */
#ifndef DISSECTORS_LDAP_SASL_H
#define DISSECTORS_LDAP_SASL_H

#include "base/cursor.h"

/* Whether `token` (its first octets suffice) is of a known mechanism: Kerberos, or NTLM. */
bool ldap_sasl_known(struct span token);

/* The LDAP messages in a token that is signed but not sealed. `room` is of at least token.len octets; `ret` may point into it or into the token.
 * Padding may follow the messages. False where the token is sealed, or of no known form. */
bool ldap_sasl_open(struct span token, uint8_t *room, struct span *ret);

/* The same of a token of `len` octets of which only the beginning is there (LDAP_SASL_HEAD octets or more): between which of its octets the
 * messages are. False too where they are not in one piece. */
enum { LDAP_SASL_HEAD = 128 };
bool ldap_sasl_locate(struct span head, uint64_t len, uint64_t *ret_from, uint64_t *ret_until);

#endif
