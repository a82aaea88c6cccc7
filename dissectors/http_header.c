/* The start line and the header fields of one HTTP/1.x message. Rules: RFC 9112 2 to 5, RFC 9110 5, 8.6, 11; SOAP 1.1 6.1.1. */
#include "dissectors/http_header.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/memory.h"
#include "dissectors/http.h"

enum {
	METHOD_MAX = 32, REQUEST_LINE_MAX = 16 * 1024, STATUS_LINE_MIN = sizeof "HTTP/1.1 200" - 1, STATUS_LINE_MAX = 1024, STATUS_DIGITS = 3,
	VERSION_LEN = sizeof " HTTP/1.1" - 1,
};

static const char version[] = "HTTP/1.";

/* All of a status line behind its version. */
static struct span status_of(struct span line)
{
	const uint8_t *blank = span_find(line, " ");

	return blank ? span_trim(span_part(line, (size_t)(blank - line.data), line.len)) : span_part(line, line.len, 0);
}

static enum header_answer status_line(struct span s)
{
	size_t fixed = strlen(version);

	if (s.len < fixed)
		return span_equal(s, span_of(version, s.len)) ? HEADER_MORE : HEADER_BAD;
	if (!span_starts(s, version))
		return HEADER_BAD;
	if (s.len <= STATUS_LINE_MIN)
		return HEADER_MORE;
	if (!isdigit(s.data[fixed]) || s.data[fixed + 1] != ' ')
		return HEADER_BAD;
	for (size_t i = fixed + 2; i < STATUS_LINE_MIN; i++)
		if (!isdigit(s.data[i]))
			return HEADER_BAD;
	return s.data[STATUS_LINE_MIN] && strchr(" \r\n", s.data[STATUS_LINE_MIN]) ? HEADER_WHOLE : HEADER_BAD;
}

/* The same where a message must begin, as servers get it wrong: any version, and a status of any form that begins with a digit. */
static enum header_answer loose_status_line(struct span s)
{
	struct span line, status;
	size_t len;

	if (!span_starts(s, "HTTP/"))
		return HEADER_BAD;
	if (!header_line(span_part(s, 0, STATUS_LINE_MAX), &line, &len))
		return s.len >= STATUS_LINE_MAX ? HEADER_BAD : HEADER_MORE;
	status = status_of(line);
	return status.len && isdigit(status.data[0]) ? HEADER_WHOLE : HEADER_BAD;
}

static const char *const known_methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL",
	"COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "SUBSCRIBE", "NOTIFY", "CCM_POST", "BITS_POST", "RPC_IN_DATA", "RPC_OUT_DATA", NULL };

static bool is_known_method(struct span method)
{
	for (size_t i = 0; known_methods[i]; i++)
		if (span_is(method, known_methods[i]))
			return true;
	return false;
}

static bool ends_in_version(struct span line)
{
	struct span last = span_part(line, line.len < VERSION_LEN ? line.len : line.len - VERSION_LEN, VERSION_LEN);

	return span_starts(last, " HTTP/1.") && isdigit(last.data[VERSION_LEN - 1]);
}

/* Protocols that share HTTP's methods and the form of its first line. */
static bool is_of_another_protocol(struct span line)
{
	static const char *const others[] = { " SIP/2.0", " RTSP/1.0", " RTSP/2.0" };

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (line.len > strlen(others[i]) && span_is(span_part(line, line.len - strlen(others[i]), line.len), others[i]))
			return true;
	return false;
}

/* How long the method is that `s` begins with; HEADER_MORE while its end is not there. */
static enum header_answer measure_method(struct span s, size_t *ret_len)
{
	size_t len = 0;

	while (len < s.len && len <= METHOD_MAX && header_is_token(s.data[len]))
		len++;
	*ret_len = len;
	if (len == s.len && len <= METHOD_MAX)
		return HEADER_MORE;
	return len == 0 || len > METHOD_MAX || s.data[len] != ' ' ? HEADER_BAD : HEADER_WHOLE;
}

