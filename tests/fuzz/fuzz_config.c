/* dialtone.conf(5): the octets are the file. */
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/settings.h"
#include "tests/fuzz/fuzz.h"

static int memory_file = -1;

static void keep(const uint8_t *data, size_t size)
{
	if (memory_file < 0)
		memory_file = memfd_create("config", MFD_CLOEXEC);
	fuzz_expect(memory_file >= 0 && ftruncate(memory_file, 0) == 0 && pwrite(memory_file, data, size, 0) == (ssize_t)size, "there is room for the file");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char verb[] = "capture", option[] = "--config", path[64];
	char *arguments[] = { verb, option, path, NULL };
	struct config config;
	struct follow_options follow;
	struct live_options live;

	keep(data, size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", memory_file);
	if (config_read(3, arguments, &config) == 0) {
		config_follow(&config, &follow);
		config_live(&config, &live);
		fuzz_expect(config_change(&config, &config) == CHANGE_NONE, "a configuration is what it is");
	}
	config_free(&config);
	return 0;
}
