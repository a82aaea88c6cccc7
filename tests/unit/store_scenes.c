#include "tests/unit/store_scenes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "tests/unit/store_expect.h"
#include "tests/unit/store_versions.h"

#define NOW INT64_C(1790000000000000000)
#define HOUR (3600 * NS_PER_S)

/* ---- what is logged: in place of base/log.c ---- */

static unsigned said;
static char said_last[512];

static void say(const char *format, va_list args)
{
	vsnprintf(said_last, sizeof said_last, format, args);
	said++;
}

void log_set_verbosity(int level)
{
	(void)level;
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	(void)format;
}

void log_info(const char *format, ...)
{
	(void)format;
}

void log_detail(const char *format, ...)
{
	(void)format;
}

/* ---- what is promised ---- */

/* Of each sign-in the versions that may be there, as bits: the one that was called stored last. Bit 0: none. */
static unsigned promised[SIGN_INS];

static const struct fault *fault;       /* that is played; NULL: none */
static enum store_result last_said;     /* of this store, and not over: no transaction has succeeded since */
static bool in_batch;

static enum store_result result_of(const struct fault *f)
{
	if (f->code == SQLITE_BUSY)
		return STORE_BUSY;
	return f->code == SQLITE_FULL || f->system == ENOSPC ? STORE_FULL : STORE_BROKEN;
}

/* The answer is what the fault is; it was logged, once, unless it was said before. */
static bool good(enum store_result result, unsigned before)
{
	bool news = result != STORE_DONE && result != last_said;

	if (result != STORE_DONE && (!fault || result != result_of(fault)))
		fail_msg("the answer is %u: %s", result, said_last);
	if (said - before != news)
		fail_msg("%u lines were logged for answer %u: %s", said - before, result, said_last);
	if (result != STORE_DONE || !in_batch)
		last_said = result;
	return result == STORE_DONE;
}

#define GOOD(call) (before = said, good((call), before))

static struct store *open_store(void)
{
	unsigned before = said;
	struct store *s = store_open(store_path);

	last_said = STORE_DONE;
	if (said - before != !s || (!s && !fault))
		fail_msg("%u lines were logged for opening: %s", said - before, said_last);
	return s;
}

static void put(struct store *s, unsigned sign_in, unsigned number)
{
	const struct version *v = version_of(sign_in, number);
	unsigned before;

	if (GOOD(store_attempt(s, &v->phone, &v->attempt)))
		promised[sign_in] = 1U << number;
}

/* ---- looking after it, on a disk that is well ---- */

static void check_promises(void)
{
	struct store_reader *r = store_reader_open(store_path, NOW);
	unsigned there[SIGN_INS];

	assert_non_null(r);
	versions_read(r, there);
	for (unsigned i = 0; i < SIGN_INS; i++)
		if (!(promised[i] & 1U << there[i]))
			fail_msg("of sign-in %u version %u is there, promised were %x", i, there[i], promised[i]);
	store_reader_close(r);
}

static void check_sound(void)
{
	store_check("SELECT (SELECT group_concat(integrity_check) FROM pragma_integrity_check) || (SELECT count(*) FROM pragma_foreign_key_check) || "
		"(SELECT count(*) FROM phone WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.mac = phone.mac))", "ok00");
}

/* The store goes on where it was, if it is open; a new one does in any case. */
static void check_after(struct store *s)
{
	fault = NULL;
	if (s) {
		put(s, SIGN_INS - 1, 1);
		store_close(s);
	}
	s = open_store();
	put(s, SIGN_INS - 2, 1);
	store_close(s);
	check_promises();
	check_sound();
}

/* ---- databases that are there before, made once ---- */

struct image {
	char *octets;
	size_t len;
};

static void image_keep(struct image *image)
{
	FILE *in = fopen(store_path, "r");

	image->octets = memory_get(1 << 20);
	image->len = fread(image->octets, 1, 1 << 20, in);
	assert_true(feof(in));
	fclose(in);
}

static void image_put(const struct image *image)
{
	FILE *out = fopen(store_path, "w");

	assert_int_equal(fwrite(image->octets, 1, image->len, out), image->len);
	fclose(out);
}

static void nothing(void)
{
}

