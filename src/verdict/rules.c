/* What the rules share: saying, showing, and the questions that several of them ask. */
#include "verdict/rules.h"

#include <string.h>

#include "base/moment.h"
#include "base/text.h"
#include "verdict/model_parts.h"

#define STUCK_NS (10 * NS_PER_S)

struct draft *say(struct judging *j, const char *code, enum grade grade, const char *subject)
{
	struct draft *d = LIST_ADD(j->arena, &j->drafts);
	const struct rule *rule = rule_find(code);

	*d = (struct draft){ .rule = rule, .step = rule->step, .grade = grade, .subject = subject ? subject : "", .message = "", .fix = "" };
	return d;
}

struct draft *said(struct judging *j, const char *code)
{
	for (size_t i = 0; i < j->drafts.count; i++)
		if (strcmp(j->drafts.at[i].rule->code, code) == 0)
			return &j->drafts.at[i];
	return NULL;
}

void show(struct judging *j, struct draft *d, const frame_set *frames)
{
	frames_join(j->arena, &d->frames, frames);
}

void show_one(struct judging *j, struct draft *d, frame_ref frame)
{
	frames_add(j->arena, &d->frames, frame);
}

bool went_to_web(const struct judging *j, int64_t after_ns)
{
	for (size_t i = 0; i < j->facts->http.count; i++)
		if (j->facts->http.at[i].at_ns > after_ns && j->facts->http.at[i].target && strcasestr(j->facts->http.at[i].target, "/CertProv"))
			return true;
	for (size_t i = 0; i < j->model->links.count; i++)
		if (j->model->links.at[i].role == ROLE_WEB && j->model->links.at[i].connection->start_ns > after_ns)
			return true;
	return false;
}

bool went_to_registrar(const struct judging *j, int64_t after_ns)
{
	return model_tries_after(j->model, after_ns);
}

bool is_stuck_since(const struct judging *j, int64_t at_ns)
{
	return j->facts->restarted || j->facts->watched_until_ns - at_ns >= STUCK_NS;
}

bool is_stuck_after_failure(const struct judging *j, int64_t at_ns)
{
	return !j->facts->file_cut_short || is_stuck_since(j, at_ns);
}

bool is_past(const struct judging *j, int64_t at_ns)
{
	return went_to_web(j, at_ns) || went_to_registrar(j, at_ns) || is_stuck_since(j, at_ns);
}

/* DHCP servers answer within milliseconds; clients ask again after 2 to 4 s (RFC 2131 section 4.1). */
bool is_unanswered(const struct judging *j, unsigned questions, int64_t first_ns)
{
	return is_stuck_since(j, first_ns) || (questions > 1 && j->facts->watched_until_ns - first_ns >= 4 * NS_PER_S);
}

/* ---- words ---- */

const char *domain_words(const struct judging *j)
{
	return j->model->sip_domain ? j->model->sip_domain : "the user's SIP domain";
}

const char *address_words(struct judging *j, const addr_set *a, const char *otherwise)
{
	const char *words = otherwise;
	char one[ADDR_TEXT];

	for (size_t i = 0; i < a->count && i < 4; i++)
		words = i ? PRINT(j, "%s, %s", words, addr_format(&a->at[i], one)) : PRINT(j, "%s", addr_format(&a->at[i], one));
	return words;
}

const char *texts_words(struct judging *j, const text_set *t)
{
	enum { SHOWN = 6 };
	const char *words = "";

	for (size_t i = 0; i < t->count && i < SHOWN; i++)
		words = i ? PRINT(j, "%s, %s", words, t->at[i]) : t->at[i];
	return t->count > SHOWN ? PRINT(j, "%s and %zu more", words, t->count - SHOWN) : words;
}

static void add_sub(struct text *t, unsigned code, const char *value)
{
	const uint8_t head[] = { (uint8_t)code, (uint8_t)strlen(value) };

	text_add_hex(t, span_of(head, sizeof head));
	text_add_hex(t, span_of(value, strlen(value)));
}

static const char *keep(struct judging *j, struct text *t)
{
	const char *kept = arena_copy(j->arena, text_string(t), t->len);

	text_free(t);
	return kept;
}

const char *option43_hex(struct judging *j, const char *web)
{
	struct text t = text_start(1024);

	add_sub(&t, 1, "MS-UC-Client");
	add_sub(&t, 2, "https");
	add_sub(&t, 3, strlen(web) < 256 ? web : "");
	add_sub(&t, 4, "443");
	add_sub(&t, 5, "/CertProv/CertProvisioningService.svc");
	return keep(j, &t);
}

const char *option120_hex(struct judging *j, const char *name)
{
	struct text t = text_start(1024);

	text_add(&t, "00");
	while (*name) {
		uint8_t len = (uint8_t)strcspn(name, ".");

		text_add_hex(&t, span_of(&len, 1));
		text_add_hex(&t, span_of(name, len));
		name += len + (name[len] == '.');
	}
	text_add(&t, "00");
	return keep(j, &t);
}
