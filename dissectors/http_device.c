/* The device-update request (POST .../RequestHandler/ucdevice.upx) of Lync Phone Edition. No schema is published. */
#include "dissectors/http_device.h"

#include <ctype.h>

#include "dissectors/http.h"

enum { NAME_MAX_LEN = 32, VALUE_MAX_LEN = 128, VERSION_PARTS = 4 };

struct property {
	const struct field *field;
	const char *names[8];   /* lower case, without what stands between words */
};

static const struct property properties[] = {
	{ &http_device_model, { "model", "devicemodel", "modelname", "hardwaremodel", "modelid" } },
	{ &http_device_vendor, { "vendor", "devicevendor", "vendorname", "manufacturer", "oem" } },
	{ &http_device_firmware, { "firmware", "firmwareversion", "fwversion", "softwareversion", "swversion", "buildversion", "currentversion" } },
	{ &http_device_mac, { "mac", "macaddress", "macaddr", "devicemac", "physicaladdress", "ethernetaddress" } },
	{ &http_device_serial, { "serial", "serialnumber", "serialno", "serialnum", "deviceserial", "deviceserialnumber", "sn" } },
};

enum { PROPERTY_COUNT = sizeof properties / sizeof properties[0] };

/* What was found so far. A plain "version" is the firmware's only where nothing says so better. */
struct device {
	struct span values[PROPERTY_COUNT];
	struct span version;
};

bool http_device_is_update(struct span target)
{
	static const char name[] = "ucdevice.upx";

	for (size_t i = 0; i + strlen(name) <= target.len; i++)
		if (span_starts_nocase(span_part(target, i, target.len), name))
			return true;
	return false;
}

/* The last part of a name with a prefix, letters and digits only, lower case. */
static void plain_name(struct span name, char out[NAME_MAX_LEN])
{
	size_t len = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == ':')
			len = 0;
		else if (ascii_is_letter_or_digit(name.data[i]) && len < NAME_MAX_LEN - 1)
			out[len++] = (char)ascii_lower(name.data[i]);
	}
	out[len] = '\0';
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span trim(struct span s)
{
	while (s.len && is_blank(s.data[0]))
		s = span_part(s, 1, s.len);
	while (s.len && is_blank(s.data[s.len - 1]))
		s.len--;
	return s;
}

/* 4.0.7577.4363 and the like. */
static bool is_version(struct span s)
{
	unsigned parts = 1;

	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] == '.')
			parts++;
		else if (!isdigit(s.data[i]))
			return false;
	}
	return parts == VERSION_PARTS;
}

static void note(struct device *d, struct span name, struct span value)
{
	char plain[NAME_MAX_LEN];

	value = trim(value);
	if (value.len == 0 || value.len > VALUE_MAX_LEN)
		return;
	plain_name(name, plain);
	for (size_t i = 0; i < PROPERTY_COUNT; i++)
		for (size_t n = 0; n < 8 && properties[i].names[n]; n++)
			if (d->values[i].len == 0 && strcmp(plain, properties[i].names[n]) == 0)
				d->values[i] = value;
	if (d->version.len == 0 && strcmp(plain, "version") == 0 && is_version(value))
		d->version = value;
}

/* The next attribute of a tag; false at its end. */
static bool next_attribute(struct cursor *c, struct span *ret_name, struct span *ret_value)
{
	const uint8_t *start, *end;
	uint8_t quote;

	while (cursor_left(c) && is_blank(*c->at))
		cursor_skip(c, 1);
	start = c->at;
	while (cursor_left(c) && *c->at != '=' && !is_blank(*c->at))
		cursor_skip(c, 1);
	*ret_name = span_of(start, (size_t)(c->at - start));
	while (cursor_left(c) && is_blank(*c->at))
		cursor_skip(c, 1);
	if (cursor_u8(c) != '=')
		return false;
	while (cursor_left(c) && is_blank(*c->at))
		cursor_skip(c, 1);
	quote = cursor_u8(c);
	if (!cursor_ok(c) || (quote != '"' && quote != '\'') || !(end = cursor_left(c) ? memchr(c->at, quote, cursor_left(c)) : NULL))
		return false;
	*ret_value = cursor_take(c, (size_t)(end - c->at));
	cursor_skip(c, 1);
	return true;
}

/* `tag` is what stands between < and >, `text` what follows up to the next <. */
static void read_tag(struct device *d, struct span tag, struct span text)
{
	struct cursor c = cursor_over(tag);
	struct span element, name, value, label = { 0 }, labelled = text;
	char plain[NAME_MAX_LEN];

	while (cursor_left(&c) && !is_blank(*c.at) && *c.at != '/')
		cursor_skip(&c, 1);
	element = span_of(tag.data, cursor_offset(&c));
	note(d, element, text);
	while (next_attribute(&c, &name, &value)) {
		plain_name(name, plain);
		if (strcmp(plain, "name") == 0 || strcmp(plain, "key") == 0)
			label = value;
		else if (strcmp(plain, "value") == 0)
			labelled = value;
		else
			note(d, name, value);
	}
	if (label.len)
		note(d, label, labelled);
}

static void read_xml(struct device *d, struct span xml)
{
	const uint8_t *open, *close, *end = xml.data + xml.len;

	for (open = span_find(xml, "<"); open; open = memchr(close, '<', (size_t)(end - close))) {
		const uint8_t *next;

		close = memchr(open, '>', (size_t)(end - open));
		if (!close)
			return;
		next = memchr(close, '<', (size_t)(end - close));
		if (open[1] != '?' && open[1] != '!' && open[1] != '/')
			read_tag(d, span_of(open + 1, (size_t)(close - open) - 1), span_of(close + 1, next ? (size_t)(next - close) - 1 : 0));
	}
}

void http_device_put(struct span xml, struct record *r)
{
	struct device d = { 0 };

	read_xml(&d, xml);
	for (size_t i = 0; i < PROPERTY_COUNT; i++) {
		if (d.values[i].len == 0 && properties[i].field == &http_device_firmware)
			d.values[i] = d.version;
		if (d.values[i].len)
			put_text(r, properties[i].field, d.values[i]);
	}
}
