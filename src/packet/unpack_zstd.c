/* Zstandard (RFC 8878) with libzstd. */
#include "packet/unpack.h"

#include <stdlib.h>
#include <zstd.h>

#include "base/memory.h"

/* What the library is given at once. A whole frame it would unpack in one go, and of a damaged one give nothing. */
enum { PIECE = 8192 };

struct zstd {
	ZSTD_DStream *stream;
	bool between;           /* a frame has ended, none has begun behind it */
};

/* A frame, or a skippable frame in front of it (RFC 8878 section 3.1.2: 0x184D2A50 to 5F), which pzstd writes. */
static bool zstd_recognise(struct span start)
{
	struct cursor c = cursor_over(start);
	uint32_t magic = cursor_le32(&c);

	return cursor_ok(&c) && (magic == ZSTD_MAGICNUMBER || (magic & 0xfffffff0) == ZSTD_MAGIC_SKIPPABLE_START);
}

static void *zstd_open(void)
{
	struct zstd *z = memory_get(sizeof *z);

	z->stream = ZSTD_createDStream();
	if (z->stream)
		return z;
	free(z);
	return NULL;
}

static bool zstd_run(void *state, struct span *packed, uint8_t *out, size_t room, size_t *ret_written, bool *ret_complete)
{
	struct zstd *z = state;
	ZSTD_inBuffer from = { packed->data, packed->len < PIECE ? packed->len : PIECE, 0 };
	ZSTD_outBuffer to = { out, room, 0 };
	size_t answer;

	*ret_written = 0;
	*ret_complete = z->between;
	if (z->between && !packed->len)
		return true;
	answer = ZSTD_decompressStream(z->stream, &to, &from);
	*packed = span_part(*packed, from.pos, packed->len);
	*ret_written = to.pos;
	z->between = answer == 0;
	*ret_complete = z->between;
	return !ZSTD_isError(answer);
}

static void zstd_close(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDStream(z->stream);
	free(z);
}

const struct unpack_format unpack_zstd = { "zstd", zstd_recognise, zstd_open, zstd_run, zstd_close };
