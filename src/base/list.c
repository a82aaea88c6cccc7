#include "base/list.h"

#include <string.h>

void *list_with_room(struct arena *a, void *items, size_t count, size_t *room, size_t size)
{
	void *more;

	if (count < *room)
		return items;
	*room = *room ? 2 * *room : 4;
	more = arena_get(a, *room * size);
	if (count)
		memcpy(more, items, count * size);
	return more;
}
