/* The manual page dialtone-findings(7), written from the catalogue. The build calls `dialtone explain --man`. */
#ifndef COMMAND_FINDINGS_PAGE_H
#define COMMAND_FINDINGS_PAGE_H

#include <stdio.h>

void findings_page(FILE *out);          /* mdoc */

#endif
