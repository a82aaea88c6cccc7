/* Certificates: their fields, and finding them in whatever may hold them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "dissectors/certificate.h"
#include "tests/unit/fake_emit.h"
#include "tests/unit/make_certificate.h"

#define COUNT(array) (sizeof array / sizeof array[0])

static struct emit emit;
static const struct kind kind = { .proto = "test", .name = "certificate" };

static EVP_PKEY *ec_key;
static X509 *plain;     /* of ec_key */
static struct text der; /* of plain */

static const char *const lync[] = { "DC", "local", "O", "ABC, Inc.", "CN", "lync.abc.local", NULL };
static const struct recipe plain_recipe = { lync, "DNS:Lync.ABC.local,IP:192.0.2.1,DNS:*.abc.com.,email:a@b.c", "20140101000000Z", "20240102030405Z",
	"00ABCDEF0123456789", true };

static struct text der_of(X509 *x)
{
	struct text t = text_start(1 << 20);
	unsigned char *octets = NULL;
	int len = i2d_X509(x, &octets);

	text_add_span(&t, span_of(octets, (size_t)len));
	OPENSSL_free(octets);
	return t;
}

static struct span text_span(const struct text *t)
{
	return span_of(t->data, t->len);
}

/* A list to put certificates into, in a fresh event. */
static struct record *fresh(void)
{
	static const struct field list = { "list" };
	struct event *e;

	fake_reset(&emit);
	e = emit_begin(&emit, &kind);
	emit_end(&emit, e);
	return put_list(&e->fields, &list);
}

/* From memory of exactly this size, so that a sanitizer sees one octet too far. */
static unsigned put_all(struct record *list, struct span octets)
{
	void *exact = memory_get(octets.len);
	unsigned count;

	if (octets.len)
		memcpy(exact, octets.data, octets.len);
	count = certificate_put_all(list, span_of(exact, octets.len));
	free(exact);
	return count;
}

static const struct record *only(const struct record *list)
{
	assert_non_null(list->first);
	assert_ptr_equal(list->first, list->last);
	return &list->first->record;
}

static char *sha256(struct span octets)
{
	static char hex[65];
	uint8_t digest[32];

	EVP_Digest(octets.data, octets.len, digest, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return hex;
}

static void fields_are_those_of_openssl(void **state)
{
	static const char expected[] = "test certificate {list: [{subject: \"CN=lync.abc.local,O=ABC\\, Inc.,DC=local\", "
		"issuer: \"CN=lync.abc.local,O=ABC\\, Inc.,DC=local\", serial: \"abcdef0123456789\", san: [\"lync.abc.local\", \"*.abc.com\"], "
		"not_before: 2014-01-01T00:00:00Z, not_after: 2024-01-02T03:04:05Z, signature_algorithm: \"ecdsa-with-SHA256\", key: \"EC P-256\", "
		".is_ca: true, sha256: \"%s\"}]}\n";
	struct text line = text_start(4096);
	char *got;

	(void)state;
	assert_true(certificate_put(fresh(), text_span(&der)));
	text_addf(&line, expected, sha256(text_span(&der)));
	got = fake_print(&emit);
	assert_string_equal(got, text_string(&line));
	free(got);
	text_free(&line);
}

static void names_are_utf8(void **state)
{
	static const char *const names[] = { "O", "M\xc3\xbcller + S\xc3\xb6hne", "CN", " a=\"b\";\x01 ", NULL };
	struct recipe how = { names, NULL, "20140101000000Z", "20240101000000Z", "01", false };
	X509 *x = make_certificate(ec_key, &how);
	struct text octets = der_of(x);
	struct record *list = fresh();

	(void)state;
	assert_true(certificate_put(list, text_span(&octets)));
	assert_string_equal(record_string(only(list), &certificate_subject), "CN=\\ a=\\\"b\\\"\\;\\01\\ ,O=M\xc3\xbcller \\+ S\xc3\xb6hne");
	assert_null(record_find(only(list), &certificate_san));
	assert_false(record_find(only(list), &certificate_is_ca)->truth);

	/* A string that says it is UTF-8 and is not: no certificate for libcrypto. */
	*(char *)memmem(octets.data, octets.len, "\xc3\xbcller", 6) = '\xff';
	list = fresh();
	assert_false(certificate_put(list, text_span(&octets)));
	assert_null(record_find(only(list), &certificate_subject));
	text_free(&octets);
	X509_free(x);
}

static void expect_key(EVP_PKEY *key, const char *kind_of_key, const char *signature)
{
	X509 *x = make_certificate(key, &plain_recipe);
	struct text octets = der_of(x);
	struct record *list = fresh();

	assert_true(certificate_put(list, text_span(&octets)));
	assert_string_equal(record_string(only(list), &certificate_key), kind_of_key);
	assert_string_equal(record_string(only(list), &certificate_signature_algorithm), signature);
	text_free(&octets);
	X509_free(x);
	EVP_PKEY_free(key);
}

static EVP_PKEY *dsa_key(void)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY *parameters = NULL, *key = NULL;

	EVP_PKEY_paramgen_init(c);
	EVP_PKEY_CTX_set_dsa_paramgen_bits(c, 1024);
	EVP_PKEY_paramgen(c, &parameters);
	EVP_PKEY_CTX_free(c);
	c = EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL);
	EVP_PKEY_keygen_init(c);
	EVP_PKEY_generate(c, &key);
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(parameters);
	return key;
}

