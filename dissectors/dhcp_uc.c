/*
 * DHCP option 43 as Lync uses it: where the certificate web service is (class MS-UC-Client) and the voice VLAN (class CPE-OCPHONE).
 * RFC 2132 section 8.4; DHCPUtil of Lync Server and the layouts that administrators type by hand.
 *
 *      01 0c MS-UC-Client | 02 05 https | 03 len FQDN | 04 03 443 | 05 25 /CertProv/CertProvisioningService.svc        class MS-UC-Client
 *      0a len VLAN                                                                                                     class CPE-OCPHONE
 *
 * Code 0 pads, code 255 ends, both are optional. All values of MS-UC-Client are text, the port too.
 */
#include "dissectors/dhcp.h"
#include "dissectors/dhcp_parts.h"

enum {
	SUB_IDENTIFIER = 1, SUB_SCHEME, SUB_FQDN, SUB_PORT, SUB_PATH, SUB_VLAN = 10,
	SUBS = SUB_VLAN + 1,
	PAD = 0, END = 255,
	HOST_NAME_MAX_OCTETS = 253,
	VLAN_LAST = 4094,
};

static const char class_uc[] = "MS-UC-Client", class_phone[] = "CPE-OCPHONE", service[] = "CertProvisioningService.svc", folder[] = "/CertProv";

struct sub {
	struct span value;
	unsigned count;
};

struct walk {
	struct sub sub[SUBS];
	unsigned known, other;          /* sub-options of the two classes, and any others */
	bool torn;
	uint8_t torn_at;                /* the sub-option that runs past the end of the option */
};

struct option43 {
	struct emit *to;
	struct event *event;
	struct span value;
	struct walk walk;
};

static void complain(struct option43 *o, const char *why)
{
	emit_malformed(o->to, o->event, arena_printf(o->event->fields.arena, "option 43: %s", why));
}

static void complain_sub(struct option43 *o, const char *before, unsigned sub, const char *behind)
{
	emit_malformed(o->to, o->event, arena_printf(o->event->fields.arena, "option 43: %ssub-option %u%s", before, sub, behind));
}

static struct span without_nul(struct span s)
{
	return s.len && s.data[s.len - 1] == 0 ? span_part(s, 0, s.len - 1) : s;
}

static bool is_known(uint8_t code)
{
	return (code >= SUB_IDENTIFIER && code <= SUB_PATH) || code == SUB_VLAN;
}

static void walk_sub(struct walk *w, uint8_t code, struct span value)
{
	if (!is_known(code)) {
		w->other++;
		return;
	}
	w->known++;
	if (w->sub[code].count++ == 0)
		w->sub[code].value = without_nul(value);
}

static struct walk walk_all(struct span value)
{
	struct cursor c = cursor_over(value);
	struct walk w = { 0 };

	while (cursor_left(&c)) {
		uint8_t code = cursor_u8(&c);
		struct span sub;

		if (code == PAD)
			continue;
		if (code == END)
			break;
		sub = cursor_take(&c, cursor_u8(&c));
		if (!cursor_ok(&c)) {
			w.torn = true;
			w.torn_at = code;
			break;
		}
		walk_sub(&w, code, sub);
	}
	return w;
}

static bool has(const struct walk *w, unsigned sub)
{
	return w->sub[sub].count > 0;
}

static bool contains_nocase(struct span s, const char *text)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_starts_nocase(span_part(s, i, s.len), text))
			return true;
	return false;
}

static bool is_scheme(struct span s)
{
	return span_is_nocase(s, "https") || span_is_nocase(s, "http");
}

static bool is_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] < 0x20 || s.data[i] > 0x7e)
			return false;
	return true;
}

static bool is_url_text(struct span s)
{
	s = without_nul(s);
	return is_text(s) && span_starts_nocase(s, "http");
}

/* Whether somebody meant this option for Lync. Access points, PXE and TR-069 use the same codes for other things. */
static bool is_meant_for_uc(const struct option43 *o)
{
	return contains_nocase(o->value, class_uc) || contains_nocase(o->value, folder) || is_scheme(o->walk.sub[SUB_SCHEME].value);
}

static bool has_uc(const struct walk *w)
{
	for (unsigned sub = SUB_IDENTIFIER; sub <= SUB_PATH; sub++)
		if (has(w, sub))
			return true;
	return false;
}

/* ---- the values ---- */

/* 1 to 65535 in digits. */
static bool digits_parse(struct span s, uint16_t *ret)
{
	unsigned long number = 0;

	if (s.len == 0 || s.len > 5)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		number = number * 10 + s.data[i] - '0';
	}
	if (number == 0 || number > UINT16_MAX)
		return false;
	*ret = (uint16_t)number;
	return true;
}

static bool is_host_octet(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* RFC 1123 section 2.1, and the underscore that Windows allows; a trailing dot does no harm. */
static bool is_host_name(struct span s)
{
	size_t label = 0;

	if (s.len == 0 || s.len > HOST_NAME_MAX_OCTETS)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] == '.' && label > 0)
			label = 0;
		else if (is_host_octet(s.data[i]) && label < 63)
			label++;
		else
			return false;
	}
	return true;
}

