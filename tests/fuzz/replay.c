/*
 * Runs a harness over files instead of a fuzzer: those named, and all of folders named; without names the corpus of tests/fuzz/corpus that
 * bears the harness's name ($srcdir tells where). An input that crashes, or takes over 5 s of processor time, ends the program: its name was said before.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "base/memory.h"
#include "tests/fuzz/fuzz.h"

enum { SECONDS_MAX = 5 };

static unsigned long passed;

static void fail(const char *name)
{
	fprintf(stderr, "%s: %s\n", name, strerror(errno));
	exit(1);
}

/* In memory of exactly its size, so that a sanitizer sees one octet too far. */
static uint8_t *read_file(const char *name, size_t *ret_size)
{
	FILE *file = fopen(name, "rb");
	struct stat about;
	uint8_t *data;

	if (!file || fstat(fileno(file), &about) < 0)
		fail(name);
	*ret_size = (size_t)about.st_size;
	data = memory_get(*ret_size);
	if (fread(data, 1, *ret_size, file) != *ret_size)
		fail(name);
	fclose(file);
	return data;
}

static void run_file(const char *name)
{
	const struct itimerval limit = { .it_value.tv_sec = SECONDS_MAX }, off = { 0 };
	size_t size;
	uint8_t *data = read_file(name, &size);

	fprintf(stderr, "%s\n", name);
	setitimer(ITIMER_PROF, &limit, NULL);
	LLVMFuzzerTestOneInput(data, size);
	setitimer(ITIMER_PROF, &off, NULL);
	free(data);
	passed++;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void run_folder(const char *name)
{
	struct dirent **entries;
	int count = scandir(name, &entries, visible, alphasort);

	if (count < 0)
		fail(name);
	for (int i = 0; i < count; i++) {
		char path[4096];

		snprintf(path, sizeof path, "%s/%s", name, entries[i]->d_name);
		run_file(path);
		free(entries[i]);
	}
	free(entries);
}

static void run_path(const char *name)
{
	struct stat about;

	if (stat(name, &about) < 0)
		fail(name);
	if (S_ISDIR(about.st_mode))
		run_folder(name);
	else
		run_file(name);
}

/* tests/fuzz/fuzz_NAME -> $srcdir/tests/fuzz/corpus/NAME */
static void run_own(const char *program)
{
	const char *source = getenv("srcdir"), *name = strstr(program, "fuzz_");
	char path[4096];

	for (const char *next = name; next; next = strstr(next + 1, "fuzz_"))
		name = next;
	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", source ? source : ".", name ? name + strlen("fuzz_") : program);
	run_folder(path);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	if (argc < 2)
		run_own(argv[0]);
	printf("%lu passed, 0 failed\n", passed);
	return passed ? 0 : 1;
}
