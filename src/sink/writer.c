#include "sink/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/safe.h"
#include "base/text.h"

static void grow(struct writer *w, size_t more)
{
	w->room = 2 * w->room + more + 512;
	w->data = memory_resize(w->data, w->room, 1);
}

static inline char *room_for(struct writer *w, size_t more)
{
	if (w->room - w->len < more)
		grow(w, more);
	return w->data + w->len;
}

static inline void add(struct writer *w, const void *data, size_t len)
{
	memcpy(room_for(w, len), data, len);
	w->len += len;
}

static inline void add_octet(struct writer *w, char c)
{
	*room_for(w, 1) = c;
	w->len++;
}

/* Every value but the first of its object or list has a comma before it; a value behind its key has none. */
static inline void value(struct writer *w)
{
	*room_for(w, 1) = ',';
	w->len += w->comma;
	w->comma = true;
}

void writer_clear(struct writer *w)
{
	w->len = 0;
	w->comma = false;
}

void writer_free(struct writer *w)
{
	free(w->data);
	*w = (struct writer){ 0 };
}

void writer_open(struct writer *w, char bracket)
{
	value(w);
	add_octet(w, bracket);
	w->comma = false;
}

void writer_close(struct writer *w, char bracket)
{
	add_octet(w, bracket);
	w->comma = true;
}

static void add_escaped(struct writer *w, uint32_t c)
{
	static const char digits[] = "0123456789abcdef";
	char text[6] = { '\\', 'u', digits[c >> 12 & 15], digits[c >> 8 & 15], digits[c >> 4 & 15], digits[c & 15] };

	if (c == '\n')
		add(w, "\\n", 2);
	else if (c == '\t')
		add(w, "\\t", 2);
	else if (c == '\r')
		add(w, "\\r", 2);
	else
		add(w, text, sizeof text);
}

static void add_invalid(struct writer *w, uint8_t octet)
{
	static const char digits[] = "0123456789abcdef";
	char text[5] = { '\\', '\\', 'x', digits[octet >> 4], digits[octet & 15] };

	add(w, text, sizeof text);
}

static inline bool is_plain(uint8_t octet)
{
	return octet >= ' ' && octet < 0x7f && octet != '"' && octet != '\\';
}

#define EACH(octet) (0x0101010101010101u * (uint64_t)(octet))

/* In 0x80 of one octet at least, whether any of eight is 0. */
static inline uint64_t any_zero(uint64_t eight)
{
	return (eight - EACH(1)) & ~eight;
}

static inline bool are_plain(uint64_t eight)
{
	uint64_t below_space = (eight - EACH(' ')) & ~eight, above_tilde = (eight + EACH(0x80 - 0x7f)) | eight;

	return !((below_space | above_tilde | any_zero(eight ^ EACH('"')) | any_zero(eight ^ EACH('\\'))) & EACH(0x80));
}

/* Copies what needs no escape, of `len` octets at most, where there is room for them; answers how many. */
static inline size_t copy_plain(char *to, const uint8_t *from, size_t len)
{
	size_t n = 0;
	uint64_t eight;

	for (; len - n >= sizeof eight; n += sizeof eight) {
		memcpy(&eight, from + n, sizeof eight);
		if (!are_plain(eight))
			break;
		memcpy(to + n, &eight, sizeof eight);
	}
	for (; n < len && is_plain(from[n]); n++)
		to[n] = (char)from[n];
	return n;
}

/* One character that is not plain ASCII; answers its length in octets. */
static size_t add_special(struct writer *w, struct span s)
{
	size_t len = utf8_length(s);
	uint32_t c;

	if (len == 0) {
		add_invalid(w, s.data[0]);
		return 1;
	}
	c = safe_character(span_part(s, 0, len));
	if (c == '"' || c == '\\') {
		add_octet(w, '\\');
		add_octet(w, (char)c);
	} else if (safe_is_printable(c) || c > 0xffff) {
		add(w, s.data, len);
	} else {
		add_escaped(w, c);
	}
	return len;
}

/* In quotes; room for it and for what may stand behind it is made at once, where nothing is escaped. */
static void add_text(struct writer *w, const char *text, size_t len)
{
	const uint8_t *from = (const uint8_t *)text;
	size_t at = 0, n;

	room_for(w, len + 4);
	w->data[w->len++] = '"';
	for (;;) {
		n = copy_plain(room_for(w, len - at + 4), from + at, len - at);
		w->len += n;
		at += n;
		if (at == len)
			break;
		at += add_special(w, span_of(from + at, len - at));
	}
	w->data[w->len++] = '"';
}

