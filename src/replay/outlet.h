/* The outlets that need more than a function: a wire and a file. */
#ifndef REPLAY_OUTLET_H
#define REPLAY_OUTLET_H

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

#endif
