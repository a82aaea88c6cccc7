#include "tests/unit/handshake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/unit/make_certificate.h"

static EVP_PKEY *key;
static SSL_CTX *kept;   /* the server's context of the last session that was kept: it knows the session, and the key of its ticket */
static X509 *server_certificate, *client_certificate;

static const char *const server_name[] = { "O", "ABC", "CN", "lync.abc.com", NULL };
static const char *const client_name[] = { "CN", "phone", NULL };
static const struct recipe server_recipe = { server_name, "DNS:lync.abc.com,DNS:sip.abc.com", "20200101000000Z", "20400101000000Z", "02", false };
static const struct recipe client_recipe = { client_name, NULL, "20200101000000Z", "20400101000000Z", "03", false };

static void check(bool good)
{
	if (!good)
		abort();
}

void talk_prepare(void)
{
	key = EVP_EC_gen("P-256");
	server_certificate = make_certificate(key, &server_recipe);
	client_certificate = make_certificate(key, &client_recipe);
}

void talk_over(void)
{
	SSL_CTX_free(kept);
	X509_free(server_certificate);
	X509_free(client_certificate);
	EVP_PKEY_free(key);
}

X509 *talk_certificate(void)
{
	return server_certificate;
}

/* ---- the two ends ---- */

static int accept_any(X509_STORE_CTX *c, void *user)
{
	(void)c, (void)user;
	return 1;
}

