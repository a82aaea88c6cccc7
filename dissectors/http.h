/* HTTP/1.x: the events it makes and the fields they bear. Rules: RFC 9110, RFC 9112, SOAP 1.1. */
#ifndef DISSECTORS_HTTP_H
#define DISSECTORS_HTTP_H

#include "flow/dissector.h"

extern const struct dissector http_dissector;

extern const struct kind http_request;
extern const struct kind http_response;

extern const struct field http_method;
extern const struct field http_host;
extern const struct field http_target;
extern const struct field http_user_agent;
extern const struct field http_soap_action;
extern const struct field http_status;
extern const struct field http_location;
extern const struct field http_server;
extern const struct field http_www_authenticate; /* list of schemes */
extern const struct field http_content_type;
extern const struct field http_content_length;
extern const struct field http_certificates;    /* list of records, as in tls; any found in a clear body */
extern const struct field http_authorization;   /* internal to the trail: scheme of Authorization (NTLM, Negotiate, ...) */
extern const struct field http_device_model;    /* of the device-update request (ucdevice.upx) */
extern const struct field http_device_vendor;
extern const struct field http_device_firmware;
extern const struct field http_device_mac;
extern const struct field http_device_serial;

#endif
