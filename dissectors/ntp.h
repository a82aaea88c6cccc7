/* NTP: the events it makes and the fields they bear. Rules: RFC 5905, RFC 4330. */
#ifndef DISSECTORS_NTP_H
#define DISSECTORS_NTP_H

#include "flow/dissector.h"

extern const struct dissector ntp_dissector;

extern const struct kind ntp_client;
extern const struct kind ntp_server;

extern const struct field ntp_version;
extern const struct field ntp_stratum;
extern const struct field ntp_transmit_time;
extern const struct field ntp_offset_s;         /* server transmit time minus capture time */
extern const struct field ntp_refid;

#endif
