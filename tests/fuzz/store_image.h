/*
 * Databases that somebody else wrote: valid ones, made once, with values, rows and octets changed as an input says. Columns have no types here and may
 * be NULL, so that any value can stand anywhere.
 *
 *      one octet: which database (one of eight is as schema 1 made it: it is brought forward first, which takes long), its upper bits the harness's own;
 *      then changes up to the end of the input
 *      a change: its kind (enum change), table, row, column (an octet each, taken as a remainder), then what the kind needs
 */
#ifndef TESTS_FUZZ_STORE_IMAGE_H
#define TESTS_FUZZ_STORE_IMAGE_H

#include "base/cursor.h"

enum { STORE_OLD = 7, STORE_BITS = 3 };

enum change {
	CHANGE_NULL,
	CHANGE_INTEGER,                 /* 8 octets */
	CHANGE_SMALL,                   /* an octet with a sign */
	CHANGE_REAL,                    /* 8 octets */
	CHANGE_TEXT,                    /* length, octets */
	CHANGE_BLOB,                    /* length, octets */
	CHANGE_SPLICE,                  /* of the text that stands there: place (2 octets), how many characters go, length and octets of what comes */
	CHANGE_REPEAT,                  /* how often (in hundreds), length, octets */
	CHANGE_DELETE,                  /* the row */
	CHANGE_OCTETS,                  /* of the file: offset (3 octets), length, octets */
	CHANGE_CUT,                     /* the file: offset (3 octets) */
	CHANGES,
};

/* The database file; good until the next call. */
struct span store_image(struct span input);

#endif
