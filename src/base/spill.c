#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

/* Address room for all of it; reserved at once, so that it is one piece. */
#define ROOM_MAX ((size_t)64 << 30)

enum {
	STEP = 32 << 20,                /* octets by which the file grows */
	FRESH_MAX = 3 << 20,            /* octets that are written before they may leave memory */
	PASSES_MAX = 256, PASS = 4,     /* the same in pieces that are given back, of which one spill_pass is worth some */
	REUSED_MAX = 16,                /* pages: longer pieces are not used again */
};

struct piece { struct piece *next; };

static struct {
	bool allowed, failed;
	int fd;
	unsigned char *base;
	size_t reserved, used;          /* octets of the file; handed out */
	size_t ordinary;                /* octets that callers have from elsewhere */
	size_t fresh;
	unsigned passes;
	struct piece *free[REUSED_MAX + 1];     /* by pages */
} spill = { .fd = -1 };

void spill_allow(void)
{
	spill.allowed = true;
}

/* ---- the file ---- */

static int open_unnamed(const char *folder)
{
	char name[4096];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd >= 0 || (size_t)snprintf(name, sizeof name, "%s/dialtone-XXXXXX", folder) >= sizeof name)
		return fd;
	fd = mkostemp(name, O_CLOEXEC);         /* a file system without O_TMPFILE */
	if (fd >= 0)
		unlink(name);
	return fd;
}

static bool give_up(const char *what, int why)
{
	log_warning("temporary file in %s: %s: what is found stays in memory", what, strerror(why));
	spill.failed = true;
	return false;
}

static const char *folder(void)
{
	const char *named = getenv("TMPDIR");

	return named && named[0] ? named : "/var/tmp";
}

static bool start(void)
{
	void *room;

	spill.fd = open_unnamed(folder());
	if (spill.fd < 0)
		return give_up(folder(), errno);
	room = mmap(NULL, ROOM_MAX, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room == MAP_FAILED)
		return give_up(folder(), errno);
	spill.base = room;
	return true;
}

/* A disk that is full must be seen here: a page without room on it would end the program when it is written to. */
static bool grow(void)
{
	unsigned char *at;
	int why;

	if (!spill.base && !start())
		return false;
	if (spill.reserved + STEP > ROOM_MAX)
		return give_up(folder(), EFBIG);
	why = posix_fallocate(spill.fd, (off_t)spill.reserved, STEP);
	if (why)
		return give_up(folder(), why);
	at = spill.base + spill.reserved;
	if (mmap(at, STEP, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, spill.fd, (off_t)spill.reserved) == MAP_FAILED)
		return give_up(folder(), errno);
	spill.reserved += STEP;
	return true;
}

/* ---- pages ---- */

static void rest(void)
{
	spill.fresh = spill.passes = 0;
	if (spill.used)
		madvise(spill.base, spill.used, MADV_DONTNEED);
}

void spill_pass(void)
{
	spill.passes += PASS;
	if (spill.passes >= PASSES_MAX)
		rest();
}

static void *reuse(size_t pages)
{
	struct piece *p = pages <= REUSED_MAX ? spill.free[pages] : NULL;

	if (p)
		spill.free[pages] = p->next;
	return p;
}

void *spill_get(size_t pages)
{
	size_t octets = pages * SPILL_PAGE;
	void *at;

	if (!spill.allowed)
		return NULL;
	if (spill.ordinary < SPILL_BEGIN || octets > STEP) {
		spill.ordinary += octets;
		return NULL;
	}
	if (spill.fresh >= FRESH_MAX)
		rest();
	spill.fresh += octets;
	if ((at = reuse(pages)) != NULL)
		return at;
	/* What is left of a step that is too short for this piece is left. */
	if (spill.reserved - spill.used < octets) {
		if (spill.failed || !grow()) {
			spill.ordinary += octets;
			return NULL;
		}
	}
	at = spill.base + spill.used;
	spill.used += octets;
	return at;
}

static bool owns(const void *at)
{
	uintptr_t from = (uintptr_t)spill.base, there = (uintptr_t)at;

	return spill.base && there >= from && there - from < spill.used;
}

bool spill_put(void *at, size_t pages)
{
	size_t octets = pages * SPILL_PAGE;
	struct piece *p = at;

	if (!owns(at)) {
		spill.ordinary -= spill.ordinary < octets ? spill.ordinary : octets;    /* not all of it was counted before spill_allow */
		return false;
	}
	if (++spill.passes >= PASSES_MAX)
		rest();
	if (pages > REUSED_MAX)
		return true;
	p->next = spill.free[pages];
	spill.free[pages] = p;
	return true;
}
