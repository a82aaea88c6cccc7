"""Captures without a phone of ours: nobody may be followed."""

import messages as m
from network import TlsServer
from story import scenario
from wire import Host

WINDOWS = bytes([1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 249, 43])
BROWSER = "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"


def machine(s, mac, octet, device_class, options=WINDOWS, **more):
    """A device that is no phone of ours, at the same network."""
    s.quiet()
    box = s.phone("cached", mac, octet=octet, **more)
    box.device_class, box.asked_options = device_class, options
    return box


def desktop(s, number=0, **more):
    return machine(s, "3c:97:0e:%02x:41:%02x" % (s.rng.randrange(256), number), 220 + number, b"MSFT 5.0", roots=[s.root.certificate], **more)


def browse(s, box, name, address, tls=True):
    s.zone.a(name, address)
    found = box.addresses(name)[0]
    if tls:
        s.listen(address, 443, TlsServer(s.identity(name), "web"))
        return box.web_session(name, found, [(700, 2400), (500, 900)])
    box.http(name, found, m.http_request("GET", name, "/", agent=BROWSER), m.http_reply(200, "text/html", b"<html><body>Hello</body></html>"))
    return True


@scenario("N1", "desktop-pcs", "Windows PCs in their own business")
def desktop_pcs(s):
    """Leases, ARP, the locator's service record, a netlogon ping with the PC's own name, web pages, time. No phone."""
    s.directory()
    for number in range(2):
        box = desktop(s, number)
        box.boot("discover")
        box.look_up("_ldap._tcp.dc._msdcs." + s.ad)
        server, port = s.net.host(s.dc_ip), box.fresh_port()
        filters = m.ber(0xA0, m.equals("DnsDomain", s.ad), m.equals("Host", "PC-%d" % number), m.equals("NtVer", b"\x16\0\0\0"))
        box.udp_out(server, 389, port, m.search(1, "", 0, filters, ["Netlogon"]), "cldap")
        box.udp_in(0.002, server, 389, port, m.entry(1, "", [("netlogon", [m.netlogon_value(s.ad, "dc1." + s.ad)])]) + m.done(1), "cldap")
        box.wait(0.5)
        box.set_clock()
        browse(s, box, "intranet." + s.ad, s.spare_ip, s.second)
        browse(s, box, "www.%s" % s.hoster, s.foreign_ip)
    return None


@scenario("N2", "soundpoint", "a Polycom desk phone of the other family")
def soundpoint(s):
    """Polycom's OUI, but a SoundPoint IP: its own vendor class, its configuration over HTTP, SIP over UDP with its own User-Agent to another call server
    (second variation: over TCP). It shows no marker of a Lync phone."""
    box = machine(s, "00:04:f2:%02x:77:12" % s.rng.randrange(256), 231, b"Polycom-SoundPointIP-SPIP_650", bytes([1, 3, 6, 15, 42, 66, 160, 161]))
    box.boot("discover")
    box.set_clock()
    name, agent = "cm1." + s.ad, "PolycomSoundPointIP-SPIP_650-UA/4.0.4.2906"
    s.zone.a(name, s.spare_ip)
    address = box.addresses(name)[0]
    box.http(name, address, m.http_request("GET", name, "/0004f2777712.cfg", agent="FileTransport " + agent), m.http_reply(200, "text/xml", b"<APPLICATION/>"))
    dialog = m.Dialog(name, box.ip, 5060, s.rng, agent, name)
    conn = box.tcp(address, 5060) if s.second else None
    if conn:
        conn.connect()
    for up, octets in dialog.registration(True):
        octets = octets if conn else octets.replace(b"SIP/2.0/TCP", b"SIP/2.0/UDP").replace(b";transport=tcp", b"")
        if conn:
            conn.send(up, octets, note="sip")
        elif up:
            box.udp_out(s.net.host(address), 5060, 5060, octets, "sip")
        else:
            box.udp_in(0.01, s.net.host(address), 5060, 5060, octets, "sip")
        box.wait(0.05)
    s.idle(box, 60)
    return None


