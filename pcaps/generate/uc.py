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


def goes_on(method, code, *parts, shown_by="dhcp.option.type == 120", names=()):
    """The options are wrong, and the sign-in works without them."""
    return signed_in(method, finding(code, ["warning", "info"], names=names, shown_by=shown_by), *parts,
                     never=but(LINK + UC + LATER, "vlan-not-assigned", code))


def pin_stops(s):
    """The PIN screen says that the certificate web service cannot be located; the user tries again."""
    phone = s.phone()
    phone.uc_ignored = True
    phone.start()
    for _ in range(2):
        s.typed(phone)
        assert not phone.sign_in(), s.name
    s.idle(phone)


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
