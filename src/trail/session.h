/*
 * One phone's way through a sign-in as far as it decides where the next one begins: what a message means, which addresses are a registrar's,
 * and whether a session with a registrar stands or has stood.
 */
#ifndef TRAIL_SESSION_H
#define TRAIL_SESSION_H

#include "trail/event.h"

/* From the least to the most that a message says about a new sign-in. */
enum part {
	PART_LINK,              /* lease, LLDP, CDP, ARP: what a link needs anyway */
	PART_ANSWER,            /* not the phone's own doing, or internal; only ends a silence */
	PART_PRELUDE,           /* clock and firmware update: activity, but no sign-in yet */
	PART_SIGN_IN,           /* any other message of the phone */
	PART_REGISTER,          /* the look-up of a registrar, a connection to it, or what only a phone that is not signed in needs */
};

/* An address that the phone was told of, by the use of the name it asked for. */
struct known_address {
	struct addr addr;
	uint8_t use;            /* enum name_use */
};

struct session {
	uint64_t flow;          /* 0: free */
	int64_t start_ns, last_ns;
	bool registrar;
	bool seen_from_start;
	bool finished[2], data[2];      /* by enum side */
};

enum { KNOWN_ADDRESSES = 32, KNOWN_TARGETS = 8, TARGET_MAX = 255, SESSIONS_MAX = 16 };

/* A zeroed one knows nothing. It takes memory as it learns: most phones have one session, and nothing else to tell. */
struct sessions {
	struct session *at;             /* `count` of them: at most SESSIONS_MAX */
	struct known_address *addresses;        /* at most KNOWN_ADDRESSES */
	char *targets[KNOWN_TARGETS];   /* of registrars' SRV records; NULL behind the last */
	unsigned count, address_count, next_address, next_target;
	bool over;              /* a session that was a sign-in has ended, and no new sign-in began */
};

/* Frees what it points to; it is zeroed then. */
void sessions_clear(struct sessions *s);

/* `sent`: by the phone. */
enum part sessions_part(const struct sessions *s, const struct event *e, bool sent);

/* Learns from one event of the phone; call after sessions_part. Of a connection's events the client is the sender. */
void sessions_event(struct sessions *s, const struct event *e, bool sent);

/* Whether a session with a registrar is up in which something was heard since `since_ns`. */
bool sessions_up(const struct sessions *s, int64_t since_ns);

#endif
