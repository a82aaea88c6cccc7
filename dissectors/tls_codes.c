/* Names of TLS numbers; those of cipher suites: tls_ciphers.c. */
#include "dissectors/tls_codes.h"

#include <stddef.h>
#include <stdio.h>

#define COUNT(array) (sizeof array / sizeof array[0])

/* The registry writes _RESERVED behind what no version of today sends; the older versions did. */
static const char *const alerts[] = {
	[0] = "close_notify", [10] = "unexpected_message", [20] = "bad_record_mac", [21] = "decryption_failed", [22] = "record_overflow",
	[30] = "decompression_failure", [40] = "handshake_failure", [41] = "no_certificate", [42] = "bad_certificate", [43] = "unsupported_certificate",
	[44] = "certificate_revoked", [45] = "certificate_expired", [46] = "certificate_unknown", [47] = "illegal_parameter", [48] = "unknown_ca",
	[49] = "access_denied", [50] = "decode_error", [51] = "decrypt_error", [52] = "too_many_cids_requested", [60] = "export_restriction",
	[70] = "protocol_version", [71] = "insufficient_security", [80] = "internal_error", [86] = "inappropriate_fallback", [90] = "user_canceled",
	[100] = "no_renegotiation", [109] = "missing_extension", [110] = "unsupported_extension", [111] = "certificate_unobtainable",
	[112] = "unrecognized_name", [113] = "bad_certificate_status_response", [114] = "bad_certificate_hash_value", [115] = "unknown_psk_identity",
	[116] = "certificate_required", [117] = "general_error", [120] = "no_application_protocol", [121] = "ech_required",
};

static const char *in_hex(unsigned number, int digits, char room[TLS_CODE_TEXT])
{
	snprintf(room, TLS_CODE_TEXT, "0x%0*x", digits, number);
	return room;
}

const char *tls_version_name(uint16_t version, char room[TLS_CODE_TEXT])
{
	static const char *const names[] = { "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3" };

	if (version == TLS_SSL2)
		return "SSL 2.0";
	return version >= TLS_SSL3 && version <= TLS_1_3 ? names[version - TLS_SSL3] : in_hex(version, 4, room);
}

const char *tls_cipher_name(uint16_t cipher, char room[TLS_CODE_TEXT])
{
	const char *known = tls_cipher_known(cipher);

	return known ? known : in_hex(cipher, 4, room);
}

const char *tls_alert_text(uint8_t alert, char room[TLS_CODE_TEXT])
{
	return alert < COUNT(alerts) && alerts[alert] ? alerts[alert] : in_hex(alert, 2, room);
}
