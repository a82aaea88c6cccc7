/*
 * Whose event it is, and to which sign-in it belongs.
 *
 * A device is known by its Ethernet address; events that bear another one (a capture beyond a router, a relayed DHCP message) find their device
 * by the client hardware address of DHCP or by the IP address that DHCP or ARP bound to it. A device is followed once it shows a sign-in marker
 * (contract section 3, "Followed without --phone"); what it did before that waits in its first attempt.
 */
#ifndef TRAIL_PHONE_H
#define TRAIL_PHONE_H

#include "flow/flow.h"
#include "trail/event.h"

struct attempt;

/* One device. */
struct phone {
	struct mac mac;
	const char *vendor;             /* by OUI; NULL if it is no phone vendor's */
	bool followed;
	bool gave_marker;               /* weak marker: asked for a registrar's or the update server's name */
	struct addr addresses[16];      /* latest last */
	unsigned address_count;
	uint16_t vlans[8];
	unsigned vlan_count;
	uint64_t number;                /* by first appearance, from 1 */
	struct attempt *attempt;        /* the one in the making, or NULL */
	void *user;                     /* of the receiver of attempts */
};

/* One sign-in: the events of its phone, in packet order. */
struct attempt {
	struct phone *phone;
	struct arena arena;             /* of the events */
	struct event **events;
	size_t count, room;
	uint64_t left_out;              /* events beyond what one attempt keeps */
	int64_t start_ns, end_ns;       /* first and last event */
	bool capture_ended;             /* the capture ended while it was going on */
	bool captured_from_start;       /* the phone was seen silent, or booting, before it: false where the capture starts in its middle */
};

struct trail_options {
	const struct mac *phones;       /* --phone; count 0: whoever shows a marker */
	size_t phone_count;
	bool all_clients;               /* follow desktop clients too */
	/* An attempt has ended, or, with `capture_ended`, the capture has. It belongs to the trail and is gone after the call. */
	void (*attempt)(void *user, const struct attempt *a);
	void *user;
};

struct trail;

struct trail *trail_new(const struct trail_options *options);
enum interest trail_interest(void *trail, const struct layers *l);      /* for flows_user.interest */
void trail_event(void *trail, const struct event *e);                   /* for flows_user.event */
void trail_finish(struct trail *t);                                     /* hands over the attempts still in the making, by phone number */
void trail_free(struct trail *t);

/* "Polycom", "Aastra", ... by the first three octets; NULL for anybody else. */
const char *phone_vendor(struct mac m);

#endif
