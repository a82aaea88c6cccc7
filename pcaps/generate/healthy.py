"""Sign-ins that work, of every shape: nothing may be held against them."""

import damage
import tunnel
from expect import every_but
from messages import option43, option120
from network import SipServer, uc_options
from story import candidate, scenario, signed_in
from tls import Authority


def good(s, method="pin", name=None, naming="sip-domain", source=None, allowed=()):
    return signed_in(method, candidate(name or s.target, naming, True, "signed-in", source), never=every_but(*allowed))


def site(s):
    s.good_dns()
    s.registrar()


@scenario("H1", "healthy-credentials", "credentials over USB: directory, web ticket after the registrar's challenge, Exchange")
def credentials(s):
    """The root comes from the directory. The registrar's 401 sends the phone to the web services for its certificate; then it registers, opens web sessions
    and finds Exchange. In the second variation it speaks TLS 1.2, asks for the UC options, and fetches chain and certificate before it registers."""
    s.change_habits(sts=not s.second, after=True, thorough=s.second, tls_version="1.2" if s.second else "1.0")
    site(s)
    s.directory()
    phone = s.phone("credentials")
    s.sign_in(phone, stay=40)
    name = "autodiscover." + s.domain
    s.zone.a(name, s.exchange_ip)
    s.registrar(name, ip=s.exchange_ip, port=443, then="web")
    phone.exchange(requests=3)
    phone.stay(90)
    return good(s, ["credentials", "pin"] if s.second else "credentials")


@scenario("H2", "healthy-cached", "a phone with its certificate in the cache")
def cached(s):
    """No UC options, no web services, no directory: the phone asks for the registrar and signs in (second variation: it asks nobody, and dials the address
    of its last registrar)."""
    site(s)
    phone = s.phone("cached")
    if not s.second:
        s.sign_in(phone)
        return good(s, "cached")
    phone.remembered, phone.direct = (s.target, s.sip_ip), True
    s.sign_in(phone, stay=130)
    return signed_in("cached", never=every_but())


@scenario("H3", "healthy-sni", "a client that sends SNI and speaks TLS 1.2")
def sni(s):
    """The hello bears the server's name, and a suite with ephemeral keys is agreed on."""
    s.change_habits(sends_sni=True, tls_version="1.2", ciphers="ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA:AES128-SHA")
    s.good_dns()
    s.registrar(tls={"ciphers": "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA"})
    s.net.at(s.web_ip, 443).ciphers = "ECDHE-RSA-AES128-SHA:AES128-SHA"
    s.sign_in(s.phone())
    return good(s)


@scenario("H4", "healthy-resumption", "TLS sessions are resumed: the second handshakes show no certificate")
def resumption(s):
    """The phone opens several web sessions and resumes the first. In the second variation the registrar restarts; the phone comes back with its session and
    is signed in again."""
    s.change_habits(resumes=True, after=True)
    site(s)
    phone = s.phone("cached" if s.second else "pin")
    s.sign_in(phone, stay=130)
    if not s.second:
        phone.signed_in()
        phone.stay(40)
        return good(s)
    phone.hang_up(up=False)
    phone.wait(9)
    s.sign_in(phone, boot=False, stay=130)
    return [good(s, "cached"), good(s, ["cached", "unknown"])]


@scenario("#1", "office-365", "Office 365: the SRV record points below lync.com")
def office_365(s):
    """`_sip._tls.{domain}` points to sipdir.online.lync.com, port 443, and sip.{domain} is an alias of it: lync.com is built into the firmware. The certificate is
    of a public CA that the phone knows. LLDP tells firmware 4.0.7577.4463 (second variation: nothing)."""
    s.change(publishes_update=False, after=False)
    name = "sipdir.online.lync.com"
    s.srv(name, 443, "_sip._tls")
    s.zone.a(name, s.foreign_ip).cname("sip." + s.domain, name)
    top = Authority("CN=Baltimore CyberTrust Root, OU=CyberTrust, O=Baltimore, C=IE", signature="sha1", number=11)
    issuing = Authority("CN=Microsoft IT SSL SHA2, O=Microsoft Corporation, C=US", top, "sha256", number=12)
    s.registrar(name, "*.online.lync.com", ip=s.foreign_ip, port=443, ca=issuing)
    phone = s.phone("cached", roots=[top.certificate])
    if not s.second:
        phone.firmware_shown = "4.0.7577.4463"
    s.sign_in(phone)
    return good(s, None, name, "builtin", "srv", ["cname-candidate"])