static void keys_have_kind_and_size(void **state)
{
	(void)state;
	expect_key(EVP_RSA_gen(1024), "RSA 1024", "sha256WithRSAEncryption");
	expect_key(EVP_EC_gen("P-384"), "EC P-384", "ecdsa-with-SHA256");
	expect_key(EVP_EC_gen("secp256k1"), "EC secp256k1", "ecdsa-with-SHA256");
	expect_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "Ed25519", "ED25519");
	expect_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED448"), "Ed448", "ED448");
	expect_key(dsa_key(), "DSA 1024", "dsa_with_SHA256");
}

static void moments_may_be_far_away(void **state)
{
	struct recipe how = { lync, NULL, "15000101000000Z", "99991231235959Z", "01", false };
	X509 *x = make_certificate(ec_key, &how);
	struct text octets = der_of(x);
	struct record *list = fresh();
	int64_t at;

	(void)state;
	assert_true(certificate_put(list, text_span(&octets)));
	assert_string_equal(record_string(only(list), &certificate_not_before), "1500-01-01T00:00:00Z");
	assert_string_equal(record_string(only(list), &certificate_not_after), "9999-12-31T23:59:59Z");
	assert_true(certificate_moment(only(list), &certificate_not_before, &at));
	assert_true(at == INT64_MIN);
	assert_true(certificate_moment(only(list), &certificate_not_after, &at));
	assert_true(at == INT64_MAX);
	list = fresh();
	assert_true(certificate_put(list, text_span(&der)));
	assert_true(certificate_moment(only(list), &certificate_not_after, &at));
	assert_true(at == INT64_C(1704164645) * 1000000000);
	list = fresh();
	assert_false(certificate_put(list, span_of("abc", 3)));
	assert_false(certificate_moment(only(list), &certificate_not_after, &at));
	text_free(&octets);
	X509_free(x);
}

/* A year has four digits in a certificate, and in what is told of it (RFC 3339): else the year 999 is behind 1970. */
static void early_years_have_four_digits(void **state)
{
	static const struct { const char *sent, *told; } ends[] = {
		{ "09990101000000Z", "0999-01-01T00:00:00Z" }, { "00090203040506Z", "0009-02-03T04:05:06Z" }, { "00000101000000Z", "0000-01-01T00:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct recipe how = { lync, NULL, ends[i].sent, ends[i].sent, "01", false };
		X509 *x = make_certificate(ec_key, &how);
		struct text octets = der_of(x);
		struct record *list = fresh();
		int64_t at;

		assert_true(certificate_put(list, text_span(&octets)));
		assert_string_equal(record_string(only(list), &certificate_not_after), ends[i].told);
		assert_true(certificate_moment(only(list), &certificate_not_after, &at));
		assert_true(at == INT64_MIN);
		text_free(&octets);
		X509_free(x);
	}
}

static void what_is_no_certificate_has_only_a_digest(void **state)
{
	struct record *list = fresh();
	char *got;

	(void)state;
	assert_false(certificate_put(list, span_of("abc", 3)));
	assert_false(certificate_put(list, span_of("", 0)));
	got = fake_print(&emit);
	assert_string_equal(got, "test certificate {list: [{sha256: \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}, "
		"{sha256: \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}]}\n");
	free(got);
}

/* ---- finding them ---- */

static void add_pem(struct text *t, X509 *x)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *data;
	size_t len;

	PEM_write_bio_X509(out, x);
	len = (size_t)BIO_get_mem_data(out, &data);
	text_add_span(t, span_of(data, len));
	BIO_free(out);
}

