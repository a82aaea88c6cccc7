/*
 * Retention in small steps. Deleted attempts leave free pages, which new ones use: the file only shrinks where more than an eighth of it is free,
 * a little at a time, so that a store that keeps its size does not move its pages about.
 */
#include "sink/store_parts.h"

enum { GIVE_BACK_PAGES = 256, FREE_SHARE = 8 };

struct oldest {
	int64_t id, end_ns;
	char mac[MAC_TEXT];
};

/* An attempt of this run that is going on is passed over; one of an earlier run was interrupted and is as old as any other. */
static bool find_oldest(struct store *s, struct oldest *ret)
{
	sqlite3_stmt *find = s->statements[SQL_FIND_OLDEST];
	struct row r = row_start(s, SQL_FIND_OLDEST);
	bool found;
	int code;

	put_integer_if(&r, s->run, s->run);
	code = s->result == STORE_DONE ? sqlite3_step(find) : SQLITE_DONE;
	found = code == SQLITE_ROW && sqlite3_column_text(find, 1);
	if (found) {
		ret->id = sqlite3_column_int64(find, 0);
		ret->end_ns = sqlite3_column_int64(find, 3);
		sqlite3_snprintf(sizeof ret->mac, ret->mac, "%s", sqlite3_column_text(find, 1));
	} else if (code != SQLITE_DONE && code != SQLITE_ROW) {
		store_fail(s, code);
	}
	sqlite3_reset(find);
	sqlite3_clear_bindings(find);
	return found;
}

static void drop(struct store *s, const struct oldest *o)
{
	struct row attempt = row_start(s, SQL_DROP_ATTEMPT), phone = row_start(s, SQL_DROP_PHONE);

	put_integer(&attempt, o->id);
	row_run(&attempt, NULL);
	put_text_value(&phone, o->mac);
	row_run(&phone, NULL);
}

static void drop_losses(struct store *s, int64_t before_ns)
{
	struct row r = row_start(s, SQL_DROP_LOSSES);

	put_integer(&r, before_ns);
	row_run(&r, NULL);
}

static int64_t number_of(struct store *s, enum statement which)
{
	struct row r = row_start(s, which);
	int64_t number = 0;

	row_run(&r, &number);
	return number;
}

static bool is_too_large(struct store *s, uint64_t keep_octets, uint64_t page_octets)
{
	int64_t used = number_of(s, SQL_PAGES) - number_of(s, SQL_FREE_PAGES);

	return keep_octets && (uint64_t)used * page_octets > keep_octets;
}

/* A database that cannot do it (an older one) answers without doing anything. */
static void give_back(struct store *s)
{
	int64_t all = number_of(s, SQL_PAGES), free_pages = number_of(s, SQL_FREE_PAGES);
	char words[64];
	int code;

	if (s->result != STORE_DONE || free_pages < GIVE_BACK_PAGES || free_pages < all / FREE_SHARE)
		return;
	sqlite3_snprintf(sizeof words, words, "PRAGMA incremental_vacuum(%d)", GIVE_BACK_PAGES);
	code = sqlite3_exec(s->db, words, NULL, NULL, NULL);
	if (code != SQLITE_OK)
		store_fail(s, code);
}

enum store_result store_trim(struct store *s, int64_t keep_ns, uint64_t keep_octets, int64_t now_ns, unsigned budget, bool *ret_more)
{
	int64_t before_ns = keep_ns ? now_ns - keep_ns : INT64_MIN;
	uint64_t page_octets;
	struct oldest o;
	bool more = false;

	store_enter(s);
	page_octets = (uint64_t)number_of(s, SQL_PAGE_OCTETS);
	while (find_oldest(s, &o) && (o.end_ns < before_ns || is_too_large(s, keep_octets, page_octets))) {
		if (budget-- == 0) {
			more = true;
			break;
		}
		drop(s, &o);
	}
	drop_losses(s, before_ns);
	give_back(s);
	if (ret_more)
		*ret_more = more;
	return store_leave(s);
}