@scenario("H5", "healthy-fragments", "long packets come in IPv4 fragments")
def fragments(s):
    """Everything longer than 576 octets is fragmented (second variation: 400 octets, and the fragments are out of order)."""
    s.without("small", "copies", "routed-copies")
    site(s)
    s.directory()
    s.sign_in(s.phone("credentials"))
    s.changes.append(lambda wire: damage.fragment(wire, s.rng, 400 if s.second else 576, s.second))
    return good(s, "credentials")


@scenario("H6", "healthy-vlan-dhcp", "the voice VLAN comes by DHCP")
def vlan_dhcp(s):
    """The lease on the untagged VLAN bears the number; the phone releases it, takes another in that VLAN, and signs in."""
    s.without("vlan-lldp", "vlan-dhcp")
    s.change_habits(boot="discover")
    s.vlan_by_dhcp(s.setting.voice_vlan)
    site(s)
    s.sign_in(s.phone())
    s.facts[s.mac] = {"vlan": [s.setting.voice_vlan]}
    return good(s) | {"never": list(every_but()) + ["vlan-not-assigned"]}


@scenario("H7", "healthy-vlan-lldp", "the voice VLAN comes by LLDP-MED")
def vlan_lldp(s):
    """The switch's network policy says the VLAN; the phone takes its lease there and signs in."""
    s.without("vlan-lldp", "vlan-dhcp")
    s.net.vlan_lldp = s.setting.voice_vlan
    site(s)
    s.sign_in(s.phone("cached"))
    s.facts[s.mac] = {"vlan": [s.setting.voice_vlan]}
    return good(s, "cached") | {"never": list(every_but()) + ["vlan-not-assigned"]}


@scenario("H8", "healthy-srv-priority", "several SRV records with priorities and weights")
def srv_priority(s):
    """Three servers: priority 0, 10 and 20 (second variation: two of priority 0 with weights). The first works, the others are never dialled."""
    names = ["fe%d.%s" % (n, s.domain) for n in (1, 2, 3)]
    for name, (priority, weight) in zip(names, [(0, 10), (0, 90), (20, 0)] if s.second else [(0, 0), (10, 0), (20, 0)]):
        s.srv(name, priority=priority, weight=weight)
    for number, name in enumerate(names):
        s.zone.a(name, "%s.%d" % (s.setting.servers, 60 + number))
    s.registrar(*names, ip=s.setting.servers + ".60")
    s.net.uc = uc_options(s.web, names[0])
    s.sign_in(s.phone())
    return signed_in("pin", candidate(names[0], "sip-domain", True, "signed-in"), candidate(names[1], "sip-domain", False, "not-tried", "srv"),
                     candidate(names[2], "sip-domain", False, "not-tried", "srv"), never=every_but())


@scenario("H9", "healthy-dns-tcp", "the SRV answer does not fit into UDP")
def dns_tcp(s):
    """The answer about `_sipinternaltls._tcp.{domain}` comes truncated; the phone asks again over TCP."""
    site(s)
    s.zone.truncated.add("_sipinternaltls._tcp." + s.domain)
    s.sign_in(s.phone("cached"))
    return good(s, "cached", source="srv")


@scenario("H10", "healthy-tunnel", "the mirror port sends its copy through a tunnel")
def mirrored_far(s):
    """Everything is inside ERSPAN type II (second variation: VXLAN)."""
    s.without("routed-copies")
    site(s)
    s.sign_in(s.phone("cached" if s.second else "pin"))
    s.changes.append(tunnel.vxlan if s.second else tunnel.erspan)
    return good(s, "cached" if s.second else "pin")


@scenario("H11", "healthy-qinq", "a provider's tag outside the voice VLAN's")
def qinq(s):
    """Every frame bears a second tag outside, 802.1ad (second variation: the whole in GRE, transparent Ethernet bridging)."""
    s.without("routed-copies", "vlan-lldp", "vlan-dhcp")
    s.net.vlan_lldp = s.setting.voice_vlan
    site(s)
    s.sign_in(s.phone("cached"))
    s.changes.append(tunnel.gre if s.second else lambda wire: tunnel.outer_tag(wire, 901))
    return good(s, "cached")


@scenario("H12", "healthy-late-start", "the capture begins when the user signs in")
def late_start(s):
    """The phone booted before; the first packet of the capture is the INFORM (second variation: the question for the registrar)."""
    s.quiet()
    site(s)
    phone = s.phone("cached" if s.second else "pin", now=s.start - 300)
    phone.start()
    s.typed(phone)
    s.since(phone.now)
    s.sign_in(phone, boot=False)
    return good(s, "cached" if s.second else "pin")


