/* Names of TLS numbers, from the IANA registries of TLS parameters. */
#ifndef DISSECTORS_TLS_CODES_H
#define DISSECTORS_TLS_CODES_H

#include <stdbool.h>
#include <stdint.h>

enum tls_version { TLS_SSL2 = 0x0002, TLS_SSL3 = 0x0300, TLS_1_0 = 0x0301, TLS_1_2 = 0x0303, TLS_1_3 = 0x0304 };

enum { TLS_CODE_TEXT = 12 };

/* Each answers the name, or the number as 0x..., for which it needs the room. */
const char *tls_version_name(uint16_t version, char room[TLS_CODE_TEXT]);      /* "TLS 1.0" */
const char *tls_cipher_name(uint16_t cipher, char room[TLS_CODE_TEXT]);
const char *tls_alert_text(uint8_t alert, char room[TLS_CODE_TEXT]);           /* "handshake_failure" */

/* NULL for a cipher suite that has no name. */
const char *tls_cipher_known(uint16_t number);

/* A number that stands for nothing, sent to keep the other end tolerant (RFC 8701). */
static inline bool tls_is_grease(uint16_t number) { return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff); }

/* TLS 1.3, and its drafts, which had numbers of their own (0x7f00 and up, some 0xfb00 and up). */
static inline bool tls_is_1_3(uint16_t version) { return version >= TLS_1_3; }

#endif