void writer_text(struct writer *w, const char *text, size_t len)
{
	value(w);
	add_text(w, text, len);
}

void writer_key(struct writer *w, const char *name)
{
	value(w);
	add_text(w, name, strlen(name));
	add_octet(w, ':');
	w->comma = false;
}

void writer_string(struct writer *w, const char *text)
{
	if (text)
		writer_text(w, text, strlen(text));
	else
		writer_null(w);
}

static void add_number(struct writer *w, uint64_t n)
{
	char text[20];
	size_t at = sizeof text;

	do {
		text[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	add(w, text + at, sizeof text - at);
}

void writer_number(struct writer *w, uint64_t n)
{
	value(w);
	add_number(w, n);
}

void writer_signed(struct writer *w, int64_t n)
{
	value(w);
	if (n < 0)
		add_octet(w, '-');
	add_number(w, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void writer_hex(struct writer *w, uint64_t n, unsigned digits)
{
	char text[32];
	int len = snprintf(text, sizeof text, "\"0x%0*llx\"", (int)(digits > 16 ? 16 : digits), (unsigned long long)n);

	value(w);
	add(w, text, (size_t)len);
}

void writer_real(struct writer *w, double v, unsigned decimals)
{
	char text[400];
	int len = snprintf(text, sizeof text, "%.*f", (int)(decimals > 17 ? 17 : decimals), v);

	value(w);
	add(w, text, (size_t)len);
}

void writer_truth(struct writer *w, bool v)
{
	value(w);
	if (v)
		add(w, "true", 4);
	else
		add(w, "false", 5);
}

void writer_null(struct writer *w)
{
	value(w);
	add(w, "null", 4);
}

static void add_fraction(struct writer *w, int64_t ns, unsigned digits)
{
	char text[10] = ".000000000";

	for (size_t i = sizeof text; i-- > 1; ns /= 10)
		text[i] = (char)('0' + ns % 10);
	if (digits)
		add(w, text, 1 + (size_t)(digits > 9 ? 9 : digits));
}

void writer_time(struct writer *w, int64_t at_ns, unsigned digits)
{
	int64_t second = at_ns / NS_PER_S, ns = at_ns % NS_PER_S;
	char text[MOMENT_TEXT];

	if (ns < 0) {
		ns += NS_PER_S;
		second--;
	}
	if (!w->has_second || w->second != second) {
		snprintf(w->second_text, sizeof w->second_text, "%s", moment_format(at_ns, 0, text));
		w->second_text[strcspn(w->second_text, "Z")] = '\0';
		w->second = second;
		w->has_second = true;
	}
	value(w);
	add_octet(w, '"');
	add(w, w->second_text, strlen(w->second_text));
	add_fraction(w, ns, digits);
	add(w, "Z\"", 2);
}

void writer_mac(struct writer *w, struct mac m)
{
	char text[MAC_TEXT];

	mac_format(m, text);
	writer_text(w, text, MAC_TEXT - 1);
}

static void add_addr(struct writer *w, const struct addr *a)
{
	char text[ADDR_TEXT];

	if (a->family != 4) {
		addr_format(a, text);
		add(w, text, strlen(text));
		return;
	}
	for (unsigned i = 0; i < 4; i++) {
		if (i)
			add_octet(w, '.');
		add_number(w, a->octet[i]);
	}
}

void writer_addr(struct writer *w, const struct addr *a)
{
	value(w);
	add_octet(w, '"');
	add_addr(w, a);
	add_octet(w, '"');
}

void writer_endpoint(struct writer *w, const struct endpoint *e)
{
	bool six = e->addr.family == 6;

	value(w);
	add(w, six ? "\"[" : "\"", six ? 2 : 1);
	add_addr(w, &e->addr);
	add(w, six ? "]:" : ":", six ? 2 : 1);
	add_number(w, e->port);
	add_octet(w, '"');
}

void writer_part(struct writer *w, FILE *out)
{
	fwrite(w->data, 1, w->len, out);
	w->len = 0;
}

void writer_line(struct writer *w, FILE *out)
{
	add_octet(w, '\n');
	writer_part(w, out);
	writer_clear(w);
}

const char *writer_result(struct writer *w)
{
	*room_for(w, 1) = '\0';
	return w->data;
}
