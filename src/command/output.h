/* Standard output of a subcommand: fully buffered, and a write that fails (a full disk) is told once, never passed over. */
#ifndef COMMAND_OUTPUT_H
#define COMMAND_OUTPUT_H

#include <stdio.h>

/* Readies stdout. A reader that goes away (`| head`) is no signal from here on but a failed write. */
void output_start(void);

/* After writing: ends the program if stdout has failed. Status 0 and no word where the reader has gone away, else one line and status 2. */
void output_check(void);

/* Writes out what is buffered, then output_check. */
void output_finish(void);

#endif
