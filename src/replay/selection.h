/*
 * One phone's packets among all: found in a pass of its own with the pipeline and the trail, so that a packet is whose the trail says (trail/phone.h).
 *
 * Selected are: packets that the trail takes for the phone's, in both directions, fragments too; DHCP of and for the phone, broadcast or relayed; ARP that
 * asks for the phone's address or that the phone sent; what the switch at its port advertises; all frames of the messages in its sign-ins. One bit a frame
 * is kept.
 */
#ifndef REPLAY_SELECTION_H
#define REPLAY_SELECTION_H

#include "replay/tape.h"

struct selection;

/* Plays the tape once and rewinds it. NULL after a logged line: it could not be rewound. A phone of which nothing was found is told with a warning. */
struct selection *selection_make(struct tape *t, const struct mac *phones, size_t count);
bool selection_has(const struct selection *s, frame_ref f);
void selection_free(struct selection *s);

#endif
