"""Scenarios of device update and clock."""

from expect import CONNECT, DISCOVERY, NAMING, TLS, attempt, but, every_but
from network import TlsServer, UpdateServer
from story import candidate, failed, finding, scenario, signed_in, unfinished

UPDATE_NAME = "lower(dns.qry.name) contains \"ucupdates-r2\""


def waits_at_screen(s, phone):
    """Boot, and nobody signs in."""
    phone.start()
    s.idle(phone, 90)


@scenario("#8", "update-dns-missing", "before any sign-in the phone looks for its update server and finds no name")
def update_dns_missing(s):
    """An old phone stands at the sign-in screen. It asks for ucupdates-r2 in the network's domain, which does not exist. Nobody signs in."""
    s.change(network_in="ad", publishes_update=False)
    waits_at_screen(s, s.phone())
    return unfinished(None, finding("update-dns-missing", ["warning", "info"], "proven", shown_by=UPDATE_NAME), never=every_but())


@scenario("#8", "update-tls", "the update server's certificate does not suit the phone")
def update_tls(s):
    """ucupdates-r2 is in DNS, but not in the certificate of the web server behind it: the phone closes after the certificate. In the second variation
    the server speaks no TLS that the phone knows. Nobody signs in."""
    s.change(network_in="ad", publishes_update=False, tls_version="1.0")
    s.zone.a("ucupdates-r2." + s.ad, s.web_ip)
    if s.second:
        s.listen(s.web_ip, 443, TlsServer(s.identity(s.web, "ucupdates-r2." + s.ad), "web", lowest="1.2"))
    phone = s.phone(roots=[s.root.certificate], rejects="fin")
    waits_at_screen(s, phone)
    return unfinished(None, finding("update-tls", ["warning", "info"], names=["ucupdates-r2." + s.ad], shown_by="tls"),
                      never=but(every_but(), "update-tls") + ("update-dns-missing",))


@scenario("B45", "firmware-too-old", "a phone of the OCS generation on a Lync 2013 pool")
def firmware_too_old(s):
    """The update request in clear says 1.0.522.101. Every session with the registrar is closed after its answers; there is nothing to update to.
    (Wire: the request, then TLS sessions that do not last.)"""
    s.change(network_in="ad", publishes_update=False)
    s.zone.a("ucupdates-r2." + s.ad, s.web_ip)
    s.listen(s.web_ip, 80, UpdateServer())
    s.good_dns()
    s.registrar(then="reject")
    s.directory()
    phone = s.phone("credentials", sts=False)
    phone.version = "1.0.522.101"
    s.facts[s.mac] = {"firmware": phone.version}
    s.give_up(phone)
    return failed("credentials", "update", "firmware-too-old", finding("firmware-too-old", "error", names=["1.0.522"], shown_by="http.request"),
                  may=["sip-rejected"], never=but(DISCOVERY + NAMING + CONNECT + TLS + ("update-loop", "update-tls")))


@scenario("B53", "update-loop", "the phone loads its image, starts again, and reports the old version again")
def update_loop(s):
    """The update service offers an image; the phone fetches it, reboots, and its next request bears the same old version: again and again. Nobody gets
    to sign in. In the second variation the sign-in works after the third start all the same."""
    s.change(network_in="ad", publishes_update=False, boot="discover")
    s.without("routed-copies")
    name = "ucupdates-r2." + s.ad
    s.zone.a(name, s.dc_ip)
    s.listen(s.dc_ip, 80, UpdateServer("4.0.7577.4451"))
    s.good_dns()
    s.registrar()
    phone = s.phone("cached")
    phone.version = "4.0.7577.4387"
    for _ in range(3):
        phone.start()
        phone.wait(50)
        phone.known = {}
    found = finding("update-loop", shown_by="http.request.method == \"GET\"")
    first = attempt(["unfinished", "failed", "unknown"], [], None, [None, "update"], [None, "update-loop"], may=["update-loop"])
    if not s.second:
        s.idle(phone)
        last = attempt(["unfinished", "failed"], [found], None, [None, "update"], [None, "update-loop"], never=but(every_but(), "update-loop"))
        return [first, first, last]
    phone.known = {}
    assert phone.register()
    phone.stay(100)
    return [first, first, signed_in("cached", found, candidate(s.target, "sip-domain", True, "signed-in"), never=but(every_but(), "update-loop"))]


