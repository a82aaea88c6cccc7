/* The body of an HTTP message: its chunks, its codings, and what in it is worth an event's field. */
#ifndef DISSECTORS_HTTP_BODY_H
#define DISSECTORS_HTTP_BODY_H

#include "dissectors/http_header.h"

/* One step through a chunked body (RFC 9112 7.1). */
struct http_chunk {
	size_t head;            /* octets up to the chunk's data; of the last chunk: up to the end of the trailers */
	uint64_t data;          /* octets of data behind them */
	bool last;
};

/* The step that `s` begins with. *searched: 0 at first, and for the same octets and more what the call before left there. */
enum header_answer http_chunk_read(struct span s, size_t *searched, struct http_chunk *ret);

/* Moves the data of the whole chunks that `s` begins with together, in `room` of s.len octets. Answers how many there are. */
size_t http_chunks_join(struct span s, uint8_t *room);

/* Whether the body of such a message may hold certificates or a device's description. */
bool http_body_is_wanted(const struct http_header *h);

/* Puts what the body holds; it is decoded first where it is gzip or deflate, at most 1 MiB of it. */
void http_body_put(const struct http_header *h, struct span body, struct record *r);

#endif