/* Base64 with `end` after every 64 characters. */
static void add_base64(struct text *t, struct span octets, const char *end)
{
	char *line = memory_get(octets.len * 2 + 4);
	int len = EVP_EncodeBlock((unsigned char *)line, octets.data, (int)octets.len);

	for (int at = 0; at < len; at += 64)
		text_addf(t, "%.64s%s", line + at, end);
	free(line);
}

static struct text pkcs7_of(X509 *x)
{
	struct text t = text_start(1 << 20);
	PKCS7 *p = PKCS7_new();
	unsigned char *octets = NULL;
	int len;

	PKCS7_set_type(p, NID_pkcs7_signed);
	PKCS7_content_new(p, NID_pkcs7_data);
	PKCS7_add_certificate(p, x);
	PKCS7_add_certificate(p, x);
	len = i2d_PKCS7(p, &octets);
	text_add_span(&t, span_of(octets, (size_t)len));
	OPENSSL_free(octets);
	PKCS7_free(p);
	return t;
}

static void expect_found(struct text *t, unsigned count)
{
	struct record *list = fresh();
	unsigned records = 0;

	assert_int_equal(put_all(list, text_span(t)), count);
	for (const struct item *i = list->first; i; i = i->next, records++)
		assert_string_equal(record_string(&i->record, &certificate_sha256), sha256(text_span(&der)));
	assert_int_equal(records, count);
	text_free(t);
}

static void pem_der_and_pkcs7_are_opened(void **state)
{
	struct text t = text_start(1 << 20), p = pkcs7_of(plain);

	(void)state;
	text_add(&t, "Subject: me\n");
	add_pem(&t, plain);
	text_add(&t, "\r\nother text\r\n");
	add_pem(&t, plain);
	expect_found(&t, 2);
	text_add_span(&t, text_span(&der));
	expect_found(&t, 1);
	text_add_span(&t, text_span(&der));
	text_add_span(&t, text_span(&der));
	text_add(&t, "more");
	expect_found(&t, 2);
	text_add_span(&t, text_span(&p));
	expect_found(&t, 2);
	add_base64(&t, text_span(&p), "\r\n");
	expect_found(&t, 2);
	text_add(&t, "-----BEGIN PKCS7-----\n");
	add_base64(&t, text_span(&p), "\n");
	text_add(&t, "-----END PKCS7-----\n");
	expect_found(&t, 2);
	text_free(&p);
}

static void xml_is_looked_into(void **state)
{
	struct text t = text_start(1 << 20);

	(void)state;
	text_add(&t, "<?xml version=\"1.0\"?><s:Envelope><a:Certs MIME=\"MIIB\"><Cert>");
	add_base64(&t, text_span(&der), "&#xD;\n");
	text_add(&t, "</Cert><Cert>\n  ");
	add_base64(&t, text_span(&der), "");
	text_add(&t, "</Cert><No>MIIBzzzz</No></a:Certs>");
	expect_found(&t, 2);
	add_base64(&t, text_span(&der), "");
	while (t.data[t.len - 1] == '=')
		t.len--;
	expect_found(&t, 1);
}

static void keys_are_no_certificates(void **state)
{
	struct text t = text_start(1 << 20);
	BIO *out = BIO_new(BIO_s_mem());
	char *data;
	size_t len;

	(void)state;
	PEM_write_bio_PrivateKey(out, ec_key, NULL, NULL, 0, NULL, NULL);
	len = (size_t)BIO_get_mem_data(out, &data);
	text_add_span(&t, span_of(data, len));
	BIO_free(out);
	expect_found(&t, 0);
	text_add(&t, "0");
	expect_found(&t, 0);
	text_add(&t, "MI");
	expect_found(&t, 0);
	text_add(&t, "MIIBI");
	expect_found(&t, 0);
	t.max = 0;
	expect_found(&t, 0);
}

static void there_is_a_limit(void **state)
{
	struct text t = text_start(1 << 20);

	(void)state;
	for (unsigned i = 0; i < CERTIFICATES_MAX + 10; i++)
		text_add_span(&t, text_span(&der));
	expect_found(&t, CERTIFICATES_MAX);
	for (unsigned i = 0; i < CERTIFICATES_MAX + 10; i++)
		add_pem(&t, plain);
	expect_found(&t, CERTIFICATES_MAX);
	while (t.len < 1000000)
		text_add(&t, "MIIBIjAN-");
	expect_found(&t, 0);
	while (t.len < 1000000)
		text_add(&t, "\x30\x80");
	expect_found(&t, 0);
}