static void make_filled(void)
{
	static struct image image;
	struct store *s;

	for (unsigned i = 0; i < 5; i++)
		promised[i] = 1U << 1;
	if (image.octets) {
		image_put(&image);
		return;
	}
	s = open_store();
	for (unsigned i = 0; i < 5; i++)
		put(s, i, 1);
	store_close(s);
	image_keep(&image);
}

/* ---- a new store ---- */

static struct store *act_new(void)
{
	struct store *s = open_store();
	unsigned before;

	if (!s)
		return NULL;
	(void)GOOD(store_captures(s, NULL, 0));
	put(s, 0, 1);
	put(s, 1, 2);
	return s;
}

static struct store *act_close(void)
{
	store_close(act_new());
	return NULL;
}

const struct scene scene_new = { nothing, act_new, nothing }, scene_close = { nothing, act_close, nothing };

/* ---- sign-ins that grow, and shrink ---- */

static void put_batch(struct store *s)
{
	static const unsigned changed[][2] = { { 0, 3 }, { 5, 1 }, { 1, 3 } };
	unsigned before;

	in_batch = true;
	(void)GOOD(store_begin(s));
	for (size_t i = 0; i < 3; i++)
		(void)GOOD(store_attempt(s, &version_of(changed[i][0], changed[i][1])->phone, &version_of(changed[i][0], changed[i][1])->attempt));
	in_batch = false;
	if (GOOD(store_commit(s)))
		for (size_t i = 0; i < 3; i++)
			promised[changed[i][0]] = 1U << changed[i][1];
}

static struct store *act_grow(void)
{
	struct store *s = open_store();

	if (!s)
		return NULL;
	put(s, 0, 2);
	put_batch(s);
	put(s, 1, 1);
	return s;
}

const struct scene scene_grow = { make_filled, act_grow, nothing };

/* ---- a daemon's life ---- */

static struct store *act_run(void)
{
	const struct capture_info eth1 = { .file = "eth1", .link_type = "EN10MB", .packets = 1, .bytes = 60 };
	const struct capture_info *const interfaces[] = { &eth1 };
	struct store *s = open_store();
	unsigned before;

	if (!s)
		return NULL;
	if (!GOOD(store_run_begin(s, getpid(), "0.1.0", NOW)))
		return s;
	(void)GOOD(store_interfaces(s, interfaces, 1));
	(void)GOOD(store_counter(s, "packets", NULL, 7, NOW));
	(void)GOOD(store_loss(s, "eth1", NOW - 5, NOW, 3));
	put(s, 0, 2);
	(void)GOOD(store_run_alive(s, NOW + 1));
	(void)GOOD(store_interfaces(s, interfaces, 1));
	(void)GOOD(store_run_end(s, NOW + 2));
	return s;
}

const struct scene scene_run = { make_filled, act_run, nothing };

/* ---- retention: two sign-ins are too old, and go one at a time ---- */

static struct store *act_trim(void)
{
	struct store *s = open_store();
	unsigned before, done = 0;

	if (!s)
		return NULL;
	promised[0] |= 1;
	promised[1] |= 1;
	for (unsigned i = 0; i < 3; i++)
		done += GOOD(store_trim(s, 4 * HOUR, 0, 6 * HOUR + 3 * NS_PER_S, 1, NULL));
	if (done == 3)
		promised[0] = promised[1] = 1;
	put(s, 2, 2);
	return s;
}

const struct scene scene_trim = { make_filled, act_trim, nothing };

/* ---- a database of schema 1, the smaller two of its sign-ins ---- */

static char old_answer[8192];

static const char old_question[] = "SELECT (SELECT group_concat(outcome || start) FROM sign_in) || (SELECT count(*) || sum(at_ns % 1000003) || max(json) FROM event) "
	"|| (SELECT count(*) || sum(length(text)) || max(sender || receiver) FROM story) || (SELECT count(*) || sum(number) FROM (SELECT DISTINCT * FROM frame)) "
	"|| (SELECT group_concat(code || message) FROM finding)";

