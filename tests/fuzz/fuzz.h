/*
 * What the harnesses share. A harness is one file fuzz_NAME.c with libFuzzer's entry; linked with clang's -fsanitize=fuzzer it looks for octets that
 * crash, hang or break a promise, linked with replay.c it only runs the files that it is given (tests/fuzz/README.md).
 *
 * A promise that is broken ends the program: fuzz_expect says which. log.c is replaced by fuzz.c, for millions of runs would fill a terminal.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdio.h>

#include "base/cursor.h"
#include "trail/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program where `holds` is false. */
void fuzz_expect(bool holds, const char *promise);

/* What an event promises whoever prints it: text is UTF-8, no field stands twice in one record, lists and records do not nest for ever. */
void fuzz_check_event(const struct event *e);

/* What was printed is one JSON value (jansson, strict). */
void fuzz_check_json(struct span printed);

/* What was printed does not act on a terminal: of controls there are only line feeds. */
void fuzz_check_text(struct span printed);

/* What was printed is a page of the form that sink/html.h promises. */
void fuzz_check_page(struct span printed);

/* Lines that were logged as errors so far. */
unsigned long fuzz_errors(void);

/* A stream to print to. fuzz_printed flushes it and answers what it holds; fuzz_rewind empties it. */
FILE *fuzz_output(void);
struct span fuzz_printed(void);
void fuzz_rewind(void);

#endif
