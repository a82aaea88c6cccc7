/*
 * The start line and the header fields of one SIP message. Rules: RFC 3261 7, 19.1, 20 and 25; [MS-SIPAE] (challenges), [MS-OCER]
 * (ms-diagnostics). Passwords in URIs, and whatever answers a challenge, are not told.
 */
#include "dissectors/sip_header.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/memory.h"
#include "dissectors/sip.h"

enum { METHOD_MAX = 64, REQUEST_LINE_MAX = 16 * 1024, STATUS_LINE_MIN = sizeof "SIP/2.0 200" - 1 };

static const char version[] = "SIP/2.0";

static const struct { const char *full, *compact; } names[SIP_NAMES] = {
	[SIP_FROM] = { "From", "f" },
	[SIP_TO] = { "To", "t" },
	[SIP_CONTACT] = { "Contact", "m" },
	[SIP_CALL_ID] = { "Call-ID", "i" },
	[SIP_CSEQ] = { "CSeq", NULL },
	[SIP_USER_AGENT] = { "User-Agent", NULL },
	[SIP_SERVER] = { "Server", NULL },
	[SIP_EXPIRES] = { "Expires", NULL },
	[SIP_DIAGNOSTICS] = { "ms-diagnostics", "ms-diagnostics-public" },
	[SIP_LENGTH] = { "Content-Length", "l" },
};

/* ---- start lines ---- */

/* As much of the version as there is; RFC 3261 7.1: in either case. */
static bool begins_with_version(struct span s)
{
	size_t len = 0;

	while (len < s.len && version[len] && ascii_lower(s.data[len]) == ascii_lower((uint8_t)version[len]))
		len++;
	return len && (len == s.len || !version[len]);
}

static enum header_answer status_line(struct span s)
{
	if (!begins_with_version(s))
		return s.len ? HEADER_BAD : HEADER_MORE;
	if (s.len <= STATUS_LINE_MIN)
		return HEADER_MORE;
	if (s.data[strlen(version)] != ' ')
		return HEADER_BAD;
	for (size_t i = strlen(version) + 1; i < STATUS_LINE_MIN; i++)
		if (!isdigit(s.data[i]))
			return HEADER_BAD;
	return s.data[STATUS_LINE_MIN] && strchr(" \r\n", s.data[STATUS_LINE_MIN]) ? HEADER_WHOLE : HEADER_BAD;
}

/* How long the method is that `s` begins with; HEADER_MORE while its end is not there. */
static enum header_answer measure_method(struct span s, size_t *ret_len)
{
	*ret_len = header_token(span_part(s, 0, METHOD_MAX + 1));
	if (*ret_len == s.len && s.len <= METHOD_MAX)
		return HEADER_MORE;
	return *ret_len == 0 || *ret_len > METHOD_MAX || s.data[*ret_len] != ' ' ? HEADER_BAD : HEADER_WHOLE;
}

/* The part of a request line between its method and its version, trimmed; false without a version. */
static bool split_request_line(struct span line, struct span *ret_method, struct span *ret_uri)
{
	size_t method, at;

	if (measure_method(line, &method) != HEADER_WHOLE)
		return false;
	line = span_trim(line);
	at = line.len > strlen(version) ? line.len - strlen(version) : 0;
	if (at <= method + 1 || line.data[at - 1] != ' ' || !begins_with_version(span_part(line, at, line.len)))
		return false;
	*ret_method = span_part(line, 0, method);
	*ret_uri = span_trim(span_part(line, method, at - method));
	return ret_uri->len > 0;
}

/* Octets of a request line: anything but controls; blanks too, since some clients do not escape them. */
static enum header_answer request_line(struct span s)
{
	struct span line, method, uri;
	size_t len, end;
	enum header_answer answer = measure_method(s, &end);

	if (answer != HEADER_WHOLE)
		return answer;
	for (; end < s.len && s.data[end] >= ' ' && s.data[end] != 0x7f; end++)
		;
	if (end < s.len && s.data[end] != '\r' && s.data[end] != '\n')
		return HEADER_BAD;
	if (!header_line(span_part(s, 0, REQUEST_LINE_MAX), &line, &len))
		return s.len >= REQUEST_LINE_MAX ? HEADER_BAD : HEADER_MORE;
	return split_request_line(line, &method, &uri) ? HEADER_WHOLE : HEADER_BAD;
}

enum header_answer sip_start_line(struct span s)
{
	enum header_answer answer = status_line(s);

	return answer == HEADER_BAD ? request_line(s) : answer;
}

