/* The outlets: a wire, a file, and the store behind the pipeline. */
#ifndef REPLAY_OUTLET_H
#define REPLAY_OUTLET_H

#include "follow.h"
#include "replay/play.h"
#include "replay/send.h"

/* Frames onto the sender's interface. Link types other than Ethernet are refused, in one line that says what could be done. */
struct wire {
	struct sender *sender;
};
struct outlet wire_outlet(struct wire *w);

/* Into a capture file: pcapng, or, where the name ends in .pcap, pcap with nanoseconds. "-" is standard output, in pcapng. The file appears under its name only
 * when it is whole. NULL after one logged line. */
struct capture_out;
struct capture_out *capture_out_new(const char *name);
struct outlet capture_outlet(struct capture_out *c);
bool capture_out_finish(struct capture_out *c);         /* false after one logged line */
void capture_out_free(struct capture_out *c);

/* Through the pipeline into the store: each sign-in as soon as something is known of it, and again when more is. Packet time passes also while a packet is
 * waited for. `options` must last as long; its `user` and `report` are set here. `captures` are those that the packets come from, which last as long, too:
 * their `malformed` is filled in at the end. NULL after one logged line. */
struct into;
struct into *into_new(const char *database, struct follow_options *options, struct capture_info *captures, unsigned count);
struct outlet into_outlet(struct into *i);
bool into_finish(struct into *i);                       /* the captures end; false after one logged line */
struct follow_counters into_counters(const struct into *i);
void into_free(struct into *i);

#endif
