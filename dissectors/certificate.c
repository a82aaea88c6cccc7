/*
 * X.509 certificates as records of an event, through libcrypto. Rules: RFC 5280 4.1 and 4.2.1, RFC 4514 (names), RFC 2315 (PKCS#7), RFC 7468 (PEM).
 */
#include "dissectors/certificate.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/moment.h"
#include "dissectors/ber.h"
#include "dissectors/certificate_known.h"

const struct field certificate_subject = { "subject" };
const struct field certificate_issuer = { "issuer" };
const struct field certificate_serial = { "serial" };
const struct field certificate_san = { "san" };
const struct field certificate_not_before = { "not_before" };
const struct field certificate_not_after = { "not_after" };
const struct field certificate_signature_algorithm = { "signature_algorithm" };
const struct field certificate_key = { "key" };
const struct field certificate_sha256 = { "sha256" };
const struct field certificate_is_ca = { ".is_ca" };

enum { OID_TEXT = 80, SHA256_LEN = 32 };

/* ---- names ---- */

/* RFC 4514 as libcrypto has it, but that octets above 0x7f stay: they are UTF-8 then. */
#define NAME_FLAGS (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB)

static void put_dn(struct record *r, const struct field *f, const X509_NAME *name)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text;

	if (out && X509_NAME_print_ex(out, name, 0, NAME_FLAGS) >= 0) {
		long len = BIO_get_mem_data(out, &text);

		put_text(r, f, span_of(text, len > 0 ? (size_t)len : 0));
	}
	BIO_free(out);
}

/* The octets of an extension that stands there once. */
static struct span extension(const X509 *x, int nid)
{
	int at = X509_get_ext_by_NID(x, nid, -1);
	const ASN1_OCTET_STRING *value = at >= 0 && X509_get_ext_by_NID(x, nid, at) < 0 ? X509_EXTENSION_get_data(X509_get_ext(x, at)) : NULL;

	return value ? span_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)) : span_of(NULL, 0);
}

/* Tags of GeneralName (RFC 5280 4.2.1.6) whose content is octets and nothing more. */
enum { NAME_MAIL = 0x81, NAME_DNS = 0x82, NAME_URI = 0x86, NAME_IP = 0x87 };

static bool is_plain_name(uint8_t tag)
{
	return tag == NAME_MAIL || tag == NAME_DNS || tag == NAME_URI || tag == NAME_IP;
}

/* Whether these are names of those kinds alone, in definite lengths that add up. */
static bool are_plain(struct span names)
{
	struct cursor c = cursor_over(names);
	struct ber name;

	while (cursor_left(&c))
		if (!ber_next(&c, &name) || !is_plain_name(name.tag))
			return false;
	return cursor_ok(&c);
}

/* libcrypto makes five objects of each name, which costs more than all else where somebody puts thousands into a certificate. False where it is to do it. */
static bool put_plain_san(struct record *r, const X509 *x)
{
	struct cursor c = cursor_over(extension(x, NID_subject_alt_name));
	struct record *list = NULL;
	struct span names;
	struct ber name;

	if (!ber_expect(&c, BER_SEQUENCE, &names) || cursor_left(&c) || !are_plain(names))
		return false;
	c = cursor_over(names);
	while (cursor_left(&c) && ber_next(&c, &name))
		if (name.tag == NAME_DNS)
			put_name(list = list ? list : put_list(r, &certificate_san), NULL, name.content);
	return true;
}

static void put_any_san(struct record *r, const X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	struct record *list = NULL;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_DNS)
			continue;
		if (!list)
			list = put_list(r, &certificate_san);
		put_name(list, NULL, span_of(ASN1_STRING_get0_data(name->d.dNSName), (size_t)ASN1_STRING_length(name->d.dNSName)));
	}
	GENERAL_NAMES_free(names);
}

static void put_san(struct record *r, const X509 *x)
{
	if (!put_plain_san(r, x))
		put_any_san(r, x);
}

/* ---- numbers and times ---- */

static void put_serial(struct record *r, const X509 *x)
{
	BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	char *text = n ? BN_bn2hex(n) : NULL;

	for (char *c = text; c && *c; c++)
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	if (text)
		put_string(r, &certificate_serial, text);
	OPENSSL_free(text);
	BN_free(n);
}

static bool read_time(const ASN1_TIME *t, struct tm *ret_parts, int64_t *ret_seconds)
{
	if (!t || !ASN1_TIME_to_tm(t, ret_parts))
		return false;
	*ret_seconds = timegm(ret_parts);
	return true;
}

static void put_moment(struct record *r, const struct field *f, const ASN1_TIME *t)
{
	struct tm parts;
	int64_t seconds;
	char text[MOMENT_TEXT];

	if (!read_time(t, &parts, &seconds))
		return;
	if (seconds > INT64_MIN / NS_PER_S && seconds < INT64_MAX / NS_PER_S)
		put_time(r, f, seconds * NS_PER_S, 0);
	else if ((size_t)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
			parts.tm_min, parts.tm_sec) < sizeof text)
		put_string(r, f, text);
}