def wrong_clock(s, cause, shown_by, years=False):
    """A certificate that is good in real time is refused by a phone whose clock is wrong: the registrar's, or with a PIN the web server's before it."""
    s.net.time_server = ""
    s.good_dns()
    s.registrar()
    method = "pin" if s.second else "credentials"
    if not s.second:
        s.directory()
    phone = s.phone(method, rejects="alert" if s.second else "fin")
    s.pin_twice(phone) if s.second else s.give_up(phone)
    dates = ("tls-cert-expired", "tls-cert-not-yet-valid")
    seen = (["web-tls-failed"] if s.second else []) + ["tls-cert-rejected"] + list(dates if years else ())
    return failed(method, "time", cause, finding(cause, "error", shown_by=shown_by), finding(seen), may=seen,
                  never=but(DISCOVERY + NAMING + CONNECT + TLS + ("time-not-set", "time-wrong"), cause, *seen))


@scenario("B26", "time-not-set", "no time server answers, and the phone refuses a good certificate")
def time_not_set(s):
    """`_ntp._udp` does not exist and time.windows.com does not answer; the phone's clock stays at its factory date. It refuses a certificate that is
    valid in real time. In the second variation the site's time server is in DNS and silent, and the web server's certificate is the first refused."""
    s.change(network_in="ad", publishes_update=False)
    s.net.ntp_offset = None
    if not s.second:
        s.zone.forget("_ntp._udp." + s.ad).a("time.windows.com", s.setting.outside + ".123")
    return wrong_clock(s, "time-not-set", "ntp.flags.mode == 3")


@scenario("B26", "time-kiss-of-death", "the time server turns the phone away")
def kiss_of_death(s):
    """The time server answers with stratum 0 (RFC 4330: kiss of death); the clock stays at its factory date, and a good certificate is refused."""
    s.change(network_in="ad", publishes_update=False)
    s.net.ntp_stratum = 0
    return wrong_clock(s, "time-not-set", "ntp.stratum == 0 && ntp.flags.mode == 4")


@scenario("B27", "time-wrong", "the time server tells a wrong year")
def time_wrong(s):
    """The time server is nine years behind (second variation: eleven years ahead). The phone refuses a certificate that is valid in real time."""
    s.change(network_in="ad", publishes_update=False)
    s.net.ntp_offset = (11 if s.second else -9) * 365.25 * 86400
    return wrong_clock(s, "time-wrong", "ntp.flags.mode == 4", years=True)


@scenario("#14b", "time-zone", "the clock's hours look wrong to the user, the time server is right")
def time_zone(s):
    """The display is hours off because of the time zone; what the time server says is right to the second (second variation: a minute off). The sign-in works."""
    s.net.ntp_offset = 58.0 if s.second else 0.0
    s.good_dns()
    s.registrar()
    s.sign_in(s.phone())
    return signed_in("pin", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but())


@scenario("B26", "time-unneeded", "no time server answers, and nothing comes of it")
def time_unneeded(s):
    """No time server answers, but the phone's clock still runs from before: it accepts the certificate and signs in."""
    s.change(network_in="ad", clock_by="srv")
    s.net.ntp_offset = None
    s.good_dns()
    s.registrar()
    phone = s.phone("cached")
    phone.start()
    phone.clock_good = True
    s.sign_in(phone, boot=False)
    return signed_in("cached", finding("time-not-set", ["warning", "info"], shown_by="ntp.flags.mode == 3"), never=every_but("time-not-set"))
