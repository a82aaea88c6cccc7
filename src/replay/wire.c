#include "base/log.h"
#include "packet/link.h"
#include "replay/outlet.h"

static bool say_no_ethernet(uint16_t link_type)
{
	char name[LINK_NAME];

	log_error("packets of link type %s cannot be sent as Ethernet frames: they have no such header; replay them with --into or -w, or give them one first "
		"(tcprewrite --dlt=enet)", link_name(link_type, name));
	return false;
}

static bool take(void *user, const struct packet *p, int64_t due_ns)
{
	struct wire *w = user;

	return p->link_type == LINK_ETHERNET ? sender_take(w->sender, p, due_ns) : say_no_ethernet(p->link_type);
}

static bool flush(void *user)
{
	struct wire *w = user;

	return sender_flush(w->sender);
}

struct outlet wire_outlet(struct wire *w)
{
	return (struct outlet){ .user = w, .take = take, .flush = flush };
}
