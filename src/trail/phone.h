/*
 * Whose event it is, and to which sign-in it belongs.
 *
 * A device is known by its Ethernet address; events that bear another one (a capture beyond a router, a relayed DHCP message) find their device
 * by the client hardware address of DHCP or by the IP address that DHCP or ARP bound to it. A device is followed once it shows a sign-in marker
 * (contract section 3, "Followed without --phone"); what it did before that waits in its first attempt: of a device with a phone vendor's
 * address everything, of others their DHCP, DNS, LLDP and CDP, the latest few.
 *
 * Whose an event is:
 *  - of DHCP: the client's hardware address, relayed or not; of ARP: who says to have an address;
 *  - a phone vendor's Ethernet address, one given by --phone, or one that is followed: that device's;
 *  - else whose the IP address is, by the latest DHCP answer, DHCP client or ARP sender that said so;
 *  - else, where the frame has an Ethernet address that forwards nothing (it relays no DHCP, sends from one IP address, and packets whose time to
 *    live nobody decremented), that device's; a router never becomes a phone;
 *  - else nobody's. An event between two phones is both's.
 *
 * A switch's LLDP or CDP goes to the phone at the other end of the link: the one that alone advertises itself in that capture file; where none
 * does, the one that alone sends packets to single addresses; where none does, the one that alone is seen. Where several do, to nobody.
 *
 * Packets are kept of the same devices, by the same rules (evidence.h): those of protocols that are read, never media. What a switch advertises, and what
 * somebody did who shows to be a phone only later, comes with the event that it came in.
 *
 * Bounds: 4096 phones, 2048 others, 65536 IP addresses, 256 MiB of events; an attempt keeps its first 3584 events and the latest 512, at most 4 MiB.
 * The phone that was not heard of for longest is forgotten first; its attempt is handed over before.
 */
#ifndef TRAIL_PHONE_H
#define TRAIL_PHONE_H

#include "base/spill.h"
#include "flow/flow.h"
#include "trail/event.h"
#include "trail/evidence.h"

struct attempt;

/* One device. Its address in memory is good as long as it is not forgotten: what must last longer goes by `mac`. */
struct phone {
	struct mac mac;
	const char *vendor;             /* by OUI; NULL if it is no phone vendor's */
	bool followed;
	bool gave_marker;               /* weak marker: asked for a registrar's or the update server's name */
	struct addr addresses[16];      /* latest last */
	unsigned address_count;
	uint16_t vlans[8];
	unsigned vlan_count;
	uint64_t number;                /* rises with first appearance, from 1; devices that are not followed leave holes */
	struct attempt *attempt;        /* the one in the making, or NULL */
};

/* One sign-in: the events of its phone, in packet order. */
struct attempt {
	struct phone *phone;
	uint64_t number;                /* which one it is, from 1; another one's never */
	struct arena arena;             /* of the events */
	struct event **events;
	size_t count, room;
	bool sleeps;                    /* its events are packed (sleep.h), `events` is NULL; never one that is handed over */
	struct spilled bed;             /* where; or, where they are few, packed here: */
	unsigned char *packed;
	size_t packed_octets;
	size_t sleeping_octets;         /* of the arena, when it fell asleep */
	struct attempt *older, *younger;        /* of those that are awake, by when something was added; while `waking` */
	bool waking;
	unsigned char *dreams;          /* events that came since, packed */
	size_t dream_octets;
	uint64_t left_out;              /* events beyond what one attempt keeps */
	struct evidence evidence;       /* the packets that they came in, and those around them; empty unless it is asked for */
	int64_t start_ns, end_ns;       /* first and last event, a switch's advertisements apart */
	bool capture_ended;             /* the capture ended, or the phone had to be forgotten, while it was going on */
	bool captured_from_start;       /* the phone was seen silent, or booting, before it: false where the capture starts in its middle */
	bool changed;                   /* since trail_look showed it */
	int64_t changed_ns, looked_ns;  /* when its latest event came; when it was shown */
};

struct trail_options {
	const struct mac *phones;       /* --phone; count 0: whoever shows a marker */
	size_t phone_count;
	bool all_clients;               /* follow desktop clients too */
	size_t octets;                  /* of events and packets that wait, all together; 0: 256 MiB */
	size_t evidence_octets;         /* of the packets kept of one attempt; 0: none, and then they cost nothing */
	/* An attempt has ended, or, with `capture_ended`, the capture has. It belongs to the trail and is gone after the call. One that another
	 * followed is handed over up to some two minutes of packet time later, for what becomes known late of its connections. */
	void (*attempt)(void *user, const struct attempt *a);
	void *user;
};

struct trail;

struct trail *trail_new(const struct trail_options *options);
enum interest trail_interest(void *trail, const struct layers *l);      /* for flows_user.interest */
const struct versions *trail_versions(const struct trail *t);           /* for flows_user.versions */
void trail_event(void *trail, const struct event *e);                   /* for flows_user.event */
void trail_packet(void *trail, const struct seen *s);                   /* for flows_user.packet, where evidence is kept; else NULL belongs there */
void trail_fragment(void *trail, const struct packet *p);               /* for flows_user.fragment, the same */

/* It is `now_ns` of packet time: hands over what waited until then. Any event does the same. */
void trail_tick(struct trail *t, int64_t now_ns);

/* Shows the attempts of followed phones that are not what they were when they were shown before: once nothing came for `pause_ns`, at the latest
 * `patience_ns` after the last time. They go on afterwards, and belong to the trail. */
void trail_look(struct trail *t, int64_t now_ns, int64_t pause_ns, int64_t patience_ns, void (*each)(void *user, const struct attempt *a), void *user);

/* The followed device that the event is of: its sender, else its receiver. NULL if it is of none. */
const struct phone *trail_phone_of(struct trail *t, const struct event *e);

/* Followed phones now, and phones that were forgotten for want of room. */
size_t trail_phones(const struct trail *t);
uint64_t trail_forgotten(const struct trail *t);

void trail_finish(struct trail *t);                                     /* hands over the attempts still in the making, by phone number */
void trail_free(struct trail *t);

/* Whether it has, or had, that address. */
bool phone_has(const struct phone *p, const struct addr *a);

/* "Polycom", "Aastra", ... by the first three octets; NULL for anybody else. */
const char *phone_vendor(struct mac m);

#endif
