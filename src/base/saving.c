#include "base/saving.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/unfinished.h"

static bool complain(const char *path, const char *what)
{
	log_error("%s: cannot %s it: %s", path, what, strerror(errno));
	return false;
}

static bool exists_as_other(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 && !S_ISREG(s.st_mode);
}

/* Where a link leads to, so that the link stays one. */
static char *other_name(const char *path)
{
	char *real = realpath(path, NULL), *name;
	const char *place = real ? real : path;

	name = memory_get(strlen(place) + sizeof ".XXXXXX");
	strcpy(name, place);
	strcat(name, ".XXXXXX");
	free(real);
	return name;
}

/* Its other name is not needed any more. */
static void leave(struct saving *s)
{
	if (s->other)
		unfinished_end(s->other);
	free(s->other);
}

/* mkstemp makes files that only their owner may read. */
static void give_usual_rights(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	(void)!fchmod(fd, 0666 & ~mask);
}

bool saving_start(struct saving *s, const char *path)
{
	int fd;

	*s = (struct saving){ .path = path };
	if (exists_as_other(path)) {
		s->out = fopen(path, "wbe");
		return s->out ? true : complain(path, "write");
	}
	s->other = other_name(path);
	fd = unfinished_create(s->other);
	s->out = fd >= 0 ? fdopen(fd, "wb") : NULL;
	if (s->out) {
		give_usual_rights(fd);
		return true;
	}
	complain(path, "write");
	leave(s);
	return false;
}

void saving_abandon(struct saving *s)
{
	fclose(s->out);
	if (s->other)
		unlink(s->other);
	leave(s);
}

bool saving_possible(const char *path)
{
	struct saving s;

	if (!saving_start(&s, path))
		return false;
	saving_abandon(&s);
	return true;
}

bool saving_is(const char *path, const char *other)
{
	struct stat one, two;
	int found = strcmp(other, "-") == 0 ? fstat(STDIN_FILENO, &two) : stat(other, &two);

	if (strcmp(path, other) == 0)
		return true;
	return found == 0 && stat(path, &one) == 0 && S_ISREG(one.st_mode) && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

bool saving_is_apart(const char *option, const char *path, const char *other)
{
	if (strcmp(path, "-") == 0)
		log_error("%s -: standard output is for something else: name a file", option);
	else if (saving_is(path, other))
		log_error("%s %s: this file is used for something else, too, and would be written over", option, path);
	else
		return true;
	return false;
}

/* The name without the ending of mkstemp: where it goes. */
static bool put_in_place(const struct saving *s)
{
	char *place = memory_get(strlen(s->other) + 1);
	bool good;

	strcpy(place, s->other);
	place[strlen(place) - strlen(".XXXXXX")] = '\0';
	good = rename(s->other, place) == 0;
	free(place);
	return good;
}

bool saving_finish(struct saving *s)
{
	bool good = !ferror(s->out) && fflush(s->out) == 0;
	int why = errno;

	if (fclose(s->out) != 0 && good) {
		good = false;
		why = errno;
	}
	errno = why;
	if (good && s->other && !put_in_place(s)) {
		good = false;
		why = errno;
	}
	if (!good && s->other)
		unlink(s->other);
	leave(s);
	errno = why;
	return good ? true : complain(s->path, "write");
}
