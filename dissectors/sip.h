/* SIP over UDP and TCP: the events it makes and the fields they bear. Rules: RFC 3261, [MS-SIPRE], [MS-SIPAE]. */
#ifndef DISSECTORS_SIP_H
#define DISSECTORS_SIP_H

#include "flow/dissector.h"

extern const struct dissector sip_dissector;

extern const struct kind sip_request;
extern const struct kind sip_response;

extern const struct field sip_method;
extern const struct field sip_uri;
extern const struct field sip_status;
extern const struct field sip_reason;
extern const struct field sip_from;
extern const struct field sip_to;
extern const struct field sip_contact;
extern const struct field sip_call_id;
extern const struct field sip_cseq;
extern const struct field sip_user_agent;
extern const struct field sip_server;
extern const struct field sip_expires;
extern const struct field sip_authenticate;     /* list of schemes */
extern const struct field sip_transport;        /* "udp" or "tcp" */
extern const struct field sip_diagnostics;      /* ms-diagnostics id */
extern const struct field sip_sts_uri;          /* of a TLS-DSK challenge */

#endif
