/*
 * What `list`, `show`, `export`, `status` and `watch` read of a database that somebody else wrote (store_image.h): every sign-in of it through a
 * sink, or the board of `watch`, the list and the status. Each call that fails has logged one line, and each that succeeds none.
 */
#include <locale.h>
#include <stdlib.h>

#include "sink/html.h"
#include "sink/sink.h"
#include "sink/store_read.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/image_vfs.h"
#include "tests/fuzz/store_image.h"
#include "watch/plain.h"
#include "watch/view.h"

/* What is read, by the first octet: to read all each time is four times as slow. */
enum sort { SORT_WORDS, SORT_PAGE, SORT_PACKETS, SORT_BOARD };

#define NOW INT64_C(1700000101000000000)

static void expect_said(bool good, unsigned long before)
{
	fuzz_expect(fuzz_errors() - before == !good, "whoever reads in vain is told once why, else nothing is said");
}

/* ---- sinks ---- */

/* Blocks of which each says its length before and behind it (draft-ietf-opsawg-pcapng, 3.1). */
static void check_blocks(struct span printed)
{
	while (printed.len) {
		uint32_t before = 0, behind = 1;

		if (printed.len >= 12)
			memcpy(&before, printed.data + 4, sizeof before);
		fuzz_expect(before >= 12 && before % 4 == 0 && before <= printed.len, "a block of an exported capture has its length");
		memcpy(&behind, printed.data + before - 4, sizeof behind);
		fuzz_expect(before == behind, "a block of an exported capture ends as it begins");
		printed = span_part(printed, before, printed.len);
	}
}

static void print_words(const struct report *r)
{
	const struct text_style style = { .width = 80, .utf8 = true, .story = true };

	fuzz_rewind();
	json_attempt(fuzz_output(), r->phones[0], r->phones[0]->attempts[0], r->capture_count > 1);
	fuzz_check_json(fuzz_printed());
	fuzz_rewind();
	text_report(fuzz_output(), r, &style);
	fuzz_check_text(fuzz_printed());
}

static void print_page(const struct report *r)
{
	fuzz_rewind();
	html_report(fuzz_output(), r, &(struct html_options){ .summary = false });
	fuzz_check_page(fuzz_printed());
}

static void export_packets(const struct report *r)
{
	fuzz_rewind();
	pcapng_attempt(fuzz_output(), r->phones[0], r->phones[0]->attempts[0], r->captures, r->capture_count);
	check_blocks(fuzz_printed());
}

/* ---- watch ---- */

static void watch(struct board *b)
{
	static const enum view_mode modes[] = { VIEW_PHONES, VIEW_LADDER, VIEW_EXPLAIN };
	struct plain *plain;
	struct canvas c = { 0 };

	fuzz_rewind();
	plain = plain_new(fuzz_output(), true);
	plain_show(plain, b);
	plain_free(plain);
	fuzz_check_text(fuzz_printed());
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		struct view v = { .mode = modes[i] };

		canvas_clear(&c, 24, 80, true);
		view_draw(&v, b, &c);
	}
	canvas_free(&c);
}

/* ---- reading ---- */

static void read_status(struct store_reader *r)
{
	unsigned long before = fuzz_errors();
	struct arena arena = { 0 };
	struct store_status status;

	expect_said(store_read_status(r, &arena, &status), before);
	arena_free(&arena);
}

static void find(struct store_reader *r)
{
	static const char *const words[] = { "last", "00:04:f2:aa:bb:01", "0004f2aabb" };
	unsigned long before;
	int64_t id;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		before = fuzz_errors();
		expect_said(store_read_find(r, words[i], &id), before);
	}
}

static void read_attempt(struct store_reader *r, int64_t id, enum sort sort, struct board *board)
{
	unsigned long before = fuzz_errors();
	const struct report *report = NULL;
	struct arena arena = { 0 };
	bool good = store_read_attempt(r, id, sort == SORT_PACKETS, &arena, &report);

	expect_said(good, before);
	if (good && report)
		switch (sort) {
		case SORT_WORDS: print_words(report); break;
		case SORT_PAGE: print_page(report); break;
		case SORT_PACKETS: export_packets(report); break;
		case SORT_BOARD: board_tell(board, report->phones[0], report->phones[0]->attempts[0], "1"); break;
		}
	arena_free(&arena);
}

static void read_attempts(struct store_reader *r, enum sort sort, struct board *board)
{
	const struct store_entry *entries;
	unsigned long before = fuzz_errors();
	struct arena arena = { 0 };
	size_t count;
	bool good = store_read_list(r, &(struct store_filter){ 0 }, &arena, &entries, &count);

	expect_said(good, before);
	for (size_t i = 0; good && i < count; i++)
		read_attempt(r, entries[i].id, sort, board);
	arena_free(&arena);
}

static void read_some(struct store_reader *r)
{
	const struct store_filter filter = { .text = "contoso", .cause = "strict-name", .has_since = true, .limit = 3 };
	const struct store_entry *entries;
	unsigned long before = fuzz_errors();
	struct arena arena = { 0 };
	size_t count;

	expect_said(store_read_list(r, &filter, &arena, &entries, &count), before);
	arena_free(&arena);
}

static void read_all(struct store_reader *r, enum sort sort)
{
	struct board board = { .now_ns = NOW };

	fuzz_expect(store_reader_changed(r), "the first look finds something new");
	read_attempts(r, sort, &board);
	if (sort == SORT_BOARD) {
		watch(&board);
		read_status(r);
		read_some(r);
		find(r);
	}
	board_free(&board);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	unsigned long before;
	struct store_reader *r;

	if (size == 0)
		return 0;
	if (!ready) {
		setlocale(LC_CTYPE, "C.UTF-8");
		image_vfs_install();
	}
	ready = true;
	image_vfs_show(store_image(span_of(data, size)));
	before = fuzz_errors();
	r = store_reader_open("/dev/null", NOW);        /* a name that is there; the octets are the image's */
	expect_said(r != NULL, before);
	if (r)
		read_all(r, (enum sort)(data[0] >> STORE_BITS & 3));
	store_reader_close(r);
	return 0;
}
