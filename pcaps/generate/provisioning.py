"""Scenarios of the web services: web ticket, PIN, certificate."""

from expect import CONNECT, DISCOVERY, NAMING, ROOT_CA, TLS, UC, WEB, but, every_but
from network import HttpServer, Refuses, Silent, TlsServer, uc_options
from story import candidate, failed, finding, scenario, signed_in

BEFORE = UC + ROOT_CA
LATER = DISCOVERY + NAMING + CONNECT + TLS


def stops(code, grade=None, shown_by=None, names=(), may=()):
    """A PIN sign-in that stops at the web services."""
    return failed("pin", "provisioning", code, finding(code, "error", grade, names, shown_by), may=may, never=but(BEFORE + WEB + LATER, code, *may))


@scenario("B11", "web-unresolved", "the web services' name has no address")
def web_unresolved(s):
    """Option 43 names {web}, which does not exist in DNS. The PIN sign-in stops."""
    s.good_dns()
    s.registrar()
    s.zone.forget(s.web)
    s.pin_twice(s.phone())
    return stops("web-unresolved", "proven", 'lower(dns.qry.name) == "%s" && %s' % (s.web, s.absent), [s.web])


def port_443(s, server, code, grade=None):
    s.good_dns()
    s.registrar()
    s.listen(s.web_ip, 443, server)
    s.pin_twice(s.phone())
    return stops(code, grade, "tcp.dstport == 443 || tcp.srcport == 443", [s.web])


@scenario("B33", "web-refused", "the chain comes over port 80, port 443 is closed")
def web_refused(s):
    """The chain is fetched over HTTP from {web}; its port 443 answers every SYN with RST. The PIN sign-in stops."""
    return port_443(s, Refuses(), "web-tcp-refused", "proven")


@scenario("B34", "web-timeout", "the chain comes over port 80, port 443 is silent")
def web_timeout(s):
    """The chain is fetched over HTTP from {web}; nothing comes back from its port 443. The PIN sign-in stops."""
    return port_443(s, Silent(), "web-tcp-timeout")


@scenario("B29", "web-tls-failed", "the web server's certificate does not bear its name")
def web_tls_failed(s):
    """The chain is fetched; the certificate on port 443 bears another name than {web} and the phone refuses it. In the second variation the server speaks
    no TLS version of the phone's. The PIN sign-in stops."""
    s.good_dns()
    s.registrar()
    wrong = TlsServer(s.identity("fe03." + s.ad), "web")
    if s.second:
        s.change_habits(tls_version="1.0")
        wrong = TlsServer(s.identity(s.web), "web", lowest="1.2")
    s.listen(s.web_ip, 443, wrong)
    s.pin_twice(s.phone())
    return stops("web-tls-failed", None, "tls.alert_message", [s.web], may=["tls-version-or-cipher"] if s.second else ["tls-name-mismatch"])


@scenario("#9d", "web-fqdn-split", "the web services' name is the pool's, balanced by DNS")
def web_fqdn_split(s):
    """Option 43 names the pool itself, whose name has an address for each front end. HTTP goes to one, HTTPS to the next, where port 443 refuses
    (second variation: is silent); then to the first again, which works. The phone signs in after all."""
    s.change(publishes_update=False)
    s.good_dns()
    s.registrar()
    s.net.uc = uc_options(s.pool, s.sip)
    one, two = s.web_ip, s.pool_ip
    s.zone.a(s.pool, one, two)
    s.net.balanced = {s.pool}
    s.listen(one, 443, TlsServer(s.identity(s.pool), "web"))
    s.listen(two, 443, Silent() if s.second else Refuses())
    s.listen(two, 80, HttpServer([s.root.certificate]))
    s.sign_in(s.phone())
    return signed_in("pin", finding("web-fqdn-split", "warning", names=[s.pool]), candidate(s.target, "sip-domain", True, "signed-in"),
                     never=but(every_but(), "web-fqdn-split", "web-tcp-refused", "web-tcp-timeout"))


@scenario("B43", "pin-wrong", "the PIN is not accepted")
def pin_wrong(s):
    """The chain is fetched, the HTTPS session with the web services is short, and the phone never asks for a registrar. The user tries three times. Whether
    the PIN is wrong, locked or disabled only the server's log can say."""
    s.good_dns()
    s.registrar()
    phone = s.phone()
    phone.start()
    for _ in range(3):
        s.typed(phone)
        assert not phone.sign_in(accepted=False)
    s.idle(phone)
    return stops("auth-not-completed", "weak", "tls", [])


@scenario("B50", "external-pin", "a first sign-in by PIN from outside")
def external_pin(s):
    """The phone is at home: a home router gives the lease and the names, nobody answers the INFORM. A PIN sign-in cannot begin outside."""
    s.change(network_in="none", subnet="192.168.178", flat=False, servers="10.20.0", clock_by="srv", publishes_update=False)
    s.without("vlan-lldp", "vlan-dhcp", "crowd", "neighbour")
    s.net.lldp, s.net.relayed = False, False
    s.net.dns = s.net.dhcp = "192.168.178.1"
    s.net.domain_name = "fritz.box" if s.second else ""
    s.net.uc = None
    s.zone.a("time.windows.com", s.setting.outside + ".123")
    s.srv("sip." + s.domain, 443, "_sip._tls")
    s.pin_twice(s.phone())
    return failed(["pin", "unknown"], ["provisioning", "uc-options"], ["pin-needs-internal", "uc-no-reply"], finding("pin-needs-internal"),
                  may=["pin-needs-internal", "uc-no-reply"], never=but(UC, "uc-no-reply") + ROOT_CA + but(WEB, "pin-needs-internal") + LATER)


@scenario("B15", "web-foreign", "the web services' name is outside the SIP domain")
def web_foreign(s):
    """Option 43 names web.{hoster}, outside {domain}: nobody checks that name. Chain, ticket and sign-in work."""
    web = "web." + s.hoster
    s.zone.a(web, s.spare_ip)
    s.listen(s.spare_ip, 80, HttpServer([s.root.certificate]))
    s.listen(s.spare_ip, 443, TlsServer(s.identity(web), "web"))
    s.net.uc = uc_options(web, s.target)
    s.good_dns()
    s.registrar()
    s.sign_in(s.phone())
    return signed_in("pin", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but())
