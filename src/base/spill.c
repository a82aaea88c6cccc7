/* Memory that is mapped from a file once it is full. */
#include "base/spill.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/spill_parts.h"

/* Address room for all of it; reserved at once, so that it is one piece. */
#define CHUNKS_MAX ((size_t)1 << 17)

enum {
	LOOKED_MAX = 6,                 /* chunks in memory, beside those that are being filled */
	REST = 64,                      /* chunks that are looked at until all of them leave memory, also what nobody announced */
};

static struct {
	bool allowed, failed;
	int fd;
	unsigned char *base;
	size_t chunks;                  /* so many were given */
	size_t ordinary;                /* octets that callers have from elsewhere */
	uint64_t written[CHUNKS_MAX / 64];      /* bits: those that are in the file, and so may leave memory */
	size_t looked[LOOKED_MAX];      /* chunk + 1 of each; 0 none */
	size_t next;                    /* of `looked` */
	size_t looks;                   /* at other chunks, since all left memory */
	struct sigaction before;        /* of SIGBUS */
} spill = { .fd = -1 };

void spill_allow(void)
{
	spill.allowed = true;
}

bool spill_is_allowed(void)
{
	return spill.allowed;
}

static unsigned char *chunk_at(size_t chunk)
{
	return spill.base + chunk * SPILL_CHUNK;
}

/* ---- what cannot be read again ---- */

/* Mapped octets that the disk does not give are a signal. */
static void on_bus_error(int number, siginfo_t *info, void *context)
{
	uintptr_t from = (uintptr_t)spill.base, at = (uintptr_t)info->si_addr;

	(void)number;
	(void)context;
	if (spill.base && at >= from && at - from < spill.chunks * SPILL_CHUNK)
		spill_lost();
	sigaction(SIGBUS, &spill.before, NULL);         /* comes again on return */
}

static void watch_bus_errors(void)
{
	struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, &spill.before);
}

/* ---- what is in memory ---- */

static void leave(size_t chunk)
{
	if (spill.written[chunk / 64] >> chunk % 64 & 1)
		madvise(chunk_at(chunk), SPILL_CHUNK, MADV_DONTNEED);
}

/* As often as some part of all chunks was looked at, so that this costs the same share of the work however many there are. */
static void rest(void)
{
	if (++spill.looks < REST + spill.chunks / 16)
		return;
	for (size_t i = 0; i < spill.chunks; i++)
		leave(i);
	memset(spill.looked, 0, sizeof spill.looked);
	spill.looks = 0;
}

static void note_looked(size_t chunk)
{
	for (size_t i = 0; i < LOOKED_MAX; i++)
		if (spill.looked[i] == chunk + 1)
			return;
	rest();
	if (spill.looked[spill.next])
		leave(spill.looked[spill.next] - 1);
	spill.looked[spill.next] = chunk + 1;
	spill.next = (spill.next + 1) % LOOKED_MAX;
}

void spill_look(const void *at)
{
	uintptr_t from = (uintptr_t)spill.base, there = (uintptr_t)at;

	if (spill.base && there >= from && there - from < spill.chunks * SPILL_CHUNK)
		note_looked((there - from) / SPILL_CHUNK);
}

/* ---- chunks ---- */

static bool give_up(int why)
{
	if (why)
		log_warning("memory for a temporary file: %s: what is found stays in memory", strerror(why));
	spill.failed = true;
	return false;
}

static bool start(void)
{
	void *room;

	spill.fd = spill_open();
	if (spill.fd < 0)
		return give_up(0);
	room = mmap(NULL, CHUNKS_MAX * SPILL_CHUNK, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room == MAP_FAILED)
		return give_up(errno);
	spill.base = room;
	watch_bus_errors();
	return true;
}

/* Writes a chunk; then the file is mapped in its place, and its memory becomes the next one's, which saves the system's clearing it. */
static bool move_on(unsigned char *full, unsigned char *next)
{
	uint64_t offset = (uint64_t)(full - spill.base);
	size_t chunk = offset / SPILL_CHUNK;

	if (!spill_write(spill.fd, full, SPILL_CHUNK, offset))
		return give_up(0);
	if (mremap(full, SPILL_CHUNK, SPILL_CHUNK, MREMAP_MAYMOVE | MREMAP_FIXED, next) == MAP_FAILED)
		memory_exhausted();
	if (mmap(full, SPILL_CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, spill.fd, (off_t)offset) == MAP_FAILED)
		memory_exhausted();
	spill.written[chunk / 64] |= UINT64_C(1) << chunk % 64;
	note_looked(chunk);             /* its neighbours may still be linked to it */
	return true;
}

void *spill_chunk(void *full, size_t octets)
{
	unsigned char *next;

	if (!spill.allowed || spill.failed)
		return NULL;
	if (spill.ordinary < SPILL_BEGIN) {
		spill.ordinary += octets;
		return NULL;
	}
	if (!spill.base && !start())
		return NULL;
	if (spill.chunks == CHUNKS_MAX) {
		give_up(EFBIG);
		return NULL;
	}
	next = chunk_at(spill.chunks);
	if (full ? !move_on(full, next) : mprotect(next, SPILL_CHUNK, PROT_READ | PROT_WRITE) && !give_up(errno))
		return NULL;
	spill.chunks++;
	return next;
}

void spill_end(void)
{
	if (spill.base) {
		munmap(spill.base, CHUNKS_MAX * SPILL_CHUNK);
		sigaction(SIGBUS, &spill.before, NULL);
	}
	if (spill.fd >= 0)
		close(spill.fd);
	memset(&spill, 0, sizeof spill);
	spill.fd = -1;
	spill_end_pieces();
}
