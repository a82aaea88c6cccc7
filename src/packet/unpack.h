/* Compressed streams, unpacked as they come: one format a file. */
#ifndef PACKET_UNPACK_H
#define PACKET_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

struct unpack_format {
	const char *name;               /* "gzip" */
	bool (*recognise)(struct span start);   /* by the first four octets */
	void *(*open)(void);
	/* Moves *packed on and writes up to `room` octets. *ret_complete: what came so far is a whole file, it may end here.
	 * False where the octets cannot be what they claim; what was written before is good. */
	bool (*run)(void *state, struct span *packed, uint8_t *out, size_t room, size_t *ret_written, bool *ret_complete);
	void (*close)(void *state);
};

extern const struct unpack_format unpack_gzip;          /* RFC 1952, several members one behind the other too */
extern const struct unpack_format unpack_zstd;          /* RFC 8878, windows up to 128 MiB */

#endif