/* "OPTIONS" and nothing else on its line. */
static bool is_method_alone(struct span s, size_t method)
{
	return method < s.len && (s.data[method] == '\r' || s.data[method] == '\n') && is_known_method(span_part(s, 0, method));
}

/* Octets of a target: anything but controls; blanks too, since some clients forget to encode them. */
static enum header_answer request_line(struct span s, bool strict)
{
	struct span line;
	size_t len, method, end;
	enum header_answer answer = measure_method(s, &method);

	if (answer != HEADER_WHOLE && (strict || !is_method_alone(s, method)))
		return answer;
	for (end = method; end < s.len && s.data[end] >= ' ' && s.data[end] != 0x7f; end++)
		;
	if (end < s.len && s.data[end] != '\r' && s.data[end] != '\n')
		return HEADER_BAD;
	if (!header_line(span_part(s, 0, REQUEST_LINE_MAX), &line, &len))
		return s.len >= REQUEST_LINE_MAX ? HEADER_BAD : HEADER_MORE;
	if (ends_in_version(line) && line.len > method + 1 + VERSION_LEN)
		return HEADER_WHOLE;
	return !strict && is_known_method(span_part(s, 0, method)) && !is_of_another_protocol(line) ? HEADER_WHOLE : HEADER_BAD;
}

enum header_answer http_start_line(struct span s)
{
	enum header_answer answer = status_line(s);

	return answer == HEADER_BAD ? request_line(s, true) : answer;
}

enum header_answer http_start_line_loose(struct span s)
{
	enum header_answer answer = status_line(s);

	if (answer == HEADER_BAD)
		answer = loose_status_line(s);
	return answer == HEADER_BAD ? request_line(s, false) : answer;
}

/* Every target but CONNECT's is a path, a URI, or a star (RFC 9112 3.2). */
static bool target_begins(const char *method, uint8_t first)
{
	return first == '/' || first == 'h' || first == 'H' || first == '*' || strcmp(method, "CONNECT") == 0;
}

enum header_answer http_start_line_known(struct span s)
{
	enum header_answer answer = status_line(s);

	if (answer != HEADER_BAD)
		return answer;
	answer = header_known_method(s, known_methods, target_begins);
	return answer == HEADER_WHOLE ? request_line(s, true) : answer;
}

bool http_start_is_sure(struct span s)
{
	enum header_answer answer = http_start_line(s);
	size_t method;

	if (answer != HEADER_MORE || measure_method(s, &method) != HEADER_WHOLE)
		return answer == HEADER_WHOLE;
	return is_known_method(span_part(s, 0, method)) && span_starts(span_part(s, method, s.len), " /");
}

/* How many octets at the end of a line are its version, in whatever form after "HTTP/", and the blank in front of it. */
static size_t last_version(struct span line)
{
	for (size_t at = line.len; at-- > 0;)
		if (line.data[at] == ' ' && span_starts(span_part(line, at, line.len), " HTTP/"))
			return line.len - at;
	return 0;
}

static void split_start_line(struct http_header *h, struct span line)
{
	size_t len;

	h->is_response = span_starts(line, "HTTP/");
	if (h->is_response) {
		line = status_of(line);
		for (size_t i = 0; i < STATUS_DIGITS && i < line.len && isdigit(line.data[i]); i++)
			h->status = h->status * 10 + (unsigned)(line.data[i] - '0');
		return;
	}
	measure_method(line, &len);
	h->method = span_part(line, 0, len);
	line = span_part(line, len + 1, line.len);
	h->target = span_trim(span_part(line, 0, line.len - last_version(line)));
}

void http_header_copy(struct span from, struct http_header *ret)
{
	struct span all, line;
	size_t len;

	*ret = (struct http_header){ .octets = memory_copy(from.data, from.len) };
	all = span_of(ret->octets, from.len);
	header_line(all, &line, &len);
	header_unfold(ret->octets + len, from.len - len);
	split_start_line(ret, line);
	ret->lines = span_part(all, len, all.len);
}

