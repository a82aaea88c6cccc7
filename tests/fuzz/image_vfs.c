#include "tests/fuzz/image_vfs.h"

#include <sqlite3.h>

static sqlite3_vfs *before;
static struct span image;

/* ---- a file: sqlite3_io_methods ---- */

static int file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

/* What is not there is zero, and said to be short. */
static int file_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
	struct span s = span_part(image, at < 0 ? image.len : (size_t)at, (size_t)len);

	(void)file;
	memset(to, 0, (size_t)len);
	if (s.len)
		memcpy(to, s.data, s.len);
	return s.len == (size_t)len ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
	(void)file, (void)from, (void)len, (void)at;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	(void)file, (void)size;
	return SQLITE_READONLY;
}

static int file_flags(sqlite3_file *file, int flags)
{
	(void)file, (void)flags;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	(void)file;
	*ret = (sqlite3_int64)image.len;
	return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *value)
{
	(void)file, (void)op, (void)value;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
	(void)file;
	return 0;
}

static int file_traits(sqlite3_file *file)
{
	(void)file;
	return 0;
}

/* Version 1: no shared memory, hence no WAL, as on a medium that cannot be written. */
static const sqlite3_io_methods methods = {
	1, file_close, file_read, file_write, file_truncate, file_flags, file_size, file_flags, file_flags, file_is_reserved, file_control, file_sector,
	file_traits, .xShmMap = NULL,
};

/* ---- the VFS ---- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)vfs;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return before->xOpen(before, name, file, flags, ret_flags);
	file->pMethods = &methods;
	if (ret_flags)
		*ret_flags = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY;
	return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs, (void)name, (void)flags;
	*ret = 0;
	return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int room, char *to)
{
	(void)vfs;
	sqlite3_snprintf(room, to, "%s", name);
	return SQLITE_OK;
}

void image_vfs_install(void)
{
	static sqlite3_vfs vfs;

	sqlite3_initialize();
	before = sqlite3_vfs_find(NULL);
	vfs = *before;
	vfs.zName = "image";
	vfs.xOpen = vfs_open;
	vfs.xAccess = vfs_access;
	vfs.xFullPathname = vfs_full_name;
	sqlite3_vfs_register(&vfs, 1);
}

void image_vfs_show(struct span shown)
{
	image = shown;
}
