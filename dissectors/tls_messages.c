/*
 * Handshake messages in clear, out of records. Rules: RFC 5246 6.2.1 and 7.4, RFC 8446 5.1.
 *
 * Records are waited for until they hold a whole message. Each record is looked at once while it waits, and copied once where a message is in several.
 */
#include "dissectors/tls_messages.h"

#include <stdlib.h>

#include "base/memory.h"

enum {
	WAIT_MAX = 256 * 1024,          /* what a stream may be asked to wait for (flow/dissector.h) */
	WALK_MAX = WAIT_MAX - 2 * TLS_RECORD_MAX,       /* records of one message: one more and a segment may come */
	MESSAGE_MAX = 128 * 1024,       /* a longer message is not waited for: tls_long.h */
	UNSURE_MAX = 1 << 16,           /* behind a hole a message longer than this is taken for octets from inside another */
};

enum walk {
	WALK_MORE,      /* the message is not whole yet */
	WALK_WHOLE,
	WALK_BROKEN,    /* something else comes before it is whole */
	WALK_STRANGE,   /* it is no handshake message */
	WALK_LONG,      /* it is too long to be waited for */
};

static size_t message_length(const struct tls_messages *m)
{
	struct cursor c = cursor_over(span_of(m->head + 1, 3));

	return TLS_MESSAGE_HEADER + (size_t)cursor_be24(&c);
}

/* As far as the records that were walked over tell. */
static enum walk judge(const struct tls_messages *m)
{
	size_t length;

	if (m->head_len && !tls_handshake_known(m->head[0]))
		return WALK_STRANGE;
	if (m->head_len < TLS_MESSAGE_HEADER)
		return WALK_MORE;
	length = message_length(m);
	if (m->unsure && length > UNSURE_MAX)
		return WALK_STRANGE;
	if (length > MESSAGE_MAX)
		return WALK_LONG;
	if (m->payload - m->skip >= length)
		return WALK_WHOLE;
	return m->walked > WALK_MAX ? WALK_LONG : WALK_MORE;
}

static void walk_over(struct tls_messages *m, const struct tls_record *r)
{
	struct span fresh = r->fragment;

	if (m->payload < m->skip)
		fresh = span_part(fresh, m->skip - m->payload, fresh.len);
	for (size_t i = 0; i < fresh.len && m->head_len < TLS_MESSAGE_HEADER; i++)
		m->head[m->head_len++] = fresh.data[i];
	m->payload += r->fragment.len;
	m->walked += r->total;
}

static enum walk walk(struct tls_messages *m, struct span octets, uint64_t offset)
{
	enum walk verdict;

	while ((verdict = judge(m)) == WALK_MORE) {
		struct tls_record r;
		enum tls_answer answer = tls_record_read(span_part(octets, m->walked, octets.len), &r);

		m->next = offset + m->walked + (answer == TLS_YES ? r.total : 0);
		if (answer == TLS_NO || (answer == TLS_YES && r.type != TLS_HANDSHAKE))
			return WALK_BROKEN;
		if (answer == TLS_MORE || !tls_record_is_whole(&r))
			return WALK_MORE;
		walk_over(m, &r);
	}
	return verdict;
}

/* Consumes `octets`; of the handshake messages behind them `skip` octets are to be passed over. */
static size_t consume(struct tls_messages *m, size_t octets, size_t skip)
{
	m->walked = m->payload = m->head_len = 0;
	m->skip = skip;
	return octets;
}

/* A record among those that were walked over, and how much of the messages is before it. */
struct spot {
	struct span octets;
	size_t at, before;
	struct tls_record record;
};

/* To the record that holds octet `payload` of the messages; forward only. */
static void spot_move(struct spot *s, size_t payload)
{
	while (payload >= s->before + s->record.fragment.len) {
		s->before += s->record.fragment.len;
		s->at += s->record.total;
		tls_record_read(span_part(s->octets, s->at, s->octets.len), &s->record);
	}
}

/* Where the message is that has octets [begin, until) of the messages: from its first octet to the end of the record that completes it. */
static struct tls_place spot_place(struct spot *s, enum side from, size_t begin, size_t until, uint64_t offset)
{
	struct tls_place place = { .side = from };

	spot_move(s, begin);
	place.version = s->record.version;
	place.from = offset + s->at + (begin == s->before ? 0 : TLS_RECORD_HEADER + begin - s->before);
	spot_move(s, until - 1);
	place.until = offset + s->at + s->record.total;
	return place;
}

