/* An event as one line of JSON, whatever its protocol: contract section 2. */
#include <math.h>

#include "sink/json_parts.h"
#include "sink/sink.h"

static void put_item(struct writer *w, const struct item *i);

static void put_fields(struct writer *w, const struct record *r)
{
	for (const struct item *i = r->first; i; i = i->next) {
		if (i->field->name[0] == '.')
			continue;       /* internal */
		if (i->form == FORM_REAL && !isfinite(i->real))
			continue;       /* JSON has no word for it */
		writer_key(w, i->field->name);
		put_item(w, i);
	}
}

static void put_items(struct writer *w, const struct record *r)
{
	for (const struct item *i = r->first; i; i = i->next)
		put_item(w, i);
}

static void put_item(struct writer *w, const struct item *i)
{
	switch (i->form) {
	case FORM_NUMBER:
		writer_number(w, i->number);
		break;
	case FORM_SIGNED:
		writer_signed(w, i->integer);
		break;
	case FORM_REAL:
		writer_real(w, i->real, i->digits);
		break;
	case FORM_TRUTH:
		writer_truth(w, i->truth);
		break;
	case FORM_HEX:
		writer_hex(w, i->number, i->digits);
		break;
	case FORM_TEXT:
		writer_text(w, i->text.data, i->text.len);
		break;
	case FORM_TIME:
		writer_time(w, i->integer, i->digits);
		break;
	case FORM_ADDR:
		writer_addr(w, &i->addr);
		break;
	case FORM_MAC:
		writer_mac(w, i->mac);
		break;
	case FORM_LIST:
		writer_open(w, '[');
		put_items(w, &i->record);
		writer_close(w, ']');
		break;
	case FORM_RECORD:
		writer_open(w, '{');
		put_fields(w, &i->record);
		writer_close(w, '}');
		break;
	}
}

static void put_ends(struct writer *w, const struct event *e)
{
	if (!e->has_ip && !e->has_ether)
		return;
	writer_key(w, "src");
	if (e->has_ip)
		writer_endpoint(w, &e->src);
	else
		writer_mac(w, e->mac_src);
	writer_key(w, "dst");
	if (e->has_ip)
		writer_endpoint(w, &e->dst);
	else
		writer_mac(w, e->mac_dst);
}

static void put_link(struct writer *w, const struct event *e)
{
	if (e->has_ether) {
		writer_key(w, "eth_src");
		writer_mac(w, e->eth_src);
		writer_key(w, "eth_dst");
		writer_mac(w, e->eth_dst);
	}
	writer_key(w, "vlan");
	writer_open(w, '[');
	for (unsigned i = 0; i < e->vlan_count; i++)
		writer_number(w, e->vlans[i]);
	writer_close(w, ']');
}

void json_put_frame(struct writer *w, frame_ref f, bool several_files)
{
	char text[40];

	if (!several_files) {
		writer_number(w, frame_number(f));
		return;
	}
	snprintf(text, sizeof text, "%u:%llu", frame_file(f) + 1, (unsigned long long)frame_number(f));
	writer_string(w, text);
}

void json_put_event(struct writer *w, const struct event *e, const char *file, bool several_files)
{
	writer_open(w, '{');
	if (file) {
		writer_key(w, "file");
		writer_string(w, file);
	}
	writer_key(w, "frame");
	writer_number(w, frame_number(e->frame));
	writer_key(w, "time");
	writer_time(w, e->at_ns, e->time_digits);
	put_ends(w, e);
	put_link(w, e);
	writer_key(w, "proto");
	writer_string(w, e->kind->proto);
	writer_key(w, "kind");
	writer_string(w, e->kind->name);
	if (e->frame_count > 1) {
		writer_key(w, "frames");
		writer_open(w, '[');
		for (unsigned i = 0; i < e->frame_count; i++)
			json_put_frame(w, e->frames[i], several_files);
		writer_close(w, ']');
	}
	put_fields(w, &e->fields);
	writer_close(w, '}');
}

void json_event(FILE *out, const struct event *e, const char *file, bool several_files)
{
	static struct writer line;        /* kept from event to event: its memory is as long as the longest */

	json_put_event(&line, e, file, several_files);
	writer_line(&line, out);
}
