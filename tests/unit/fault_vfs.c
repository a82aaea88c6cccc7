#include "tests/unit/fault_vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FILES_MAX = 8, SECTOR = 512 };

static sqlite3_vfs *below;

/* ---- which call fails ---- */

static const struct fault *fault;
static unsigned calls, fails_at;
static bool goes_on, struck;

void fault_arm(const struct fault *f, unsigned nth, bool all)
{
	fault = f;
	calls = 0;
	fails_at = nth;
	goes_on = all;
	struck = false;
}

bool fault_disarm(void)
{
	fault = NULL;
	return struck;
}

static bool fails(enum fault_call call)
{
	if (!fault || fault->call != call || ++calls < fails_at || (calls > fails_at && !goes_on))
		return false;
	struck = true;
	errno = fault->system;
	return true;
}

/* ---- what is on the disk if the power fails ---- */

struct disk_file {
	char name[64];                  /* without its folder; "" for a place that is free */
	uint8_t *now, *synced;
	size_t now_len, synced_len;
	bool was_synced;
};

static struct disk_file disk[FILES_MAX];
static bool watched, telling;
static unsigned moments, tell_every;
static void (*tell)(void *user);
static void *tell_user;

static struct disk_file *disk_find(const char *path)
{
	const char *name = path ? strrchr(path, '/') : NULL;

	for (size_t i = 0; name && i < FILES_MAX; i++)
		if (strcmp(disk[i].name, name + 1) == 0)
			return &disk[i];
	return NULL;
}

static struct disk_file *disk_open(const char *path)
{
	struct disk_file *d = disk_find(path);
	const char *name = path ? strrchr(path, '/') : NULL;

	for (size_t i = 0; !d && name && i < FILES_MAX; i++)
		if (disk[i].name[0] == '\0') {
			d = &disk[i];
			snprintf(d->name, sizeof d->name, "%s", name + 1);
		}
	return d;
}

static void moment(unsigned every)
{
	moments++;
	if (!tell || telling || moments % every)
		return;
	telling = true;
	tell(tell_user);
	telling = false;
}

static void disk_resize(struct disk_file *d, size_t len)
{
	d->now = memory_resize(d->now, len + 1, 1);
	if (len > d->now_len)
		memset(d->now + d->now_len, 0, len - d->now_len);
	d->now_len = len;
}

static void disk_write(struct disk_file *d, const void *from, size_t len, size_t at)
{
	if (at + len > d->now_len)
		disk_resize(d, at + len);
	memcpy(d->now + at, from, len);
	moment(tell_every);
}

static void disk_sync(struct disk_file *d)
{
	d->synced = memory_resize(d->synced, d->now_len + 1, 1);
	if (d->now_len)
		memcpy(d->synced, d->now, d->now_len);
	d->synced_len = d->now_len;
	d->was_synced = true;
	moment(1);
}

void power_watch(void)
{
	watched = true;
	moments = 0;
}

unsigned power_moments(void)
{
	return moments;
}

void power_each(void (*each)(void *user), void *user, unsigned every)
{
	tell = each;
	tell_user = user;
	tell_every = every;
}

void power_forget(void)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		free(disk[i].now);
		free(disk[i].synced);
		disk[i] = (struct disk_file){ 0 };
	}
	watched = false;
	tell = NULL;
}

/* A row of bits that looks random and is the same each time (xorshift). */
static bool survives(unsigned *chance)
{
	*chance ^= *chance << 13;
	*chance ^= *chance >> 17;
	*chance ^= *chance << 5;
	return *chance & 1;
}

static void put_file(const struct disk_file *d, const char *folder, unsigned chance)
{
	size_t len = chance && survives(&chance) ? d->now_len : d->synced_len;
	uint8_t *octets = memory_get(len + SECTOR);
	char path[1024];
	FILE *out;

	if (!d->was_synced && (!chance || survives(&chance))) {
		free(octets);
		return;
	}
	if (d->synced_len)
		memcpy(octets, d->synced, len < d->synced_len ? len : d->synced_len);
	for (size_t at = 0; chance && at < len && at < d->now_len; at += SECTOR)
		if (survives(&chance))
			memcpy(octets + at, d->now + at, d->now_len - at < SECTOR ? d->now_len - at : SECTOR);
	snprintf(path, sizeof path, "%s/%s", folder, d->name);
	out = fopen(path, "w");
	fwrite(octets, 1, len, out);
	fclose(out);
	free(octets);
}

