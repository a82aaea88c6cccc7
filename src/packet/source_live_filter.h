/*
 * What the kernel turns away before it costs a copy, made for what a sign-in needs (Ethernet only; of other link types everything is kept):
 *
 *  - kept: ARP, LLDP, 802.2 (CDP), IP fragments, tunnels and encapsulations that decap opens, TCP, and UDP with a well-known port or SIP's;
 *  - turned away: other Ethernet types and IP protocols, media (UDP between high ports), QUIC, and TCP of services that move much and sign nobody in.
 *
 * Whole connections are kept or turned away, never parts, so that nothing looks like a hole. Up to VLANS_MAX tags are passed over, whether the kernel
 * took the outer one off (it does before a packet socket sees the frame) or not.
 */
#ifndef PACKET_SOURCE_LIVE_FILTER_H
#define PACKET_SOURCE_LIVE_FILTER_H

#include "packet/packet.h"

struct pcap;    /* libpcap's pcap_t */
struct live_filter;

/* `expression` (pcap-filter(7), or NULL) is asked first where the frame bears no tag inside; of others the expression is left to filter_matches, which
 * takes tags off. `pcap` is the interface it is made for, or NULL for a frame as it was on the wire. NULL where the expression is wrong: that was logged. */
struct live_filter *live_filter_new(struct pcap *pcap, uint16_t link_type, const char *expression);

/* Gives it to the kernel. False with the reason logged. */
bool live_filter_install(const struct live_filter *f, struct pcap *pcap, const char *interface);

/* What the kernel answers of this frame. */
bool live_filter_keeps(const struct live_filter *f, struct span frame);
void live_filter_free(struct live_filter *f);

#endif
