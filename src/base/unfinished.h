/*
 * Files that are being written under another name until they are whole. A program that ends before, by a signal that ends programs or for want of memory,
 * takes them away; only SIGKILL, and what breaks the program down, leaves one.
 */
#ifndef BASE_UNFINISHED_H
#define BASE_UNFINISHED_H

/* How many there may be at once; more are written all the same, and left where the program ends. */
enum { UNFINISHED_MAX = 4 };

/* As mkstemp(3): the XXXXXX at the end of `name` are filled in. The file's descriptor, or -1 and errno. `name` must stay as it is until unfinished_end. */
int unfinished_create(char *name);

/* It has its last name, or was taken away. */
void unfinished_end(const char *name);

/* Takes all of them away. May be called within a signal handler. */
void unfinished_remove(void);

#endif
