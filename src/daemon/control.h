/*
 * What the supervisor and its two processes have in common: the socket by which it steers them, and the memory that outlives the one that dissects.
 */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/packet.h"
#include "packet/source_live.h"

/* Exit statuses of the processes. */
enum {
	EXIT_CANNOT = 2,                /* it cannot start; the reason was logged */
	EXIT_VIOLATION = 3,             /* the writer was told what nobody says who is sound */
	EXIT_LOST = 4,                  /* the supervisor wants something impossible, or is gone before the start */
};

enum control_kind {
	CONTROL_READY = 1,              /* to the supervisor: what has to be opened is open */
	CONTROL_ALIVE,                  /* every second, with figures for people */
	CONTROL_REOPEN,                 /* an interface that was missing is there: only a new process can open it */
	CONTROL_STOP,                   /* from the supervisor: read what is there, tell it, end */
	CONTROL_COUNTERS,               /* log all counters */
	CONTROL_WRITER,                 /* a new writer is at the other end of the descriptor that comes with this */
	CONTROL_KINDS,
};

struct control {
	uint32_t kind, zero;
	uint64_t phones, attempts;      /* of CONTROL_ALIVE */
};

/* Over SOCK_SEQPACKET. `fd` is passed along, or -1. False where the other end is gone, or does not listen any more. */
bool control_send(int socket, const struct control *c, int fd);

enum control_answer { CONTROL_GOT, CONTROL_NOTHING, CONTROL_GONE };
/* *ret_fd is -1 where none came. A message of another size or kind is as good as CONTROL_GONE. Never waits. */
enum control_answer control_receive(int socket, struct control *ret, int *ret_fd);

/*
 * Memory shared by supervisor and dissecting process. The supervisor believes nothing in it but checks it as it checks a message.
 */
enum { CRASH_OCTETS = 262144 };

struct shared {
	uint64_t numbers[LIVE_INTERFACES];      /* of the last frame of each interface */
	uint64_t restarts, crashes;             /* of the dissecting process so far; the supervisor writes them */
	/* The packet that was in hand when the process broke down. */
	uint32_t crash_len;                     /* 0: none */
	uint32_t crash_wire_len;
	int64_t crash_at_ns;
	uint16_t crash_link_type;
	uint8_t crash_octets[CRASH_OCTETS];
};

struct shared *shared_new(void);

#endif
