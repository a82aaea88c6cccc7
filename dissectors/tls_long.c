#include "dissectors/tls_long.h"

#include <stdlib.h>

#include "base/memory.h"

enum { ROOM_FIRST = 256 * 1024 };

bool tls_long_open(struct tls_long *l, size_t whole, const struct tls_place *place)
{
	if (whole > TLS_LONG_MAX)
		return false;
	l->whole = whole;
	l->place = *place;
	return true;
}

void tls_long_close(struct tls_long *l)
{
	free(l->octets);
	*l = (struct tls_long){ 0 };
}

/* Only as much as has come, so that a length that is only claimed costs nothing. */
static void make_room(struct tls_long *l, size_t more)
{
	size_t room = l->room ? l->room : ROOM_FIRST;

	while (room < l->len + more)
		room *= 2;
	if (room == l->room)
		return;
	l->octets = memory_resize(l->octets, room, 1);
	l->room = room;
}

size_t tls_long_add(struct tls_long *l, struct span fragment)
{
	fragment = span_part(fragment, 0, l->whole - l->len);
	make_room(l, fragment.len);
	if (fragment.len)
		memcpy(l->octets + l->len, fragment.data, fragment.len);
	l->len += fragment.len;
	return fragment.len;
}
