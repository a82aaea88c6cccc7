"""Scenarios of the UC options: DHCP 43 and 120."""

from messages import option43, option120
from expect import CONNECT, DISCOVERY, LINK, NAMING, ROOT_CA, TLS, UC, WEB, but
from network import uc_options
from story import failed, finding, scenario, signed_in
from wire import ip_octets

INFORM_ACK = "dhcp.option.dhcp == 5 && dhcp.option.type == 43"
LATER = ROOT_CA + WEB + DISCOVERY + NAMING + CONNECT + TLS
PIN = ["pin", "unknown"]                # an INFORM alone does not prove the method


def stops(code, grade=None, shown_by=INFORM_ACK, may=(), names=()):
    """A PIN sign-in that the UC options stopped."""
    return failed(PIN, "uc-options", code, finding(code, "error", grade, names, shown_by), never=but(LINK + UC + LATER, "vlan-not-assigned", code, *may),
                  may=may)


def goes_on(method, code, *parts, shown_by="dhcp.option.type == 120", names=(), also=()):
    """The options are wrong, and the sign-in works without them."""
    return signed_in(method, finding(code, ["warning", "info"], names=names, shown_by=shown_by), *parts,
                     never=but(LINK + UC + LATER, "vlan-not-assigned", code, *also))


def pin_stops(s):
    """The PIN screen says that the certificate web service cannot be located."""
    phone = s.phone()
    phone.uc_ignored = True
    s.pin_twice(phone)


@scenario("B4", "uc-no-reply", "nobody answers the INFORM for the UC options")
def no_reply(s):
    """The INFORM of class MS-UC-Client is repeated and never answered; the lease itself was fine. A PIN sign-in stops here. In the second variation
    the user signs in with credentials, and the sign-in goes on without the options."""
    s.net.uc = None
    s.good_dns()
    s.registrar()
    asked = "dhcp.option.dhcp == 8"
    if not s.second:
        pin_stops(s)
        return stops("uc-no-reply", "strong", asked, may=["pin-needs-internal"])
    s.directory()
    phone = s.phone("credentials")
    phone.start()
    phone.inform()
    s.sign_in(phone, boot=False)
    return goes_on("credentials", "uc-no-reply", shown_by=asked)


@scenario("B5", "uc120-is-address", "option 120 carries addresses instead of a name")
def is_address(s):
    """Option 120 begins with encoding 1 and IPv4 addresses, useless for TLS. The SRV record works, so the phone signs in."""
    addresses = [s.sip_ip] + ([s.pool_ip] if s.second else [])
    s.net.uc = {43: option43(s.web), 120: b"\1" + b"".join(ip_octets(a) for a in addresses)}
    s.good_dns()
    s.registrar()
    s.sign_in(s.phone())
    return goes_on("pin", "uc120-is-address")


@scenario("B6", "uc120-no-encoding", "option 120 is bare text without the encoding octet")
def no_encoding(s):
    """Option 120 is the text {sip}, without encoding octet and labels. The SRV record works, so the phone signs in."""
    s.net.uc = {43: option43(s.web), 120: s.sip.encode()}
    s.extra = {"damaged": True}         # tshark, too, cannot read it
    s.good_dns()
    s.registrar()
    s.sign_in(s.phone())
    return goes_on("pin", "uc120-no-encoding")


@scenario("B9", "uc43-truncated", "a length inside option 43 runs past its end")
def truncated(s):
    """Sub-option 3 of option 43 claims more octets than the option has: no web services name can be read, and the PIN sign-in stops.
    In the second variation the option ends within sub-option 3."""
    good = option43(s.web)
    at = 2 + 12 + 2 + 5
    cut = good[:at + 8] if s.second else good[:at + 1] + bytes([200]) + good[at + 2:]
    s.net.uc = {43: cut, 120: option120(s.sip)}
    s.good_dns()
    s.registrar()
    pin_stops(s)
    return stops("uc43-truncated", "proven", may=["uc43-missing"])


@scenario("B10", "uc43-port-binary", "the port in option 43 is two octets instead of digits")
def port_binary(s):
    """Sub-option 4 is `01 bb` instead of the digits 443: the phone makes no URL of it and the PIN sign-in stops."""
    s.net.uc = uc_options(s.web, s.sip, port=b"\x01\xbb")
    s.good_dns()
    s.registrar()
    pin_stops(s)
    return stops("uc43-port-binary", "proven")


@scenario("B1", "class-case", "DHCP vendor class data written ms-uc-client: option 43 does not come, option 120 does")
def class_case(s):
    """The DHCP server's class data differ in case from what the phone sends, MS-UC-Client: the answer bears option 120, which hangs on no class,
    and no option 43. In the second variation option 43 is another vendor's. The PIN sign-in stops."""
    s.net.uc = {120: option120(s.sip)}
    if s.second:
        s.net.uc = {43: b"\x01\x04" + ip_octets(s.spare_ip) + b"\x02\x05wlc-1", 120: option120(s.sip)}
    s.good_dns()
    s.registrar()
    pin_stops(s)
    return stops("uc43-class-mismatch", None if s.second else "strong", "dhcp.option.dhcp == 5 && dhcp.option.type == 120", may=["uc43-missing"])


