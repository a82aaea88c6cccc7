"""Scenarios of the name check, from the field reports."""

from expect import CONNECT, DISCOVERY, NAMING, TLS, but, every_but
from network import uc_options
from story import candidate, failed, finding, scenario, signed_in


def srv_of(name):
    return 'lower(dns.srv.target) == "%s"' % name.lower()


def strict(s, method, name, source="srv", shown_by=None, more=(), may=(), causes="strict-name", domain=None):
    """The verdict of a sign-in that strict naming broke: the only candidate, `name`, was passed over."""
    parts = [finding("strict-name", "error", "strong", [name, domain or s.domain], shown_by or srv_of(name)), finding("name-skipped", names=[name]),
             candidate(name, "no-match", False, "name-skipped", source)]
    step = ["naming", "discovery"] if isinstance(causes, list) else "naming"
    return failed(method, step, causes, *parts, *more, may=may,
                  never=but(DISCOVERY + NAMING + TLS + CONNECT, "strict-name", "name-skipped", "srv-missing" if isinstance(causes, list) else ""))


@scenario("A2", "strict-name", "the SRV record points into another namespace, no host record rescues: strict naming broke the sign-in")
def strict_name(s):
    """A factory-reset phone gets its VLAN and a lease, asks for the UC options, sets its clock, fetches the certificate chain over HTTP and
    signs in by PIN. `_sipinternaltls._tcp.{domain}` points to {foreign}, which is outside {domain}; DHCP option 120 names it too,
    in the second variation the pool {pool}, which is no better.
    The phone never connects to it. sipinternal, sip and sipexternal.{domain} do not exist. It tries once more and gives up."""
    if not s.second:
        s.net.vlan_lldp = 20
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip).a(s.pool, s.sip_ip)
    s.net.uc = uc_options(s.web, s.pool if s.second else s.foreign)
    s.registrar(s.foreign, ip=s.foreign_ip)
    s.give_up(s.phone())
    pool = [candidate(s.pool, "no-match", False, "name-skipped", "dhcp120")] if s.second else []
    return strict(s, "pin", s.foreign, more=pool + [candidate(s.sip, "sip-domain", False, "unresolved", "host")])


@scenario("A1", "matched-names", "SRV, host record and certificate agree: a healthy sign-in by PIN")
def matched_names(s):
    """`_sipinternaltls._tcp.{domain}` points to {target}, whose certificate bears that name. The session stays up."""
    s.good_dns()
    s.registrar()
    s.sign_in(s.phone())
    return signed_in("pin", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but())


@scenario("A4", "strict-name-masked", "the SRV record fails the name check, sip.DOMAIN rescues the sign-in")
def masked(s):
    """`_sipinternaltls._tcp.{domain}` points to {foreign}; the phone passes it over and signs in with the host record {sip}."""
    s.srv(s.foreign)
    s.net.uc = uc_options(s.web, s.foreign)
    ip = s.sip_ip if s.second else s.foreign_ip         # often the same server under both names
    s.zone.a(s.foreign, s.foreign_ip).a(s.sip, ip)
    s.registrar(s.foreign, s.sip, ip=ip)
    s.sign_in(s.phone())
    return signed_in("pin", finding("strict-name-masked", "warning", names=[s.foreign], shown_by=srv_of(s.foreign)),
                     finding("name-skipped", names=[s.foreign]),
                     candidate(s.foreign, "no-match", False, "name-skipped", "srv"),
                     candidate(s.sip, "sip-domain", True, "signed-in", "host"), never=every_but("strict-name-masked", "name-skipped"))


@scenario("A5", "masked-san-missing", "the host record would rescue, but the certificate does not bear sip.DOMAIN")
def masked_san_missing(s):
    """As strict-name-masked, but the certificate bears only {foreign}. The phone connects to {sip}, refuses the certificate and tries again."""
    s.srv(s.foreign)
    s.net.uc = uc_options(s.web, s.foreign)
    ip = s.sip_ip if s.second else s.foreign_ip
    s.zone.a(s.foreign, s.foreign_ip).a(s.sip, ip)
    s.registrar(s.foreign, ip=ip)
    s.give_up(s.phone())
    return failed("pin", "tls", "tls-name-mismatch",
                  finding("tls-name-mismatch", "error", names=[s.sip, s.foreign], shown_by="tls.handshake.type == 11"),
                  finding("name-skipped", names=[s.foreign]),
                  candidate(s.foreign, "no-match", False, "name-skipped", "srv"), candidate(s.sip, "sip-domain", True, "tls-failed", "host"),
                  never=DISCOVERY + ("name-check-not-enforced", "tls-chain-untrusted"), may=["strict-name", "tls-cert-rejected"])


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
        s.facts[s.mac] = {"firmware": "4.0.7577.4100"}
    s.sign_in(phone)
    result = signed_in("pin", finding("name-check-not-enforced", "warning", names=[s.foreign, s.domain]),
                       candidate(s.foreign, "no-match", True, "signed-in"), never=every_but("name-check-not-enforced"))
    if s.second:
        result["policy"] = "lpe-pre-cu7"
    return result