static const char *const known_methods[] = { "REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE", "INFO", "PRACK",
	"UPDATE", "REFER", "SERVICE", "NEGOTIATE", "BENOTIFY", NULL };

static bool is_known_method(struct span method)
{
	for (size_t i = 0; known_methods[i]; i++)
		if (span_is(method, known_methods[i]))
			return true;
	return false;
}

static bool begins_with_scheme(struct span uri)
{
	return span_starts_nocase(uri, "sip:") || span_starts_nocase(uri, "sips:") || span_starts_nocase(uri, "tel:");
}

/* Of these schemes. */
static bool scheme_begins(const char *method, uint8_t first)
{
	(void)method;
	return first && strchr("sStT", first);
}

enum header_answer sip_start_line_known(struct span s)
{
	enum header_answer answer = status_line(s);
	size_t method;

	if (answer != HEADER_BAD)
		return answer;
	answer = header_known_method(s, known_methods, scheme_begins);
	if (answer != HEADER_WHOLE)
		return answer;
	measure_method(s, &method);
	if (s.len < method + sizeof " sips:" - 1)
		return HEADER_MORE;
	return begins_with_scheme(span_part(s, method + 1, s.len)) ? request_line(s) : HEADER_BAD;
}

bool sip_start_is_sure(struct span s)
{
	enum header_answer answer = sip_start_line(s);
	size_t method;

	if (answer != HEADER_MORE || measure_method(s, &method) != HEADER_WHOLE)
		return answer == HEADER_WHOLE;
	return is_known_method(span_part(s, 0, method)) && begins_with_scheme(span_part(s, method + 1, s.len));
}

/* ---- the copy ---- */

static bool split_start_line(struct sip_header *h, struct span line)
{
	if (!begins_with_version(line))
		return split_request_line(line, &h->method, &h->uri);
	h->is_response = true;
	for (size_t i = strlen(version) + 1; i < STATUS_LINE_MIN; i++)
		h->status = h->status * 10 + (unsigned)(line.data[i] - '0');
	h->reason = span_trim(span_part(line, STATUS_LINE_MIN, line.len));
	return true;
}

static void collect(struct sip_header *h)
{
	struct span lines = h->lines, name, value;

	while (header_next(&lines, &name, &value))
		for (size_t i = 0; i < SIP_NAMES; i++)
			if (h->values[i].len == 0 && (span_is_nocase(name, names[i].full) || (names[i].compact && span_is_nocase(name, names[i].compact))))
				h->values[i] = value;
}

/* A line end behind it all, so that the last line has one wherever it was cut. */
bool sip_header_copy(struct span from, struct sip_header *ret)
{
	struct span all, line;
	size_t len;

	*ret = (struct sip_header){ .octets = memory_get(from.len + 1) };
	if (from.len)
		memcpy(ret->octets, from.data, from.len);
	ret->octets[from.len] = '\n';
	all = span_of(ret->octets, from.len + 1);
	if (sip_start_line(all) != HEADER_WHOLE || !header_line(all, &line, &len) || !split_start_line(ret, line)) {
		sip_header_free(ret);
		return false;
	}
	header_unfold(ret->octets + len, all.len - len);
	ret->lines = span_part(all, len, all.len);
	collect(ret);
	return true;
}

void sip_header_free(struct sip_header *h)
{
	free(h->octets);
	*h = (struct sip_header){ 0 };
}

size_t sip_header_held(const struct sip_header *h)
{
	return h->octets ? (size_t)(h->lines.data - h->octets) + h->lines.len : 0;
}

bool sip_header_length(const struct sip_header *h, uint64_t *ret)
{
	return header_number(h->values[SIP_LENGTH], ret);
}

/* ---- values ---- */

/* RFC 3261 19.1.1: "sip:name:password@host". */
static void put_uri(struct record *r, const struct field *f, struct span uri)
{
	const uint8_t *at = span_find(uri, "@"), *colon = span_find(uri, ":");
	size_t name, end;

	if (!at || !colon || colon > at || !(span_starts_nocase(uri, "sip:") || span_starts_nocase(uri, "sips:"))) {
		put_text(r, f, uri);
		return;
	}
	end = (size_t)(at - uri.data);
	name = (size_t)(colon - uri.data) + 1;
	colon = span_find(span_part(uri, name, end - name), ":");
	header_put_without(r, f, uri, colon ? (size_t)(colon - uri.data) : end, end);
}

/* What a From, To or Contact says (RFC 3261 20.10): "name" <URI>;parameters, or URI;parameters. */
struct address { struct span uri, parameters; };

