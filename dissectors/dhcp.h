/* DHCP for IPv4: the events it makes and the fields they bear. Rules: RFC 2131, RFC 2132, RFC 3361 (120), RFC 3396 (long options), RFC 3397 (119), RFC 3046 (82), [MS-DHCPE]. */
#ifndef DISSECTORS_DHCP_H
#define DISSECTORS_DHCP_H

#include "flow/dissector.h"

extern const struct dissector dhcp_dissector;

extern const struct kind dhcp_discover;
extern const struct kind dhcp_offer;
extern const struct kind dhcp_request;
extern const struct kind dhcp_ack;
extern const struct kind dhcp_nak;
extern const struct kind dhcp_inform;
extern const struct kind dhcp_release;
extern const struct kind dhcp_decline;

extern const struct field dhcp_xid;             /* 0x…, 8 digits */
extern const struct field dhcp_client_mac;      /* chaddr */
extern const struct field dhcp_ciaddr;
extern const struct field dhcp_yiaddr;
extern const struct field dhcp_giaddr;
extern const struct field dhcp_server_id;       /* 54 */
extern const struct field dhcp_lease_time;      /* 51, seconds */
extern const struct field dhcp_hostname;        /* 12 */
extern const struct field dhcp_vendor_class;    /* 60 */
extern const struct field dhcp_client_id;       /* 61, hex */
extern const struct field dhcp_relay_agent;     /* 82, hex */
extern const struct field dhcp_subnet_mask;     /* 1 */
extern const struct field dhcp_param_list;      /* 55, list of codes */
extern const struct field dhcp_domain_name;     /* 15 */
extern const struct field dhcp_domain_search;   /* 119, list */
extern const struct field dhcp_dns_servers;     /* 6, list */
extern const struct field dhcp_ntp_servers;     /* 42, list */
extern const struct field dhcp_routers;         /* 3, list */
extern const struct field dhcp_requested_ip;    /* 50 */
extern const struct field dhcp_vendor_specific; /* 43, hex */
extern const struct field dhcp_uc;              /* record: option 43 of class MS-UC-Client */
extern const struct field dhcp_uc_identifier;   /* 1 */
extern const struct field dhcp_uc_scheme;       /* 2 */
extern const struct field dhcp_uc_fqdn;         /* 3 */
extern const struct field dhcp_uc_port;         /* 4 */
extern const struct field dhcp_uc_path;         /* 5 */
extern const struct field dhcp_vlan_id;         /* option 43 sub-option 10 of class CPE-OCPHONE */
extern const struct field dhcp_sip_servers;     /* 120, list of names or addresses */
extern const struct field dhcp_sip_encoding;    /* first octet of 120 */

#endif
