/* Handshake messages in clear, out of the records of one direction: several in a record, or one in several. */
#ifndef DISSECTORS_TLS_MESSAGES_H
#define DISSECTORS_TLS_MESSAGES_H

#include "dissectors/tls_handshake.h"
#include "dissectors/tls_long.h"
#include "dissectors/tls_record.h"

/* Zeroed: nothing came yet. */
struct tls_messages {
	bool unsure;            /* behind a hole: no message began for sure since */
	uint64_t next;          /* stream offset of the record behind those that were looked at, as far as it can be told */

	/* The message in the making: of the records that wait, `walked` octets hold `payload` octets of messages. The first `skip` octets of what
	 * is to come are of messages that were read already, or are too long. */
	size_t walked, payload, skip;
	uint8_t head[TLS_MESSAGE_HEADER];
	size_t head_len;
	struct tls_long long_one;
};

/* `octets` begin with a handshake record in clear, of which the header is there. Reports every message that is whole; answers as a stream does. */
size_t tls_messages_read(struct tls_messages *m, struct tls_session *s, enum side from, struct span octets, struct emit *to);

/* The records do not go on with the message in the making, if there is one. */
void tls_messages_break(struct tls_messages *m);

#endif
