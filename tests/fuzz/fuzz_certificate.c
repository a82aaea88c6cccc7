/* X.509: the first octet says whether one DER certificate follows, or octets of which any part may be one (PEM, PKCS#7, base64 in XML). */
#include "base/arena.h"
#include "dissectors/certificate.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kind kind = { .proto = "tls", .name = "certificate" };
	struct arena arena = { 0 };
	struct event e = { .kind = &kind, .fields.arena = &arena };
	struct span octets;

	if (!size)
		return 0;
	octets = span_of(data + 1, size - 1);
	if (data[0] & 1)
		certificate_put(&e.fields, octets);
	else
		fuzz_expect(certificate_put_all(&e.fields, octets) <= CERTIFICATES_MAX, "certificates of one octet string are counted");
	fuzz_check_event(&e);
	for (const struct item *i = e.fields.first; i; i = i->next) {
		int64_t at_ns;

		certificate_moment(&i->record, &certificate_not_before, &at_ns);
		certificate_moment(&i->record, &certificate_not_after, &at_ns);
	}
	arena_free(&arena);
	return 0;
}
