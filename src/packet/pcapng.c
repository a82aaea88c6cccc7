#include "packet/pcapng.h"

enum { DIGITS_USUAL = 6, DIGITS_FINE = 9 };

/* ---- parts of a body ---- */

void pcapng_put(struct text *body, uint64_t n, unsigned octets)
{
	for (; octets; octets--, n >>= 8)
		text_add_octet(body, (char)(n & 0xff));
}

static void pad(struct text *body)
{
	while (body->len % 4)
		text_add_octet(body, 0);
}

void pcapng_put_option(struct text *body, uint16_t code, struct span value)
{
	pcapng_put(body, code, 2);
	pcapng_put(body, value.len, 2);
	text_add_span(body, value);
	pad(body);
}

void pcapng_put_number_option(struct text *body, uint16_t code, uint64_t n, unsigned octets)
{
	pcapng_put(body, code, 2);
	pcapng_put(body, octets, 2);
	pcapng_put(body, n, octets);
	pad(body);
}

void pcapng_end_options(struct text *body)
{
	pcapng_put(body, PCAPNG_OPTION_END, 2);
	pcapng_put(body, 0, 2);
}

/* ---- bodies ---- */

void pcapng_put_section(struct text *body)
{
	pcapng_put(body, PCAPNG_ORDER_MAGIC, 4);
	pcapng_put(body, PCAPNG_VERSION, 2);
	pcapng_put(body, 0, 2);
	pcapng_put(body, UINT64_MAX, 8);        /* how long it is does not stand here */
}

void pcapng_put_interface(struct text *body, uint16_t link_type, uint32_t snap)
{
	pcapng_put(body, link_type, 2);
	pcapng_put(body, 0, 2);
	pcapng_put(body, snap, 4);
}

void pcapng_put_packet(struct text *body, uint32_t interface, uint64_t stamp, struct span data, uint32_t wire_len)
{
	pcapng_put(body, interface, 4);
	pcapng_put(body, stamp >> 32, 4);
	pcapng_put(body, stamp, 4);
	pcapng_put(body, data.len, 4);
	pcapng_put(body, wire_len, 4);
	text_add_span(body, data);
	pad(body);
}

uint8_t pcapng_digits(unsigned digits)
{
	return digits > DIGITS_USUAL ? DIGITS_FINE : DIGITS_USUAL;
}

uint64_t pcapng_stamp(uint8_t interface_digits, uint64_t ns)
{
	return interface_digits == DIGITS_FINE ? ns : ns / 1000;
}

/* ---- blocks ---- */

bool pcapng_write_block(FILE *out, uint32_t type, struct text *body)
{
	struct text around = text_start(PCAPNG_BLOCK_FRAME);
	bool good;

	pcapng_put(&around, type, 4);
	pcapng_put(&around, body->len + PCAPNG_BLOCK_FRAME, 4);
	good = fwrite(around.data, 1, PCAPNG_BLOCK_HEADER, out) == PCAPNG_BLOCK_HEADER && fwrite(body->data, 1, body->len, out) == body->len &&
		fwrite(around.data + 4, 1, 4, out) == 4;
	text_free(&around);
	text_clear(body);
	return good;
}
