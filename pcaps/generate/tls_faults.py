"""Scenarios of the registrar's TLS: what its certificate or its versions do to the phone."""

from expect import CONNECT, DISCOVERY, NAMING, TLS, but, every_but, only
from network import HttpServer, TlsServer, uc_options
from story import candidate, failed, finding, scenario, signed_in
from tls import Authority

CERTIFICATE = "tls.handshake.type == 11"


def broke(s, method, code, *more, grade=None, shown_by=CERTIFICATE, names=None, may=(), name=None):
    """The registrar's TLS failed for this reason."""
    name = name or s.target
    return failed(method, "tls", code, finding(code, "error", grade, [name] if names is None else names, shown_by), *more,
                  candidate(name, "sip-domain", True, "tls-failed"), may=may, never=only(*code if isinstance(code, list) else [code], *may))


@scenario("B18", "chain-changed", "the registrar's certificate moved to another CA, and the phone still has the old root")
def chain_changed(s):
    """A phone signs in from its cache. Then the certificate of {target} is renewed by another CA: the session ends, the phone comes back, refuses the new
    certificate and tries again and again. In the second variation a day lies between, in a second file."""
    s.without("neighbour")
    s.good_dns()
    s.registrar()
    phone = s.phone("cached", rejects="fin" if s.second else "alert", resumes=False)
    s.sign_in(phone, stay=200)
    phone.hang_up(up=False)
    new = Authority("CN=Corporate PKI 2, O=%s" % s.domain, signature=s.setting.signature, number=9)
    s.registrar(ca=new)
    phone.known = {}
    if s.second:
        s.write["splits"] = [phone.now + 3600]
        phone.wait(86400)
    else:
        phone.wait(8)
    s.give_up(phone, boot=False, retries=3)
    good = signed_in("cached", candidate(s.target, "sip-domain", True, "signed-in"), never=TLS + DISCOVERY + NAMING)
    return [good, broke(s, ["cached", "unknown"], "tls-chain-changed", names=[s.target, "Corporate PKI 2"], may=["tls-chain-untrusted", "tls-cert-rejected"])]


@scenario("B19", "sha256-old-firmware", "a SHA-256 certificate, and firmware that knows only SHA-1")
def sha256_old_firmware(s):
    """The root came from the directory; the registrar's chain is signed with SHA-256. LLDP tells the phone's firmware,
    4.0.7577.107 of 2011; it closes after the certificate. In the second variation nothing tells the firmware, so the reason is only a guess."""
    s.change(signature="sha256", publishes_update=False)
    s.good_dns()
    s.registrar()
    s.directory()
    phone = s.phone("credentials", rejects="fin", sts=False)
    phone.signatures = ("sha1",)
    if not s.second:
        phone.firmware_shown = "4.0.7577.107"
        s.facts[s.mac] = {"firmware": "4.0.7577.107"}
    s.give_up(phone)
    if s.second:
        return broke(s, "credentials", ["tls-cert-rejected", "tls-signature-algorithm"], may=["tls-cert-rejected", "tls-signature-algorithm"])
    return broke(s, "credentials", "tls-signature-algorithm", grade="strong", may=["tls-cert-rejected"])


@scenario("B20", "ec-key", "a key that the phone cannot use")
def ec_key(s):
    """The registrar's certificate has an elliptic curve key and the phone closes after it. In the second variation it is an RSA key of 6144 bits, and this
    phone accepts it."""
    s.good_dns()
    s.registrar(key="RSA 6144" if s.second else "EC P-256")
    phone = s.phone("cached", rejects="fin")
    if s.second:
        phone.key_kinds += ("RSA 6144",)
        s.sign_in(phone)
        return signed_in("cached", finding("tls-key-type", "warning", names=[s.target], shown_by=CERTIFICATE),
                         candidate(s.target, "sip-domain", True, "signed-in"), never=every_but("tls-key-type"))
    s.give_up(phone)
    return broke(s, "cached", "tls-key-type", may=["tls-cert-rejected"])


@scenario("B21", "wildcard", "the registrar's certificate has only a wildcard name")
def wildcard(s):
    """The certificate of {target} bears *.{domain}. Chain and web ticket work; at the registrar the phone gives up (second variation: without a word)."""
    parent = s.target.split(".", 1)[1]
    s.good_dns()
    s.registrar("*." + parent, cn="*." + parent)
    s.give_up(s.phone(rejects="fin" if s.second else "alert"))
    return broke(s, "pin", "tls-wildcard", names=[s.target, "*." + parent], may=["tls-name-mismatch", "tls-cert-rejected"])


@scenario("B29", "bad-certificate", "the phone sends an alert against a certificate in which nothing is wrong to see")
def bad_certificate(s):
    """Name, dates and issuer of the certificate of {target} are good. The phone answers it with the alert bad_certificate (second variation:
    certificate_unknown)."""
    s.good_dns()
    s.registrar()
    phone = s.phone(rejects="certificate_unknown" if s.second else "bad_certificate")
    phone.dislikes = {s.target, s.sip}
    s.give_up(phone)
    return broke(s, "pin", "tls-cert-rejected", grade="proven", shown_by="tls.alert_message.desc == %d" % (46 if s.second else 42))


