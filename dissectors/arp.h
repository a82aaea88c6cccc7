/* ARP: who has which address: the events it makes and the fields they bear. Rules: RFC 826, RFC 5227. */
#ifndef DISSECTORS_ARP_H
#define DISSECTORS_ARP_H

#include "flow/dissector.h"

extern const struct dissector arp_dissector;

extern const struct kind arp_request;   /* internal */
extern const struct kind arp_reply;   /* internal */

extern const struct field arp_sender_mac;
extern const struct field arp_sender_addr;
extern const struct field arp_target_mac;
extern const struct field arp_target_addr;

#endif
