/* DHCP for IPv4. */
#include "dissectors/dhcp.h"

const struct kind dhcp_discover = { .proto = "dhcp", .name = "discover" };
const struct kind dhcp_offer = { .proto = "dhcp", .name = "offer" };
const struct kind dhcp_request = { .proto = "dhcp", .name = "request" };
const struct kind dhcp_ack = { .proto = "dhcp", .name = "ack" };
const struct kind dhcp_nak = { .proto = "dhcp", .name = "nak" };
const struct kind dhcp_inform = { .proto = "dhcp", .name = "inform" };
const struct kind dhcp_release = { .proto = "dhcp", .name = "release" };
const struct kind dhcp_decline = { .proto = "dhcp", .name = "decline" };

const struct field dhcp_xid = { "xid" };
const struct field dhcp_client_mac = { "client_mac" };
const struct field dhcp_ciaddr = { "ciaddr" };
const struct field dhcp_yiaddr = { "yiaddr" };
const struct field dhcp_giaddr = { "giaddr" };
const struct field dhcp_server_id = { "server_id" };
const struct field dhcp_lease_time = { "lease_time" };
const struct field dhcp_hostname = { "hostname" };
const struct field dhcp_vendor_class = { "vendor_class" };
const struct field dhcp_client_id = { "client_id" };
const struct field dhcp_relay_agent = { "relay_agent" };
const struct field dhcp_subnet_mask = { "subnet_mask" };
const struct field dhcp_param_list = { "param_list" };
const struct field dhcp_domain_name = { "domain_name" };
const struct field dhcp_domain_search = { "domain_search" };
const struct field dhcp_dns_servers = { "dns_servers" };
const struct field dhcp_ntp_servers = { "ntp_servers" };
const struct field dhcp_routers = { "routers" };
const struct field dhcp_requested_ip = { "requested_ip" };
const struct field dhcp_vendor_specific = { "vendor_specific" };
const struct field dhcp_uc = { "uc" };
const struct field dhcp_uc_identifier = { "identifier" };
const struct field dhcp_uc_scheme = { "scheme" };
const struct field dhcp_uc_fqdn = { "fqdn" };
const struct field dhcp_uc_port = { "port" };
const struct field dhcp_uc_path = { "path" };
const struct field dhcp_vlan_id = { "vlan_id" };
const struct field dhcp_sip_servers = { "sip_servers" };
const struct field dhcp_sip_encoding = { "sip_encoding" };

static const struct kind *const kinds[] = { &dhcp_discover, &dhcp_offer, &dhcp_request, &dhcp_ack, &dhcp_nak, &dhcp_inform, &dhcp_release, &dhcp_decline, NULL };

const struct dissector dhcp_dissector = {
	.name = "dhcp",
	.standards = "RFC 2131, RFC 2132, RFC 3361 (120), RFC 3396 (long options), RFC 3397 (119), RFC 3046 (82), [MS-DHCPE]",
	.kinds = kinds,
};