static void tell_schema_1(void)
{
	const char *source = getenv("srcdir");
	char path[512], *sql = memory_get(1 << 20);
	FILE *in;

	snprintf(path, sizeof path, "%s/tests/unit/data/schema_1.sql", source ? source : ".");
	in = fopen(path, "r");
	if (!in)
		fail_msg("%s: cannot be read", path);
	sql[fread(sql, 1, (1 << 20) - 1, in)] = '\0';
	fclose(in);
	store_tell(sql);
	free(sql);
}

static void make_old(void)
{
	static struct image image;

	if (image.octets) {
		image_put(&image);
		return;
	}
	tell_schema_1();
	store_tell("PRAGMA foreign_keys = ON; DELETE FROM attempt WHERE id = 2; DELETE FROM phone WHERE mac NOT IN (SELECT mac FROM attempt)");
	store_tell("VACUUM");
	snprintf(old_answer, sizeof old_answer, "%s", store_ask(old_question));
	image_keep(&image);
}

static struct store *act_migrate(void)
{
	store_close(open_store());
	return NULL;
}

/* Whether it was brought forward or not: what it holds is the same, and the next one brings it forward. */
static void after_migrate(void)
{
	store_check(old_question, old_answer);
	fault = NULL;
	store_close(open_store());
	store_check(old_question, old_answer);
	store_check("PRAGMA user_version", "2");
	check_sound();
	store_empty_folder(NULL);
	make_filled();
}

const struct scene scene_migrate = { make_old, act_migrate, after_migrate };

/* ---- reading: it is right, or fails and tells why ---- */

static bool told_why(bool right, unsigned before)
{
	if (said - before != !right)
		fail_msg("%u lines were logged for reading: %s", said - before, said_last);
	return right;
}

#define TOLD_WHY(call) (before = said, told_why((call), before))

static void read_all(struct store_reader *r, struct arena *arena)
{
	const struct store_entry *entries;
	struct store_status status;
	const struct report *report;
	unsigned before;
	size_t count;
	int64_t id;

	if (TOLD_WHY(store_read_list(r, &(struct store_filter){ 0 }, arena, &entries, &count)))
		assert_int_equal(count, 5);
	if (TOLD_WHY(store_read_find(r, "sign-in 3", &id)) && TOLD_WHY(store_read_attempt(r, id, true, arena, &report)))
		version_expect(report, version_of(3, 1));
	if (TOLD_WHY(store_read_status(r, arena, &status)))
		assert_int_equal(status.attempts, 5);
}

static struct store *act_read(void)
{
	struct store_reader *r;
	struct arena arena = { 0 };
	unsigned before;

	if (TOLD_WHY((r = store_reader_open(store_path, NOW)) != NULL))
		read_all(r, &arena);
	store_reader_close(r);
	arena_free(&arena);
	return NULL;
}

/* Also what is in the -wal file yet, for a daemon is writing. */
static struct store *writer;

static void make_filling(void)
{
	make_filled();
	writer = open_store();
	put(writer, 3, 2);
	put(writer, 3, 1);
}

static void after_filling(void)
{
	fault = NULL;
	put(writer, 4, 2);
	store_close(writer);
}

static struct store *act_read_old(void)
{
	struct store_reader *r;
	struct arena arena = { 0 };
	const struct store_entry *entries;
	unsigned before;
	size_t count;

	if (TOLD_WHY((r = store_reader_open(store_path, NOW)) != NULL) && TOLD_WHY(store_read_list(r, &(struct store_filter){ 0 }, &arena, &entries, &count)))
		assert_int_equal(count, 2);
	store_reader_close(r);
	arena_free(&arena);
	return NULL;
}

const struct scene scene_read = { make_filled, act_read, nothing }, scene_read_filling = { make_filling, act_read, after_filling },
	scene_read_old = { make_old, act_read_old, after_migrate };

/* ---- for who plays them ---- */

void scene_begin(const struct scene *scene)
{
	store_empty_folder(NULL);
	for (unsigned i = 0; i < SIGN_INS; i++)
		promised[i] = 1;
	fault = NULL;
	scene->before();
}

struct store *scene_act(const struct scene *scene, const struct fault *f)
{
	fault = f;
	return scene->act();
}

void scene_end(const struct scene *scene, struct store *s)
{
	scene->after();
	check_after(s);
}

const char *scene_said_last(void)
{
	return said_last;
}