@scenario("H13", "healthy-cooked", "a capture on Linux's device \"any\"")
def cooked(s):
    """Linux's cooked headers in the place of Ethernet's; the capture ran on the machine to which the phone's port is bridged."""
    s.without("routed-copies", "neighbour", "copies")
    s.change_habits(boot="discover")
    site(s)
    s.sign_in(s.phone("cached" if s.second else "pin"))
    s.changes.append(lambda wire: tunnel.cooked(wire, s.mac))
    s.write["link"] = 113
    return good(s, "cached" if s.second else "pin")


@scenario("H14", "healthy-beyond-router", "the capture was taken among the servers")
def beyond_router(s):
    """Every packet bears the router's Ethernet address. The relay agent's messages to the DHCP server bear the phone's hardware address, which is how its
    IP address becomes the phone's."""
    s.quiet()
    s.change(relayed=True, flat=False, servers="10.20.0", boot="discover")
    s.net.lldp, s.net.relay_side = False, True
    site(s)
    s.sign_in(s.phone("cached" if s.second else "pin"))
    s.changes.append(lambda wire: tunnel.beyond_router(wire, s.mac, "00:1b:54:aa:10:02", "00:50:56:8a:30:01"))
    return good(s, "cached" if s.second else "pin")


@scenario("B8", "healthy-options", "UC options that look odd and are right")
def odd_options(s):
    """Option 43 without sub-option 4: the port is 443 all the same. In the second variation its sub-options are padded, ended by 255 and so long that
    they come in two instances of the option, and a second responder gives the same."""
    s.change(publishes_update=False)
    site(s)
    if s.second:
        long_name = ".".join(["services-" + "x" * 40] * 3) + "." + s.web
        address = s.zone.records[s.web.lower(), "A"][0][3]
        s.zone.a(long_name, address)
        s.registrar(s.web, long_name, ip=address, port=443, then="web")
        octets = option43(long_name) + bytes(4)
        s.net.uc = {43: octets + b"\xff", 120: option120(s.target)}
        s.net.second_uc = dict(s.net.uc)
    else:
        s.net.uc = uc_options(s.web, s.target, leave_out=(4,))
    s.sign_in(s.phone())
    return good(s)


@scenario("H15", "healthy-clear-sip", "a registrar on TCP without TLS")
def clear_sip(s):
    """`_sipinternal._tcp.{domain}` points to {target}, port 5060; SIP is in clear, and its User-Agent tells the firmware."""
    s.change_habits(srv=("_sipinternaltls._tcp", "_sipinternal._tcp", "_sip._tls"), hosts=("sip",))
    s.srv(s.target, 5060, "_sipinternal._tcp")
    s.zone.a(s.target, s.sip_ip)
    s.listen(s.sip_ip, 5060, SipServer())
    s.sign_in(s.phone("cached"))
    s.facts[s.mac] = {"firmware": "4.0.7577.4444"}
    return good(s, None, source="srv")


@scenario("H16", "healthy-ends-early", "the capture ends soon after the sign-in")
def ends_early(s):
    """The session is up and still up when the capture ends, eight seconds later (second variation: three)."""
    site(s)
    s.quiet()
    phone = s.phone("cached" if s.second else "pin", after=False)
    s.sign_in(phone, stay=3 if s.second else 8)
    s.before(phone.now)
    return good(s, "cached" if s.second else "pin")


@scenario("H18", "healthy-signs-out", "the user signs out after a while")
def signs_out(s):
    """The session stays for a minute and a half; then the phone closes it, and nothing follows."""
    site(s)
    phone = s.phone("cached" if s.second else "pin")
    s.sign_in(phone, stay=95)
    phone.hang_up()
    s.idle(phone)
    return good(s, "cached" if s.second else "pin")


@scenario("H19", "healthy-many-domains", "the phone's domain is one of many that the servers serve")
def many_domains(s):
    """The network's domain is the parent of the SIP domain (second variation: is below it), and questions with suffixes look like other domains."""
    ends = {"ad": "corp." + s.domain} if s.second else {"domain": "sales." + s.domain, "ad": s.domain}
    s.change(network_in="ad", web_in="sip", **ends)
    site(s)
    s.net.uc = uc_options(s.web, s.target)
    s.sign_in(s.phone())
    return good(s)