@scenario("#9a", "name-skipped", "option 120 names the pool in the AD namespace, the SRV record is good")
def name_skipped(s):
    """DHCP option 120 says {pool}, outside {domain}: the phone passes it over. `_sipinternaltls._tcp.{domain}` points to {target}, which works."""
    s.good_dns()
    s.zone.a(s.pool, s.pool_ip if s.second else s.sip_ip)
    s.net.uc = uc_options(s.web, s.pool)
    s.registrar(s.target, s.pool)
    s.sign_in(s.phone())
    return signed_in("pin", finding("name-skipped", "warning", names=[s.pool], shown_by="dhcp.option.type == 120"),
                     candidate(s.pool, "no-match", False, "name-skipped", "dhcp120"), candidate(s.target, "sip-domain", True, "signed-in"),
                     never=every_but("name-skipped"))


@scenario("A6", "sub-domain-target", "the SRV record points to a name two labels below the SIP domain")
def sub_domain_target(s):
    """`_sipinternaltls._tcp.{domain}` points to pool.ad.{domain}: below the SIP domain is trusted (rule inferred). The phone dials it and signs in."""
    name = "pool.ad." + s.domain
    s.srv(name)
    s.zone.a(name, s.sip_ip)
    s.net.uc = uc_options(s.web, name)
    s.registrar(name)
    s.sign_in(s.phone())
    return signed_in("pin", candidate(name, "sip-domain", True, "signed-in"), never=every_but())


@scenario("A7", "hosting-pack", "a hosting pack: several tenants' SRV records point to one edge of the hoster")
def hosting_pack(s):
    """Two phones of two tenants, {domain} and {other}. Both service records point to edge.{hoster}. Neither phone dials it."""
    edge = "edge." + s.hoster
    s.zone.a(edge, s.foreign_ip)
    s.net.uc = uc_options(s.web, edge)
    s.registrar(edge, ip=s.foreign_ip)
    phones, result = [s.phone(), s.phone("credentials", s.another_mac(), s.start + 7, user=s.other, octet=s.habits.octet + 1)], {}
    s.directory()
    for phone, domain in zip(phones, (s.domain, s.other)):
        s.srv(edge, domain=domain)
        s.give_up(phone)
        result[phone.mac] = [strict(s, phone.method, edge, domain=domain, more=[finding("strict-name", names=["sip." + domain])])]
    return result


@scenario("A9", "strict-name-cu12", "the same DNS as strict-name, with the firmware of CU12")
def strict_name_cu12(s):
    """LLDP tells the firmware, 4.0.7577.4444: it checks names as every one since CU7 does. `_sipinternaltls._tcp.{domain}` points to {foreign}."""
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    s.net.uc = uc_options(s.web, s.foreign)
    s.registrar(s.foreign, ip=s.foreign_ip)
    phone = s.phone()
    phone.firmware_shown = "4.0.7577.4444"
    s.facts[s.mac] = {"firmware": "4.0.7577.4444"}
    s.give_up(phone)
    result = strict(s, "pin", s.foreign)
    result["policy"] = "lpe-cu7"
    return result


@scenario("#1.1", "other-cloud", "a cloud host that is not Office 365")
def other_cloud(s):
    """`_sip._tls.{domain}` points to a hosting provider, and no record within {domain} exists: only lync.com and outlook.com are built in."""
    cloud = "sip.some%s" % s.hoster
    s.srv(cloud, 443, "_sip._tls")
    s.zone.a(cloud, s.foreign_ip)
    s.registrar(cloud, ip=s.foreign_ip, port=443)
    s.directory()
    s.give_up(s.phone("credentials"))
    return strict(s, "credentials", cloud)


