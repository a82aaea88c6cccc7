/* Certificates made while a test runs. */
#ifndef TESTS_UNIT_MAKE_CERTIFICATE_H
#define TESTS_UNIT_MAKE_CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

struct recipe {
	const char *const *subject;     /* "CN", "value", ..., NULL; UTF-8 */
	const char *san;                /* as in openssl.cnf: "DNS:a.b,IP:192.0.2.1"; NULL for none */
	const char *not_before, *not_after;     /* YYYYMMDDHHMMSSZ */
	const char *serial;             /* hex */
	bool ca;
};

/* A certificate for `key`, signed by it with SHA-256 (Ed25519 and Ed448: their own). Free with X509_free. */
X509 *make_certificate(EVP_PKEY *key, const struct recipe *how);

#endif
