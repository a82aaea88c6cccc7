/* HTTP/1.x. */
#include "dissectors/http.h"

const struct kind http_request = { .proto = "http", .name = "request" };
const struct kind http_response = { .proto = "http", .name = "response" };

const struct field http_method = { "method" };
const struct field http_host = { "host" };
const struct field http_target = { "target" };
const struct field http_user_agent = { "user_agent" };
const struct field http_soap_action = { "soap_action" };
const struct field http_status = { "status" };
const struct field http_location = { "location" };
const struct field http_server = { "server" };
const struct field http_www_authenticate = { "www_authenticate" };
const struct field http_content_type = { "content_type" };
const struct field http_content_length = { "content_length" };
const struct field http_certificates = { "certificates" };
const struct field http_authorization = { "authorization" };
const struct field http_device_model = { "device_model" };
const struct field http_device_vendor = { "device_vendor" };
const struct field http_device_firmware = { "device_firmware" };
const struct field http_device_mac = { "device_mac" };
const struct field http_device_serial = { "device_serial" };

static const struct kind *const kinds[] = { &http_request, &http_response, NULL };

const struct dissector http_dissector = {
	.name = "http",
	.standards = "RFC 9110, RFC 9112, SOAP 1.1",
	.kinds = kinds,
};
