/*
 * The store where the power fails: after every sync and among the writes between, with nothing, and with any sectors of what was not synced yet. What is
 * found is sound; it is what was stored up to some transaction, all of it whole; and that is never one before the last that was called safe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/moment.h"
#include "sink/store.h"
#include "tests/unit/fault_vfs.h"
#include "tests/unit/store_expect.h"
#include "tests/unit/store_versions.h"

#define NOW INT64_C(1790000000000000000)
enum { TRANSACTIONS_MAX = 64, CHANCES = 3, EVERY = 13 };

/* Versions after each transaction; the last one may be under way. */
static struct history {
	unsigned there[TRANSACTIONS_MAX][SIGN_INS];
	unsigned tried, safe;
	unsigned failures, found_less;  /* failures of power that were played; those that took something */
} history;

static void append(unsigned sign_in, unsigned number)
{
	unsigned *next = history.there[history.tried + 1];

	assert_true(history.tried + 2 < TRANSACTIONS_MAX);
	memcpy(next, history.there[history.tried], sizeof history.there[0]);
	next[sign_in] = number;
	history.tried++;
}

/* ---- what is left ---- */

static char snapshot[48];

static void empty_snapshot(void)
{
	static const char *const names[] = { "test.db", "test.db-wal", "test.db-shm", "test.db-journal" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char name[96];

		snprintf(name, sizeof name, "%s/%s", snapshot, names[i]);
		unlink(name);
	}
}

/* Which transaction it is that the last found was. */
static unsigned find_state(const unsigned there[SIGN_INS])
{
	for (unsigned i = history.tried + 1; i-- > 0; )
		if (memcmp(history.there[i], there, sizeof history.there[i]) == 0)
			return i;
	fail_msg("what is found was never stored: %u %u %u %u %u", there[0], there[1], there[2], there[3], there[4]);
	return 0;
}

static void look(void)
{
	struct store *s = store_open(store_path);
	struct store_reader *r;
	unsigned there[SIGN_INS], found;

	assert_non_null(s);
	store_close(s);
	store_check("PRAGMA integrity_check", "ok");
	r = store_reader_open(store_path, NOW);
	assert_non_null(r);
	versions_read(r, there);
	store_reader_close(r);
	found = find_state(there);
	if (found < history.safe)
		fail_msg("transaction %u is found, %u was safe", found, history.safe);
	history.failures++;
	history.found_less += found < history.tried;
}

static void fail_power(void *user)
{
	char real[sizeof store_path];

	(void)user;
	memcpy(real, store_path, sizeof real);
	snprintf(store_path, sizeof store_path, "%s/test.db", snapshot);
	for (unsigned chance = 0; chance < CHANCES; chance++) {
		empty_snapshot();
		power_fails(snapshot, chance ? power_moments() * CHANCES + chance : 0);
		look();
	}
	memcpy(store_path, real, sizeof real);
}

/* ---- what is done until then ---- */

static void put(struct store *s, unsigned sign_in, unsigned number)
{
	const struct version *v = version_of(sign_in, number);

	append(sign_in, number);
	assert_int_equal(store_attempt(s, &v->phone, &v->attempt), STORE_DONE);
}

static void put_some(struct store *s, unsigned number)
{
	for (unsigned i = 0; i < 5; i++)
		put(s, i, number);
}

static void test_power(void **state)
{
	struct store *s;

	(void)state;
	power_watch();
	power_each(fail_power, NULL, EVERY);
	s = store_open(store_path);
	assert_int_equal(store_run_begin(s, getpid(), "0.1.0", NOW), STORE_DONE);
	put_some(s, 1);
	assert_int_equal(store_run_alive(s, NOW + 1), STORE_DONE);
	history.safe = history.tried;
	put_some(s, 2);
	store_tell("PRAGMA wal_checkpoint(PASSIVE)");
	put_some(s, 3);
	store_tell("PRAGMA wal_checkpoint(RESTART)");
	put_some(s, 1);
	assert_int_equal(store_run_alive(s, NOW + 2), STORE_DONE);
	history.safe = history.tried;
	append(0, 0);
	assert_int_equal(store_trim(s, NS_PER_S, 0, 5400 * NS_PER_S, 1, NULL), STORE_DONE);
	put_some(s, 2);
	store_close(s);
	history.safe = history.tried;
	fail_power(NULL);
	power_forget();
	print_message("power failed %u times and took something %u times\n", history.failures, history.found_less);
	assert_true(history.failures > 100 && history.found_less > 50);
}

/* ---- folders ---- */

static int make_folders(void **state)
{
	if (store_make_folder(state) != 0)
		return -1;
	snprintf(snapshot, sizeof snapshot, "%.*s/after", (int)(strrchr(store_path, '/') - store_path), store_path);
	return mkdir(snapshot, 0700);
}

static int remove_folders(void **state)
{
	power_forget();
	empty_snapshot();
	return rmdir(snapshot) | store_remove_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup(test_power, store_empty_folder) };

	fault_vfs_install();
	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
