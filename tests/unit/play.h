/*
 * A play: a table of lines that say what happens on the wire, and a text of what the trail must hand over.
 *
 * Who is on the wire: P and Q are phones by their Ethernet addresses (10.0.0.21, .22); N and M (.23, .24) may be phones or computers; R is a router
 * (10.0.0.1), S and T are servers beyond it (10.9.9.10, .11), W is a switch.
 */
#ifndef TESTS_UNIT_PLAY_H
#define TESTS_UNIT_PLAY_H

#include "base/text.h"
#include "trail/phone.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"   /* most lines have no fourth column */

#define COUNT(array) (sizeof array / sizeof array[0])

/*
 * { seconds, "PS", "dns sip.contoso.com", "#3 via=R" }: from P to S, what, and how. `*` as the second station is a group address. How: #n flow, via=X the
 * MAC address of the sender is X's, to=X that of the receiver, as=X the sender's IP address, raw no Ethernet, tunnel, file=n, frame=n, vlan=n, ttl=n,
 * port=n the receiver's, of=X whose DHCP it is, giaddr a relay passed it on.
 */
struct line {
	double at;
	const char *who, *what, *how;
};

struct play {
	struct trail *trail;
	struct arena arena;
	struct text out;
	uint64_t frame;
	bool keeps;                     /* packets are shown to the trail, too */
	bool forgets;                   /* and nobody's are forgotten after each line */
};

struct mac play_mac(char station);
struct addr play_addr(char station);
extern const struct mac play_group;

/* Makes the event of one line, in the play's arena. */
struct event *play_make(struct play *p, const struct line *l);

/* Plays one line as the flow layer does: asks for attention first, then speaks. */
void play_act(struct play *p, const struct line *l);

/* `phones` are the stations named by --phone. Attempts come out as "P: dhcp-discover dns-query", a line each: "P?" where the capture began in its middle,
 * "P..." where it ended in it, "+3" events left out. */
struct play *play_new(const char *phones, bool all_clients);
void play_free(struct play *p);

/* Plays all lines; fails where something else comes out. */
void play_expect(const char *phones, bool all_clients, const struct line *lines, size_t count, const char *expected);

#define EXPECT(lines, expected) play_expect("", false, lines, COUNT(lines), expected)

#endif
