/*
 * A tcpdump expression over packets of any link types. VLAN tags are taken off before the expression looks, so that `port 53` means the
 * same with and without them; an expression that itself says `vlan` gets the frames as they are.
 */
#ifndef PACKET_FILTER_H
#define PACKET_FILTER_H

#include "packet/packet.h"

struct filter;

/* Whether the expression itself asks for tags. */
bool filter_sees_tags(const char *expression);

/* NULL where the expression is wrong for every link type: the reason was logged. */
struct filter *filter_new(const char *expression);
/* Makes the expression ready for a link type. False where it makes no sense there: then nothing of that link type matches, and that was logged. */
bool filter_prepare(struct filter *f, uint16_t link_type);
bool filter_matches(struct filter *f, const struct packet *p);
void filter_free(struct filter *f);

#endif
