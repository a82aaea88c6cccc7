/* Which dissector gets what: by port, by Ethernet type, by what the dissectors recognise. */
#ifndef FLOW_CHOOSE_H
#define FLOW_CHOOSE_H

#include "flow/dissector.h"

struct chooser;

struct chooser *chooser_new(void);
void chooser_free(struct chooser *c);

/* The first dissector in the list that names this port, or NULL. */
const struct dissector *choose_by_port(const struct chooser *c, enum transport transport, uint16_t port);

/* The first that surely recognises these first octets, or NULL; only among those that show markers if `markers`. */
const struct dissector *choose_recognised(struct span octets, enum transport transport, bool markers);

bool choose_recognises(const struct dissector *d, struct span octets, enum transport transport);

/* For what is not IP: by Ethernet type, or by LLC SNAP behind an 802.3 length. */
const struct dissector *choose_by_ether(const struct layers *l);

/* Whether its events can show that a device is a phone, or who has which address (INTEREST_MARKERS). */
bool choose_shows_markers(const struct dissector *d);

#endif