@scenario("#2", "hoster-edge", "the service record names the hoster's edge in capitals")
def hoster_edge(s):
    """`_sip._tls.{domain}` points to edge.{hoster} with the hoster's name in capitals. The phone's own log would show three names that do not match."""
    edge = "edge." + s.hoster.upper()
    s.srv(edge, 443, "_sip._tls")
    s.zone.a(edge, s.foreign_ip)
    s.registrar(edge, ip=s.foreign_ip, port=443)
    s.directory()
    s.give_up(s.phone("credentials"))
    return strict(s, "credentials", edge)


@scenario("#3", "no-tls-attempt", "brand new phones: three weeks of looking for a certificate fault that is none")
def no_tls_attempt(s):
    """The administrator looks for a certificate fault, yet the phone never opens a TLS connection to a registrar: {foreign} fails the name check.
    In the second variation the certificate there is indeed expired; nobody on this wire has seen it."""
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    s.net.uc = uc_options(s.web, s.foreign)
    s.registrar(s.foreign, ip=s.foreign_ip, **({"until": s.day(-9)} if s.second else {}))
    s.give_up(s.phone())
    return strict(s, "pin", s.foreign, more=[finding("strict-name", names=["TLS"])])


@scenario("#6", "fe-in-ad", "common-area phones: the SRV record points to the front end in the AD namespace")
def fe_in_ad(s):
    """A common-area phone signs in by PIN. `_sipinternaltls._tcp.{domain}` points to fe.{ad}, as do the options."""
    name = "fe." + s.ad
    s.srv(name)
    s.zone.a(name, s.sip_ip)
    s.net.uc = uc_options(s.web, name)
    s.registrar(name)
    s.give_up(s.phone())
    return strict(s, "pin", name, more=[finding("strict-name", names=["sip." + s.domain])])


@scenario("#12", "works-with-local", "\"works perfectly with .local\": the host record does it")
def works_with_local(s):
    """`_sipinternaltls._tcp.{domain}` points to frontend.{ad} and sign-in works: not through it, but through the host record {sip} on the same server."""
    name = "frontend." + s.ad
    s.srv(name)
    s.zone.a(name, s.sip_ip).a(s.sip, s.sip_ip)
    s.registrar(name, s.sip)
    s.directory()
    s.sign_in(s.phone("credentials"))
    return signed_in("credentials", finding("strict-name-masked", "warning", names=[name, s.sip], shown_by=srv_of(name)),
                     finding("name-skipped", names=[name]), candidate(name, "no-match", False, "name-skipped", "srv"),
                     candidate(s.sip, "sip-domain", True, "signed-in", "host"), never=every_but("strict-name-masked", "name-skipped"))


@scenario("B40", "parent-domain", "the SRV record of a sub-domain points to a server of the parent domain")
def parent_domain(s):
    """Users of retail.{domain}; `_sipinternaltls._tcp.retail.{domain}` points to pool01.{domain}, as Microsoft's own example of several domains does."""
    user, name = "retail." + s.domain, "pool01." + s.domain
    s.srv(name, domain=user)
    s.zone.a(name, s.sip_ip)
    s.net.uc = uc_options(s.web, name)
    s.registrar(name)
    s.give_up(s.phone(user=user))
    return strict(s, "pin", name, domain=user)


@scenario("B41", "look-alike", "the target's name only ends like the SIP domain")
def look_alike(s):
    """`_sipinternaltls._tcp.{domain}` points to sip.my{domain}: the same letters at the end, another domain."""
    name = "sip.my" + s.domain
    s.srv(name)
    s.zone.a(name, s.foreign_ip)
    s.registrar(name, ip=s.foreign_ip)
    s.directory()
    s.give_up(s.phone("credentials"))
    return strict(s, "credentials", name)


@scenario("#9b", "option120-alone", "option 120 names the pool in the AD namespace, and there is no service record")
def option120_alone(s):
    """DHCP option 120 says {pool}, outside {domain}, and nothing else leads to a registrar: neither service records nor sipinternal, sip and
    sipexternal.{domain} exist. The chain over HTTP and the provisioning by PIN work, then the phone connects to nobody."""
    s.net.uc = uc_options(s.web, s.pool)
    s.zone.a(s.pool, s.sip_ip)
    s.registrar(s.pool)
    s.give_up(s.phone())
    return strict(s, "pin", s.pool, "dhcp120", "dhcp.option.type == 120", causes=["srv-missing", "strict-name"],
                  more=[finding("srv-missing", "error", "proven", [s.domain])])
