/* What an ICMP error is about: the packet that it quotes (RFC 792; RFC 4443 section 3). */
#ifndef FLOW_QUOTED_H
#define FLOW_QUOTED_H

#include "packet/packet.h"

/* The transport and the ports of the quoted packet, sender first; false where this is no ICMP error about a TCP or UDP packet. */
bool quoted_read(const struct layers *l, enum transport *ret_transport, uint16_t ret_ports[2]);

#endif
