/* The body of an HTTP message. Rules: RFC 9112 7.1 (chunks), RFC 9110 8.4 (codings). */
#include "dissectors/http_body.h"

#include <ctype.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"
#include "dissectors/certificate.h"
#include "dissectors/http.h"
#include "dissectors/http_device.h"

enum { CHUNK_LINE_MAX = 4096, TRAILERS_MAX = 16 * 1024, CHUNK_DIGITS_MAX = 12, DECODED_MAX = 1 << 20 };

static unsigned hex_value(uint8_t c)
{
	return isdigit(c) ? (unsigned)(c - '0') : (unsigned)(ascii_lower(c) - 'a') + 10;
}

static bool chunk_size(struct span line, uint64_t *ret)
{
	size_t digits = 0;

	*ret = 0;
	while (digits < line.len && isxdigit(line.data[digits]))
		*ret = *ret << 4 | hex_value(line.data[digits++]);
	return digits && digits <= CHUNK_DIGITS_MAX && (digits == line.len || (line.data[digits] && strchr("; \t\r\n", line.data[digits])));
}

/* The trailers behind the last chunk, whose line is the one before: they end like a header. */
static enum header_answer pass_trailers(struct span s, size_t *searched, struct http_chunk *ret)
{
	size_t len;
	bool whole = header_measure(s, *searched, &len);

	if ((whole ? len : s.len) > TRAILERS_MAX)
		return HEADER_BAD;
	*searched = whole ? 0 : s.len;
	if (whole)
		*ret = (struct http_chunk){ .head = len, .last = true };
	return whole ? HEADER_WHOLE : HEADER_MORE;
}

/* The line end behind a chunk's data is taken with the next chunk: so its form need not be known when the data is passed over. */
enum header_answer http_chunk_read(struct span s, size_t *searched, struct http_chunk *ret)
{
	size_t at = 0, line;
	struct span look;
	const uint8_t *end;
	uint64_t size;

	if (span_starts(s, "\r\n"))
		at = 2;
	else if (span_starts(s, "\n"))
		at = 1;
	look = span_part(s, at, CHUNK_LINE_MAX);
	end = look.len ? memchr(look.data, '\n', look.len) : NULL;
	if (!end)
		return look.len == CHUNK_LINE_MAX ? HEADER_BAD : HEADER_MORE;
	line = (size_t)(end - s.data) + 1;
	if (!chunk_size(span_part(s, at, line - at), &size))
		return HEADER_BAD;
	if (size == 0)
		return pass_trailers(s, searched, ret);
	*ret = (struct http_chunk){ .head = line, .data = size };
	return HEADER_WHOLE;
}

size_t http_chunks_join(struct span s, uint8_t *room)
{
	struct http_chunk chunk;
	size_t joined = 0, searched = 0;

	while (http_chunk_read(s, &searched, &chunk) == HEADER_WHOLE && !chunk.last) {
		struct span data = span_part(s, chunk.head, chunk.data < s.len ? (size_t)chunk.data : s.len);

		if (data.len)
			memcpy(room + joined, data.data, data.len);
		joined += data.len;
		s = span_part(s, chunk.head + data.len, s.len);
	}
	return joined;
}

/* Servers call certificates by many names, or by none: so what is surely something else is left out. */
bool http_body_is_wanted(const struct http_header *h)
{
	static const char *const others[] = { "image/", "video/", "audio/", "font/", "text/css", "text/javascript", "application/javascript",
		"application/x-javascript", "application/json", "application/zip", "application/pdf" };
	struct span type;

	if (!http_header_find(h, "Content-Type", &type))
		return true;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (span_starts_nocase(type, others[i]))
			return false;
	return true;
}

/* `window` as inflateInit2 wants it. Some servers call raw deflate "deflate", which should be zlib's form (RFC 9110 8.4.1.2). */
static size_t inflate_into(struct span from, int window, uint8_t *room, size_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)from.data, .avail_in = (uInt)from.len, .next_out = room, .avail_out = (uInt)size };

	if (from.len > UINT32_MAX || inflateInit2(&z, window) != Z_OK)
		return 0;
	inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return size - z.avail_out;
}

static struct span decode(struct span body, uint8_t *room)
{
	size_t len = inflate_into(body, MAX_WBITS + 32, room, DECODED_MAX);     /* gzip or zlib, as it says itself */

	if (len == 0)
		len = inflate_into(body, -MAX_WBITS, room, DECODED_MAX);
	return span_of(room, len);
}

static void put_certificates(struct span body, struct record *r)
{
	struct record found = { .arena = r->arena };

	if (certificate_put_all(&found, body))
		*put_list(r, &http_certificates) = found;
}

static void put_found(const struct http_header *h, struct span body, struct record *r)
{
	put_certificates(body, r);
	if (!h->is_response && http_device_is_update(h->target))
		http_device_put(body, r);
}

void http_body_put(const struct http_header *h, struct span body, struct record *r)
{
	uint8_t *room;

	if (body.len == 0)
		return;
	if (!http_header_lists(h, "Content-Encoding", "gzip") && !http_header_lists(h, "Content-Encoding", "x-gzip") &&
	    !http_header_lists(h, "Content-Encoding", "deflate")) {
		put_found(h, body, r);
		return;
	}
	room = memory_get(DECODED_MAX);
	put_found(h, decode(body, room), r);
	free(room);
}
