/* DNS over UDP and TCP: the events it makes and the fields they bear. Rules: RFC 1035, RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6891 (EDNS). */
#ifndef DISSECTORS_DNS_H
#define DISSECTORS_DNS_H

#include "flow/dissector.h"

extern const struct dissector dns_dissector;

extern const struct kind dns_query;
extern const struct kind dns_response;

extern const struct field dns_id;
extern const struct field dns_transport;        /* "udp" or "tcp" */
extern const struct field dns_qname;
extern const struct field dns_qtype;
extern const struct field dns_questions;        /* further questions: list of records of qname and qtype */
extern const struct field dns_rcode;
extern const struct field dns_truncated;        /* the bit TC; in every message, true or false */
extern const struct field dns_answers;          /* list of records */
extern const struct field dns_authority;        /* list of records */
extern const struct field dns_additional;       /* list of records */
extern const struct field dns_name;             /* of a record */
extern const struct field dns_type;             /* of a record */
extern const struct field dns_ttl;              /* of a record, seconds */
extern const struct field dns_address;          /* A, AAAA */
extern const struct field dns_target;           /* CNAME, NS, PTR, SRV */
extern const struct field dns_priority;         /* SRV, MX */
extern const struct field dns_weight;           /* SRV */
extern const struct field dns_port;             /* SRV */
extern const struct field dns_data;             /* any other type, hex */

#endif
