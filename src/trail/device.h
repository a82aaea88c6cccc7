/*
 * One device of the trail: a phone, what may become one, and where its attempts begin and end (contract section 3).
 *
 * An attempt that was followed by another waits a while before it is handed over: what the flow layer says late of its connections (a SYN that
 * nobody answered, an end that only one side confirmed) still finds it.
 */
#ifndef TRAIL_DEVICE_H
#define TRAIL_DEVICE_H

#include "trail/attempt.h"
#include "trail/link.h"
#include "trail/session.h"
#include "trail/stray.h"

/* What all devices share. */
struct surroundings {
	void (*attempt)(void *user, const struct attempt *a);
	void *user;
	struct links *links;
	size_t octets;          /* of the events and packets that all devices hold */
	size_t asleep;          /* of these, of attempts that sleep (sleep.h) */
	struct attempt *oldest, *youngest;      /* that may sleep */
	struct device *due_first, *due_last;    /* whose `ended` waits, by when it is due */
	uint64_t attempts;      /* begun so far */
	bool changed;           /* an attempt is another than when trail_look showed it */
	size_t evidence_octets; /* of packets, an attempt; 0: none are kept, and the rest is NULL */
	struct strays *strays;
	const struct evidence *donor;   /* where packets are looked for, too, while a device becomes a phone */
};

struct device {
	struct phone phone;             /* first: what a receiver of attempts sees */
	struct sessions *sessions;      /* NULL for what only may become a phone */
	struct attempt *ended;          /* the attempt before the one in the making, while it waits */
	int64_t due_ns;                 /* until then */
	struct device *due_before, *due_after;  /* in the line of those that wait */
	struct place began;             /* of the attempt in the making */

	/* of the attempt in the making */
	bool active, signing;           /* had a message beyond PART_LINK; one that belongs to a sign-in */
	int64_t active_ns;              /* the latest event beyond PART_LINK; of the attempt before, if there is none yet */
	bool quiet, has_quiet_from;     /* a silence was broken */
	bool quiet_was_captured;        /* by this capture file, or a boot ended it */
	struct place quiet_from;        /* from here on it is a new sign-in, if one comes */
	bool has_boot_from;
	struct place boot_from;         /* asked for its old lease again (RFC 2131 4.3.2 INIT-REBOOT) */

	/* of what has no phone vendor's address */
	bool forwards;                  /* a router or relay: never a phone */
	bool proven;                    /* DHCP or ARP says that the marker's address was its own */
	struct addr seen_at;            /* the address it used first */
};

/* Files an event of the device, which sent or received it; begins a new attempt where one begins. */
void device_event(struct device *d, const struct event *e, bool sent, struct surroundings *s);

/* Keeps a packet of the device, which sent or received it. False where there is no attempt that it could belong to. */
bool device_packet(struct device *d, const struct seen *packet, struct surroundings *s);

/* Takes the phone's own addresses and the VLAN of its own frame down. */
void device_addresses(struct device *d, const struct event *e, bool sent);
void device_vlan(struct device *d, uint16_t vlan);

/* Files what the switch at the other end of the device's link advertised. Only into an attempt that is being made. */
void device_advertisement(struct device *d, const struct event *e, struct surroundings *s);

/* The link is this device's now: it gets what was advertised before. Or is not any more: it loses what was. */
void device_gains_link(struct device *d, const struct event *at, struct surroundings *s);
void device_loses_link(struct device *d, unsigned file, struct surroundings *s);

/* Puts attempts to sleep to which nothing was added for longest, until no more than `awake` octets are of those that do not. */
void devices_let_sleep(struct surroundings *s, size_t awake);

/* Its attempts are awake then, as they have to be before their events are read. */
void device_wake(struct device *d, struct surroundings *s);

/* Hands over the attempt that waits; devices_release those of all that are due at `now_ns`. */
void device_release(struct device *d, struct surroundings *s);
void devices_release(struct surroundings *s, int64_t now_ns);

/* Hands over everything. The device is empty then. */
void device_finish(struct device *d, struct surroundings *s);

/* An attempt that is no device's any more. */
void device_discard(struct attempt *a, struct surroundings *s);

/* Forgets everything. */
void device_drop(struct device *d, struct surroundings *s);

#endif
