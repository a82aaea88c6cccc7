/* What spill.c (mapped memory) and spill_file.c (files, pieces) share. For nobody else. */
#ifndef BASE_SPILL_PARTS_H
#define BASE_SPILL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new file without a name; -1 after one logged line. */
int spill_open(void);

/* All of it; false after one logged line. */
bool spill_write(int fd, const void *octets, size_t len, uint64_t at);

void spill_end_pieces(void);

/* Says that what was written cannot be read, and ends the program; may be called by a signal's handler. */
_Noreturn void spill_lost(void);

#endif
