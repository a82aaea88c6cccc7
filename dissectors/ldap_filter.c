/* A search filter in the text of RFC 4515. Rules: RFC 4511 4.5.1.7, RFC 4515 3. */
#include "dissectors/ldap_filter.h"

#include "dissectors/ber.h"

/* Choices of Filter, and inside SubstringFilter and MatchingRuleAssertion. */
enum {
	FILTER_AND = 0xa0, FILTER_OR = 0xa1, FILTER_NOT = 0xa2, FILTER_EQUAL = 0xa3, FILTER_SUBSTRINGS = 0xa4, FILTER_AT_LEAST = 0xa5,
	FILTER_AT_MOST = 0xa6, FILTER_PRESENT = 0x87, FILTER_APPROX = 0xa8, FILTER_EXTENSIBLE = 0xa9,
	SUBSTRING_INITIAL = 0x80, SUBSTRING_ANY = 0x81, SUBSTRING_FINAL = 0x82,
	RULE_NAME = 0x81, RULE_TYPE = 0x82, RULE_VALUE = 0x83, RULE_DN = 0x84,
};

static bool is_text(struct span value)
{
	while (value.len) {
		size_t n = utf8_length(value);

		if (n == 0 || value.data[0] < ' ' || value.data[0] == 0x7f)
			return false;
		value = span_part(value, n, value.len);
	}
	return true;
}

static void add_value(struct text *to, struct span value)
{
	bool text = is_text(value);

	for (size_t i = 0; i < value.len; i++) {
		if (text && !strchr("()*\\", value.data[i]))
			text_add_octet(to, (char)value.data[i]);
		else
			text_addf(to, "\\%02x", value.data[i]);
	}
}

static bool add_comparison(struct text *to, struct cursor c, const char *operation)
{
	struct span type, value;

	if (!ber_expect(&c, BER_OCTETS, &type) || !ber_expect(&c, BER_OCTETS, &value))
		return false;
	add_value(to, type);
	text_add(to, operation);
	add_value(to, value);
	return true;
}

static bool add_substrings(struct text *to, struct cursor c)
{
	struct span type, list;
	struct ber part = { 0 };

	if (!ber_expect(&c, BER_OCTETS, &type) || !ber_expect(&c, BER_SEQUENCE, &list))
		return false;
	add_value(to, type);
	text_add_octet(to, '=');
	c = cursor_over(list);
	while (cursor_left(&c)) {
		if (!ber_next(&c, &part) || part.tag < SUBSTRING_INITIAL || part.tag > SUBSTRING_FINAL)
			return false;
		if (part.tag != SUBSTRING_INITIAL)
			text_add_octet(to, '*');
		add_value(to, part.content);
	}
	if (part.tag != SUBSTRING_FINAL)
		text_add_octet(to, '*');
	return true;
}

static bool add_extensible(struct text *to, struct cursor c)
{
	struct span rule = { 0 }, type = { 0 }, value = { 0 };
	bool with_dn = false;
	struct ber part;

	while (cursor_left(&c)) {
		if (!ber_next(&c, &part))
			return false;
		switch (part.tag) {
		case RULE_NAME: rule = part.content; break;
		case RULE_TYPE: type = part.content; break;
		case RULE_VALUE: value = part.content; break;
		case RULE_DN: with_dn = part.content.len && part.content.data[0]; break;
		}
	}
	add_value(to, type);
	text_add(to, with_dn ? ":dn" : "");
	if (rule.len) {
		text_add_octet(to, ':');
		add_value(to, rule);
	}
	text_add(to, ":=");
	add_value(to, value);
	return true;
}

static bool add_filter(struct text *to, struct cursor *c, unsigned depth);

static bool add_set(struct text *to, char operation, struct cursor c, unsigned depth)
{
	text_add_octet(to, operation);
	while (cursor_left(&c))
		if (!add_filter(to, &c, depth + 1))
			return false;
	return true;
}

static bool add_choice(struct text *to, const struct ber *filter, unsigned depth)
{
	struct cursor c = cursor_over(filter->content);

	switch (filter->tag) {
	case FILTER_AND: return add_set(to, '&', c, depth);
	case FILTER_OR: return add_set(to, '|', c, depth);
	case FILTER_NOT: return add_set(to, '!', c, depth);
	case FILTER_EQUAL: return add_comparison(to, c, "=");
	case FILTER_SUBSTRINGS: return add_substrings(to, c);
	case FILTER_AT_LEAST: return add_comparison(to, c, ">=");
	case FILTER_AT_MOST: return add_comparison(to, c, "<=");
	case FILTER_APPROX: return add_comparison(to, c, "~=");
	case FILTER_EXTENSIBLE: return add_extensible(to, c);
	case FILTER_PRESENT:
		add_value(to, filter->content);
		text_add(to, "=*");
		return true;
	default: return false;
	}
}

static bool add_filter(struct text *to, struct cursor *c, unsigned depth)
{
	struct ber filter;

	if (depth >= LDAP_FILTER_DEPTH_MAX || !ber_next(c, &filter)) {
		c->failed = true;
		return false;
	}
	text_add_octet(to, '(');
	if (!add_choice(to, &filter, depth))
		c->failed = true;
	text_add_octet(to, ')');
	return cursor_ok(c);
}

bool ldap_filter_read(struct cursor *c, struct text *to)
{
	return add_filter(to, c, 0);
}
