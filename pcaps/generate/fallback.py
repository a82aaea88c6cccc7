"""Scenarios of the candidates beside the first service record: what else leads to a registrar."""

from expect import CONNECT, NAMING, TLS, but, every_but
from network import Silent, uc_options
from story import candidate, failed, finding, scenario, signed_in


@scenario("3.3", "option120-works", "option 120 alone leads to the registrar")
def option120_works(s):
    """No service record and no host record; option 120 names pool3.{domain}, which is under the SIP domain. The phone dials it and signs in."""
    name = "pool3." + s.domain
    s.zone.a(name, s.sip_ip)
    s.net.uc = uc_options(s.web, name)
    s.registrar(name)
    s.sign_in(s.phone())
    return signed_in("pin", candidate(name, "sip-domain", True, "signed-in", "dhcp120"), never=every_but("srv-missing"))


@scenario("3.3", "host-record-works", "a host record alone leads to the registrar")
def host_record_works(s):
    """No service record; sip.{domain} exists (second variation: sipexternal.{domain}, where the registrar listens on 443). The phone signs in there."""
    name = ("sipexternal." if s.second else "sip.") + s.domain
    s.zone.a(name, s.sip_ip)
    s.registrar(name, port=443 if s.second else 5061)
    s.sign_in(s.phone("cached"))
    return signed_in("cached", candidate(name, "sip-domain", True, "signed-in", "host"), never=every_but("srv-missing"))


@scenario("3.3", "external-record", "the record for clients outside leads to the edge")
def external_record(s):
    """`_sipinternaltls._tcp.{domain}` does not exist, `_sip._tls.{domain}` points to {target}, port 443, as an access edge has it (second variation: 5061)."""
    port = 5061 if s.second else 443
    s.srv(s.target, port, "_sip._tls")
    s.zone.a(s.target, s.foreign_ip)
    s.registrar(ip=s.foreign_ip, port=port)
    s.sign_in(s.phone("cached"))
    return signed_in("cached", candidate(s.target, "sip-domain", True, "signed-in", "srv"), never=every_but())


@scenario("B37", "srv-unanswered-host-works", "the questions for service records are not answered, those for hosts are")
def srv_unanswered(s):
    """A firewall drops the answers about service records (second variation: the server fails them, SERVFAIL). The host record {sip} leads to the registrar."""
    for service in ("_sipinternaltls._tcp", "_sipinternal._tcp", "_sip._tls"):
        s.zone.broken["%s.%s" % (service, s.domain)] = "SERVFAIL" if s.second else None
    s.zone.a(s.sip, s.sip_ip)
    s.registrar(s.sip)
    s.sign_in(s.phone("cached"))
    code = "dns-server-error" if s.second else "dns-timeout"
    return signed_in("cached", finding(code, ["warning", "info"]), candidate(s.sip, "sip-domain", True, "signed-in", "host"), never=every_but(code))


@scenario("B34", "registrar-lost", "signed in, then the registrar is gone")
def registrar_lost(s):
    """The phone is signed in. The registrar ends the session and does not answer any more."""
    s.without("neighbour", "client")
    s.good_dns()
    s.registrar()
    phone = s.phone("cached")
    s.sign_in(phone, stay=130)
    phone.hang_up(up=False)
    s.listen(s.sip_ip, 5061, Silent())
    phone.known, phone.remembered = {}, None
    phone.wait(6)
    s.give_up(phone, boot=False)
    good = signed_in("cached", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but())
    return [good, failed(["cached", "unknown"], "connect", "tcp-timeout", finding("tcp-timeout", "error", names=[s.target]),
                         candidate(s.target, "sip-domain", True, "timeout"), never=but(NAMING + CONNECT + TLS, "tcp-timeout"))]


@scenario("#13d", "all-candidates-fail", "every candidate fails, each in its own way")
def all_candidates_fail(s):
    """The service record's {foreign} fails the name check; sip.{domain} is silent on 5061; sipinternal.{domain} shows an expired certificate (second
    variation: one of an unknown CA). Nothing works."""
    s.change_habits(hosts=("sip", "sipinternal"))
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip).a("sip." + s.domain, s.spare_ip).a("sipinternal." + s.domain, s.sip_ip)
    s.listen(s.spare_ip, 5061, Silent())
    s.registrar("sipinternal." + s.domain, **({"ca": s.strange_root} if s.second else {"until": s.day(-40)}))
    s.directory()
    s.give_up(s.phone("credentials"))
    code = "tls-chain-untrusted" if s.second else "tls-cert-expired"
    return failed("credentials", ["naming", "connect", "tls"], ["strict-name", "tcp-timeout", code], finding("tcp-timeout", "error", names=["sip." + s.domain]),
                  finding(code, "error", names=["sipinternal." + s.domain]), finding("name-skipped", names=[s.foreign]),
                  candidate(s.foreign, "no-match", False, "name-skipped"), candidate("sip." + s.domain, "sip-domain", True, "timeout", "host"),
                  candidate("sipinternal." + s.domain, "sip-domain", True, "tls-failed", "host"), may=["strict-name", "tls-cert-rejected"],
                  never=("srv-missing", "srv-target-unresolved", "strict-name-masked", "name-check-not-enforced", "tcp-refused", "tls-name-mismatch"))