static void every_prefix_is_survived(void **state)
{
	struct text forms[3] = { text_start(1 << 16), text_start(1 << 16), pkcs7_of(plain) };

	(void)state;
	text_add_span(&forms[0], text_span(&der));
	add_pem(&forms[1], plain);
	for (size_t f = 0; f < COUNT(forms); f++) {
		for (size_t len = 0; len < forms[f].len; len++)
			assert_true(put_all(fresh(), span_of(forms[f].data, len)) <= 2);
		text_free(&forms[f]);
	}
}

static void every_changed_octet_is_survived(void **state)
{
	struct text forms[2] = { text_start(1 << 16), pkcs7_of(plain) };

	(void)state;
	text_add_span(&forms[0], text_span(&der));
	for (size_t f = 0; f < COUNT(forms); f++) {
		for (size_t i = 0; i < 2 * forms[f].len; i++) {
			int change = i % 2 ? 0xff : 1 << i / 2 % 8;

			forms[f].data[i / 2] = (char)(forms[f].data[i / 2] ^ change);
			put_all(fresh(), text_span(&forms[f]));
			forms[f].data[i / 2] = (char)(forms[f].data[i / 2] ^ change);
		}
		text_free(&forms[f]);
	}
}

/* What libcrypto reads in the extension, as a text that two can be compared by. */
static void add_names(struct text *t, const X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	struct record *list = fresh();

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS)
			put_name(list, NULL, span_of(ASN1_STRING_get0_data(name->d.dNSName), (size_t)ASN1_STRING_length(name->d.dNSName)));
	}
	GENERAL_NAMES_free(names);
	for (const struct item *i = list->first; i; i = i->next)
		text_addf(t, "%zu:%s ", i->text.len, i->text.data);
}

/* The same as it is told. False where there is no certificate. */
static bool add_told(struct text *t, struct span octets)
{
	struct record *list = fresh();

	if (!certificate_put(list, octets))
		return false;
	for (const struct item *i = record_list(only(list), &certificate_san)->first; i; i = i->next)
		text_addf(t, "%zu:%s ", i->text.len, i->text.data);
	return true;
}

static void compare_names(struct span octets)
{
	const unsigned char *at = octets.data;
	X509 *x = d2i_X509(NULL, &at, (long)octets.len);
	struct text wanted = text_start(4096), told = text_start(4096);

	assert_int_equal(add_told(&told, octets), x != NULL);
	if (x) {
		add_names(&wanted, x);
		assert_string_equal(text_string(&told), text_string(&wanted));
	}
	X509_free(x);
	text_free(&wanted);
	text_free(&told);
}

/* Names are read in two ways, of which one is libcrypto's: whatever stands in a certificate, they tell the same. */
static void names_are_those_of_openssl(void **state)
{
	static const char *const sans[] = {
		"DNS:a.example,IP:192.0.2.1,DNS:B.example.,email:a@b.c,URI:http://a.b/", "DNS:a.example,RID:1.2.3.4,DNS:b.example",
		"otherName:1.3.6.1.4.1.311.20.2.3;UTF8:a@b,DNS:a.example", "IP:192.0.2.1",
	};

	(void)state;
	for (size_t s = 0; s < COUNT(sans); s++) {
		struct recipe how = { lync, sans[s], "20140101000000Z", "20240101000000Z", "01", false };
		X509 *x = make_certificate(ec_key, &how);
		struct text octets = der_of(x);

		compare_names(text_span(&octets));
		for (size_t i = 0; i < 2 * octets.len; i++) {
			char change = (char)(i % 2 ? 0xff : 1 << i / 2 % 8);

			octets.data[i / 2] = (char)(octets.data[i / 2] ^ change);
			compare_names(text_span(&octets));
			octets.data[i / 2] = (char)(octets.data[i / 2] ^ change);
		}
		text_free(&octets);
		X509_free(x);
	}
}

static int set_up(void **state)
{
	(void)state;
	ec_key = EVP_EC_gen("P-256");
	plain = make_certificate(ec_key, &plain_recipe);
	der = der_of(plain);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_reset(&emit);
	text_free(&der);
	X509_free(plain);
	EVP_PKEY_free(ec_key);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_those_of_openssl),
		cmocka_unit_test(names_are_utf8),
		cmocka_unit_test(keys_have_kind_and_size),
		cmocka_unit_test(moments_may_be_far_away),
		cmocka_unit_test(early_years_have_four_digits),
		cmocka_unit_test(what_is_no_certificate_has_only_a_digest),
		cmocka_unit_test(pem_der_and_pkcs7_are_opened),
		cmocka_unit_test(xml_is_looked_into),
		cmocka_unit_test(keys_are_no_certificates),
		cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(every_prefix_is_survived),
		cmocka_unit_test(every_changed_octet_is_survived),
		cmocka_unit_test(names_are_those_of_openssl),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