/* The messages of the records that were walked over, in one piece: in `*ret_room`, which is to be freed, where they are in several records. */
static struct span join(const struct tls_messages *m, const struct spot *first, uint8_t **ret_room)
{
	struct spot s = *first;
	size_t len = 0;

	*ret_room = NULL;
	if (m->payload == first->record.fragment.len)
		return span_part(first->record.fragment, m->skip, m->payload);
	*ret_room = memory_get(m->payload);
	while (len < m->payload) {
		spot_move(&s, len);
		memcpy(*ret_room + len, s.record.fragment.data, s.record.fragment.len);
		len += s.record.fragment.len;
	}
	return span_part(span_of(*ret_room, len), m->skip, len);
}

/* Every whole message. The record in which the next one begins stays. */
static size_t read_messages(struct tls_messages *m, struct tls_session *s, enum side from, struct span octets, struct emit *to)
{
	struct spot spot = { .octets = octets };
	struct cursor c, ahead;
	uint8_t *room;
	size_t done;

	tls_record_read(octets, &spot.record);
	c = ahead = cursor_over(join(m, &spot, &room));
	for (;; c = ahead) {
		uint8_t type = cursor_u8(&ahead);
		struct span body = cursor_take(&ahead, cursor_be24(&ahead));
		struct tls_place place;

		if (!cursor_ok(&ahead) || !tls_handshake_known(type))
			break;
		place = spot_place(&spot, from, m->skip + cursor_offset(&c), m->skip + cursor_offset(&ahead), emit_offset(to));
		tls_message_read(s, &place, type, body, to);
		m->unsure = false;
	}
	free(room);
	done = m->skip + cursor_offset(&c);
	if (done == m->payload)
		return consume(m, m->walked, 0);
	spot_move(&spot, done);
	return consume(m, spot.at, done - spot.before);
}

/* Behind a hole in which a ChangeCipherSpec may have been, what is no message is encrypted, or from inside one. */
static size_t refuse(struct tls_messages *m, const char *reason, struct emit *to)
{
	if (!m->unsure)
		emit_malformed(to, NULL, reason);
	m->unsure = true;
	return consume(m, m->walked, 0);
}

/* Of a message that is too long to be waited for, what is in this record; it is waited for. */
static void read_long(struct tls_messages *m, struct tls_session *s, const struct tls_record *r, uint64_t until, struct emit *to)
{
	struct tls_long *l = &m->long_one;
	struct cursor c;
	uint8_t type;

	m->skip += tls_long_add(l, span_part(r->fragment, m->skip, r->fragment.len));
	if (!tls_long_is_whole(l))
		return;
	l->place.until = until;
	c = cursor_over(span_of(l->octets, l->len));
	type = cursor_u8(&c);
	cursor_skip(&c, TLS_MESSAGE_HEADER - 1);
	tls_message_read(s, &l->place, type, cursor_rest(&c), to);
	tls_long_close(l);
}

static void begin_long(struct tls_messages *m, enum side from, const struct tls_record *r, struct emit *to)
{
	uint64_t at = emit_offset(to) + (m->skip ? TLS_RECORD_HEADER + m->skip : 0);
	size_t length = message_length(m);
	bool opened = tls_long_open(&m->long_one, length, &(struct tls_place){ .side = from, .version = r->version, .from = at });

	if (!opened)
		emit_counted(to, "handshake message longer than 1 MiB");
	consume(m, 0, m->skip + (opened ? 0 : length));
}

size_t tls_messages_read(struct tls_messages *m, struct tls_session *s, enum side from, struct span octets, struct emit *to)
{
	struct tls_record r;
	size_t fragment, used;

	tls_record_read(octets, &r);
	fragment = r.total - TLS_RECORD_HEADER;
	for (;;) {
		m->next = emit_offset(to) + r.total;
		if (m->skip >= fragment)
			return consume(m, r.total, m->skip - fragment);
		if (tls_long_is_open(&m->long_one)) {
			if (!tls_record_is_whole(&r))
				return STREAM_MORE;
			read_long(m, s, &r, m->next, to);
			continue;
		}
		switch (walk(m, octets, emit_offset(to))) {
		case WALK_MORE: return STREAM_MORE;
		case WALK_BROKEN: return refuse(m, "a handshake message ends early", to);
		case WALK_STRANGE: return refuse(m, "no handshake message where one should begin", to);
		case WALK_LONG:
			begin_long(m, from, &r, to);
			break;
		case WALK_WHOLE:
			used = read_messages(m, s, from, octets, to);
			if (used)
				return used;
			break;
		}
	}
}

void tls_messages_break(struct tls_messages *m)
{
	tls_long_close(&m->long_one);
	consume(m, 0, 0);
}
