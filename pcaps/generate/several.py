"""Several phones, several attempts, several files, and other forms of files."""

from expect import every_but, only
from naming import strict
from network import Silent, uc_options
from story import candidate, failed, finding, scenario, signed_in


@scenario("M1", "three-verdicts", "three phones, three verdicts")
def three_verdicts(s):
    """One phone of {domain} finds only {foreign}: strict naming. One of {other} dials sip.{other}, which is silent. One of both's neighbour signs in. In the
    second variation a fourth is refused by a certificate that ended last month."""
    s.without("neighbour")
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    domains = [s.domain, s.other, "third-%s" % s.other] + (["fourth-%s" % s.other] if s.second else [])
    phones = [s.phone("cached", None if n == 0 else s.another_mac(), s.start + 5.3 * n, user=domain, octet=s.habits.octet + n) for n, domain in enumerate(domains)]
    for number, domain in enumerate(domains[1:]):
        s.srv("sip." + domain, domain=domain)
        s.zone.a("sip." + domain, "%s.%d" % (s.setting.servers, 80 + number))
    s.listen(s.setting.servers + ".80", 5061, Silent())
    s.registrar("sip." + domains[2], ip=s.setting.servers + ".81")
    for number in (0, 1):
        s.give_up(phones[number])
    s.sign_in(phones[2], stay=130)
    silent, up = ("sip." + d for d in domains[1:3])
    result = {
        phones[0].mac: [strict(s, "cached", s.foreign)],
        phones[1].mac: [failed("cached", "connect", "tcp-timeout", finding("tcp-timeout", "error", names=[silent]),
                               candidate(silent, "sip-domain", True, "timeout"), never=only("tcp-timeout"))],
        phones[2].mac: [signed_in("cached", candidate(up, "sip-domain", True, "signed-in"), never=every_but())],
    }
    if s.second:
        old = "sip." + domains[3]
        s.registrar(old, ip=s.setting.servers + ".82", until=s.day(-30))
        s.give_up(phones[3])
        result[phones[3].mac] = [failed("cached", "tls", "tls-cert-expired", finding("tls-cert-expired", "error", "proven", [old]),
                                        candidate(old, "sip-domain", True, "tls-failed"), may=["tls-cert-rejected"],
                                        never=only("tls-cert-expired", "tls-cert-rejected"))]
    return result


@scenario("M2", "repaired", "strict naming broke it; DNS is repaired, the phone starts again and signs in")
def repaired(s):
    """`_sipinternaltls._tcp.{domain}` points to {foreign}. Then the administrator repoints it to sip.{domain} (second variation: only adds that host record) and
    the phone is started again."""
    s.without("neighbour")
    s.change_habits(boot="discover")
    name = "sip." + s.domain
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    s.registrar(name, s.foreign)
    phone = s.phone("cached")
    s.give_up(phone)
    first = strict(s, "cached", s.foreign)
    s.zone.a(name, s.sip_ip)
    if not s.second:
        s.zone.forget("_sipinternaltls._tcp." + s.domain)
        s.srv(name)
    phone.known = {}
    phone.wait(35)
    s.sign_in(phone, stay=130)
    if s.second:
        return [first, signed_in("cached", finding("strict-name-masked", "warning", names=[s.foreign]), finding("name-skipped", names=[s.foreign]),
                                 candidate(name, "sip-domain", True, "signed-in", "host"), never=every_but("strict-name-masked", "name-skipped"))]
    return [first, signed_in("cached", candidate(name, "sip-domain", True, "signed-in", "srv"), never=every_but())]


@scenario("M3", "repaired-certificate", "the certificate had expired; it is renewed, and the phone signs in")
def repaired_certificate(s):
    """The certificate of {target} ended yesterday. It is renewed; the phone is started again (second variation: it comes back by itself after minutes of
    silence) and signs in."""
    s.without("neighbour")
    s.change_habits(boot="discover")
    s.good_dns()
    s.registrar(until=s.day(-1))
    phone = s.phone("cached")
    s.give_up(phone)
    s.registrar()
    phone.known = {}
    if s.second:
        s.idle(phone, 240)
    s.sign_in(phone, boot=not s.second, stay=130)
    return [failed("cached", "tls", "tls-cert-expired", finding("tls-cert-expired", "error", "proven", [s.target]), may=["tls-cert-rejected"],
                   never=only("tls-cert-expired", "tls-cert-rejected")),
            signed_in(["cached", "unknown"] if s.second else "cached", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but("tls-chain-changed"))]


@scenario("M4", "split-files", "one story in three files")
def split_files(s):
    """Strict naming broke the sign-in, as in strict-name; the capture was rotated twice in the middle."""
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    s.net.uc = uc_options(s.web, s.foreign)
    phone = s.phone()
    phone.start()
    first = phone.now + 1
    s.give_up(phone, boot=False)
    s.write["splits"] = [first, phone.looked_up + 0.0005]
    return strict(s, "pin", s.foreign)


def small(s, method="cached"):
    """A healthy sign-in, or in the second variation one that strict naming broke."""
    if s.second:
        s.srv(s.foreign)
        s.zone.a(s.foreign, s.foreign_ip)
        s.give_up(s.phone(method))
        return strict(s, method, s.foreign)
    s.good_dns()
    s.registrar()
    s.sign_in(s.phone(method))
    return signed_in(method, candidate(s.target, "sip-domain", True, "signed-in"), never=every_but())


@scenario("M5", "format-nanosecond", "nanoseconds: pcapng, and pcap of the other byte order")
def format_nanosecond(s):
    """A pcapng file whose interface counts nanoseconds; in the second variation a pcap file with nanoseconds, written by a big-endian machine."""
    s.write.update({"order": ">", "nano": True} if s.second else {"form": "pcapng", "nano": True})
    return small(s)


@scenario("M6", "format-gzip", "compressed with gzip")
def format_gzip(s):
    """A pcap file (second variation: pcapng), compressed with gzip."""
    s.write.update({"form": "pcapng" if s.second else "pcap", "compress": "gz"})
    return small(s)


@scenario("M7", "format-zstd", "compressed with zstd")
def format_zstd(s):
    """A pcapng file (second variation: pcap), compressed with zstd."""
    s.write.update({"form": "pcap" if s.second else "pcapng", "compress": "zst"})
    return small(s)
