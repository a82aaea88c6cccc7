#include "tests/unit/make_certificate.h"

#include <openssl/bn.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

/* A recipe that does not work is a fault of the test. */
static void check(bool good)
{
	if (!good)
		abort();
}

static void extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	check(e && X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
}

static void set_serial(X509 *x, const char *hex)
{
	BIGNUM *n = NULL;

	check(BN_hex2bn(&n, hex) && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)));
	BN_free(n);
}

static void set_names(X509 *x, const char *const *parts)
{
	X509_NAME *name = X509_NAME_new();

	for (; *parts; parts += 2)
		check(X509_NAME_add_entry_by_txt(name, parts[0], MBSTRING_UTF8, (const unsigned char *)parts[1], -1, -1, 0));
	check(X509_set_subject_name(x, name) && X509_set_issuer_name(x, name));
	X509_NAME_free(name);
}

X509 *make_certificate(EVP_PKEY *key, const struct recipe *how)
{
	X509 *x = X509_new();
	int id = EVP_PKEY_get_base_id(key);

	X509_set_version(x, X509_VERSION_3);
	set_serial(x, how->serial);
	set_names(x, how->subject);
	check(ASN1_TIME_set_string_X509(X509_getm_notBefore(x), how->not_before) && ASN1_TIME_set_string_X509(X509_getm_notAfter(x), how->not_after));
	check(X509_set_pubkey(x, key));
	if (how->ca)
		extend(x, NID_basic_constraints, "critical,CA:TRUE");
	if (how->san)
		extend(x, NID_subject_alt_name, how->san);
	check(X509_sign(x, key, id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448 ? NULL : EVP_sha256()) > 0);
	return x;
}