bool certificate_moment(const struct record *certificate, const struct field *f, int64_t *ret_ns)
{
	const struct item *i = record_find(certificate, f);

	if (!i)
		return false;
	if (i->form == FORM_TIME)
		*ret_ns = i->integer;
	else
		*ret_ns = strncmp(i->text.data, "1970", 4) > 0 ? INT64_MAX : INT64_MIN;
	return true;
}

/* ---- algorithms ---- */

static void put_object(struct record *r, const struct field *f, const ASN1_OBJECT *o)
{
	char text[OID_TEXT];

	if (o && OBJ_obj2txt(text, sizeof text, o, 0) > 0)
		put_string(r, f, text);
}

static void put_signature(struct record *r, const X509 *x)
{
	const X509_ALGOR *algorithm;
	const ASN1_OBJECT *o = NULL;

	X509_get0_signature(NULL, &algorithm, x);
	if (algorithm)
		X509_ALGOR_get0(&o, NULL, NULL, algorithm);
	put_object(r, &certificate_signature_algorithm, o);
}

/* "P-256", the curve's own name where NIST has none for it, or its size where it has no name at all. */
static void print_curve(EVP_PKEY *key, char *out, size_t size)
{
	char name[OID_TEXT] = "";
	const char *nist = NULL;

	if (EVP_PKEY_get_group_name(key, name, sizeof name, NULL) > 0)
		nist = EC_curve_nid2nist(OBJ_txt2nid(name));
	if (nist || name[0])
		snprintf(out, size, "EC %s", nist ? nist : name);
	else
		snprintf(out, size, "EC %d", EVP_PKEY_get_bits(key));
}

static void put_key(struct record *r, const X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	ASN1_OBJECT *o = NULL;
	char text[OID_TEXT + 8] = "";

	switch (key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE) {
	case EVP_PKEY_RSA:
		snprintf(text, sizeof text, "RSA %d", EVP_PKEY_get_bits(key));
		break;
	case EVP_PKEY_RSA_PSS:
		snprintf(text, sizeof text, "RSA-PSS %d", EVP_PKEY_get_bits(key));
		break;
	case EVP_PKEY_DSA:
		snprintf(text, sizeof text, "DSA %d", EVP_PKEY_get_bits(key));
		break;
	case EVP_PKEY_EC:
		print_curve(key, text, sizeof text);
		break;
	case EVP_PKEY_ED25519:
		snprintf(text, sizeof text, "Ed25519");
		break;
	case EVP_PKEY_ED448:
		snprintf(text, sizeof text, "Ed448");
		break;
	}
	if (text[0])
		put_string(r, &certificate_key, text);
	else if (X509_PUBKEY_get0_param(&o, NULL, NULL, NULL, X509_get_X509_PUBKEY(x)))
		put_object(r, &certificate_key, o);
}

static void put_ca(struct record *r, const X509 *x)
{
	BASIC_CONSTRAINTS *constraints = X509_get_ext_d2i(x, NID_basic_constraints, NULL, NULL);

	put_truth(r, &certificate_is_ca, constraints && constraints->ca);
	BASIC_CONSTRAINTS_free(constraints);
}

/* ---- one certificate ---- */

static void put_digest(struct record *r, struct span der)
{
	uint8_t digest[SHA256_LEN];

	if (EVP_Digest(der.data, der.len, digest, NULL, EVP_sha256(), NULL))
		put_octets(r, &certificate_sha256, span_of(digest, sizeof digest));
}

static void put_certificate(struct record *list, const X509 *x, struct span der)
{
	struct record *r = put_record(list, NULL);

	if (x) {
		put_dn(r, &certificate_subject, X509_get_subject_name(x));
		put_dn(r, &certificate_issuer, X509_get_issuer_name(x));
		put_serial(r, x);
		put_san(r, x);
		put_moment(r, &certificate_not_before, X509_get0_notBefore(x));
		put_moment(r, &certificate_not_after, X509_get0_notAfter(x));
		put_signature(r, x);
		put_key(r, x);
		put_ca(r, x);
	}
	put_digest(r, der);
}

/* The certificate that octets begin with, and how long it is; NULL if there is none. */
static X509 *parse(struct span der, size_t *ret_len)
{
	const unsigned char *at = der.data;
	X509 *x = der.len && der.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;

	*ret_len = x ? (size_t)(at - der.data) : 0;
	return x;
}

static bool read_one(struct record *list, struct span der)
{
	size_t len;
	X509 *x;

	digest_prepare();
	x = parse(der, &len);
	put_certificate(list, x, der);
	X509_free(x);
	ERR_clear_error();
	return x != NULL;
}

bool certificate_put(struct record *list, struct span der)
{
	struct known_certificates *k = certificates_known(READ_AS_ONE, der);

	if (!k)
		return read_one(list, der);
	if (!k->complete)
		certificates_keep(k, read_one(&k->list, der));
	put_copies(list, &k->list);
	return k->count;
}

