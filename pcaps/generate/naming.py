"""Scenarios of the name check."""

from story import candidate, failed, finding, scenario, signed_in
from network import uc_options

NAMING = ("strict-name", "strict-name-masked", "name-skipped")
TLS = ("tls-name-mismatch", "tls-chain-untrusted", "tls-cert-rejected")


def srv_of(s):
    return 'dns.srv.target == "%s"' % s.foreign


def give_up(s, phone, retries=1):
    """A sign-in that does not work, and the time after it."""
    phone.start()
    s.typed(phone)
    worked = phone.sign_in(retries=retries)
    assert not worked, s.name
    s.idle(phone)


def sign_in(s, phone, stay=100, **more):
    phone.start()
    s.typed(phone)
    worked = phone.sign_in(**more)
    assert worked, s.name
    phone.stay(stay)


@scenario("A2", "strict-name", "the SRV record points into another namespace, no host record rescues: strict naming broke the sign-in")
def strict_name(s):
    """A factory-reset phone gets its VLAN from LLDP and a lease, asks for the UC options, sets its clock, fetches the certificate chain over HTTP and
    signs in by PIN. `_sipinternaltls._tcp.{domain}` points to {foreign}, which is outside {domain}; DHCP option 120 names it too,
    in the second variation the pool {pool}, which is no better.
    The phone resolves it and never connects. sipinternal, sip and sipexternal.{domain} do not exist. It tries once more and gives up."""
    if not s.second:
        s.net.vlan_lldp, s.oui, s.maker, s.model = 20, "00:04:f2", "Polycom", "CX600"
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    s.net.uc = uc_options(s.web, s.pool if s.second else s.foreign)
    s.zone.a(s.pool, s.sip_ip)
    s.registrar(s.foreign, ip=s.foreign_ip)
    give_up(s, s.phone())
    pool = [candidate(s.pool, "no-match", False, "name-skipped", "dhcp120")] if s.second else []
    return failed("pin", "naming", "strict-name", *pool,
                  finding("strict-name", "error", "strong", [s.foreign, s.domain], srv_of(s)),
                  finding("name-skipped", names=[s.foreign]),
                  candidate(s.foreign, "no-match", False, "name-skipped", "srv"),
                  candidate(s.sip, "sip-domain", False, "unresolved", "host"),
                  never=("srv-missing", "srv-target-unresolved", "strict-name-masked", "name-check-not-enforced") + TLS)


@scenario("A1", "matched-names", "SRV, host record and certificate agree: a healthy sign-in by PIN")
def matched_names(s):
    """`_sipinternaltls._tcp.{domain}` points to {sip}, whose certificate bears that name. The session stays up."""
    s.good_dns()
    s.registrar()
    sign_in(s, s.phone())
    return signed_in("pin", candidate(s.sip, "sip-domain", True, "signed-in"), never=NAMING + TLS)


@scenario("A4", "strict-name-masked", "the SRV record fails the name check, sip.DOMAIN rescues the sign-in")
def masked(s):
    """`_sipinternaltls._tcp.{domain}` points to {foreign}; the phone passes it over and signs in with the host record {sip}."""
    s.srv(s.foreign)
    s.net.uc = uc_options(s.web, s.foreign)
    ip = s.sip_ip if s.second else s.foreign_ip         # often the same server under both names
    s.zone.a(s.foreign, s.foreign_ip).a(s.sip, ip)
    s.registrar(s.foreign, s.sip, ip=ip)
    sign_in(s, s.phone())
    return signed_in("pin", finding("strict-name-masked", "warning", names=[s.foreign], shown_by=srv_of(s)),
                     finding("name-skipped", names=[s.foreign]),
                     candidate(s.foreign, "no-match", False, "name-skipped", "srv"),
                     candidate(s.sip, "sip-domain", True, "signed-in", "host"), never=("strict-name", "name-check-not-enforced") + TLS)


@scenario("A5", "masked-san-missing", "the host record would rescue, but the certificate does not bear sip.DOMAIN")
def masked_san_missing(s):
    """As strict-name-masked, but the certificate bears only {foreign}. The phone connects to {sip}, refuses the certificate and tries again."""
    s.srv(s.foreign)
    s.net.uc = uc_options(s.web, s.foreign)
    ip = s.sip_ip if s.second else s.foreign_ip
    s.zone.a(s.foreign, s.foreign_ip).a(s.sip, ip)
    s.registrar(s.foreign, ip=ip)
    give_up(s, s.phone())
    return failed("pin", "tls", "tls-name-mismatch",
                  finding("tls-name-mismatch", "error", names=[s.sip, s.foreign], shown_by="tls.handshake.type == 11"),
                  finding("name-skipped", names=[s.foreign]),
                  candidate(s.foreign, "no-match", False, "name-skipped", "srv"), candidate(s.sip, "sip-domain", True, "tls-failed", "host"),
                  never=("name-check-not-enforced", "tls-chain-untrusted", "tls-cert-rejected"), may=["strict-name", "name-skipped"])


@scenario("A3", "name-check-not-enforced", "firmware before CU7 dials the foreign name and signs in")
def not_enforced(s):
    """The same DNS as strict-name, but the phone's firmware does not check: it dials {foreign} and signs in.
    In the second variation LLDP tells the firmware."""
    s.srv(s.foreign)
    s.net.uc = uc_options(s.web, s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    s.registrar(s.foreign, ip=s.foreign_ip)
    phone = s.phone(strict=False)
    if s.second:
        phone.firmware_shown = "4.0.7577.4100"
    sign_in(s, phone)
    result = signed_in("pin", finding("name-check-not-enforced", "warning", names=[s.foreign, s.domain]),
                       candidate(s.foreign, "no-match", True, "signed-in"), never=NAMING + TLS)
    if s.second:
        result["policy"] = "lpe-pre-cu7"
    return result


@scenario("#9a", "name-skipped", "option 120 names the pool in the AD namespace, the SRV record is good")
def name_skipped(s):
    """DHCP option 120 says {pool}, outside {domain}: the phone passes it over. `_sipinternaltls._tcp.{domain}` points to {sip}, which works."""
    s.good_dns()
    s.zone.a(s.pool, "10.20.0.31" if s.second else s.sip_ip)
    s.net.uc = uc_options(s.web, s.pool)
    s.registrar(s.sip, s.pool)
    sign_in(s, s.phone())
    return signed_in("pin", finding("name-skipped", "warning", names=[s.pool], shown_by="dhcp.option.type == 120"),
                     candidate(s.pool, "no-match", False, "name-skipped", "dhcp120"), candidate(s.sip, "sip-domain", True, "signed-in"),
                     never=("strict-name", "strict-name-masked", "name-check-not-enforced") + TLS)
