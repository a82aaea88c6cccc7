#include "tests/unit/store_expect.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

char store_path[64];
static char folder[] = "/tmp/dialtone-store-XXXXXX";
static char said_path[64];

int store_make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(store_path, sizeof store_path, "%s/test.db", folder);
	snprintf(said_path, sizeof said_path, "%s/stderr", folder);
	return 0;
}

int store_empty_folder(void **state)
{
	static const char *const names[] = { "test.db", "test.db-wal", "test.db-shm", "test.db-journal", "stderr" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char name[96];

		snprintf(name, sizeof name, "%s/%s", folder, names[i]);
		unlink(name);
	}
	return 0;
}

int store_remove_folder(void **state)
{
	store_empty_folder(state);
	return rmdir(folder);
}

/* ---- asking ---- */

/* The first column of the first row, as text. */
const char *store_ask(const char *sql)
{
	static char out[4096];
	sqlite3 *db;
	sqlite3_stmt *statement = NULL;

	assert_int_equal(sqlite3_open(store_path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	snprintf(out, sizeof out, "%s", sqlite3_column_text(statement, 0) ? (const char *)sqlite3_column_text(statement, 0) : "(null)");
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return out;
}

void store_tell(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

void store_check(const char *sql, const char *answer)
{
	const char *got = store_ask(sql);

	if (strcmp(got, answer) != 0)
		fail_msg("%s: %s, not %s", sql, got, answer);
}

/* ---- what is said on stderr ---- */

static int stderr_kept;

void store_listen(void)
{
	int to = open(said_path, O_CREAT | O_TRUNC | O_RDWR, 0600);

	fflush(stderr);
	stderr_kept = dup(STDERR_FILENO);
	dup2(to, STDERR_FILENO);
	close(to);
}

/* One line that begins "dialtone: PATH: " and goes on with `words`. */
void store_heard(const char *words)
{
	char said[1024], wanted[256];
	FILE *in;

	fflush(stderr);
	dup2(stderr_kept, STDERR_FILENO);
	close(stderr_kept);
	in = fopen(said_path, "r");
	said[fread(said, 1, sizeof said - 1, in)] = '\0';
	fclose(in);
	snprintf(wanted, sizeof wanted, "dialtone: %s: %s\n", store_path, words);
	assert_string_equal(said, wanted);
}
