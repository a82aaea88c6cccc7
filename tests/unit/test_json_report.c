/* The JSON document. `test_json_report --print` writes every sample, one a line, for tests/check-schemas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "sink/sink.h"
#include "tests/unit/sample_report.h"

static json_t *document_of(const struct report *r)
{
	char *data;
	size_t size;
	FILE *out = open_memstream(&data, &size);
	json_error_t error;
	json_t *j;

	json_report(out, r);
	fclose(out);
	j = json_loads(data, JSON_REJECT_DUPLICATES, &error);
	if (!j)
		fail_msg("%s: %s", error.text, data);
	assert_ptr_equal(strchr(data, '\n'), data + size - 1);
	free(data);
	return j;
}

/* The value at a path such as "phones.0.attempts.0.cause"; fails where there is none. */
static const json_t *at(const json_t *j, const char *path)
{
	const char *whole = path;

	while (*path) {
		size_t len = strcspn(path, ".");
		char key[64];

		snprintf(key, sizeof key, "%.*s", (int)len, path);
		j = json_is_array(j) ? json_array_get(j, (size_t)atoi(key)) : json_object_get(j, key);
		if (!j)
			fail_msg("nothing at %s of %s", key, whole);
		path += len + (path[len] == '.');
	}
	return j;
}

static const char *string_at(const json_t *j, const char *path)
{
	return json_string_value(at(j, path));
}

static void test_broken(void **state)
{
	json_t *j = document_of(sample_broken());
	const json_t *a = at(j, "phones.0.attempts.0");

	(void)state;
	assert_string_equal(string_at(j, "schema"), "dialtone/1");
	assert_string_equal(string_at(j, "captures.0.first"), "2023-11-14T22:13:18.123456Z");
	assert_true(json_is_false(at(j, "captures.0.cut_short")));
	assert_string_equal(string_at(j, "phones.0.mac"), "00:04:f2:aa:bb:01");
	assert_true(json_is_null(at(j, "phones.0.model")));
	assert_int_equal(json_integer_value(at(j, "phones.0.vlan.0")), 200);
	assert_string_equal(string_at(a, "outcome"), "failed");
	assert_string_equal(string_at(a, "broke_at"), "naming");
	assert_string_equal(string_at(a, "cause"), "strict-name");
	assert_int_equal(json_array_size(at(a, "steps")), 13);
	assert_string_equal(string_at(a, "steps.8.step"), "naming");
	assert_string_equal(string_at(a, "steps.8.state"), "failed");
	assert_string_equal(string_at(a, "steps.9.state"), "not-seen");
	assert_true(json_is_null(at(a, "steps.9.start")));
	assert_string_equal(string_at(a, "candidates.0.naming"), "no-match");
	assert_true(json_is_null(at(a, "candidates.0.matched_domain")));
	assert_true(json_is_false(at(a, "candidates.0.dialled")));
	assert_string_equal(string_at(a, "candidates.0.addresses.0"), "10.20.0.15");
	assert_int_equal(json_integer_value(at(a, "findings.0.frames.3")), 67);
	assert_string_equal(string_at(a, "findings.0.grade"), "strong");
	json_decref(j);
}

static void test_signed_in(void **state)
{
	json_t *j = document_of(sample_signed_in());

	(void)state;
	assert_true(json_is_null(at(j, "phones.0.attempts.0.cause")));
	assert_true(json_is_null(at(j, "phones.0.attempts.0.broke_at")));
	assert_string_equal(string_at(j, "phones.0.firmware"), "4.0.7577.4444");
	assert_string_equal(string_at(j, "phones.0.attempts.0.certificates.0.san.1"), "pool.fabrikam.com");
	json_decref(j);
}

static void test_several_files(void **state)
{
	json_t *j = document_of(sample_hostile());

	(void)state;
	assert_string_equal(string_at(j, "phones.0.attempts.0.findings.0.frames.0"), "1:7");
	assert_string_equal(string_at(j, "phones.0.attempts.0.findings.0.frames.1"), "2:9");
	assert_true(json_is_null(at(j, "phones.0.attempts.0.findings.0.step")));
	assert_true(json_is_null(at(j, "captures.1.first")));
	json_decref(j);
}

static void test_no_phone(void **state)
{
	json_t *j = document_of(sample_empty());

	(void)state;
	assert_int_equal(json_array_size(at(j, "phones")), 0);
	json_decref(j);
}

static void test_attempt_alone(void **state)
{
	const struct phone_report *phone = sample_broken()->phones[0];
	char *data;
	size_t size;
	FILE *out = open_memstream(&data, &size);
	json_t *j;

	(void)state;
	json_attempt(out, phone, phone->attempts[0], false);
	fclose(out);
	j = json_loads(data, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	assert_string_equal(string_at(j, "mac"), "00:04:f2:aa:bb:01");
	assert_string_equal(string_at(j, "cause"), "strict-name");
	json_decref(j);
	free(data);
}

static void print_samples(void)
{
	json_report(stdout, sample_broken());
	json_report(stdout, sample_signed_in());
	json_report(stdout, sample_hostile());
	json_report(stdout, sample_empty());
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_signed_in),
		cmocka_unit_test(test_several_files),
		cmocka_unit_test(test_no_phone),
		cmocka_unit_test(test_attempt_alone),
	};

	if (argc == 2 && strcmp(argv[1], "--print") == 0) {
		print_samples();
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
