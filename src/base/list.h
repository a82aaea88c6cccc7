/*
 * Growing lists in an arena: { type *at; size_t count, room; }. Nothing is freed before the arena is.
 *
 *      LIST_OF(struct lookup) lookups;
 *      struct lookup *l = LIST_ADD(&arena, &lookups);          one more, zeroed
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/arena.h"

#define LIST_OF(type) struct { type *at; size_t count, room; }

/* A new item at the end of the list, zeroed. Items may move when another is added: keep indices, not addresses, across additions.
 * `list` is evaluated several times. */
#define LIST_ADD(arena, list) \
	((list)->at = list_with_room((arena), (list)->at, (list)->count, &(list)->room, sizeof *(list)->at), &(list)->at[(list)->count++])

void *list_with_room(struct arena *a, void *items, size_t count, size_t *room, size_t size);

#endif
