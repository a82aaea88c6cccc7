#include "packet/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum { MAGIC = 4 };     /* octets that tell a compressed stream */

static const struct unpack_format *const formats[] = { &unpack_gzip, &unpack_zstd };

/* One read. 0 at the end or after an error, which `in` then tells. */
static size_t read_some(struct input *in, uint8_t *to, size_t room)
{
	ssize_t n;

	do
		n = read(in->fd, to, room);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		in->ending = INPUT_FAILED;
		in->error = errno;
		return 0;
	}
	in->disk_done += (uint64_t)n;
	return (size_t)n;
}

static size_t fill_plain(struct input *in, uint8_t *to, size_t room)
{
	size_t n = read_some(in, to, room);

	if (!n && in->ending == INPUT_OPEN)
		in->ending = INPUT_END;
	return n;
}

static void packed_more(struct input *in)
{
	in->packed = span_of(in->packed_room, read_some(in, in->packed_room, in->packed_size));
	in->packed_end = in->packed.len == 0;
}

static size_t fill_unpacked(struct input *in, uint8_t *to, size_t room)
{
	size_t n = 0;

	while (in->ending == INPUT_OPEN) {
		bool good = in->format->run(in->unpacker, &in->packed, to, room, &n, &in->complete);

		if (!good)
			in->ending = INPUT_DAMAGED;
		if (n)
			break;
		if (good && !in->packed.len && in->packed_end)
			in->ending = in->complete ? INPUT_END : INPUT_CUT;
		else if (good && !in->packed.len)
			packed_more(in);
	}
	return n;
}

/* Moves what is left to the front of the window and makes room for `n`. */
static void make_room(struct input *in, size_t n)
{
	size_t there = input_there(in);

	if (there)
		memmove(in->window, in->at, there);
	if (n > in->window_size) {
		in->window = memory_resize(in->window, n, 1);
		in->window_size = n;
	}
	in->at = in->window;
	in->end = in->window + there;
}

bool input_fill(struct input *in, size_t n)
{
	make_room(in, n);
	while (input_there(in) < n && in->ending == INPUT_OPEN) {
		uint8_t *to = in->window + input_there(in);
		size_t room = in->window_size - input_there(in);

		in->end += in->format ? fill_unpacked(in, to, room) : fill_plain(in, to, room);
	}
	return input_there(in) >= n;
}

bool input_skip(struct input *in, uint64_t n)
{
	while (n > input_there(in)) {
		n -= input_there(in);
		in->at = in->end;
		if (!input_want(in, 1))
			return false;
	}
	in->at += n;
	return true;
}

/* What was read to look at the first octets is the beginning of the packed stream. */
static bool start_unpacking(struct input *in, const struct unpack_format *format)
{
	in->unpacker = format->open();
	if (!in->unpacker)
		return false;
	in->format = format;
	in->packed_room = in->window;
	in->packed_size = in->window_size;
	in->packed = span_of(in->at, input_there(in));
	in->packed_end = in->ending == INPUT_END;
	if (in->packed_end)
		in->ending = INPUT_OPEN;
	in->window = memory_resize(NULL, in->window_size, 1);
	in->at = in->end = in->window;
	return true;
}

static bool look_at_start(struct input *in, const char **ret_why)
{
	struct span start;

	input_want(in, MAGIC);
	start = span_of(in->at, input_there(in));
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (formats[i]->recognise(start) && !start_unpacking(in, formats[i])) {
			*ret_why = "the decompressor cannot be started";
			return false;
		} else if (in->format) {
			break;
		}
	if (in->ending != INPUT_FAILED)
		return true;
	*ret_why = strerror(in->error);
	return false;
}

static bool open_file(struct input *in, const char *name, const char **ret_why)
{
	struct stat about;

	in->fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0 || fstat(in->fd, &about) < 0) {
		*ret_why = strerror(errno);
		return false;
	}
	if (S_ISDIR(about.st_mode)) {
		*ret_why = "is a directory";
		return false;
	}
	if (S_ISREG(about.st_mode)) {
		in->disk_size = (uint64_t)about.st_size;
		posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	return true;
}

bool input_open(struct input *in, const char *name, size_t window, const char **ret_why)
{
	*in = (struct input){ .fd = -1 };
	if (!open_file(in, name, ret_why)) {
		input_close(in);
		return false;
	}
	in->window = memory_resize(NULL, window, 1);
	in->window_size = window;
	in->at = in->end = in->window;
	if (look_at_start(in, ret_why))
		return true;
	input_close(in);
	return false;
}

void input_close(struct input *in)
{
	if (in->unpacker)
		in->format->close(in->unpacker);
	if (in->fd >= 0)
		close(in->fd);
	free(in->window);
	free(in->packed_room);
	*in = (struct input){ .fd = -1 };
}