void http_header_free(struct http_header *h)
{
	free(h->octets);
	*h = (struct http_header){ 0 };
}

size_t http_header_held(const struct http_header *h)
{
	return h->octets ? (size_t)(h->lines.data - h->octets) + h->lines.len : 0;
}

/* The next field of this name from `lines` on, which then stands behind it. */
static bool next_field(struct span *lines, const char *name, struct span *ret)
{
	struct span found;

	while (header_next(lines, &found, ret))
		if (span_is_nocase(found, name))
			return true;
	*ret = (struct span){ 0 };
	return false;
}

bool http_header_find(const struct http_header *h, const char *name, struct span *ret)
{
	struct span lines = h->lines;

	return next_field(&lines, name, ret);
}

bool http_header_lists(const struct http_header *h, const char *name, const char *word)
{
	struct span lines = h->lines, list;

	while (next_field(&lines, name, &list))
		while (list.len)
			if (span_is_nocase(header_part(&list, ','), word))
				return true;
	return false;
}

/* "5, 5" is what some proxies make of two equal fields (RFC 9110 8.6). */
bool http_header_length(const struct http_header *h, uint64_t *ret)
{
	struct span value;

	return http_header_find(h, "Content-Length", &value) && header_number(header_part(&value, ','), ret);
}

static struct span first_word(struct span s)
{
	return span_part(s, 0, header_token(s));
}

static void put_schemes(const struct http_header *h, struct record *r)
{
	struct span lines = h->lines, list;

	while (next_field(&lines, "WWW-Authenticate", &list))
		header_put_schemes(r, &http_www_authenticate, list);
}

/* A URI may hold a name and a password: http://name:password@host/. They are left out. */
static void put_uri(struct record *r, const struct field *f, struct span uri)
{
	const uint8_t *slashes = span_find(uri, "://");
	size_t authority = slashes ? (size_t)(slashes - uri.data) + 3 : uri.len, end = authority, behind = authority;

	for (; end < uri.len && !(uri.data[end] && strchr("/?#", uri.data[end])); end++)
		if (uri.data[end] == '@')
			behind = end + 1;
	header_put_without(r, f, uri, authority, behind);
}

static void put_field(const struct http_header *h, struct record *r, const char *name, const struct field *f)
{
	struct span value;

	if (http_header_find(h, name, &value) && value.len)
		put_text(r, f, value);
}

static void put_request(const struct http_header *h, struct record *r)
{
	struct span value;

	put_text(r, &http_method, h->method);
	if (http_header_find(h, "Host", &value) && value.len)
		put_name(r, &http_host, value);
	if (h->target.len)
		put_uri(r, &http_target, h->target);
	put_field(h, r, "User-Agent", &http_user_agent);
	if (http_header_find(h, "SOAPAction", &value)) {
		if (value.len > 1 && value.data[0] == '"' && value.data[value.len - 1] == '"')
			value = span_part(value, 1, value.len - 2);
		put_text(r, &http_soap_action, value);
	}
	/* A value of one word may be the secret itself: only a word in front of others is a scheme. */
	if (http_header_find(h, "Authorization", &value) && first_word(value).len < value.len && value.data[first_word(value).len] == ' ')
		put_text(r, &http_authorization, first_word(value));
}

static void put_response(const struct http_header *h, struct record *r)
{
	struct span value;

	put_number(r, &http_status, h->status);
	if (http_header_find(h, "Location", &value) && value.len)
		put_uri(r, &http_location, value);
	put_field(h, r, "Server", &http_server);
	put_schemes(h, r);
}

void http_header_put(const struct http_header *h, struct record *r)
{
	uint64_t length;

	if (h->is_response)
		put_response(h, r);
	else
		put_request(h, r);
	put_field(h, r, "Content-Type", &http_content_type);
	if (http_header_length(h, &length))
		put_number(r, &http_content_length, length);
}
