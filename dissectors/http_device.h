/* The device-update request of Lync Phone Edition: what the phone says about itself. */
#ifndef DISSECTORS_HTTP_DEVICE_H
#define DISSECTORS_HTTP_DEVICE_H

#include "trail/event.h"

/* Whether a request's target is the device-update service's. */
bool http_device_is_update(struct span target);

/* Puts model, vendor, firmware, MAC and serial number, as far as the XML has them. The names of its elements are published nowhere: each
 * is looked for under every usual spelling, as an element, an attribute, or a pair of attributes name and value. */
void http_device_put(struct span xml, struct record *r);

#endif
