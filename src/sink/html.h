/*
 * The report as one page for a browser: no script, nothing from the network, readable on a screen, a telephone and paper, by eye, ear and keyboard.
 * Whatever packets said is text on it and nothing else.
 */
#ifndef SINK_HTML_H
#define SINK_HTML_H

#include <stdbool.h>
#include <stdio.h>

#include "verdict/report.h"

struct html_options {
	const char *const *digests;     /* SHA-256 of each capture in hexadecimal, NULL for one that has none; or NULL: none is known */
	bool summary;                   /* only how many phones ended how, without their sign-ins */
};

/* False where it could not be written: errno tells why. */
bool html_report(FILE *out, const struct report *r, const struct html_options *options);

#endif
