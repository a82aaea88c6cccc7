/* What is put into temporary files: it is there again, unchanged; a disk that is full, a file that cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/spill.h"

static unsigned char octet_of(size_t i)
{
	return (unsigned char)(i * 7 + i / 251);
}

static void fill(unsigned char *to, size_t len, size_t from)
{
	for (size_t i = 0; i < len; i++)
		to[i] = octet_of(from + i);
}

static void expect(const unsigned char *octets, size_t len, size_t from)
{
	for (size_t i = 0; i < len; i++)
		if (octets[i] != octet_of(from + i))
			fail_msg("octet %zu of what began with %zu", i, from);
}

/* ---- pieces ---- */

static void pieces_come_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 100000, 2000000 };
	enum { COUNT = sizeof sizes / sizeof sizes[0] };
	struct spilled kept[COUNT], other;
	unsigned char *octets = malloc(2000000);

	(void)state;
	assert_false(spill_keep("x", 1, &other));
	spill_allow();
	for (size_t i = 0; i < COUNT; i++) {
		fill(octets, sizes[i], i);
		assert_true(spill_keep(octets, sizes[i], &kept[i]));
	}
	for (size_t i = COUNT; i-- > 0;) {
		assert_int_equal(kept[i].len, sizes[i]);
		memset(octets, 0, 2000000);
		spill_fetch(&kept[i], octets);
		expect(octets, sizes[i], i);
	}
	/* the place of one that was dropped is another's, and nobody else's */
	spill_drop(&kept[3]);
	fill(octets, 4000, 77);
	assert_true(spill_keep(octets, 4000, &other));
	assert_int_equal(other.at, kept[3].at);
	spill_fetch(&kept[4], octets);
	expect(octets, sizes[4], 4);
	spill_end();
	free(octets);
}

/* ---- memory ---- */

enum { PIECES = 3000, PIECE = 5000 };

static struct arena spilling(void)
{
	return (struct arena){ .spills = true };
}

static size_t resident(const void *at)
{
	size_t count = 0;
	char line[200];
	FILE *maps = fopen("/proc/self/smaps", "r");
	unsigned long from, to, kib;
	int inside = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof line, maps)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)at >= from && (uintptr_t)at < to;
		else if (inside && sscanf(line, "Rss: %lu kB", &kib) == 1)
			count += kib;
	}
	fclose(maps);
	return count << 10;
}

/* 15 MB in two arenas: the first of it is ordinary memory, the last is being filled, the rest is in the file, and stays where it was. */
static void memory_stays_where_it_is(void **state)
{
	struct arena a = spilling(), b = spilling();
	unsigned char *in_a[PIECES], *in_b[PIECES];

	(void)state;
	spill_allow();
	for (size_t i = 0; i < PIECES; i++) {
		fill(in_a[i] = arena_get(&a, PIECE), PIECE, i);
		fill(in_b[i] = arena_get(&b, 100), 100, 2 * i);
	}
	for (size_t i = 0; i < PIECES; i++) {
		spill_look(in_a[i]);
		expect(in_a[i], PIECE, i);
		expect(in_b[i], 100, 2 * i);
	}
	/* what was written may be changed, too */
	for (size_t i = 0; i < PIECES; i += 2) {
		spill_look(in_a[i]);
		fill(in_a[i], PIECE, i + 9);
	}
	for (size_t i = 0; i < PIECES; i++) {
		spill_look(in_a[i]);
		expect(in_a[i], PIECE, i % 2 ? i : i + 9);
	}
	/* and what was not looked at lately is not in memory */
	assert_true(resident(in_a[PIECES / 2]) < 12 * SPILL_CHUNK);
	arena_free(&a);
	arena_free(&b);
	spill_end();
}