static int choose_alpn(SSL *s, const unsigned char **out, unsigned char *out_len, const unsigned char *in, unsigned in_len, void *user)
{
	(void)s, (void)user, (void)in_len;
	*out = in + 1;
	*out_len = in[0];
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *context(const SSL_METHOD *method, int version)
{
	SSL_CTX *c = SSL_CTX_new(method);

	SSL_CTX_set_min_proto_version(c, version ? version : TLS1_VERSION);
	SSL_CTX_set_max_proto_version(c, version);
	SSL_CTX_set_security_level(c, 0);
	SSL_CTX_set_options(c, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
	return c;
}

static SSL *client_of(const struct talk_how *how)
{
	SSL_CTX *c = context(TLS_client_method(), how->version);
	SSL *s;

	check(SSL_CTX_set_cipher_list(c, how->ciphers ? how->ciphers : "ALL:@SECLEVEL=0"));
	if (how->distrust)
		SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
	if (how->mutual)
		check(SSL_CTX_use_certificate(c, client_certificate) && SSL_CTX_use_PrivateKey(c, key));
	s = SSL_new(c);
	SSL_CTX_free(c);
	if (how->sni)
		SSL_set_tlsext_host_name(s, how->sni);
	if (how->alpn)
		check(SSL_set_alpn_protos(s, (const unsigned char *)how->alpn, (unsigned)strlen(how->alpn)) == 0);
	if (how->session && *how->session)
		check(SSL_set_session(s, *how->session));
	SSL_set_connect_state(s);
	return s;
}

static SSL_CTX *server_context(const struct talk_how *how)
{
	SSL_CTX *c = context(TLS_server_method(), how->server_version ? 0 : how->version);

	if (how->server_version)
		SSL_CTX_set_max_proto_version(c, how->server_version);
	check(SSL_CTX_set_cipher_list(c, how->server_ciphers ? how->server_ciphers : "ALL:@SECLEVEL=0"));
	check(SSL_CTX_use_certificate(c, server_certificate) && SSL_CTX_use_PrivateKey(c, key));
	for (unsigned i = 0; i < how->chain; i++)
		check(SSL_CTX_add1_chain_cert(c, client_certificate));
	if (how->server_groups)
		check(SSL_CTX_set1_groups_list(c, how->server_groups));
	if (how->no_tickets)
		check(SSL_CTX_set_options(c, SSL_OP_NO_TICKET) && SSL_CTX_set_num_tickets(c, 0));
	if (how->mutual) {
		SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
		SSL_CTX_set_cert_verify_callback(c, accept_any, NULL);
	}
	SSL_CTX_set_session_id_context(c, (const unsigned char *)"x", 1);
	SSL_CTX_set_alpn_select_cb(c, choose_alpn, NULL);
	return c;
}

static SSL *server_of(const struct talk_how *how)
{
	bool again = how->session && *how->session;
	SSL_CTX *c = again ? kept : server_context(how);
	SSL *s = SSL_new(c);

	if (!again) {
		SSL_CTX_free(kept);
		kept = c;
	}
	if (how->fragment)
		SSL_set_max_send_fragment(s, (long)how->fragment);
	SSL_set_accept_state(s);
	return s;
}

static void attach(SSL *s)
{
	SSL_set_bio(s, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
}

/* ---- what they say ---- */

static void add_piece(struct talk *t, enum side from, const void *octets, size_t len)
{
	check(t->count < sizeof t->pieces / sizeof t->pieces[0]);
	t->pieces[t->count++] = (struct piece){ from, memory_copy(octets, len), len };
}

static void carry(struct talk *t, enum side from, SSL *sender, SSL *receiver)
{
	char *octets;
	long len = BIO_get_mem_data(SSL_get_wbio(sender), &octets);

	if (len <= 0)
		return;
	add_piece(t, from, octets, (size_t)len);
	BIO_write(SSL_get_rbio(receiver), octets, (int)len);
	(void)BIO_reset(SSL_get_wbio(sender));
}

struct ends { SSL *client, *server; };

static void say(struct talk *t, struct ends *e, enum side from, size_t len)
{
	SSL *sender = from == SIDE_CLIENT ? e->client : e->server, *receiver = from == SIDE_CLIENT ? e->server : e->client;
	char *octets = memory_get(len);
	char room[4096];

	SSL_write(sender, octets, (int)len);
	carry(t, from, sender, receiver);
	while (SSL_read(receiver, room, sizeof room) > 0)
		;
	free(octets);
}

static void shake(struct talk *t, struct ends *e)
{
	char room[10];

	for (int i = 0; i < 6; i++) {
		SSL_do_handshake(e->client);
		carry(t, SIDE_CLIENT, e->client, e->server);
		SSL_do_handshake(e->server);
		carry(t, SIDE_SERVER, e->server, e->client);
	}
	SSL_read(e->client, room, sizeof room);         /* tickets of TLS 1.3 */
}

static void renegotiate(struct talk *t, struct ends *e)
{
	char room[10];

	check(SSL_renegotiate(e->client));
	for (int i = 0; i < 6; i++) {
		SSL_do_handshake(e->client);
		carry(t, SIDE_CLIENT, e->client, e->server);
		SSL_read(e->server, room, sizeof room);
		carry(t, SIDE_SERVER, e->server, e->client);
	}
}

/* As if both had closed: else libssl takes it for an accident, and the session cannot be resumed. */
static void end(SSL *s)
{
	SSL_set_shutdown(s, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(s);
}

void talk_make(const struct talk_how *how, struct talk *ret)
{
	struct ends e = { client_of(how), server_of(how) };

	ret->count = 0;
	attach(e.client);
	attach(e.server);
	shake(ret, &e);
	if (how->renegotiate)
		renegotiate(ret, &e);
	for (unsigned i = 0; i < how->rounds; i++) {
		say(ret, &e, SIDE_CLIENT, 50);
		say(ret, &e, SIDE_SERVER, how->answer ? how->answer : 100);
	}
	if (how->session) {
		SSL_SESSION_free(*how->session);
		*how->session = SSL_get1_session(e.client);
	}
	if (how->close) {
		SSL_shutdown(e.client);
		carry(ret, SIDE_CLIENT, e.client, e.server);
		SSL_shutdown(e.server);
		carry(ret, SIDE_SERVER, e.server, e.client);
	}
	end(e.client);
	end(e.server);
}

void talk_free(struct talk *t)
{
	for (size_t i = 0; i < t->count; i++)
		free((void *)(uintptr_t)t->pieces[i].octets);
	t->count = 0;
}
