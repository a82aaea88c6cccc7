/* SHA-256 (FIPS 180-4). The only file beside the certificate reader that knows OpenSSL is digest.c. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>

#include "base/cursor.h"

enum { DIGEST_OCTETS = 32, DIGEST_HEX = 2 * DIGEST_OCTETS + 1, DIGEST_BASE64 = 48 };

/* Before any other use of libcrypto: its memory is the program's, so that a lack of it ends the program (base/memory.h) instead of making a certificate none;
 * and it reads no configuration file, so that what a capture shows does not depend on the machine, and nothing is opened while octets are read. */
void digest_prepare(void);

/* Of a regular file, as lower-case hexadecimal digits. False, without a word, where it cannot be read to its end or is a pipe or a device. */
bool digest_file(const char *path, char ret_hex[DIGEST_HEX]);

/* Of octets, in base64 (RFC 4648, section 4): the form of a Content-Security-Policy. Returns out. */
const char *digest_base64(struct span octets, char out[DIGEST_BASE64]);

#endif
