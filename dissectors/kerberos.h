/* Kerberos: that credentials were used: the events it makes and the fields they bear. Rules: RFC 4120. */
#ifndef DISSECTORS_KERBEROS_H
#define DISSECTORS_KERBEROS_H

#include "flow/dissector.h"

extern const struct dissector kerberos_dissector;

extern const struct kind kerberos_as_request;   /* internal */
extern const struct kind kerberos_as_reply;   /* internal */
extern const struct kind kerberos_tgs_request;   /* internal */
extern const struct kind kerberos_tgs_reply;   /* internal */
extern const struct kind kerberos_error;   /* internal */

extern const struct field kerberos_realm;
extern const struct field kerberos_error_code;

#endif
