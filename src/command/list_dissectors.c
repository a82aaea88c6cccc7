/* dialtone list-dissectors: what each dissector reads, after which standards, and the events it makes. */
#include <stdlib.h>

#include "base/log.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "flow/flow.h"

static const char help[] =
	"usage: dialtone list-dissectors\n\n"
	"Lists the protocols that are read: where they are expected, the standards they follow, the events they give.\n"
	"A protocol is found on other ports too, by what it says.\n\n"
	"  --help            this text\n";

static void print_ports(const char *what, const uint16_t *ports)
{
	for (size_t i = 0; ports && ports[i]; i++)
		printf("%s%u", i ? ", " : what, (unsigned)ports[i]);
}

static void print_places(const struct dissector *d)
{
	fputs("  where      ", stdout);
	print_ports(" UDP ", d->udp_ports);
	print_ports(" TCP ", d->tcp_ports);
	for (size_t i = 0; d->ether_types && d->ether_types[i]; i++)
		printf(" Ethernet type 0x%04x", (unsigned)d->ether_types[i]);
	if (d->llc_snap)
		printf(" SNAP %06llx:%04llx", (unsigned long long)(d->llc_snap >> 16), (unsigned long long)(d->llc_snap & 0xffff));
	puts(d->recognise ? " or wherever it is recognised" : "");
}

static void print_dissector(const struct dissector *d)
{
	puts(d->name);
	print_places(d);
	printf("  standards   %s\n", d->standards);
	fputs("  events     ", stdout);
	for (const struct kind *const *k = d->kinds; *k; k++)
		if (!(*k)->internal)
			printf(" %s", (*k)->name);
	puts(dissector_is_printed(d) ? "" : " none: what it tells is only made use of");
}

int command_list_dissectors(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
	int o = options_next(argc, argv, ":h", options);

	output_start();
	if (o == '?')
		return STATUS_TROUBLE;
	if (o == -1 && optind < argc) {
		log_error("%s: takes no arguments", argv[0]);
		return STATUS_TROUBLE;
	}
	if (o == 'h')
		fputs(help, stdout);
	else
		for (const struct dissector *const *d = dissectors; *d; d++)
			print_dissector(*d);
	output_finish();
	return EXIT_SUCCESS;
}