@scenario("B54", "certificate-large", "a certificate of 64 KB with 5,000 names, the registrar's own the last of them")
def large_certificate(s):
    """The certificate of {target} bears 5,000 names and is longer than four TLS records; the name that was dialled is the last of them, and the phone signs in.
    In the second variation another name of the site stands there: the phone refuses the certificate and tries once more."""
    last = "owa." + s.domain if s.second else s.target
    s.write["compress"] = "gz"
    s.good_dns()
    # 64.5 KB: a longer message than 65,535 octets is none to tshark.
    s.registrar(*["n%04d.%s" % (n, "large" if n % 8 else "big") for n in range(4999)], last, cn=last)
    phone = s.phone("cached")
    if s.second:
        s.give_up(phone, retries=1)
        return broke(s, "cached", "tls-name-mismatch", may=["tls-cert-rejected"])
    s.sign_in(phone)
    return signed_in("cached", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but())


@scenario("B25", "not-yet-valid", "the registrar's certificate is not valid yet")
def not_yet_valid(s):
    """The new certificate of {target} begins next week; the phone's clock is right. It sends an alert (second variation: it closes)."""
    s.good_dns()
    s.registrar(since=s.day(7), until=s.day(700))
    s.give_up(s.phone(rejects="fin" if s.second else "alert"))
    return broke(s, "pin", "tls-cert-not-yet-valid", grade="proven", may=["tls-cert-rejected"])


@scenario("B31", "tls-version", "the registrar speaks no TLS version of the phone's")
def tls_version(s):
    """The phone offers TLS 1.0, the registrar wants 1.2: alert protocol_version (second variation: RST) right after the hello."""
    s.change_habits(tls_version="1.0")
    s.good_dns()
    s.registrar(tls={"lowest": "1.2", "resets": s.second})
    s.give_up(s.phone("cached"))
    return broke(s, "cached", "tls-version-or-cipher", grade=["strong", "weak"] if s.second else "proven",
                 shown_by="tcp.flags.reset == 1" if s.second else "tls.alert_message.desc == 70")


@scenario("B31", "tls-cipher", "the registrar and the phone have no cipher suite in common")
def tls_cipher(s):
    """The registrar's suites are all newer than the phone's: alert handshake_failure right after the hello."""
    s.change_habits(tls_version="1.2" if s.second else "1.0")
    s.good_dns()
    s.registrar(tls={"ciphers": "ECDHE-RSA-AES256-GCM-SHA384" if s.second else "ECDHE-RSA-AES256-SHA"})
    s.give_up(s.phone("cached"))
    return broke(s, "cached", "tls-version-or-cipher", grade="proven", shown_by="tls.alert_message.desc == 40")


@scenario("B32", "sni-required", "the registrar's listener wants a server name in the hello")
def sni_required(s):
    """A reverse proxy stands before {target}; the phone's hello bears no server name. The proxy sends the alert unrecognized_name (second variation: it
    shows its default certificate, of another name, and the phone closes)."""
    s.change_habits(sends_sni=False)
    s.good_dns()
    if s.second:
        default = "adfs." + s.hoster
        s.registrar(default)
        s.give_up(s.phone("cached", rejects="fin"))
        return broke(s, "cached", ["tls-sni-required", "tls-name-mismatch"], names=[default], may=["tls-name-mismatch", "tls-sni-required", "tls-cert-rejected"])
    s.registrar(tls={"unrecognized": True})
    s.give_up(s.phone("cached"))
    return broke(s, "cached", "tls-sni-required", grade="proven", shown_by="tls.alert_message.desc == 112")


@scenario("B51", "tls-intercepted", "an inspecting proxy puts its own certificates into the phone's TLS")
def tls_intercepted(s):
    """The directory brings the site's root. On 443 (device update) and on 5061 the certificates bear the right names, but their issuer is the proxy's
    CA, made the same day. The phone refuses them. In the second variation the proxy's CA has a plain name, and another phone beside sees the true issuer."""
    s.change(network_in="ad", publishes_update=True)
    s.without("neighbour")
    proxy = Authority("CN=gw7, O=Network Services" if s.second else "CN=Blue Coat ProxySG SSL Inspection CA, O=%s IT" % s.domain,
                      signature="sha256", since=s.day(-300), number=13)
    s.good_dns()
    s.directory()
    result = {}
    if s.second:
        s.registrar()
        other = s.phone("cached", s.another_mac(), s.start - 200, octet=s.habits.octet + 2)
        s.sign_in(other, stay=60)
        other.hang_up()
        result[other.mac] = [signed_in("cached", candidate(s.target, "sip-domain", True, "signed-in"), never=TLS)]
    s.registrar(ca=proxy, since=s.day(0))
    s.net.at(s.web_ip, 443).identity = s.identity(s.web, "ucupdates-r2." + s.ad, ca=proxy, since=s.day(0))
    phone = s.phone("credentials", roots=[s.root.certificate])
    s.give_up(phone)
    code, may = "tls-intercepted", ["tls-chain-untrusted", "tls-chain-changed"]
    if s.second:
        code = ["tls-intercepted", "tls-chain-changed", "tls-chain-untrusted"]
    its = failed("credentials", "tls", ["tls-intercepted"] + may, finding(code, "error", names=[s.target]), candidate(s.target, "sip-domain", True, "tls-failed"),
                 may=["tls-intercepted"] + may, never=only("tls-intercepted", *may))
    result[phone.mac] = [its]
    return result