void power_fails(const char *folder, unsigned chance)
{
	for (size_t i = 0; i < FILES_MAX; i++)
		if (disk[i].name[0])
			put_file(&disk[i], folder, chance ? chance + (unsigned)i * 2654435761U : 0);
}

/* ---- a file: sqlite3_io_methods ---- */

struct fault_file {
	sqlite3_file base;
	struct disk_file *disk;
	sqlite3_file *real;             /* behind this struct */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct fault_file *)file)->real;
}

static struct disk_file *disk_of(sqlite3_file *file)
{
	return telling ? NULL : ((struct fault_file *)file)->disk;
}

static int file_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
	return fails(FAULT_READ) ? fault->code : real_of(file)->pMethods->xRead(real_of(file), to, len, at);
}

static int write_through(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
	int code = real_of(file)->pMethods->xWrite(real_of(file), from, len, at);

	if (code == SQLITE_OK && disk_of(file))
		disk_write(disk_of(file), from, (size_t)len, (size_t)at);
	return code;
}

static int file_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
	if (!fails(FAULT_WRITE))
		return write_through(file, from, len, at);
	if (fault->half)
		write_through(file, from, len / 2, at);
	errno = fault->system;
	return fault->code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int code = fails(FAULT_TRUNCATE) ? fault->code : real_of(file)->pMethods->xTruncate(real_of(file), size);

	if (code == SQLITE_OK && disk_of(file))
		disk_resize(disk_of(file), (size_t)size);
	return code;
}

static int file_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	if (fails(FAULT_SYNC))
		return fault->code;
	if (disk_of(file))
		disk_sync(disk_of(file));
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	return fails(FAULT_SIZE) ? fault->code : real_of(file)->pMethods->xFileSize(real_of(file), ret);
}

static int file_lock(sqlite3_file *file, int level)
{
	return fails(FAULT_LOCK) ? fault->code : real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_is_reserved(sqlite3_file *file, int *ret)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int file_control(sqlite3_file *file, int op, void *value)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), op, value);
}

static int file_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_traits(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int file_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret)
{
	return fails(FAULT_SHM_MAP) ? fault->code : real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, ret);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return flags & SQLITE_SHM_LOCK && fails(FAULT_SHM_LOCK) ? fault->code : real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int delete)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), delete);
}

/* Version 2: with shared memory, without mapped reading, which would pass by what fails here. */
static const sqlite3_io_methods methods = {
	2, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_unlock, file_is_reserved, file_control, file_sector,
	file_traits, file_shm_map, file_shm_lock, file_shm_barrier, file_shm_unmap, .xFetch = NULL,
};

/* ---- the VFS ---- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct fault_file *f = (struct fault_file *)file;
	int code;

	(void)vfs;
	*f = (struct fault_file){ .real = (sqlite3_file *)(f + 1) };
	if (fails(FAULT_OPEN))
		return fault->code;
	code = below->xOpen(below, name, f->real, flags, ret_flags);
	if (code != SQLITE_OK)
		return code;
	f->base.pMethods = &methods;
	f->disk = watched && !telling ? disk_open(name) : NULL;
	return SQLITE_OK;
}

/* A file that was deleted is gone: of what is deleted here nothing is missed if it should come back. */
static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct disk_file *d = telling ? NULL : disk_find(name);

	(void)vfs, (void)sync;
	if (fails(FAULT_DELETE))
		return fault->code;
	if (d) {
		free(d->now);
		free(d->synced);
		*d = (struct disk_file){ 0 };
	}
	return below->xDelete(below, name, 0);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs;
	return fails(FAULT_ACCESS) ? fault->code : below->xAccess(below, name, flags, ret);
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int room, char *to)
{
	(void)vfs;
	return below->xFullPathname(below, name, room, to);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int vfs_error(sqlite3_vfs *vfs, int room, char *to)
{
	(void)vfs, (void)room, (void)to;
	return errno;
}

void fault_vfs_install(void)
{
	static sqlite3_vfs vfs;

	sqlite3_initialize();
	below = sqlite3_vfs_find(NULL);
	vfs = *below;
	vfs.zName = "fault";
	vfs.szOsFile = (int)sizeof(struct fault_file) + below->szOsFile;
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	vfs.xAccess = vfs_access;
	vfs.xFullPathname = vfs_full_name;
	vfs.xSleep = vfs_sleep;
	vfs.xGetLastError = vfs_error;
	sqlite3_vfs_register(&vfs, 1);
}
