/*
 * All dissectors. The first octet selects one (its low six bits) and how it is called (the two above):
 *
 *     datagram   the octets behind it are one datagram
 *     stream     pieces of a connection (pieces.h), each given whole
 *     split      the same, whole and again by the number of octets that the second octet says: the events must be the same, where
 *                nothing is malformed
 *     hail       the octets behind it are one side of a stream, given octet by octet, and recognised first
 *
 * A dissector that knows no such call is called the other way.
 */
#include <stdlib.h>
#include <string.h>

#include "dissectors/http.h"
#include "dissectors/sip.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/pieces.h"
#include "tests/unit/fake_emit.h"

enum mode { MODE_DATAGRAM, MODE_STREAM, MODE_SPLIT, MODE_HAIL };

static struct emit emit;

static unsigned dissector_count(void)
{
	unsigned count = 0;

	while (dissectors[count])
		count++;
	return count;
}

static void check_events(void)
{
	for (size_t i = 0; i < emit.count; i++)
		fuzz_check_event(emit.events[i]);
}

static void run_datagram(const struct dissector *d, struct span octets)
{
	fake_datagram(d, &emit, octets.data, octets.len);
	check_events();
}

static size_t pieces_read(struct span octets, struct piece pieces[PIECES_MAX])
{
	struct cursor c = cursor_over(octets);
	size_t count = 0;

	while (count < PIECES_MAX && cursor_left(&c) > 3) {
		uint8_t control = cursor_u8(&c);
		size_t len = cursor_be16(&c), left = cursor_left(&c);
		struct span s = span_of(NULL, len);

		if (!(control & PIECE_HOLE))
			s = cursor_take(&c, len < left ? len : left);
		pieces[count++] = (struct piece){ control & PIECE_SERVER ? SIDE_SERVER : SIDE_CLIENT, s.data, s.len };
	}
	return count;
}

static void run_stream(const struct dissector *d, struct span octets)
{
	struct piece pieces[PIECES_MAX];

	fake_stream(d, &emit, pieces, pieces_read(octets, pieces), 0);
	check_events();
}

/* Where a dissector has to find its feet in the middle, what it finds may depend on what has come so far: that is no broken promise. HTTP and SIP look
 * for a message at the beginnings of segments, behind a body whose end nobody told. */
static bool is_sound(const struct dissector *d, const struct piece *pieces, size_t count)
{
	bool begun[2] = { false, false };

	if (d == &http_dissector || d == &sip_dissector)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!pieces[i].octets)
			return false;
		if (!begun[pieces[i].from] && d->recognise && !d->recognise(span_of(pieces[i].octets, pieces[i].len), TRANSPORT_TCP))
			return false;
		begun[pieces[i].from] = true;
	}
	return emit.malformed == 0;
}

static void run_split(const struct dissector *d, struct span octets)
{
	size_t step = octets.len ? 1 + octets.data[0] % 64u : 1;
	struct piece pieces[PIECES_MAX];
	size_t count = pieces_read(span_part(octets, 1, octets.len), pieces);
	char *whole, *split;
	bool sound;

	fake_stream(d, &emit, pieces, count, 0);
	whole = fake_print(&emit);
	sound = is_sound(d, pieces, count);
	fake_reset(&emit);
	fake_stream(d, &emit, pieces, count, step);
	split = fake_print(&emit);
	if (sound && !emit.malformed && strcmp(whole, split) != 0) {
		fprintf(stderr, "%s whole:\n%s%s by %zu octets:\n%s", d->name, whole, d->name, step, split);
		fuzz_expect(false, "events do not depend on how a stream is split");
	}
	free(whole);
	free(split);
}

static void run_hail(const struct dissector *d, struct span octets)
{
	const struct piece piece = { SIDE_CLIENT, octets.data, octets.len };

	if (d->recognise)
		d->recognise(octets, TRANSPORT_TCP);
	fake_stream(d, &emit, &piece, 1, 1);
	check_events();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dissector *d;
	struct span octets;
	enum mode mode;

	if (size < 2)
		return 0;
	d = dissectors[(data[0] & 0x3f) % dissector_count()];
	mode = (enum mode)(data[0] >> 6);
	if (mode == MODE_DATAGRAM && !d->datagram)
		mode = MODE_STREAM;
	octets = span_of(data + 1, size - 1);
	if (mode == MODE_DATAGRAM || !d->stream)
		run_datagram(d, octets);
	else if (mode == MODE_STREAM)
		run_stream(d, octets);
	else if (mode == MODE_SPLIT)
		run_split(d, octets);
	else
		run_hail(d, octets);
	fake_reset(&emit);
	return 0;
}