@scenario("N3", "lync-desktop", "a Lync client on a PC")
def lync_desktop(s):
    """The desktop client looks for lyncdiscoverinternal and the same service records as a phone, and signs in over TLS. In the second variation the record
    points to {foreign}, which it accepts after a question to the user. It is no phone."""
    target = s.foreign if s.second else s.target
    s.srv(target)
    s.zone.a(target, s.sip_ip)
    s.registrar(target)
    box = desktop(s, strict=False, spelling="lower", tls_version="1.2", sends_sni=True)
    box.boot("discover")
    for name in ("lyncdiscoverinternal.", "lyncdiscover."):
        box.addresses(name + s.domain)
    assert box.sign_in()
    box.signed_in()
    box.stay(70)
    return None


@scenario("N4", "sip-trunk", "a SIP trunk between two gateways")
def sip_trunk(s):
    """OPTIONS and a call between a session border controller and the provider, SIP over UDP (second variation: over TLS on port 5067). No phone."""
    s.quiet()
    box = machine(s, "00:90:8f:%02x:05:01" % s.rng.randrange(256), 11, b"AudioCodes", roots=[s.root.certificate])
    peer = "sbc." + s.hoster
    s.zone.a(peer, s.foreign_ip)
    address = box.addresses(peer)[0]
    s.listen(address, 5067, TlsServer(s.identity(peer), "web"))
    if s.second:
        conn, pair, result = box.handshake(peer, address, 5067)
        assert result == "ok"
        box.exchange_sip(conn, pair, ["REGISTER", "200", "SERVICE", "200"])
        box.session = (conn, pair)
        box.stay(70)
        return None
    call = "%032x" % s.rng.getrandbits(128)
    for number, (up, first, cseq) in enumerate([(True, "OPTIONS sip:%s SIP/2.0" % peer, "1 OPTIONS"), (False, "SIP/2.0 200 OK", "1 OPTIONS"),
                                                (True, "INVITE sip:+4930123@%s SIP/2.0" % peer, "2 INVITE"), (False, "SIP/2.0 100 Trying", "2 INVITE"),
                                                (False, "SIP/2.0 486 Busy Here", "2 INVITE"), (True, "ACK sip:+4930123@%s SIP/2.0" % peer, "2 ACK")]):
        lines = [first, "Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%d" % (box.ip, number), "Max-Forwards: 70", "From: <sip:%s>;tag=a1" % box.ip,
                 "To: <sip:%s>" % peer, "Call-ID: " + call, "CSeq: " + cseq, "User-Agent: Mediant 1000/v.6.60A", "Content-Length: 0", "", ""]
        octets = "\r\n".join(lines).encode()
        if up:
            box.udp_out(s.net.host(address), 5060, 5060, octets, "sip")
        else:
            box.udp_in(0.004, s.net.host(address), 5060, 5060, octets, "sip")
        box.wait(0.3)
    return None


@scenario("N5", "web-browser", "a web browser")
def web_browser(s):
    """A PC reads web pages over HTTP and HTTPS; one server's certificate is of an unknown CA, one name does not exist, one server is silent. No phone."""
    box = desktop(s, sends_sni=True, tls_version="1.2")
    box.boot("discover")
    browse(s, box, "www.%s" % s.hoster, s.foreign_ip, False)
    browse(s, box, "mail.%s" % s.hoster, s.setting.outside + ".41")
    strange = "shop.%s" % s.other
    s.zone.a(strange, s.setting.outside + ".42")
    s.listen(s.setting.outside + ".42", 443, TlsServer(s.identity(strange, ca=s.strange_root), "web"))
    box.web_session(strange, box.addresses(strange)[0], [(400, 400)])
    box.addresses("www.sip-shop.%s" % s.other)
    s.zone.a("cdn." + s.other, s.setting.outside + ".43")
    box.web_session("cdn." + s.other, box.addresses("cdn." + s.other)[0], [(400, 400)])
    return None


@scenario("B52", "usb-only", "the phone hangs on USB alone: nothing of it is on the wire")
def usb_only(s):
    """The capture is asked about one phone, which has no network cable; other devices are heard."""
    box = desktop(s)
    box.boot("discover")
    browse(s, box, "www.%s" % s.hoster, s.foreign_ip)
    s.wire.arp(box.now, Host("3c:97:0e:00:00:07", s.subnet + ".90"), s.subnet + ".1")
    s.args = ["--phone", s.mac]
    s.facts[s.mac] = {"optional": True}
    return {s.mac: []}
