/* The files themselves, and pieces that are written and fetched. */
#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/spill_parts.h"

enum {
	PAGE = 4096,
	REUSED_MAX = 256,               /* pages: the place of longer pieces is not used again */
};

/* Places of one size that are free. */
struct places {
	uint64_t *at;
	size_t count, room;
};

static struct {
	int fd;
	bool failed;
	uint64_t end;                   /* pages of the file */
	struct places free[REUSED_MAX + 1];     /* by pages */
} pieces = { .fd = -1 };

static const char *folder(void)
{
	const char *named = getenv("TMPDIR");

	return named && named[0] ? named : "/var/tmp";
}

static int open_unnamed(void)
{
	char name[4096];
	int fd = open(folder(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd >= 0 || (size_t)snprintf(name, sizeof name, "%s/dialtone-XXXXXX", folder()) >= sizeof name)
		return fd;
	fd = mkostemp(name, O_CLOEXEC);         /* a file system without O_TMPFILE */
	if (fd >= 0)
		unlink(name);
	return fd;
}

static void tell(int why)
{
	log_warning("temporary file in %s: %s: what is found stays in memory", folder(), strerror(why));
}

int spill_open(void)
{
	int fd = open_unnamed();

	if (fd < 0)
		tell(errno);
	return fd;
}

bool spill_write(int fd, const void *octets, size_t len, uint64_t at)
{
	const char *from = octets;

	while (len) {
		ssize_t n = pwrite(fd, from, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			tell(n ? errno : ENOSPC);
			return false;
		}
		from += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

void spill_lost(void)
{
	static const char line[] = "dialtone: temporary file: what was written cannot be read again\n";

	if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
		_exit(2);
	/* Not exit, for the same reasons as where memory runs out. */
	_exit(2);
}

/* ---- pieces ---- */

static size_t pages_of(size_t len)
{
	return (len + PAGE - 1) / PAGE;
}

static uint64_t place_for(size_t pages)
{
	struct places *p = pages <= REUSED_MAX ? &pieces.free[pages] : NULL;

	if (p && p->count)
		return p->at[--p->count];
	pieces.end += pages;
	return pieces.end - pages;
}

bool spill_keep(const void *octets, size_t len, struct spilled *ret)
{
	if (!spill_is_allowed() || pieces.failed)
		return false;
	if (pieces.fd < 0)
		pieces.fd = spill_open();
	ret->len = len;
	if (pieces.fd >= 0) {
		ret->at = place_for(pages_of(len));
		if (spill_write(pieces.fd, octets, len, ret->at * PAGE))
			return true;
		spill_drop(ret);
	}
	pieces.failed = true;
	return false;
}

void spill_fetch(const struct spilled *s, void *ret_octets)
{
	char *to = ret_octets;
	uint64_t at = s->at * PAGE;
	size_t len = s->len;

	while (len) {
		ssize_t n = pread(pieces.fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			spill_lost();
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
}

void spill_drop(const struct spilled *s)
{
	size_t pages = pages_of(s->len);
	struct places *p;

	if (pages > REUSED_MAX)
		return;
	p = &pieces.free[pages];
	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 16;
		p->at = memory_resize(p->at, p->room, sizeof *p->at);
	}
	p->at[p->count++] = s->at;
}

void spill_end_pieces(void)
{
	if (pieces.fd >= 0)
		close(pieces.fd);
	for (size_t i = 0; i <= REUSED_MAX; i++) {
		free(pieces.free[i].at);
		pieces.free[i] = (struct places){ 0 };
	}
	pieces.fd = -1;
	pieces.failed = false;
	pieces.end = 0;
}
