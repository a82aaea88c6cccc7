#include "dissectors/header_way.h"

#include "dissectors/tls_record.h"

void header_way_lose(struct header_way *w)
{
	*w = (struct header_way){ .lost = true };
}

/* TLS, or something to pass over: a whole word, so that the rest of a method is not taken for one. */
size_t header_way_refuse(const struct header_syntax *x, struct search *st, struct header_way *w, struct span octets, struct emit *to)
{
	size_t word = header_token(octets);

	switch (tls_handshake_begins(octets)) {
	case TLS_MORE: return STREAM_MORE;
	case TLS_YES: return STREAM_STOP;
	case TLS_NO: break;
	}
	if (st->seen)
		emit_malformed(to, NULL, x->strange);
	word = word ? word : 1;
	header_way_lose(w);
	w->in_front = octets.data[word - 1] == '\n';
	return search_pass(st, word);
}

/* Methods and versions begin with a capital letter: nearly all of a body is none. */
static enum header_answer start_at(const struct header_syntax *x, struct span octets, size_t at, bool in_front)
{
	if (in_front)
		return x->in_front(span_part(octets, at, octets.len));
	return octets.data[at] >= 'A' && octets.data[at] <= 'Z' ? x->anywhere(span_part(octets, at, octets.len)) : HEADER_BAD;
}

/* How many octets to pass over to come to the next start line, as an answer to the stream; with STREAM_MORE and not lost it is here. */
static size_t resynchronise(const struct header_syntax *x, struct header_way *w, struct span octets)
{
	for (size_t i = 0; i < octets.len; i++) {
		enum header_answer answer = start_at(x, octets, i, w->in_front);

		w->lost = answer != HEADER_WHOLE;
		if (answer != HEADER_BAD)
			return i ? i : STREAM_MORE;
		w->in_front = octets.data[i] == '\n';
	}
	return octets.len;
}

static enum header_answer measure(const struct header_syntax *x, struct header_way *w, struct span octets, size_t *ret)
{
	bool whole = header_measure(octets, w->searched, ret);

	if ((whole ? *ret : octets.len) > x->max)
		return HEADER_BAD;
	w->searched = whole ? 0 : octets.len;
	return whole ? HEADER_WHOLE : HEADER_MORE;
}

static enum header_answer read_on(const struct header_syntax *x, struct search *st, struct header_way *w, struct span octets, struct emit *to, size_t *ret)
{
	enum header_answer answer = HEADER_WHOLE;

	*ret = w->lost ? resynchronise(x, w, octets) : x->blank(octets);
	if (*ret || w->lost) {
		*ret = search_pass(st, *ret);
		return HEADER_MORE;
	}
	if (w->searched == 0)
		answer = x->expected(octets);
	if (answer == HEADER_WHOLE)
		answer = measure(x, w, octets, ret);
	if (answer != HEADER_WHOLE)
		*ret = answer == HEADER_MORE ? STREAM_MORE : header_way_refuse(x, st, w, octets, to);
	return answer;
}

/* Nothing but a line end, or another control, or many more octets can tell more of a start line than was known: so each of its octets is looked at a few times
 * only, however many pieces it comes in. */
static bool tells_more(struct header_way *w, struct span octets)
{
	while (w->scanned < octets.len && octets.data[w->scanned] >= ' ' && octets.data[w->scanned] != 0x7f)
		w->scanned++;
	return w->scanned < octets.len || octets.len >= 2 * w->looked;
}

enum header_answer header_way_read(const struct header_syntax *x, struct search *st, struct header_way *w, struct span octets, struct emit *to, size_t *ret)
{
	enum header_answer answer;

	*ret = STREAM_MORE;
	if (w->searched == 0 && !tells_more(w, octets))
		return HEADER_MORE;
	answer = read_on(x, st, w, octets, to, ret);
	w->looked = w->scanned = answer == HEADER_MORE && *ret == STREAM_MORE ? octets.len : 0;
	return answer;
}
