/*
 * What a message says about its sender: whether it is a phone (contract section 3, "Followed without --phone"), and what it is doing.
 */
#ifndef TRAIL_MARKER_H
#define TRAIL_MARKER_H

#include "trail/event.h"

enum marker {
	MARKER_NONE,
	MARKER_CLIENT,          /* signs in to a SIP registrar, perhaps on a computer */
	MARKER_WEAK,            /* asks for a registrar's or the update server's name */
	MARKER_STRONG,          /* only a phone says this */
};

/* Of the sender, never of who answers; of DHCP, of the client. */
enum marker marker_of(const struct event *e);

enum name_use { NAME_OTHER, NAME_REGISTRAR, NAME_UPDATE, NAME_TIME };

/* What a host name or service name is asked for. NULL is NAME_OTHER. */
enum name_use name_use(const char *name);

bool is_uc_class(const struct event *e);                /* of DHCP: the vendor class is that of the UC options, case apart */
bool is_update_request(const struct event *e);          /* of the device update service */
bool is_arp(const struct event *e);
bool is_advertisement(const struct event *e);           /* LLDP or CDP */
bool is_dhcp(const struct event *e);
bool is_dhcp_answer(const struct event *e);             /* from the server */

#endif
