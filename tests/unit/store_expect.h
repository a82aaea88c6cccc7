/* A database in a folder of its own, asked with SQLite itself; and what is said on stderr. For the tests of the store. */
#ifndef TESTS_UNIT_STORE_EXPECT_H
#define TESTS_UNIT_STORE_EXPECT_H

extern char store_path[64];             /* of the database */

int store_make_folder(void **state);    /* cmocka fixtures: of a group */
int store_remove_folder(void **state);
int store_empty_folder(void **state);   /* of a test */

const char *store_ask(const char *sql); /* the first column of the first row, as text; good until the next call */
void store_tell(const char *sql);
void store_check(const char *sql, const char *answer);

/* Between these two one line must be said: "dialtone: PATH: " and then `words`. */
void store_listen(void);
void store_heard(const char *words);

#endif
