#include "command/page_file.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/saving.h"
#include "sink/html.h"

/* A capture has none that was standard input, a pipe or an interface. */
static bool save_with_digests(struct saving *s, const struct report *r)
{
	char (*hex)[DIGEST_HEX] = memory_get(r->capture_count * sizeof *hex);
	const char **digests = memory_get(r->capture_count * sizeof *digests);

	for (size_t i = 0; i < r->capture_count; i++)
		digests[i] = digest_file(r->captures[i]->file, hex[i]) ? hex[i] : NULL;
	html_report(s->out, r, &(struct html_options){ .digests = digests });
	free(digests);
	free(hex);
	return saving_finish(s);
}

bool page_file(const char *path, const struct report *r, enum page_kind kind)
{
	struct saving s;

	if (!saving_start(&s, path))
		return false;
	if (kind == PAGE_CAPTURES)
		return save_with_digests(&s, r);
	html_report(s.out, r, &(struct html_options){ .summary = kind == PAGE_SUMMARY });
	return saving_finish(&s);
}
