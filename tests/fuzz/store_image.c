#include "tests/fuzz/store_image.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/text.h"
#include "sink/store_parts.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/sample_report.h"

enum { TABLES_MAX = 24, COLUMNS_MAX = 24, FILE_MAX = 1 << 20, REPEATED_MAX = 1 << 16 };

struct table {
	sqlite3_stmt *set[COLUMNS_MAX], *drop;
	unsigned columns;
};

struct base {
	sqlite3 *db;
	struct table tables[TABLES_MAX];
	unsigned count;
};

static void tell(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fuzz_expect(false, sqlite3_errmsg(db));
}

/* ---- a database of today ---- */

#define NOW INT64_C(1700000100000000000)

static void store_packets(struct store *s, const struct phone_report *phone, const struct attempt_report *a)
{
	static const uint8_t frame[60] = { 0x00, 0x04, 0xf2, 0xaa, 0xbb, 0x01, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x08, 0x00, 0x45 };
	struct packet_report packets[4];
	struct attempt_report with = *a;

	for (size_t i = 0; i < 4; i++)
		packets[i] = (struct packet_report){ frame_of(0, 60 + i), a->start_ns + (int64_t)i, 1, i % 2 ? 9 : 6, 60 + (uint32_t)i, span_of(frame, sizeof frame - i) };
	with.packets = packets;
	with.packet_count = 4;
	fuzz_expect(store_attempt(s, phone, &with) == STORE_DONE, "a sample can be stored");
}

static void store_report(struct store *s, const struct report *r)
{
	store_captures(s, r->captures, r->capture_count);
	for (size_t i = 0; i < r->phone_count; i++)
		for (size_t k = 0; k < r->phones[i]->attempt_count; k++)
			store_packets(s, r->phones[i], r->phones[i]->attempts[k]);
}

/* A daemon on another machine, whose last sign of life is not long ago. */
static void store_run(struct store *s)
{
	const struct capture_info eth1 = { .file = "eth1", .link_type = "EN10MB", .packets = 10, .bytes = 1000, .first_ns = NOW - 9, .last_ns = NOW, .time_digits = 9 };
	const struct capture_info *const interfaces[] = { &eth1 };
	struct attempt_report a = *sample_signed_in()->phones[0]->attempts[0];

	store_run_begin(s, 1, "0.1.0", NOW - 5 * NS_PER_S);
	store_interfaces(s, interfaces, 1);
	store_counter(s, "kernel-drops", "eth1", 3, NOW);
	store_loss(s, "eth1", NOW - 1, NOW, 7);
	a.start_ns++;
	a.going_on = true;
	store_packets(s, sample_signed_in()->phones[0], &a);
	store_run_alive(s, NOW);
	tell(s->db, "UPDATE run SET process = 'another-boot 17'");
}

static sqlite3 *make_new(void)
{
	static struct store *s;

	s = store_open(":memory:");
	fuzz_expect(s != NULL, "a database can be made in memory");
	store_report(s, sample_broken());
	store_report(s, sample_hostile());
	store_run(s);
	tell(s->db, "DROP VIEW sign_in; DROP VIEW evidence; DROP VIEW frame; DROP VIEW event; DROP VIEW story");        /* for people: nothing here reads them */
	return s->db;
}

/* ---- one of schema 1 ---- */

static char *read_schema_1(void)
{
	const char *source = getenv("srcdir");
	char path[4096], *sql = memory_get(FILE_MAX);
	FILE *in;

	snprintf(path, sizeof path, "%s/tests/unit/data/schema_1.sql", source ? source : ".");
	in = fopen(path, "r");
	fuzz_expect(in != NULL, "tests/unit/data/schema_1.sql is there (srcdir tells where)");
	sql[fread(sql, 1, FILE_MAX - 1, in)] = '\0';
	fclose(in);
	return sql;
}

/* The smallest of its sign-ins, for the migration takes its time. */
static sqlite3 *make_old(void)
{
	char *sql = read_schema_1();
	sqlite3 *db;

	fuzz_expect(sqlite3_open(":memory:", &db) == SQLITE_OK, "a database can be made in memory");
	tell(db, sql);
	tell(db, "PRAGMA foreign_keys = ON; DELETE FROM attempt WHERE id = 2; DELETE FROM event WHERE position > 8; DELETE FROM story WHERE position > 8; VACUUM");
	free(sql);
	return db;
}

/* ---- every value can be changed ---- */

