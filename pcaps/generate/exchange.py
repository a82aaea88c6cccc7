"""Scenarios of Exchange: its troubles never fail a sign-in."""

from expect import every_but
from network import TlsServer
from story import candidate, finding, scenario, signed_in

AUTODISCOVER = 'dns.qry.name contains "_autodiscover"'


def signed_in_before(s, method="credentials", **more):
    """A good sign-in; Exchange comes next."""
    s.good_dns()
    s.registrar()
    if method == "credentials":
        s.directory()
    phone = s.phone(method, **more)
    phone.start()
    s.typed(phone)
    assert phone.sign_in(), s.name
    phone.stay(12)
    return phone


def verdict(s, code, severity=("warning", "info"), names=(), shown_by=None, method="credentials", grade=None):
    return signed_in(method, finding(code, list(severity), grade, names, shown_by), candidate(s.target, "sip-domain", True, "signed-in"),
                     never=every_but(code))


def foreign_autodiscover(s, target, phone, tries=2):
    """The record points outside the user's domain; nobody dials it."""
    s.srv(target, 443, "_autodiscover._tcp")
    s.zone.a(target, s.exchange_ip)
    s.listen(s.exchange_ip, 443, TlsServer(s.identity(target), "web"))
    for _ in range(tries):
        assert not phone.exchange()
        phone.known = {}
        phone.stay(60)
    return verdict(s, "exchange-name-untrusted", ["warning"], [target], 'lower(dns.srv.target) == "%s"' % target)


@scenario("A8", "exchange-foreign", "Exchange's autodiscover record points into another namespace")
def exchange_foreign(s):
    """The sign-in works. `_autodiscover._tcp.{domain}` points to autodiscover.{hoster}, which the phone does not dial."""
    return foreign_autodiscover(s, "autodiscover." + s.hoster, signed_in_before(s))


@scenario("#5", "exchange-foreign-cu8", "message waiting is wanted, and CU8 breaks Exchange")
def exchange_foreign_cu8(s):
    """As exchange-foreign, with the firmware of CU8, 4.0.7577.4387, told by LLDP."""
    s.change_habits(boot="discover")
    s.good_dns()
    phone = s.phone("credentials")
    phone.firmware_shown = "4.0.7577.4387"
    s.facts[s.mac] = {"firmware": phone.firmware_shown}
    s.registrar()
    s.directory()
    s.sign_in(phone, stay=12)
    return foreign_autodiscover(s, "mail." + s.hoster, phone)


@scenario("#5.x", "exchange-ad-domain", "autodiscover was renamed into the AD domain, which is not the user's either")
def exchange_ad_domain(s):
    """`_autodiscover._tcp.{domain}` points to autodiscover.{ad}. The phone's own log finds a matching trust entry there, but not a trusted one."""
    return foreign_autodiscover(s, "autodiscover." + s.ad, signed_in_before(s))


def at_home(s, phone, identity, **web):
    """Autodiscover within the user's domain; what the phone makes of the server's certificate."""
    name = "autodiscover." + s.domain
    if s.second:
        s.srv(name, 443, "_autodiscover._tcp")
    s.zone.a(name, s.exchange_ip)
    s.listen(s.exchange_ip, 443, TlsServer(identity, "web"))
    for _ in range(2):
        phone.exchange(**web)
        phone.stay(60)
    return name


@scenario("B22", "exchange-wildcard", "Exchange's certificate has a wildcard name")
def exchange_wildcard(s):
    """autodiscover.{domain} shows a certificate for *.{domain}; the phone closes after it."""
    phone = signed_in_before(s, rejects="fin" if s.second else "alert")
    name = at_home(s, phone, s.identity("*." + s.domain, cn="*." + s.domain))
    return verdict(s, "exchange-cert-wildcard", ["warning"], [name, "*." + s.domain], "tls.handshake.type == 11")


@scenario("B23", "exchange-ca", "Exchange's certificate is of another CA than Lync's")
def exchange_ca(s):
    """autodiscover.{domain} shows a certificate of a CA whose root the phone was never given; it refuses it."""
    phone = signed_in_before(s, rejects="fin" if s.second else "alert")
    name = at_home(s, phone, s.identity("mail." + s.domain, "autodiscover." + s.domain, ca=s.strange_root))
    return verdict(s, "exchange-ca-untrusted", ["warning"], [name], "tls.handshake.type == 11")


@scenario("B24", "exchange-pin", "Exchange does not work with a PIN sign-in, as it must be")
def exchange_pin(s):
    """The user signed in by PIN, so the phone has no credentials for Exchange: TLS with autodiscover.{domain} completes, and the sessions are short."""
    phone = signed_in_before(s, "pin")
    at_home(s, phone, s.identity("mail." + s.domain, "autodiscover." + s.domain), requests=1)
    return verdict(s, "exchange-not-expected", ["info", "warning"], [],
                   'lower(dns.qry.name) contains "autodiscover" || ip.addr == %s' % s.exchange_ip, "pin", grade=["weak", "strong"])


@scenario("A8", "exchange-good", "Exchange within the user's domain works")
def exchange_good(s):
    """autodiscover.{domain} is in DNS and in its server's certificate, which is of the site's CA. The phone reads mail and calendar."""
    phone = signed_in_before(s)
    at_home(s, phone, s.identity("mail." + s.domain, "autodiscover." + s.domain), requests=4)
    return signed_in("credentials", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but())
