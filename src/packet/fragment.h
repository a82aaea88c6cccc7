/*
 * IPv4 and IPv6 fragments put together (RFC 791 section 3.2, RFC 8200 section 4.5), in any order, within a bound on datagrams, octets and packet time.
 * Overlapping fragments: the octets that came first stay; IPv6 datagrams with overlaps are dropped (RFC 5722).
 */
#ifndef PACKET_FRAGMENT_H
#define PACKET_FRAGMENT_H

#include "packet/packet.h"

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *f);

/* Takes one fragment (layers->is_fragment). True when it completes its datagram: then layers->ip_payload is the whole of it (owned by
 * `f`, good until the next call), is_fragment is false, and *ret_frames lists the frames it came in, oldest first (owned by `f`). */
bool fragments_add(struct fragments *f, const struct packet *p, struct layers *layers, const frame_ref **ret_frames, unsigned *ret_count);

/* Datagrams of which no whole came: given up as overlapping, too old or too many at once, and those that still wait for the rest. */
uint64_t fragments_dropped(const struct fragments *f);

#endif