/* Without comments, for SQLite reads all of it whenever the database is opened. */
static void bare(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *sql = (const char *)sqlite3_value_text(values[0]);
	struct text t = text_start(FILE_MAX);

	(void)count;
	for (const char *comment = sql ? strstr(sql, "--") : NULL; comment; comment = strstr(sql, "--")) {
		text_add_span(&t, span_of(sql, (size_t)(comment - sql)));
		sql = comment + strcspn(comment, "\n");
	}
	text_add(&t, sql ? sql : "");
	sqlite3_result_text(context, text_string(&t), -1, SQLITE_TRANSIENT);
	text_free(&t);
}

static void relax(sqlite3 *db)
{
	sqlite3_create_function(db, "bare", 1, SQLITE_UTF8, NULL, bare, NULL, NULL);
	tell(db, "PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = bare(sql) WHERE sql IS NOT NULL; "
		"UPDATE sqlite_master SET sql = replace(replace(sql, ' NOT NULL', ''), ' TEXT', '') WHERE type = 'table'; PRAGMA writable_schema = RESET");
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
		fuzz_expect(false, sqlite3_errmsg(db));
	return statement;
}

/* The columns that name a row; 0 without: the rowid does. */
static struct text key_of(sqlite3 *db, const char *table)
{
	sqlite3_stmt *s = prepare(db, "SELECT coalesce(group_concat(name), 'rowid') FROM pragma_table_info(?) WHERE pk");
	struct text key = text_start(256);

	sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
	if (sqlite3_step(s) == SQLITE_ROW)
		text_add(&key, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return key;
}

/* ?1 the value, ?2 the row, ?3 and ?4 where it comes to stand in the text that is there. */
static sqlite3_stmt *prepare_set(sqlite3 *db, const char *table, const char *key, const char *column)
{
	struct text sql = text_start(2048);
	sqlite3_stmt *statement;

	text_addf(&sql, "UPDATE OR IGNORE \"%s\" SET \"%s\" = iif(?3 IS NULL, ?1, substr(\"%s\", 1, ?3 %% (length(\"%s\") + 1)) || ?1 || "
		"substr(\"%s\", ?3 %% (length(\"%s\") + 1) + ?4 + 1)) ", table, column, column, column, column, column);
	text_addf(&sql, "WHERE (%s) IN (SELECT %s FROM \"%s\" LIMIT 1 OFFSET ?2 %% max(1, (SELECT count(*) FROM \"%s\")))", key, key, table, table);
	statement = prepare(db, text_string(&sql));
	text_free(&sql);
	return statement;
}

static sqlite3_stmt *prepare_drop(sqlite3 *db, const char *table, const char *key)
{
	struct text sql = text_start(1024);
	sqlite3_stmt *statement;

	text_addf(&sql, "DELETE FROM \"%s\" WHERE (%s) IN (SELECT %s FROM \"%s\" LIMIT 1 OFFSET ?2 %% max(1, (SELECT count(*) FROM \"%s\")))", table, key, key,
		table, table);
	statement = prepare(db, text_string(&sql));
	text_free(&sql);
	return statement;
}

static void add_table(struct base *b, const char *name)
{
	struct table *t = &b->tables[b->count++];
	struct text key = key_of(b->db, name);
	sqlite3_stmt *columns = prepare(b->db, "SELECT name FROM pragma_table_info(?)");

	sqlite3_bind_text(columns, 1, name, -1, SQLITE_STATIC);
	while (sqlite3_step(columns) == SQLITE_ROW && t->columns < COLUMNS_MAX)
		t->set[t->columns++] = prepare_set(b->db, name, text_string(&key), (const char *)sqlite3_column_text(columns, 0));
	t->drop = prepare_drop(b->db, name, text_string(&key));
	sqlite3_finalize(columns);
	text_free(&key);
}

static struct base base_of(sqlite3 *db)
{
	struct base b = { .db = db };
	sqlite3_stmt *tables;

	relax(db);
	tables = prepare(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
	while (sqlite3_step(tables) == SQLITE_ROW && b.count < TABLES_MAX)
		add_table(&b, (const char *)sqlite3_column_text(tables, 0));
	sqlite3_finalize(tables);
	return b;
}

/* ---- one change ---- */

struct edit {
	enum change kind;
	unsigned table, row, column, times;
	size_t place, gone;
	int64_t number;
	struct span octets;
};

static int64_t take_number(struct cursor *c)
{
	return (int64_t)((uint64_t)cursor_be32(c) << 32 | cursor_be32(c));
}

static struct edit take_edit(struct cursor *c)
{
	struct edit e = { .kind = (enum change)(cursor_u8(c) % CHANGES) };

