/* The daemon's settings: command line and file, what is wrong with them, and what a change concerns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/settings.h"
#include "sink/store.h"

enum { ARGS_MAX = 32 };

static char folder[] = "/tmp/test_settings.XXXXXX";
static char path[64];

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* The words behind `capture --config FILE`. */
static int read_words(struct config *c, const char *words)
{
	char *args[ARGS_MAX] = { (char *)(uintptr_t)"capture", (char *)(uintptr_t)"--config", path };
	char *copy = strdup(words);
	int count = 3, answer;

	for (char *word = strtok(copy, " "); word && count < ARGS_MAX - 1; word = strtok(NULL, " "))
		args[count++] = word;
	answer = config_read(count, args, c);
	free(copy);
	return answer;
}

static void defaults(void **state)
{
	struct config c;

	(void)state;
	write_file("# nothing but a comment\n\n");
	assert_int_equal(read_words(&c, "-i eth1"), 0);
	assert_int_equal(c.interface_count, 1);
	assert_true(c.promiscuous);
	assert_int_equal(c.ring, 32 << 20);
	assert_string_equal(c.db, STORE_PATH);
	assert_null(c.filter);
	assert_int_equal(c.keep_days, 0);
	config_free(&c);
}

static void a_file(void **state)
{
	struct config c;

	(void)state;
	write_file("interface=eth1\n  interface =  eth2 \npromisc = no\nring-size = 64M\nsnaplen = 1500\nkeep-size = 20g\nphone = 00-04-F2-AA-BB-01\n"
		"filter = net 10.0.0.0/8 and not port 22\nall-clients = yes\nverbose = 2\n");
	assert_int_equal(read_words(&c, ""), 0);
	assert_int_equal(c.interface_count, 2);
	assert_string_equal(c.interfaces[1], "eth2");
	assert_false(c.promiscuous);
	assert_int_equal(c.ring, 64 << 20);
	assert_int_equal(c.snap, 1500);
	assert_int_equal(c.keep_size, UINT64_C(20) << 30);
	assert_int_equal(c.phone_count, 1);
	assert_string_equal(c.filter, "net 10.0.0.0/8 and not port 22");
	assert_true(c.all_clients);
	assert_int_equal(c.verbosity, 2);
	config_free(&c);
}

static void the_command_line_wins(void **state)
{
	struct config c;

	(void)state;
	write_file("interface = eth1\ninterface = eth2\nring-size = 64M\nphone = 00:04:f2:aa:bb:01\n");
	assert_int_equal(read_words(&c, "-i lo --ring-size 2M -v -v --phone 00:04:f2:aa:bb:02 --phone 00:04:f2:aa:bb:03 --no-promisc"), 0);
	assert_int_equal(c.interface_count, 1);
	assert_string_equal(c.interfaces[0], "lo");
	assert_int_equal(c.ring, 2 << 20);
	assert_int_equal(c.phone_count, 2);
	assert_int_equal(c.verbosity, 2);
	assert_false(c.promiscuous);
	config_free(&c);
}

static void what_is_wrong(void **state)
{
	static const char *const lines[] = {
		"nonsense = 1", "interface", "= 3", "interface =", "ring-size = 64X", "ring-size = 100", "ring-size = 99999G", "snaplen = 10", "snaplen = 1e3",
		"promisc = maybe", "phone = 00:04", "interface = eth1\ninterface = eth1", "keep-days = -1", "keep-days = 18446744073709551616", "policy = none-such",
		"config = other.conf",
	};
	static const char *const words[] = { "--ring-size 3", "--nonsense", "--filter", "eth1", "--keep-days x", "--phone 1" };
	struct config c;
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		snprintf(text, sizeof text, "interface = eth0\n%s\n", lines[i]);
		write_file(text);
		assert_int_equal(read_words(&c, ""), -1);
		config_free(&c);
	}
	write_file("interface = eth0\n");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		assert_int_equal(read_words(&c, words[i]), -1);
		config_free(&c);
	}
	write_file("");
	assert_int_equal(read_words(&c, ""), -1);       /* no interface */
	config_free(&c);
	unlink(path);
	assert_int_equal(read_words(&c, "-i eth0"), -1);
	config_free(&c);
}

static unsigned change_by(const char *line)
{
	struct config a, b;
	char text[200];
	unsigned change;

	write_file("interface = eth1\n");
	assert_int_equal(read_words(&a, ""), 0);
	snprintf(text, sizeof text, "interface = eth1\n%s\n", line);
	write_file(text);
	assert_int_equal(read_words(&b, ""), 0);
	change = config_change(&a, &b);
	config_free(&a);
	config_free(&b);
	return change;
}

static void changes(void **state)
{
	(void)state;
	assert_int_equal(change_by(""), CHANGE_NONE);
	assert_int_equal(change_by("ring-size = 32M"), CHANGE_NONE);
	assert_int_equal(change_by("ring-size = 33M"), CHANGE_CAPTURE);
	assert_int_equal(change_by("interface = eth2"), CHANGE_CAPTURE);
	assert_int_equal(change_by("phone = 00:04:f2:aa:bb:01"), CHANGE_CAPTURE);
	assert_int_equal(change_by("filter = port 53"), CHANGE_CAPTURE);
	assert_int_equal(change_by("keep-days = 3"), CHANGE_STORE);
	assert_int_equal(change_by("metrics = x"), CHANGE_STORE);
	assert_int_equal(change_by("syslog = yes"), CHANGE_LOG);
	assert_int_equal(change_by("user = nobody"), CHANGE_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults), cmocka_unit_test(a_file), cmocka_unit_test(the_command_line_wins), cmocka_unit_test(what_is_wrong),
		cmocka_unit_test(changes),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/dialtone.conf", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(folder);
	return failed;
}
