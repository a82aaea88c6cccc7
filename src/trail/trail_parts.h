/*
 * What the files of the trail share: phone.c (whose an event is, who is followed), attention.c (how much attention a packet gets, and whose it is), look.c
 * (attempts while they are being made). For nobody else.
 */
#ifndef TRAIL_TRAIL_PARTS_H
#define TRAIL_TRAIL_PARTS_H

#include "base/table.h"
#include "trail/binding.h"
#include "trail/device.h"
#include "trail/phone.h"

struct trail {
	struct trail_options options;
	struct mac *listed;
	struct table *phones, *silent, *others; /* mac_number -> struct device: followed; phones that showed no marker yet; what may become one */
	struct bindings *bindings;
	struct surroundings surroundings;
	uint64_t numbers;
	unsigned odd;                   /* followed, but without a phone vendor's address */
	size_t sleep_from;              /* octets awake beyond which more is to be put to sleep, less what may always be */
	int64_t look_ns;                /* when the next one is to be shown, of those that trail_look saw too early */
	bool finished, closing;
	struct versions versions;       /* of what trail_interest answers */
	struct addr last_src;           /* of the packet that is being read */
	uint8_t last_ttl;
};

struct device *trail_device(struct table *in, struct mac m);    /* NULL if it is not there */
struct device *trail_phone(struct trail *t, struct mac m);      /* a phone, followed or not */

/* Whether it is a phone by its address alone. */
bool trail_is_phone(const struct trail *t, struct mac m);

/* Whose a packet is: a phone's own address says it, else the binding of the IP address, else who is no router's. */
bool trail_owner_of(struct trail *t, const struct mac *own, const struct addr *addr, struct mac *ret);

/* All events together are too many: the phone that was not heard of for longest gives its own away, never the last one. */
void trail_bound_octets(struct trail *t);

/* Attempts of whom was not heard of for longest sleep where what is awake takes too much memory. */
void trail_let_sleep(struct trail *t);

/* Whether the addresses of this device deserve attention, for bindings_new. */
bool trail_watches(void *trail, struct mac m);

#endif
