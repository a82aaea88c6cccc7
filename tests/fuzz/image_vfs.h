/* A SQLite VFS whose every database is one image in memory, which cannot be written: whatever name is opened, these octets are the file. */
#ifndef TESTS_FUZZ_IMAGE_VFS_H
#define TESTS_FUZZ_IMAGE_VFS_H

#include "base/cursor.h"

/* Makes it the one that is used where none is named. Files that are no databases (temporary ones) are those of the VFS before. */
void image_vfs_install(void);

/* What is read from here on; it must last as long. */
void image_vfs_show(struct span image);

#endif
