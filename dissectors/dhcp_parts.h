/*
 * The parts of the DHCP dissector that have a file of their own. Private to dissectors/dhcp*.c.
 *
 * Each puts the fields of one option into `e` and reports what is wrong with it as "option N: ...". `value` is the whole value: instances of the
 * option are joined before (RFC 3396 section 7).
 */
#ifndef DISSECTORS_DHCP_PARTS_H
#define DISSECTORS_DHCP_PARTS_H

#include "flow/dissector.h"

/* Addresses of four octets each, as a list. */
void dhcp_put_addresses(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value);

/* ---- dhcp_names.c ---- */

/* Option 119, RFC 3397: names that may point back into the option. */
void dhcp_put_search_list(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value);

/* Option 120, RFC 3361: dhcp_sip_encoding and, where they can be read, dhcp_sip_servers. */
void dhcp_put_sip_servers(struct emit *to, struct event *e, struct span value);

/* ---- dhcp_uc.c ---- */

/*
 * Option 43 as Lync uses it: dhcp_uc and dhcp_vlan_id. `vendor_class` is option 60 of the same message, empty without one; `reply` says that a
 * server sent it. Servers need not echo the class that the client asked with, so the content decides too; what is another vendor's is left alone.
 */
void dhcp_put_uc(struct emit *to, struct event *e, struct span value, struct span vendor_class, bool reply);

#endif
