/* Makers of Lync Phone Edition phones by the first three octets of the Ethernet address (IEEE registry). */
#include "trail/phone.h"

/* HP 4110 and 4120 were built by snom. The last two are guesses for the LG-Nortel IP8540. */
static const struct { uint32_t oui; const char *vendor; } makers[] = {
	{ 0x0004f2, "Polycom" }, { 0x64167f, "Polycom" }, { 0x00085d, "Aastra" }, { 0x0010bc, "Aastra" }, { 0x000413, "snom" },
	{ 0x00405a, "LG" }, { 0xb061c7, "Ericsson-LG" },
};

const char *phone_vendor(struct mac m)
{
	uint32_t oui = (uint32_t)m.octet[0] << 16 | (uint32_t)m.octet[1] << 8 | m.octet[2];

	for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
		if (makers[i].oui == oui)
			return makers[i].vendor;
	return NULL;
}
