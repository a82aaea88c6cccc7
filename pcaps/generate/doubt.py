"""Stories in which the first thought would be wrong: what does not follow from what is seen, or is another's fault."""

import damage
from damaged import NOTHING_ELSE
from expect import NAMING, but, every_but, only
from network import Silent, uc_options
from story import cannot_tell, candidate, failed, finding, scenario, signed_in
from tls import Authority


def port_of(frame):
    """(source, destination) of an IPv4 packet with ports."""
    at = 18 if frame.data[12:14] == b"\x81\x00" else 14
    if frame.data[at - 2:at] != b"\x08\x00" or frame.data[at + 9] not in (6, 17):
        return ()
    ports = at + 4 * (frame.data[at] & 15)
    return int.from_bytes(frame.data[ports:ports + 2], "big"), int.from_bytes(frame.data[ports + 2:ports + 4], "big")


def protocol_of(frame):
    at = 18 if frame.data[12:14] == b"\x81\x00" else 14
    return frame.data[at + 9] if frame.data[at - 2:at] == b"\x08\x00" else None


@scenario("E1", "tls-unfinished", "the handshake does not get to its end, and no certificate was refused")
def tls_unfinished(s):
    """The registrar's answer to the ClientHello does not come through, as behind a link that large packets do not pass; the phone waits and closes. In the
    second variation {target} ends the handshake with the alert handshake_failure after it has shown its certificate and heard the phone's keys."""
    s.good_dns()
    s.registrar(tls={"stops": "late" if s.second else "hello"})
    s.give_up(s.phone(resumes=False))
    return failed("pin", "tls", "tls-unfinished",
                  finding("tls-unfinished", "error", "proven" if s.second else "strong", [s.target], "tcp.port == 5061"),
                  candidate(s.target, "sip-domain", True, "tls-failed"), never=only("tls-unfinished"))


@scenario("E2", "suffix-error", "the records are missing; only with the network's suffix behind them DNS answers with an error")
def suffix_error(s):
    """Neither service records nor hosts of {domain} exist. The phone asks for each again with the DNS suffix behind it, which the server does not want to
    answer (SERVFAIL, in the second variation REFUSED): that is nobody's fault here."""
    s.change(network_in="ad", suffixes=True)
    s.zone.silence("%s.%s" % (s.domain, s.network_domain), "REFUSED" if s.second else "SERVFAIL")
    s.directory()
    s.give_up(s.phone("credentials"))
    return failed("credentials", "discovery", "srv-missing", finding("srv-missing", "error", "proven", [s.domain]), never=only("srv-missing"))


@scenario("E3", "clock-harmless", "the time server is days off, and the certificate would be good by its time as well")
def clock_harmless(s):
    """NTP tells a time three days ahead (second variation: five days behind). The certificate of {target} is valid for years; the phone closes after it for a
    reason that is not in the packets, and the clock is not it."""
    s.good_dns()
    s.net.ntp_offset = -5 * 86400 if s.second else 3 * 86400
    s.registrar()
    phone = s.phone(rejects="fin", boot="discover")
    phone.dislikes = {s.target}
    s.give_up(phone)
    return failed("pin", "tls", "tls-cert-rejected", finding("tls-cert-rejected", "error", "strong", [s.target]), finding("time-wrong", "warning"),
                  candidate(s.target, "sip-domain", True, "tls-failed"), never=only("tls-cert-rejected"))


@scenario("E4", "ca-expired", "the registrar's certificate is good, that of the CA between has expired")
def ca_expired(s):
    """{target} shows a certificate that is valid, and behind it that of an issuing CA that is not any more. The phone closes (second variation: with the alert
    certificate_expired)."""
    s.good_dns()
    old = Authority("CN=Old Issuing CA, O=%s" % s.domain, s.root, s.setting.signature, until=s.day(-30), number=8)
    s.registrar(ca=old)
    phone = s.phone(rejects="certificate_expired" if s.second else "fin")
    phone.dislikes = {s.target}
    s.give_up(phone)
    return failed("pin", "tls", "tls-cert-expired", finding("tls-cert-expired", "error", names=["Old Issuing CA", s.day(-30)], shown_by="tls.handshake.type == 11"),
                  candidate(s.target, "sip-domain", True, "tls-failed"), may=["tls-cert-rejected"], never=only("tls-cert-expired", "tls-cert-rejected"))


@scenario("E5", "without-dns", "the capture was made without DNS")
def without_dns(s):
    """A capture filter left out port 53, so nothing tells the user's domain. DHCP option 120 says {sip}, the SRV record said {target}, and the phone dialled the
    latter: it is silent (second variation: it works). That {sip} was passed over does not follow."""
    s.tells_domain = False
    s.extra = {"damaged": True}
    s.without("neighbour", "client")
    s.good_dns()
    if s.second:
        s.registrar()
        s.sign_in(s.phone())
    else:
        s.listen(s.sip_ip, 5061, Silent())
        s.give_up(s.phone())
    s.changes.append(lambda wire: damage.lose(wire, lambda f: 53 in port_of(f)))
    if s.second:
        return signed_in(["pin", "cached", "credentials", "unknown"], never=every_but())
    return failed(None, "connect", "tcp-timeout", finding("tcp-timeout", "error"), never=NAMING + ("srv-missing", "dns-timeout"))


@scenario("E6", "udp-alone", "the capture holds UDP alone")
def udp_alone(s):
    """A capture filter left out TCP. Names under {domain} were found; that the phone is not seen to dial them is not the names' fault. There is no service record,
    only {sip} (second variation: both)."""
    s.quiet()
    s.extra = {"damaged": True}
    if s.second:
        s.good_dns()
    s.zone.a(s.sip, s.sip_ip)
    s.registrar()
    phone = s.phone("cached", boot="discover")
    s.sign_in(phone)
    s.idle(phone)
    s.changes.append(lambda wire: damage.lose(wire, lambda f: protocol_of(f) == 6))
    return cannot_tell(["unfinished", "unknown"], never=but(NOTHING_ELSE, "srv-missing"))


@scenario("E7", "names-first", "the phone asks for all names before it dials the first")
def names_first(s):
    """pool1.{domain}, which the service record names, and the hosts sip and sipinternal.{domain} have one address, and all are asked for at once; without SNI nothing says
    by which of them the phone then dials. The certificate bears the first alone and comes from an unknown CA: that is the fault, not the name. In the second
    variation the firmware does not check names, the record is foreign, no host is there, and the capture ends when the last question was answered: nothing has
    failed yet."""
    s.change_habits(names_first=True, sends_sni=False, suffixes=False, hosts=("sip", "sipinternal", "sipexternal"), resumes=False)
    if s.second:
        s.quiet()
        s.srv(s.foreign)
        s.zone.a(s.foreign, s.foreign_ip)
        s.registrar(s.foreign, ip=s.foreign_ip)
        phone = s.phone("cached", strict=False, boot="discover")
        phone.start()
        s.typed(phone)
        assert phone.sign_in()
        s.before(min(f.time for f in s.wire.frames if 5061 in port_of(f)))
        return cannot_tell(["unfinished", "unknown"], never=but(NOTHING_ELSE, "name-skipped") + ("strict-name",))
    pool = "pool1." + s.domain
    s.srv(pool)
    s.zone.a(pool, s.sip_ip).a("sip." + s.domain, s.sip_ip).a("sipinternal." + s.domain, s.sip_ip)
    s.registrar(pool, ca=s.strange_root)
    s.give_up(s.phone())
    return failed("pin", "tls", "tls-chain-untrusted", finding("tls-chain-untrusted", "error", "proven"), never=only("tls-chain-untrusted"))