static bool is_address(struct span s)
{
	char text[ADDR_TEXT] = "";
	struct addr a;

	if (s.len > 2 && s.data[0] == '[' && s.data[s.len - 1] == ']')
		s = span_part(s, 1, s.len - 2);
	if (s.len >= sizeof text)
		return false;
	memcpy(text, s.data, s.len);
	return strlen(text) == s.len && addr_parse(text, &a);
}

static void identifier_put(struct option43 *o, struct record *uc, struct span s)
{
	put_text(uc, &dhcp_uc_identifier, s);
	if (!span_is(s, class_uc))
		complain_sub(o, "", SUB_IDENTIFIER, " is not MS-UC-Client");
}

static void scheme_put(struct option43 *o, struct record *uc, struct span s)
{
	put_text(uc, &dhcp_uc_scheme, s);
	if (!is_scheme(s))
		complain(o, "scheme is not http or https");
}

static void fqdn_put(struct option43 *o, struct record *uc, struct span s)
{
	put_name(uc, &dhcp_uc_fqdn, s);
	if (is_address(s))
		complain_sub(o, "", SUB_FQDN, " is an address");
	else if (!is_host_name(s))
		complain_sub(o, "", SUB_FQDN, " is not a host name");
}

/* 443 typed as a number, 01 bb, is a known mistake: the phone reads text. */
static void port_put(struct option43 *o, struct record *uc, struct span s)
{
	uint16_t port;

	if (digits_parse(s, &port))
		put_number(uc, &dhcp_uc_port, port);
	else
		complain_sub(o, "", SUB_PORT, is_text(s) ? " is not a port" : " is binary");
}

static void path_put(struct option43 *o, struct record *uc, struct span s)
{
	put_text(uc, &dhcp_uc_path, s);
	if (!span_starts(s, "/") || !contains_nocase(s, service))
		complain_sub(o, "", SUB_PATH, " is not the CertProv path");
}

static void (*const putters[])(struct option43 *o, struct record *uc, struct span s) = {
	[SUB_IDENTIFIER] = identifier_put, [SUB_SCHEME] = scheme_put, [SUB_FQDN] = fqdn_put, [SUB_PORT] = port_put, [SUB_PATH] = path_put,
};

/*
 * The data type of sub-option 10 is not written down; word, long and digits are met. A number from 1 to 4094 is one; else digits are read as
 * text, which is above 4094 as a number from the second digit on.
 */
static bool vlan_parse(struct span s, uint16_t *ret)
{
	struct cursor c = cursor_over(s);
	uint64_t number = s.len <= 8 ? cursor_big(&c, s.len) : 0;
	uint16_t digits;

	if (number >= 1 && number <= VLAN_LAST)
		*ret = (uint16_t)number;
	else if (digits_parse(s, &digits) && digits <= VLAN_LAST)
		*ret = digits;
	else
		return false;
	return true;
}

/* ---- the option ---- */

static void missing_report(struct option43 *o)
{
	for (unsigned sub = SUB_IDENTIFIER; sub <= SUB_PATH; sub++)
		if (sub != SUB_PORT && !has(&o->walk, sub))     /* without a port the phone takes the scheme's own */
			complain_sub(o, "", sub, " missing");
}

static void uc_put(struct option43 *o)
{
	struct record *uc = put_record(&o->event->fields, &dhcp_uc);

	for (unsigned sub = SUB_IDENTIFIER; sub <= SUB_PATH; sub++) {
		if (!has(&o->walk, sub))
			continue;
		putters[sub](o, uc, o->walk.sub[sub].value);
		if (o->walk.sub[sub].count > 1)
			complain_sub(o, "", sub, " twice");
	}
	if (!o->walk.torn)
		missing_report(o);
}

static void vlan_put(struct option43 *o, bool surely)
{
	uint16_t vlan;

	if (vlan_parse(o->walk.sub[SUB_VLAN].value, &vlan))
		put_number(&o->event->fields, &dhcp_vlan_id, vlan);
	else if (surely)
		complain_sub(o, "", SUB_VLAN, " is not a VLAN id");
	if (surely && o->walk.sub[SUB_VLAN].count > 1)
		complain_sub(o, "", SUB_VLAN, " twice");
}

static bool is_no_list(const struct option43 *o, bool meant)
{
	const struct walk *w = &o->walk;

	return is_url_text(o->value) || (meant && w->torn && w->known == 0 && !is_known(w->torn_at));
}

void dhcp_put_uc(struct emit *to, struct event *e, struct span value, struct span vendor_class, bool reply)
{
	struct option43 o = { to, e, value, walk_all(value) };
	bool for_phone = reply && span_is_nocase(without_nul(vendor_class), class_phone);
	bool for_uc = is_meant_for_uc(&o) || (reply && span_is_nocase(without_nul(vendor_class), class_uc));

	if (is_no_list(&o, for_uc || for_phone)) {
		complain(&o, "not a TLV list");
		return;
	}
	if ((for_uc || for_phone) && o.walk.torn)
		complain_sub(&o, "truncated at ", o.walk.torn_at, "");
	if (for_uc && has_uc(&o.walk))
		uc_put(&o);
	if (has(&o.walk, SUB_VLAN) && (for_uc || for_phone || (!o.walk.torn && o.walk.known == 1 && o.walk.other == 0)))
		vlan_put(&o, for_uc || for_phone);
}
