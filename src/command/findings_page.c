#include "command/findings_page.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "verdict/finding.h"

enum { LINE_MOST = 80 };

/* One word. A line may not begin with a dot or an apostrophe, and a backslash must be spelled. */
static size_t put_word(FILE *out, const char *word, size_t len, bool line_begins)
{
	size_t columns = len;

	if (line_begins && (*word == '.' || *word == '\''))
		columns += (size_t)fprintf(out, "\\&");
	for (size_t i = 0; i < len; i++)
		if (word[i] == '\\')
			columns += (size_t)fprintf(out, "\\e") - 1;
		else
			putc(word[i], out);
	return columns;
}

/* Running text: each sentence begins a line, as mdoc wants it, and no line is long. */
static void put_text(FILE *out, const char *text)
{
	size_t column = 0, len;
	bool sentence_ended = false;

	for (; *text; text += len + (text[len] == ' ')) {
		len = strcspn(text, " ");
		if (column && (sentence_ended || column + 1 + len > LINE_MOST)) {
			putc('\n', out);
			column = 0;
		} else if (column) {
			putc(' ', out);
			column++;
		}
		column += put_word(out, text, len, column == 0);
		sentence_ended = len && strchr(".?!", text[len - 1]);
	}
	putc('\n', out);
}

static void put_part(FILE *out, const char *label, const char *text)
{
	fprintf(out, ".It %s\n", label);
	put_text(out, text);
}

static void put_rule(FILE *out, const struct rule *r)
{
	fprintf(out, ".Ss %s\n", r->code);
	put_text(out, r->meaning);
	fputs(".Bl -tag -width source\n", out);
	put_part(out, "Seen by", r->wire);
	put_part(out, "Then", r->next);
	put_part(out, "Fix", r->fix);
	put_part(out, "Source", r->source);
	fputs(".El\n", out);
}

static void put_heading(FILE *out, enum step step)
{
	fputs(step == STEP_NONE ? ".Sh " : ".Sh STEP ", out);
	for (const char *p = step == STEP_NONE ? "the capture" : step_name(step); *p; p++)
		putc(toupper((unsigned char)*p), out);
	putc('\n', out);
}

void findings_page(FILE *out)
{
	fputs(".Dd November 24, 2026\n.Dt DIALTONE-FINDINGS 7\n.Os\n.Sh NAME\n.Nm dialtone-findings\n"
	      ".Nd what the findings of dialtone mean\n.Sh DESCRIPTION\n", out);
	put_text(out, "A finding is one thing that a capture shows to be wrong, or worth knowing, about a phone's sign-in. Each has a code. "
		"This page lists them in the order of the steps of a sign-in.");
	fputs(".Pp\n", out);
	put_text(out, "How sure a finding is, its grade says: proven where a packet says it, strong where something is absent from a capture that is complete, "
		"weak where only the server's or the phone's own log could prove it. What stands behind the word inferred in a source is a conclusion, not documented.");
	for (const struct rule *r = rules; r->code; r++) {
		if (r == rules || r->step != (r - 1)->step)
			put_heading(out, r->step);
		put_rule(out, r);
	}
	fputs(".Sh SEE ALSO\n.Xr dialtone 1 ,\n.Xr dialtone-analyze 1 ,\n.Xr dialtone-explain 1\n", out);
}
