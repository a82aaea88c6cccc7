/*
 * X.509 certificates as records of an event: TLS, LDAP and HTTP all show them the same way (contract section 2). The only file that knows libcrypto.
 */
#ifndef DISSECTORS_CERTIFICATE_H
#define DISSECTORS_CERTIFICATE_H

#include "trail/event.h"

extern const struct field certificate_subject;          /* RFC 4514 */
extern const struct field certificate_issuer;           /* RFC 4514 */
extern const struct field certificate_serial;           /* hex */
extern const struct field certificate_san;              /* list of dNSName */
extern const struct field certificate_not_before;       /* a time, or (certificate_moment) a text */
extern const struct field certificate_not_after;        /* the same */
extern const struct field certificate_signature_algorithm;/* as OpenSSL spells it */
extern const struct field certificate_key;              /* "RSA 2048", "EC P-256" */
extern const struct field certificate_sha256;           /* hex of the DER */
extern const struct field certificate_is_ca;            /* basicConstraints CA; internal */

/* One of the two times of a certificate's record, in nanoseconds since 1970. Those that int64_t cannot tell (9999-12-31T23:59:59Z is usual for "never
 * ends") are texts in the record, and INT64_MIN or INT64_MAX here. False if the certificate does not have it. */
bool certificate_moment(const struct record *certificate, const struct field *f, int64_t *ret_ns);

/* Puts one record for the DER certificate into `list`. False where the octets are no certificate; the record then has only its sha256. */
bool certificate_put(struct record *list, struct span der);

/* Puts every certificate found in an octet string that may be PEM, DER, PKCS#7 (DER or base64), or base64 inside XML. Answers how many, at most
 * CERTIFICATES_MAX. The work is bounded by the length of the octets. */
enum { CERTIFICATES_MAX = 256 };
unsigned certificate_put_all(struct record *list, struct span octets);

#endif
