/* What the system says of a network interface before frames are sent on it. */
#ifndef REPLAY_INTERFACE_H
#define REPLAY_INTERFACE_H

#include <stdbool.h>
#include <stdio.h>

struct interface {
	const char *name;
	int index;
	unsigned mtu;           /* octets behind the Ethernet header */
	bool up, ethernet;      /* `ethernet`: it takes Ethernet frames (the loopback interface does) */
};

/* False after one logged line: there is no such interface. `name` must last as long as *ret. */
bool interface_find(const char *name, struct interface *ret);

/* Whether the default route of this host, IPv4 or IPv6, leads through the interface, or through a bridge, bond or VLAN that is made of it. */
bool interface_has_default_route(const char *name);

/* Its half: the tables as Linux prints them in /proc/net/route and /proc/net/ipv6_route; each may be NULL. Half of all addresses is as good as all: that is
 * how some tunnels take the default route over. */
bool route_is_default(FILE *ipv4, FILE *ipv6, const char *interface);

#endif