/* ---- several ---- */

/* One certificate behind the other. */
static unsigned put_chain(struct record *list, struct span der, unsigned max)
{
	unsigned count = 0;
	size_t len;
	X509 *x;

	for (; count < max && (x = parse(der, &len)) != NULL; count++) {
		put_certificate(list, x, span_part(der, 0, len));
		X509_free(x);
		der = span_part(der, len, der.len);
	}
	return count;
}

static void put_again(struct record *list, X509 *x)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);

	put_certificate(list, x, span_of(der, len > 0 ? (size_t)len : 0));
	OPENSSL_free(der);
}

static unsigned put_pkcs7(struct record *list, struct span der, unsigned max)
{
	const unsigned char *at = der.data;
	PKCS7 *p = der.len <= LONG_MAX ? d2i_PKCS7(NULL, &at, (long)der.len) : NULL;
	STACK_OF(X509) *certificates = p && PKCS7_type_is_signed(p) && p->d.sign ? p->d.sign->cert : NULL;
	unsigned count = 0;

	for (int i = 0; i < sk_X509_num(certificates) && count < max; i++, count++)
		put_again(list, sk_X509_value(certificates, i));
	PKCS7_free(p);
	return count;
}

enum { DER_SEQUENCE = 0x30 };

static unsigned read_several(struct record *list, struct span der, unsigned max)
{
	unsigned count;

	digest_prepare();
	count = put_chain(list, der, max);
	count = count ? count : put_pkcs7(list, der, max);
	ERR_clear_error();
	return count;
}

static unsigned put_der(struct record *list, struct span der, unsigned max)
{
	struct known_certificates *k;

	if (der.len == 0 || der.data[0] != DER_SEQUENCE)
		return 0;
	k = certificates_known(READ_AS_SEVERAL, der);
	if (k && !k->complete)
		certificates_keep(k, read_several(&k->list, der, CERTIFICATES_MAX));
	if (!k || k->count > max)
		return read_several(list, der, max);
	put_copies(list, &k->list);
	return k->count;
}

/* ---- base64 in texts ---- */

static bool is_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* How long the white space is that `s` begins with: one octet, or a line end as XML writes it (XML 1.0 4.1); 0 if it is none. */
static size_t space_length(struct span s)
{
	static const char *const entities[] = { "&#xD;", "&#xd;", "&#13;", "&#xA;", "&#xa;", "&#10;" };

	if (s.len && (s.data[0] == ' ' || (s.data[0] >= '\t' && s.data[0] <= '\r')))
		return 1;
	for (size_t i = 0; s.len && s.data[0] == '&' && i < sizeof entities / sizeof entities[0]; i++)
		if (span_starts(s, entities[i]))
			return strlen(entities[i]);
	return 0;
}

/* The octets of base64 that `c` stands on, without the white space, into `out`; passes over them and their padding. */
static size_t take_run(struct cursor *c, uint8_t *out)
{
	size_t len = 0;

	while (cursor_left(c)) {
		size_t space = space_length(span_of(c->at, cursor_left(c)));

		if (space == 0 && !is_base64(*c->at))
			break;
		if (space == 0)
			out[len++] = *c->at;
		cursor_skip(c, space ? space : 1);
	}
	while (cursor_left(c) && *c->at == '=')
		cursor_skip(c, 1);
	return len;
}

/* Undoes base64 in place. `len` is rounded down to what whole octets need. */
static size_t decode(uint8_t *octets, size_t len)
{
	size_t rest = len % 4, padding = rest ? 4 - rest : 0;
	int got;

	if (rest == 1)
		return decode(octets, len - 1);
	memcpy(octets + len, "===", padding);
	got = len <= INT_MAX - 4 ? EVP_DecodeBlock(octets, octets, (int)(len + padding)) : -1;
	return got > 0 ? (size_t)got - padding : 0;
}

/* Certificates and PKCS#7 are DER of more than 127 octets, and so begin with 30 8x: in base64 with MI. Runs of base64 are as long as they can be,
 * so each octet is looked at once. */
static unsigned put_text_certificates(struct record *list, struct span text)
{
	struct cursor c = cursor_over(text);
	uint8_t *run = memory_get(text.len + 4);
	unsigned count = 0;

	while (cursor_left(&c) && count < CERTIFICATES_MAX) {
		size_t len = take_run(&c, run);

		if (len == 0)
			cursor_skip(&c, 1);
		else if (span_starts(span_of(run, len), "MI"))
			count += put_der(list, span_of(run, decode(run, len)), CERTIFICATES_MAX - count);
	}
	free(run);
	return count;
}

unsigned certificate_put_all(struct record *list, struct span octets)
{
	unsigned count = put_der(list, octets, CERTIFICATES_MAX);

	return count == 0 && octets.len ? put_text_certificates(list, octets) : count;
}
