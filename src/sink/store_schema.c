/* Whose database it is, and bringing its schema forward. */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "sink/store_parts.h"

/* "dial": tells the store from other programs' databases (PRAGMA application_id). */
enum { APPLICATION_ID = 0x6469616c };

static const char newest[] =
#include "sink/schema.inc"
;

/* migrations[n] brings schema n + 1 to n + 2. */
static const char *const migrations[] = {
#include "sink/migrate_1.inc"
};

/* What a migration reads has to be tables, for a view could go on for ever: is_whole[n] tells it of schema n + 1. */
static const char *const is_whole[] = {
	"SELECT count(*) = 13 FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name IN ('capture', 'phone', 'phone_address', 'phone_vlan', "
	"'attempt', 'step', 'candidate', 'finding', 'certificate', 'event', 'story', 'cannot_show', 'frame')",
};
enum { SCHEMA_VERSION = sizeof migrations / sizeof migrations[0] + 1 };

bool store_schema_is_current(int64_t version)
{
	return version == SCHEMA_VERSION;
}

static bool execute(sqlite3 *db, const char *text)
{
	return sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
}

/* The number that a statement gives. */
static bool ask(sqlite3 *db, const char *text, int64_t *ret)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(db, text, -1, &statement, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW;
}

bool store_schema_version(sqlite3 *db, const char *path, int64_t *ret_version)
{
	int64_t tables, application;

	if (!ask(db, "SELECT count(*) FROM sqlite_master", &tables) || !ask(db, "PRAGMA application_id", &application)
	    || !ask(db, "PRAGMA user_version", ret_version)) {
		log_error("%s: %s", path, store_reason(db, sqlite3_extended_errcode(db)));
		return false;
	}
	if (tables == 0 && *ret_version == 0 && (application == 0 || application == APPLICATION_ID))
		return true;
	if (application != APPLICATION_ID || *ret_version < 1) {
		log_error("%s: this is the database of another program", path);
		return false;
	}
	if (*ret_version > SCHEMA_VERSION) {
		log_error("%s: made by a newer dialtone (its schema is %" PRId64 ", this program knows %d)", path, *ret_version, SCHEMA_VERSION);
		return false;
	}
	return true;
}

static bool forward(sqlite3 *db, int64_t version)
{
	char words[96];

	if (version == 0 && !execute(db, newest))
		return false;
	for (int64_t v = version; v && v < SCHEMA_VERSION; v++)
		if (!execute(db, migrations[v - 1]))
			return false;
	snprintf(words, sizeof words, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, SCHEMA_VERSION);
	return execute(db, words);
}

/* False after one logged line. */
static bool migrate(sqlite3 *db, const char *path, int64_t version)
{
	int64_t whole = 1;
	bool asked = version == 0 || version == SCHEMA_VERSION || ask(db, is_whole[version - 1], &whole);

	if (!whole) {
		log_error("%s: the database is damaged: tables are missing", path);
		return false;
	}
	if (asked && (version == SCHEMA_VERSION || forward(db, version)) && execute(db, "COMMIT"))
		return true;
	log_error("%s: %s", path, store_reason(db, sqlite3_extended_errcode(db)));
	return false;
}

/* Looks once more under the lock: another dialtone may have made the tables meanwhile. */
bool store_schema_migrate(sqlite3 *db, const char *path)
{
	int64_t version;
	bool begun = execute(db, "BEGIN IMMEDIATE"), good = begun && store_schema_version(db, path, &version) && migrate(db, path, version);

	if (!begun)
		log_error("%s: %s", path, store_reason(db, sqlite3_extended_errcode(db)));
	if (!sqlite3_get_autocommit(db))
		execute(db, "ROLLBACK");
	return good;
}