@scenario("B7", "uc120-several", "option 120 bears two names")
def several_names(s):
    """Option 120 names {sip} and a second server. DHCPUtil supports one; the first is used."""
    second = "pool02." + (s.ad if s.second else s.domain)
    s.net.uc = {43: option43(s.web), 120: option120(s.target, second)}
    s.good_dns()
    s.registrar()
    s.sign_in(s.phone())
    return goes_on("pin", "uc120-several", names=[second], also=["name-skipped"])


@scenario("B8", "uc43-part-missing", "a needed sub-option of option 43 is not there")
def part_missing(s):
    """Option 43 lacks sub-option 3, the web services' name (second variation: sub-option 5, the path). The PIN sign-in stops."""
    lacks = 5 if s.second else 3
    s.net.uc = uc_options(s.web, s.sip, leave_out=(lacks,))
    s.good_dns()
    s.registrar()
    s.pin_twice(s.phone())
    return stops("uc43-missing", "proven", names=[str(lacks)])


@scenario("B8", "uc43-absent", "the UC options' answer bears neither option 43 nor option 120")
def absent(s):
    """Somebody acknowledges the INFORM, without any UC option (second variation: with the domain name and the servers of the lease). The PIN sign-in stops."""
    s.net.uc = {15: s.ad.encode()} if s.second else {}
    s.good_dns()
    s.registrar()
    pin_stops(s)
    return stops("uc43-missing", None, "dhcp.option.dhcp == 5 && dhcp.ip.client != 0.0.0.0")


@scenario("B9", "uc43-not-tlv", "option 43 is the URL as bare text")
def not_tlv(s):
    """A router gives option 43 as the text of the URL: there is no list of sub-options to walk. The PIN sign-in stops."""
    url = "https://%s:443/CertProv/CertProvisioningService.svc" % s.web
    s.net.uc = {43: url.encode() if not s.second else s.web.encode(), 120: option120(s.sip)}
    s.good_dns()
    s.registrar()
    pin_stops(s)
    return stops("uc43-not-tlv", "proven", may=["uc43-missing", "uc43-truncated", "uc43-class-mismatch"])


@scenario("B6", "uc120-malformed", "a label inside option 120 runs past its end")
def malformed(s):
    """Option 120 begins with encoding 0, but its last label claims more octets than there are (second variation: the name ends in a compression
    pointer). No name can be read; the SRV record works, so the phone signs in."""
    good = option120(s.sip)
    label = len(s.domain.split(".")[-1])
    broken = good[:-1] + b"\xc0\x0c" if s.second else good[:-2 - label] + bytes([label + 40]) + good[-1 - label:-1]
    s.net.uc = {43: option43(s.web), 120: broken}
    s.extra = {"damaged": True}         # tshark, too, cannot read it
    s.good_dns()
    s.registrar()
    phone = s.phone()
    phone.sip_ignored = True
    s.sign_in(phone)
    return goes_on("pin", "uc120-malformed")


@scenario("B1", "class-mixup", "sub-options of one class answered to the other")
def class_mixup(s):
    """The VLAN's sub-option 10 stands in the answer to MS-UC-Client beside the UC sub-options. In the second variation the UC sub-options stand in the
    lease that the class CPE-OCPHONE asked for. The sign-in works."""
    s.without("vlan-dhcp", "vlan-lldp")
    s.good_dns()
    s.registrar()
    shown = "dhcp.option.type == 43"
    if s.second:
        s.net.lease_extra = [(43, option43(s.web))]
        s.change_habits(boot="discover")
    else:
        s.net.uc = {43: option43(s.web) + b"\x0a\x02\x00\x14", 120: option120(s.sip)}
    s.sign_in(s.phone())
    return goes_on("pin", "uc-class-mixup", shown_by=shown)


@scenario("B49", "uc-conflict", "two responders answer the INFORM differently")
def conflict(s):
    """The DHCP server and the Registrar's own responder both answer, with different web services. The first answer is used; it is good, and the phone
    signs in. In the second variation the first names a server that is gone, and the PIN sign-in stops there."""
    s.good_dns()
    s.registrar()
    old = "oldweb." + s.ad
    s.zone.a(old, s.spare_ip)
    one, two = uc_options(s.web, s.sip), uc_options(old, s.sip)
    s.net.uc, s.net.second_uc = (two, one) if s.second else (one, two)
    if not s.second:
        s.sign_in(s.phone())
        return goes_on("pin", "uc-conflict", shown_by=INFORM_ACK, names=[s.web, old])
    phone = s.phone()
    phone.tries_https = True
    s.pin_twice(phone)
    return failed("pin", "root-ca", "root-ca-host-dead", finding("uc-conflict", names=[s.web, old], shown_by=INFORM_ACK),
                  finding("root-ca-host-dead", "error", names=[old]), may=["uc-conflict", "web-tcp-timeout"], never=but(UC + LATER, "uc-conflict",
                  "root-ca-host-dead", "web-tcp-timeout"))
