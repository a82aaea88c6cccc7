/*
 * The octets of a capture file, or of standard input, unpacked where it is compressed, through a window that moves forward.
 * What a pipe has delivered can be read at once: nothing waits for more than was asked for.
 */
#ifndef PACKET_INPUT_H
#define PACKET_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/unpack.h"

/* Why there are no more octets. */
enum input_ending {
	INPUT_OPEN,             /* there may be more */
	INPUT_END,
	INPUT_CUT,              /* the compressed stream is not finished */
	INPUT_DAMAGED,          /* the compressed stream contradicts itself */
	INPUT_FAILED,           /* the system cannot read it: `error` */
};

struct input {
	const uint8_t *at, *end;        /* what is there now; input_want makes it more */
	enum input_ending ending;
	int error;                      /* errno of INPUT_FAILED */
	const struct unpack_format *format;     /* NULL: not compressed */
	uint64_t disk_done, disk_size;  /* octets read of the file as it lies there; size 0 where that is not known */

	/* private */
	int fd;
	uint8_t *window, *packed_room;
	size_t window_size, packed_size;
	struct span packed;
	bool packed_end, complete;
	void *unpacker;
};

/* Opens `name` ("-" is standard input), to be read by `window` octets at a time (more where input_want asks for more). False where it cannot be opened
 * or is a directory: *ret_why tells, without the name. */
bool input_open(struct input *in, const char *name, size_t window, const char **ret_why);
void input_close(struct input *in);

/* input_want's slow half. */
bool input_fill(struct input *in, size_t n);

static inline size_t input_there(const struct input *in)
{
	return (size_t)(in->end - in->at);
}

/* Makes at least `n` octets be there, in one piece; pointers into the window are void afterwards. False where the input ends before:
 * then all that is left is there. `n` bounds the memory that is used. */
static inline bool input_want(struct input *in, size_t n)
{
	return input_there(in) >= n || input_fill(in, n);
}

/* The next `n` octets, which must be there, passed over. Good until the next input_want. */
static inline struct span input_take(struct input *in, size_t n)
{
	const uint8_t *at = in->at;

	in->at += n;
	return span_of(at, n);
}

/* Passes over `n` octets, whether they are there or not. False where the input ends before. */
bool input_skip(struct input *in, uint64_t n);

#endif
