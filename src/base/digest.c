#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"

static void *lend(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return size ? memory_lend(size) : NULL;
}

static void *lend_again(void *block, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	if (size)
		return memory_resize(block, size, 1);
	free(block);
	return NULL;
}

static void take_back(void *block, const char *file, int line)
{
	(void)file, (void)line;
	free(block);
}

void digest_prepare(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	CRYPTO_set_mem_functions(lend, lend_again, take_back);
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

static EVP_MD_CTX *digest_start(void)
{
	EVP_MD_CTX *c;

	digest_prepare();
	c = EVP_MD_CTX_new();
	if (c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1)
		return c;
	EVP_MD_CTX_free(c);
	return NULL;
}

static bool add_file(EVP_MD_CTX *c, FILE *in)
{
	static unsigned char buffer[1 << 16];
	size_t n;

	while ((n = fread(buffer, 1, sizeof buffer, in)) > 0)
		if (EVP_DigestUpdate(c, buffer, n) != 1)
			return false;
	return !ferror(in);
}

static bool is_regular(FILE *in)
{
	struct stat s;

	return fstat(fileno(in), &s) == 0 && S_ISREG(s.st_mode);
}

bool digest_file(const char *path, char ret_hex[DIGEST_HEX])
{
	unsigned char octets[DIGEST_OCTETS];
	struct stat s;
	FILE *in = stat(path, &s) == 0 && S_ISREG(s.st_mode) ? fopen(path, "rb") : NULL;      /* opening a pipe would wait for its writer */
	EVP_MD_CTX *c = in && is_regular(in) ? digest_start() : NULL;
	bool good = c && add_file(c, in) && EVP_DigestFinal_ex(c, octets, NULL) == 1;

	for (size_t i = 0; good && i < DIGEST_OCTETS; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", octets[i]);
	EVP_MD_CTX_free(c);
	if (in)
		fclose(in);
	return good;
}

const char *digest_base64(struct span octets, char out[DIGEST_BASE64])
{
	unsigned char digest[DIGEST_OCTETS];

	digest_prepare();
	out[0] = '\0';
	if (EVP_Digest(octets.data, octets.len, digest, NULL, EVP_sha256(), NULL) == 1)
		EVP_EncodeBlock((unsigned char *)out, digest, DIGEST_OCTETS);
	return out;
}
