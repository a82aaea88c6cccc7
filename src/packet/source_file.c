/*
 * Capture files as one timeline: a heap of the files' next packets, the earliest on top. A file's own order is never changed, so packets behind one
 * that is too late wait for it.
 */
#include "packet/source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/memory.h"
#include "packet/filter.h"
#include "packet/reader.h"

enum {
	WINDOW_MIN = 16 * 1024, WINDOW_MAX = 256 * 1024, WINDOWS_ALL = 32 * 1024 * 1024,        /* octets */
	FILES_BESIDE = 64,              /* that the rest of the program may have open */
};

struct files {
	struct source source;
	struct reader **files;
	struct packet *next;            /* of each file, where it is in the heap */
	unsigned count;
	unsigned *heap, heap_count;     /* file numbers */
	bool taken;                     /* the packet on top was given out */
	bool failed;
	struct filter *filter;
	uint64_t matched;
};

/* ---- the heap ---- */

static bool earlier(const struct files *s, unsigned a, unsigned b)
{
	return s->next[a].at_ns != s->next[b].at_ns ? s->next[a].at_ns < s->next[b].at_ns : a < b;
}

static void heap_sink(struct files *s, unsigned at)
{
	unsigned file = s->heap[at], child;

	while ((child = 2 * at + 1) < s->heap_count) {
		if (child + 1 < s->heap_count && earlier(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (!earlier(s, s->heap[child], file))
			break;
		s->heap[at] = s->heap[child];
		at = child;
	}
	s->heap[at] = file;
}

/* Reads the next packet of `file`. False where there is none, or where reading failed. */
static bool advance(struct files *s, unsigned file)
{
	enum source_answer answer = reader_next(s->files[file], &s->next[file]);

	if (answer == SOURCE_ERROR)
		s->failed = true;
	return answer == SOURCE_PACKET;
}

static void pass_top(struct files *s)
{
	if (!advance(s, s->heap[0]))
		s->heap[0] = s->heap[--s->heap_count];
	if (s->heap_count)
		heap_sink(s, 0);
}

static void heap_build(struct files *s)
{
	for (unsigned file = 0; file < s->count; file++)
		if (advance(s, file))
			s->heap[s->heap_count++] = file;
	for (unsigned at = s->heap_count / 2; at-- > 0;)
		heap_sink(s, at);
}

/* ---- opening ---- */

static bool stdin_once(char *const *files, unsigned count)
{
	unsigned times = 0;

	for (unsigned i = 0; i < count; i++)
		times += strcmp(files[i], "-") == 0;
	if (times > 1)
		log_error("-: standard input can be read only once");
	return times <= 1;
}

/* A ring of captures may have more files than a process may usually open. */
static void allow_files(unsigned count)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= count + FILES_BESIDE || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Large enough that a read costs nothing beside its octets, small enough to stay in the processor's cache, and not too much for many files. */
static size_t window_for(unsigned count)
{
	size_t each = WINDOWS_ALL / (count ? count : 1);

	return each < WINDOW_MIN ? WINDOW_MIN : each > WINDOW_MAX ? WINDOW_MAX : each;
}

/* Says of every file that cannot be read what is wrong, not only of the first. */
static bool open_all(struct files *s, char *const *files, unsigned count)
{
	bool good = stdin_once(files, count);

	allow_files(count);
	for (; good && s->count < count; s->count++)
		s->files[s->count] = reader_open(files[s->count], s->count, window_for(count));
	for (unsigned i = 0; i < s->count; i++)
		good = good && s->files[i];
	return good;
}

/* A filter that fits none of the files' link types is a mistake; one that fits some is not. */
static bool filter_fits(struct files *s)
{
	bool fits = !s->filter || s->heap_count == 0;

	for (unsigned i = 0; s->filter && i < s->heap_count; i++)
		fits |= filter_prepare(s->filter, s->next[s->heap[i]].link_type);
	return fits;
}

/* ---- reading ---- */

static void say_no_match(const struct files *s)
{
	uint64_t packets = 0;

	for (unsigned i = 0; i < s->count; i++)
		packets += reader_capture(s->files[i])->packets;
	if (s->filter && !s->matched && packets)
		log_warning("no packet matches the filter");
}

static enum source_answer files_next(struct source *source, struct packet *ret)
{
	struct files *s = (struct files *)source;

	for (;;) {
		if (s->taken)
			pass_top(s);
		s->taken = s->heap_count > 0;
		if (s->failed)
			return SOURCE_ERROR;
		if (!s->taken) {
			say_no_match(s);
			return SOURCE_END;
		}
		*ret = s->next[s->heap[0]];
		if (!s->filter || filter_matches(s->filter, ret))
			break;
	}
	s->matched++;
	return SOURCE_PACKET;
}

static unsigned files_captures(const struct source *source)
{
	return ((const struct files *)source)->count;
}

static struct capture_info *files_capture(struct source *source, unsigned file)
{
	return reader_capture(((struct files *)source)->files[file]);
}

static void files_progress(const struct source *source, uint64_t *ret_done, uint64_t *ret_total)
{
	const struct files *s = (const struct files *)source;
	bool known = true;

	for (unsigned i = 0; i < s->count; i++) {
		uint64_t done, size;

		reader_progress(s->files[i], &done, &size);
		*ret_done += done;
		*ret_total += size;
		known = known && size;
	}
	if (!known)
		*ret_total = 0;
}

static void files_close(struct source *source)
{
	struct files *s = (struct files *)source;

	for (unsigned i = 0; i < s->count; i++)
		reader_close(s->files[i]);
	filter_free(s->filter);
	free(s->files);
	free(s->next);
	free(s->heap);
	free(s);
}

struct source *source_open_files(char *const *files, unsigned count, const char *filter)
{
	static const struct source_type type = {
		.next = files_next, .captures = files_captures, .capture = files_capture, .progress = files_progress, .close = files_close,
	};
	struct files *s = memory_get(sizeof *s);

	s->source.type = &type;
	s->files = memory_get(count * sizeof *s->files);
	s->next = memory_get(count * sizeof *s->next);
	s->heap = memory_get(count * sizeof *s->heap);
	if (filter)
		s->filter = filter_new(filter);
	if ((s->filter || !filter) && open_all(s, files, count)) {
		heap_build(s);
		if (filter_fits(s))
			return &s->source;
	}
	source_close(&s->source);
	return NULL;
}
