/* gzip (RFC 1952) with zlib. */
#include "packet/unpack.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"

enum { GZIP_ONLY = 16 };        /* zlib's inflateInit2: a gzip wrapper and no other */

struct gzip {
	z_stream stream;
	bool between;           /* a member has ended, none has begun behind it */
	bool past;              /* what follows the last member is not gzip: padding of a tape or of a transfer */
};

static bool gzip_recognise(struct span start)
{
	return span_starts(start, "\x1f\x8b");
}

static void *gzip_open(void)
{
	struct gzip *g = memory_get(sizeof *g);

	if (inflateInit2(&g->stream, MAX_WBITS + GZIP_ONLY) == Z_OK)
		return g;
	free(g);
	return NULL;
}

/* Whether there is more to unpack in `packed`; a new member begins behind the last one. */
static bool next_member(struct gzip *g, struct span packed)
{
	if (!packed.len || g->past)
		return false;
	if (packed.data[0] != 0x1f) {
		g->past = true;
		return false;
	}
	inflateReset(&g->stream);
	g->between = false;
	return true;
}

static unsigned limited(size_t n)
{
	return n < INT_MAX ? (unsigned)n : INT_MAX;
}

static bool gzip_run(void *state, struct span *packed, uint8_t *out, size_t room, size_t *ret_written, bool *ret_complete)
{
	struct gzip *g = state;
	unsigned in = limited(packed->len), space = limited(room);
	int answer;

	*ret_written = 0;
	*ret_complete = true;
	if (g->between && !next_member(g, *packed)) {
		*packed = span_part(*packed, packed->len, 0);
		return true;
	}
	g->stream.next_in = (Bytef *)(uintptr_t)packed->data;
	g->stream.avail_in = in;
	g->stream.next_out = out;
	g->stream.avail_out = space;
	answer = inflate(&g->stream, Z_NO_FLUSH);
	*packed = span_part(*packed, in - g->stream.avail_in, packed->len);
	*ret_written = space - g->stream.avail_out;
	g->between = answer == Z_STREAM_END;
	*ret_complete = g->between;
	return answer == Z_OK || answer == Z_STREAM_END || answer == Z_BUF_ERROR;
}

static void gzip_close(void *state)
{
	struct gzip *g = state;

	inflateEnd(&g->stream);
	free(g);
}

const struct unpack_format unpack_gzip = { "gzip", gzip_recognise, gzip_open, gzip_run, gzip_close };
