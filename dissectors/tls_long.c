#include "dissectors/tls_long.h"

#include <stdlib.h>

#include "base/memory.h"

enum { ROOM_FIRST = 256 * 1024 };

static size_t room_of_all;

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
	room_of_all -= l->room;
	free(l->octets);
	*l = (struct tls_long){ 0 };
}

/* Only as much as has come, so that a length that is only claimed costs nothing. */
static bool make_room(struct tls_long *l, size_t more)
{
	size_t room = l->room ? l->room : ROOM_FIRST;

	while (room < l->len + more)
		room *= 2;
	if (room - l->room > TLS_LONG_MAX_ALL - room_of_all)
		return false;
	if (room != l->room) {
		l->octets = memory_resize(l->octets, room, 1);
		room_of_all += room - l->room;
		l->room = room;
	}
	return true;
}

size_t tls_long_add(struct tls_long *l, struct span fragment)
{
	fragment = span_part(fragment, 0, l->whole - l->len);
	if (!make_room(l, fragment.len)) {
		tls_long_close(l);
		return 0;
	}
	if (fragment.len)
		memcpy(l->octets + l->len, fragment.data, fragment.len);
	l->len += fragment.len;
	return fragment.len;
}