@scenario("#4", "resilient-srv", "two SRV records for a primary and a backup pool, and it is no matter of naming")
def resilient_srv(s):
    """`_sipinternaltls._tcp.{domain}` has two records, pool.{domain} with priority 0 and backup.{domain} with 10. Both names are under {domain}, but the
    certificates bear only sip.{domain}. In the second variation they bear their names, and their address records are missing."""
    one, two = "pool." + s.domain, "backup." + s.domain
    s.srv(one, priority=0)
    s.srv(two, priority=10)
    if s.second:
        s.give_up(s.phone("cached"))
        return failed("cached", "discovery", "srv-target-unresolved",
                      finding("srv-target-unresolved", "error", "proven", [one], 'lower(dns.qry.name) == "%s"' % one),
                      candidate(one, "sip-domain", False, "unresolved", "srv"), candidate(two, "sip-domain", False, "unresolved", "srv"),
                      never=but(DISCOVERY, "srv-target-unresolved") + NAMING + CONNECT + TLS)
    s.zone.a(one, s.sip_ip).a(two, s.pool_ip)
    s.registrar("sip." + s.domain)
    s.registrar("sip." + s.domain, ip=s.pool_ip)
    s.give_up(s.phone("cached"))
    return broke(s, "cached", "tls-name-mismatch", candidate(two, "sip-domain", True, "tls-failed"), names=[one, "sip." + s.domain], name=one,
                 may=["tls-cert-rejected"])


@scenario("#10b", "a-record-still-fails", "the fallback is an address record, and the sign-in still fails: the chain")
def a_record_still_fails(s):
    """Option 120 and the SRV record say sip.{domain}, an address record of the front end; the name is in its certificate. But the certificate is of a CA
    whose root is not the one that the web services hand out. The phone refuses it (second variation: without a word)."""
    name = "sip." + s.domain
    s.srv(name)
    s.zone.a(name, s.sip_ip)
    s.registrar("lyncserver." + s.ad, name, ca=s.strange_root)
    s.give_up(s.phone(rejects="fin" if s.second else "alert"))
    return broke(s, "pin", "tls-chain-untrusted", names=[name], name=name, may=["tls-cert-rejected"] if s.second else [])


@scenario("#14a", "local-options-tls-closed", "options in .local, SRV record in .com: the name check passes, TLS does not")
def local_options_tls_closed(s):
    """Options 43 and 120 name lync.{ad}; `_sipinternaltls._tcp.{domain}` points to lync.{domain} on the same server. Chain and web ticket work. The phone
    dials lync.{domain} and closes after the certificate, which bears only the AD name (second variation: both names, but another CA)."""
    local, public = "lync." + s.ad, "lync." + s.domain
    s.net.uc = uc_options(local, local)
    s.zone.a(local, s.sip_ip).a(public, s.sip_ip)
    s.srv(public)
    s.listen(s.sip_ip, 80, HttpServer([s.root.certificate]))
    s.listen(s.sip_ip, 443, TlsServer(s.identity(local), "web"))
    s.registrar(*[local, public] if s.second else [local], ca=s.strange_root if s.second else None)
    s.give_up(s.phone(rejects="fin"))
    code = "tls-chain-untrusted" if s.second else "tls-name-mismatch"
    return failed("pin", "tls", code, finding(code, "error", names=[public], shown_by=CERTIFICATE), finding("name-skipped", names=[local]),
                  candidate(public, "sip-domain", True, "tls-failed", "srv"), candidate(local, "no-match", False, "name-skipped", "dhcp120"),
                  may=["tls-cert-rejected", "strict-name"], never=but(DISCOVERY + NAMING + CONNECT + TLS, code, "tls-cert-rejected", "strict-name", "name-skipped"))


@scenario("B31", "ssl2-hello", "an old hello in SSL 2.0's form")
def ssl2_hello(s):
    """The phone's hello has the form of SSL 2.0 and offers TLS 1.0. The registrar refuses it: alert handshake_failure (second variation: RST)."""
    s.good_dns()
    s.registrar(tls={"resets": s.second})
    s.give_up(s.phone("cached", old_hello=True))
    return broke(s, "cached", "tls-version-or-cipher", grade=["proven", "strong", "weak"],
                 shown_by="tcp.flags.reset == 1" if s.second else "tls.alert_message.desc == 40")


@scenario("H17", "cn-only", "a certificate without alternative names")
def cn_only(s):
    """The certificate of {target} has no subject alternative name; its common name is the server's. The phone takes that (rule inferred)."""
    s.good_dns()
    server = s.registrar()
    server.identity = s.identity(cn=s.target)
    s.sign_in(s.phone())
    return signed_in("pin", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but())