	if (e.kind < CHANGE_OCTETS) {
		e.table = cursor_u8(c);
		e.row = cursor_u8(c);
		e.column = cursor_u8(c);
	} else {
		e.place = (size_t)cursor_u8(c) << 16;
		e.place |= cursor_be16(c);
	}
	if (e.kind == CHANGE_INTEGER || e.kind == CHANGE_REAL)
		e.number = take_number(c);
	if (e.kind == CHANGE_SMALL)
		e.number = (int8_t)cursor_u8(c);
	if (e.kind == CHANGE_SPLICE) {
		e.place = cursor_be16(c);
		e.gone = cursor_u8(c);
	}
	if (e.kind == CHANGE_REPEAT)
		e.times = cursor_u8(c) * 100U;
	if (e.kind == CHANGE_TEXT || e.kind == CHANGE_BLOB || e.kind == CHANGE_SPLICE || e.kind == CHANGE_REPEAT || e.kind == CHANGE_OCTETS)
		e.octets = cursor_take(c, cursor_u8(c));
	return e;
}

static void bind_repeated(sqlite3_stmt *s, const struct edit *e)
{
	struct text t = text_start(REPEATED_MAX);

	for (unsigned i = 0; i < e->times && !t.cut; i++)
		text_add_span(&t, e->octets);
	sqlite3_bind_text64(s, 1, text_string(&t), t.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	text_free(&t);
}

static void bind_value(sqlite3_stmt *s, const struct edit *e)
{
	double real;

	memcpy(&real, &e->number, sizeof real);
	switch (e->kind) {
	case CHANGE_INTEGER:
	case CHANGE_SMALL: sqlite3_bind_int64(s, 1, e->number); break;
	case CHANGE_REAL: sqlite3_bind_double(s, 1, real); break;
	case CHANGE_TEXT:
	case CHANGE_SPLICE: sqlite3_bind_text64(s, 1, (const char *)e->octets.data, e->octets.len, SQLITE_STATIC, SQLITE_UTF8); break;
	case CHANGE_BLOB: sqlite3_bind_blob64(s, 1, e->octets.data, e->octets.len, SQLITE_STATIC); break;
	case CHANGE_REPEAT: bind_repeated(s, e); break;
	default: break;
	}
}

static void change_row(const struct base *b, const struct edit *e)
{
	const struct table *t = &b->tables[e->table % b->count];
	sqlite3_stmt *s = e->kind == CHANGE_DELETE ? t->drop : t->set[e->column % t->columns];

	sqlite3_bind_int64(s, 2, e->row);
	if (e->kind == CHANGE_SPLICE) {
		sqlite3_bind_int64(s, 3, (sqlite3_int64)e->place);
		sqlite3_bind_int64(s, 4, (sqlite3_int64)e->gone);
	}
	bind_value(s, e);
	sqlite3_step(s);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
}

static void change_file(struct span *image, uint8_t *octets, const struct edit *e)
{
	size_t at = e->place % image->len;

	if (e->kind == CHANGE_CUT)
		image->len = at ? at : 1;
	else
		for (size_t i = 0; i < e->octets.len && at + i < image->len; i++)
			octets[at + i] = e->octets.data[i];
}

/* ---- all of them ---- */

static struct span change_all(const struct base *b, struct cursor input)
{
	static unsigned char *octets;
	struct cursor again = input;
	sqlite3_int64 size;
	struct span image;

	sqlite3_exec(b->db, "BEGIN", NULL, NULL, NULL);
	while (cursor_left(&input) && cursor_ok(&input)) {
		struct edit e = take_edit(&input);

		if (e.kind < CHANGE_OCTETS)
			change_row(b, &e);
	}
	sqlite3_free(octets);
	octets = sqlite3_serialize(b->db, "main", &size, 0);
	sqlite3_exec(b->db, "ROLLBACK", NULL, NULL, NULL);
	fuzz_expect(octets != NULL && size > 0, "a database in memory becomes a file");
	image = span_of(octets, (size_t)size);
	while (cursor_left(&again) && cursor_ok(&again)) {
		struct edit e = take_edit(&again);

		if (e.kind >= CHANGE_OCTETS)
			change_file(&image, octets, &e);
	}
	return image;
}

struct span store_image(struct span input)
{
	static struct base bases[2];
	struct cursor c = cursor_over(input);
	bool old = (cursor_u8(&c) & STORE_OLD) == STORE_OLD;

	if (!bases[0].db) {
		bases[0] = base_of(make_new());
		bases[1] = base_of(make_old());
	}
	return change_all(&bases[old], c);
}