/* The first outside quotes; where a quote is not closed, the first. */
static const uint8_t *find_bracket(struct span s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (quoted && s.data[i] == '\\')
			i++;
		else if (s.data[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.data[i] == '<')
			return s.data + i;
	}
	return quoted ? span_find(s, "<") : NULL;
}

static struct address address_read(struct span value)
{
	const uint8_t *open = find_bracket(value), *close;
	struct span uri = value, behind;
	size_t len;

	if (open) {
		uri = span_part(value, (size_t)(open - value.data) + 1, value.len);
		close = span_find(uri, ">");
	} else {
		close = span_find(uri, ";");
	}
	len = close ? (size_t)(close - uri.data) : uri.len;
	behind = span_part(uri, len + 1, uri.len);
	if (open && behind.len && behind.data[0] == ';')
		behind = span_part(behind, 1, behind.len);
	return (struct address){ span_trim(span_part(uri, 0, len)), behind };
}

static struct address contact_read(const struct sip_header *h)
{
	struct span list = h->values[SIP_CONTACT];

	return address_read(header_part(&list, ','));
}

static void put_address(struct record *r, const struct field *f, struct address a)
{
	if (a.uri.len)
		put_uri(r, f, a.uri);
}

static void put_value(struct record *r, const struct field *f, struct span value)
{
	if (value.len)
		put_text(r, f, value);
}

/* "1 REGISTER", however many blanks are between. */
static void put_cseq(struct record *r, struct span value)
{
	size_t number = 0, gap;

	while (number < value.len && isdigit(value.data[number]))
		number++;
	for (gap = number; gap < value.len && (value.data[gap] == ' ' || value.data[gap] == '\t'); gap++)
		;
	if (gap > number + 1 && gap < value.len)
		header_put_without(r, &sip_cseq, value, number, gap - 1);
	else
		put_value(r, &sip_cseq, value);
}

/* RFC 3261 10.2.1.1: without the field, what the Contact says. */
static void put_expires(const struct sip_header *h, struct record *r)
{
	struct span value = h->values[SIP_EXPIRES];
	uint64_t seconds;

	if (value.len == 0 && !header_parameter(contact_read(h).parameters, ';', "expires", &value))
		return;
	if (header_number(value, &seconds))
		put_number(r, &sip_expires, seconds);
}

/* [MS-SIPAE]: TLS-DSK realm="SIP Communications Service", sts-uri="https://...", targetname=..., version=4 */
static void put_sts_uri(struct span challenge, struct record *r)
{
	struct span word = span_part(challenge, 0, header_token(challenge)), uri;

	if (span_is_nocase(word, "TLS-DSK") && header_parameter(span_part(challenge, word.len, challenge.len), ',', "sts-uri", &uri) && uri.len)
		put_text(r, &sip_sts_uri, uri);
}

static bool next_challenge(struct span *lines, struct span *ret)
{
	struct span name;

	while (header_next(lines, &name, ret))
		if (span_is_nocase(name, "WWW-Authenticate") || span_is_nocase(name, "Proxy-Authenticate"))
			return true;
	return false;
}

static void put_challenges(const struct sip_header *h, struct record *r)
{
	struct span lines = h->lines, challenge;

	while (next_challenge(&lines, &challenge))
		header_put_schemes(r, &sip_authenticate, challenge);
	for (lines = h->lines; next_challenge(&lines, &challenge);)
		put_sts_uri(challenge, r);
}

/* ms-diagnostics: 1009;reason="..." */
static void put_diagnostics(struct span value, struct record *r)
{
	uint64_t id;

	if (header_number(header_part(&value, ';'), &id))
		put_number(r, &sip_diagnostics, id);
}

void sip_header_put(const struct sip_header *h, struct record *r)
{
	const struct span *v = h->values;

	if (h->is_response) {
		put_number(r, &sip_status, h->status);
		put_value(r, &sip_reason, h->reason);
	} else {
		put_text(r, &sip_method, h->method);
		put_uri(r, &sip_uri, h->uri);
	}
	put_address(r, &sip_from, address_read(v[SIP_FROM]));
	put_address(r, &sip_to, address_read(v[SIP_TO]));
	put_address(r, &sip_contact, contact_read(h));
	put_value(r, &sip_call_id, v[SIP_CALL_ID]);
	put_cseq(r, v[SIP_CSEQ]);
	put_value(r, &sip_user_agent, v[SIP_USER_AGENT]);
	put_value(r, &sip_server, v[SIP_SERVER]);
	put_expires(h, r);
	put_challenges(h, r);
	put_diagnostics(v[SIP_DIAGNOSTICS], r);
}
