/* LDAP over TCP and connectionless LDAP: the events it makes and the fields they bear. Rules: RFC 4511, RFC 4515 (filters), [MS-ADTS] 6.3.1 and 6.3.3 (netlogon). */
#ifndef DISSECTORS_LDAP_H
#define DISSECTORS_LDAP_H

#include "flow/dissector.h"

extern const struct dissector ldap_dissector;
extern const struct dissector cldap_dissector;

extern const struct kind ldap_bind_request;
extern const struct kind ldap_bind_response;
extern const struct kind ldap_search_request;
extern const struct kind ldap_search_entry;
extern const struct kind ldap_search_done;
extern const struct kind cldap_bind_request;
extern const struct kind cldap_bind_response;
extern const struct kind cldap_search_request;
extern const struct kind cldap_search_entry;
extern const struct kind cldap_search_done;

extern const struct field ldap_message_id;
extern const struct field ldap_base;
extern const struct field ldap_scope;           /* "base", "one", "sub" */
extern const struct field ldap_filter;          /* RFC 4515 */
extern const struct field ldap_attributes;      /* list of names */
extern const struct field ldap_result_code;     /* number */
extern const struct field ldap_dn;
extern const struct field ldap_mechanism;       /* "simple", "GSS-SPNEGO", ... */
extern const struct field ldap_certificates;    /* list of records, as in tls */
extern const struct field ldap_netlogon;        /* record */
extern const struct field ldap_opcode;
extern const struct field ldap_flags;           /* 0x… */
extern const struct field ldap_forest;
extern const struct field ldap_domain;
extern const struct field ldap_host;
extern const struct field ldap_netbios_domain;
extern const struct field ldap_netbios_host;
extern const struct field ldap_user;
extern const struct field ldap_dc_site;
extern const struct field ldap_client_site;
extern const struct field ldap_nt_version;      /* 0x… */

#endif
