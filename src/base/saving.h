/* A file that is there whole or not at all: written beside its place under another name, and put there when it is good. Every complaint is one line. */
#ifndef BASE_SAVING_H
#define BASE_SAVING_H

#include <stdbool.h>
#include <stdio.h>

struct saving {
	FILE *out;
	const char *path;
	char *other;                    /* its name until it is good; NULL for what is written directly: a device, a pipe */
};

/* Whether `path` could be written now: told before hours of work are done for it. False after a complaint. */
bool saving_possible(const char *path);

/* Whether both names are of one file, there or not; "-" as `other` is standard input. */
bool saving_is(const char *path, const char *other);

/* Whether an option's file is one, and another than `other`, which is read or written too. False after a complaint. */
bool saving_is_apart(const char *option, const char *path, const char *other);

/* False after a complaint. `path` must last until saving_finish. */
bool saving_start(struct saving *s, const char *path);

/* Puts the file in its place, with the rights that a new file gets. False after a complaint; what stood in its place before then still does. */
bool saving_finish(struct saving *s);

/* Instead of that, where what is in it is not good: what stood in its place before still does. */
void saving_abandon(struct saving *s);

#endif