static void an_arena_that_spills_is_zeroed_aligned_and_takes_large_pieces(void **state)
{
	struct arena a = spilling();
	size_t sizes[] = { 1, 17, 4096, SPILL_CHUNK - 100, SPILL_CHUNK, 3 * SPILL_CHUNK, 5 };

	(void)state;
	spill_allow();
	for (size_t round = 0; round < 20; round++)
		for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
			unsigned char *piece = arena_get(&a, sizes[i]);

			assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(piece[k], 0);
			memset(piece, 0xff, sizes[i]);
		}
	arena_free(&a);
	spill_end();
}

static void nobody_spills_unasked(void **state)
{
	struct arena a = spilling();

	(void)state;
	for (size_t i = 0; i < 100; i++)
		memset(arena_get(&a, 1 << 18), 1, 1 << 18);
	assert_false(spill_is_allowed());
	assert_null(a.spilled);
	arena_free(&a);
}

/* ---- what goes wrong ---- */

static void use_all(void)
{
	struct arena a = spilling();
	unsigned char *pieces[PIECES];
	struct spilled kept;
	char octet = 0;

	spill_allow();
	for (size_t i = 0; i < PIECES; i++)
		fill(pieces[i] = arena_get(&a, PIECE), PIECE, i);
	if (spill_keep("x", 1, &kept))
		spill_fetch(&kept, &octet);
	assert_true(octet == 0 || octet == 'x');
	for (size_t i = 0; i < PIECES; i++) {
		spill_look(pieces[i]);
		expect(pieces[i], PIECE, i);
	}
	arena_free(&a);
	spill_end();
}

/* The system refuses to write beyond RLIMIT_FSIZE as it does on a full disk. */
static void on_a_full_disk_it_stays_in_memory(void **state)
{
	struct rlimit before, little;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (size_t chunks = 0; chunks < 4; chunks++) {
		little = before;
		little.rlim_cur = chunks * SPILL_CHUNK + 1000 * (chunks % 2);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
		use_all();
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	}
}

static void without_a_folder_it_stays_in_memory(void **state)
{
	(void)state;
	setenv("TMPDIR", "/dev/null/nowhere", 1);
	use_all();
	unsetenv("TMPDIR");
}

/* Octets of the file that are gone under the mapping: as where a disk cannot be read. */
static void loses_its_file(void)
{
	struct arena a = spilling();
	unsigned char *pieces[PIECES];
	int fd;

	spill_allow();
	for (size_t i = 0; i < PIECES; i++)
		pieces[i] = memset(arena_get(&a, PIECE), 1, PIECE);
	for (fd = 3; fd < 100; fd++)
		if (ftruncate(fd, 0) == 0)
			break;
	for (size_t i = 0; i < PIECES; i++) {
		spill_look(pieces[i]);
		if (*(volatile unsigned char *)pieces[i] != 1)
			_exit(3);
	}
	_exit(0);
}

static void loses_its_pieces(void)
{
	struct spilled kept;
	char octets[10] = "";

	spill_allow();
	if (!spill_keep("0123456789", 10, &kept))
		_exit(3);
	for (int fd = 3; fd < 100; fd++)
		if (ftruncate(fd, 0) == 0)
			break;
	spill_fetch(&kept, octets);
	_exit(0);
}

static void expect_one_line_and_status_2(void (*what)(void))
{
	char said[1000];
	int ends[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		what();
	}
	close(ends[1]);
	while ((n = read(ends[0], said + len, sizeof said - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 2);
	assert_string_equal(said, "dialtone: temporary file: what was written cannot be read again\n");
}

static void what_cannot_be_read_again_ends_the_program(void **state)
{
	(void)state;
	expect_one_line_and_status_2(loses_its_file);
	expect_one_line_and_status_2(loses_its_pieces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_spills_unasked),
		cmocka_unit_test(pieces_come_back),
		cmocka_unit_test(memory_stays_where_it_is),
		cmocka_unit_test(an_arena_that_spills_is_zeroed_aligned_and_takes_large_pieces),
		cmocka_unit_test(on_a_full_disk_it_stays_in_memory),
		cmocka_unit_test(without_a_folder_it_stays_in_memory),
		cmocka_unit_test(what_cannot_be_read_again_ends_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
