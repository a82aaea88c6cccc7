"""The scenarios: what the site is like, and what the phones are like. All that is not said is as in a healthy site."""

import dataclasses
import os
import random

WEB_PATH = "/CertProv/CertProvisioningService.svc"
SIP_DOMAIN, OTHER = "contoso.test", "nwtraders.test"
AD_DOMAIN = "ad.contoso.test"
WEB, POOL, FOREIGN, MAIL = "web." + AD_DOMAIN, "sip." + SIP_DOMAIN, "pool." + OTHER, "mail." + SIP_DOMAIN
NET, DATA_NET = "10.77.0", "10.78.0"
ADDRESS = {"infra": NET + ".10", "web": NET + ".11", "pool": NET + ".12", "foreign": NET + ".13", "mail": NET + ".14", "dc": NET + ".20"}
VOICE_VLAN = 20
TCP, UDP = 6, 17
INTERNAL = "_sipinternaltls._tcp." + SIP_DOMAIN
DISCOVER = "_autodiscover._tcp." + SIP_DOMAIN
OPTION43 = {1: "MS-UC-Client", 2: "https", 3: WEB, 4: "443", 5: WEB_PATH}
OLD_FIRMWARE = "4.0.7577.4100"


def names(**changes):
    """The zones' host records; None takes one away."""
    out = {POOL: ADDRESS["pool"], WEB: ADDRESS["web"], "time." + AD_DOMAIN: ADDRESS["infra"], "dc1." + AD_DOMAIN: ADDRESS["dc"]}
    out.update({name.replace("__", "."): address for name, address in changes.items()})
    return {name: address for name, address in out.items() if address}


TIME = ("_ntp._udp." + AD_DOMAIN, "time." + AD_DOMAIN, 123, 0)
CONTROLLER = ("_ldap._tcp.dc._msdcs." + AD_DOMAIN, "dc1." + AD_DOMAIN, 389, 0)
GOOD = (INTERNAL, POOL, 5061, 0)
WITH_FOREIGN = {FOREIGN.replace(".", "__"): ADDRESS["foreign"]}


def services(*registrars):
    return list(registrars) + [TIME, CONTROLLER]


@dataclasses.dataclass
class Site:
    """`services`: (name, target, port, priority). `web_clear`: status of the chain on port 80, None for a closed port; `web_up`: whether the web server is
    there at all. `certificate`: of the pool, which of good, no-sip (the name is missing), wildcard, expired, future, foreign (another authority).
    `then`: what a REGISTER meets. `dns`: good, servfail or silent. `clock`: good, none, or years off. `vlan`: None, "lldp" or "dhcp".
    `drops`: (protocol, host, port) behind the mirror. `mirrored`: the phones' ports, or all."""
    names: dict = dataclasses.field(default_factory=names)
    services: list = dataclasses.field(default_factory=lambda: services(GOOD))
    zones: tuple = (SIP_DOMAIN, OTHER, "windows.com")
    network_domain: str = AD_DOMAIN
    option43: dict = dataclasses.field(default_factory=lambda: dict(OPTION43))
    option120: str = POOL
    leases: str = "dnsmasq"
    web_up: bool = True
    web_clear: int = 200
    ticket_status: int = 200
    web_certificate: str = "good"
    pool_up: bool = True
    certificate: str = "good"
    then: str = "accept"
    registrar_tls: str = "TLSv1+"
    foreign_up: bool = False
    mail_up: bool = False
    directory: bool = False
    dns: str = "good"
    clock: object = "good"
    vlan: str = None
    drops: list = dataclasses.field(default_factory=list)
    faults: dict = dataclasses.field(default_factory=dict)
    mirrored: str = "phones"
    mirror_tag: int = None


@dataclasses.dataclass
class Scenario:
    """`watch`: seconds for which the mirror is watched once the phone has come to its end; what rests on silence needs some.
    `ends`: what it is made to show of each phone, a cause or "signed-in"; a run that shows something else has not come off.
    `arguments`: of dialtone."""
    name: str
    story: str
    site: Site = dataclasses.field(default_factory=Site)
    phones: list = dataclasses.field(default_factory=lambda: [{}])
    watch: float = 0.3
    ends: tuple = ("signed-in",)
    arguments: tuple = ()

    def expected_seconds(self):
        return self.watch + (20 if self.site.dns == "silent" else 0) + (5 if self.site.drops or self.site.faults or self.site.directory else 0)

    def programs(self):
        """What it needs beyond what every scenario needs."""
        wanted = {"kea-dhcp4": self.site.leases == "kea", "samba": self.site.directory, "samba-tool": self.site.directory, "lldpd": self.site.vlan == "lldp",
                  "chronyd": self.site.clock == "good", "finch": any(p.get("client") for p in self.phones)}
        return [program for program, needed in wanted.items() if needed]


WITH_DIRECTORY = {"method": "credentials", "exchange": SIP_DOMAIN}
EXCHANGE = (DISCOVER, MAIL, 443, 0)
MAIL_NAMES = {MAIL.replace(".", "__"): ADDRESS["mail"]}
DESKTOP = ("--all-clients",)
CACHED = {"method": "cached", "roots": ["own"], "cached_registrar": {"name": POOL, "address": ADDRESS["pool"]}}


def rough(scenario, seed):
    """The same where the network and the mirror lose and reorder packets, as drawn; what then comes of it, the phone's truth tells."""
    rng, faults = random.Random("%s %s" % (seed, scenario.name)), {}
    where = rng.choice(("network", "mirror", "both"))
    if where != "mirror":
        faults.update(loss=rng.choice((0, 0.02, 0.05, 0.08)), late=rng.choice((0, 0.05, 0.2)), late_by=rng.choice((0.005, 0.03, 0.25)))
    if where != "network":
        faults.update(mirror_loss=rng.choice((0, 0.02, 0.1)), mirror_late=rng.choice((0, 0.1, 0.3)))
    site = dataclasses.replace(scenario.site, faults={"seed": rng.randrange(10**6), **faults})
    phones = [{"dns_tries": 6, "inform_tries": 6, "connect_wait": 12, **p} if not p.get("client") and site.dns != "silent" else p for p in scenario.phones]
    return dataclasses.replace(scenario, site=site, phones=phones, ends=(None,) * len(phones))


def all_scenarios():
    """With DIALTONE_LAB_ROUGH in the environment, a seed, all of them roughened."""
    seed = os.environ.get("DIALTONE_LAB_ROUGH")
    return [rough(s, seed) for s in smooth()] if seed else smooth()


def smooth():
    mismatch = (INTERNAL, FOREIGN, 5061, 0)
    return [
        Scenario("matched", "all names agree: a sign-in by PIN"),
        Scenario("matched-kea", "the same with Kea as DHCP server and a phone that sends SNI and speaks TLS 1.2",
                 Site(leases="kea"), [{"sni": True, "tls": "1.2"}]),
        Scenario("credentials", "a sign-in with credentials: root from Active Directory, certificate by the registrar's sts-uri, Exchange",
                 Site(directory=True, mail_up=True, services=services(GOOD, EXCHANGE), names=names(**MAIL_NAMES)), [dict(WITH_DIRECTORY)]),
        Scenario("cached", "a phone that has its certificate goes straight to its registrar", phones=[dict(CACHED)]),
        Scenario("mismatch-fallback", "the SRV record points into another namespace, sip.DOMAIN rescues the sign-in",
                 Site(services=services(mismatch), names=names(**WITH_FOREIGN), option120=None, foreign_up=True)),
        Scenario("mismatch-nofallback", "the SRV record points into another namespace and no host record is there",
                 Site(services=services(mismatch), names=names(**WITH_FOREIGN, sip__contoso__test=None), option120=None, foreign_up=True),
                 ends=("strict-name",)),
        Scenario("mismatch-old-firmware", "the same names with firmware before CU7, which dials them",
                 Site(services=services(mismatch), names=names(**WITH_FOREIGN, sip__contoso__test=None), option120=None, foreign_up=True),
                 [{"firmware": OLD_FIRMWARE, "inventory": True}]),
        Scenario("option120-foreign", "option 120 names a pool in another namespace; the SRV record is good",
                 Site(option120=FOREIGN, names=names(**WITH_FOREIGN), foreign_up=True)),
        Scenario("option120-alone", "option 120 names a pool in another namespace, and DNS names none",
                 Site(option120=FOREIGN, services=services(), names=names(**WITH_FOREIGN, sip__contoso__test=None), foreign_up=True),
                 ends=("srv-missing",)),
        Scenario("no-records", "neither SRV nor host records for the SIP domain",
                 Site(option120=None, services=services(), names=names(sip__contoso__test=None)), ends=("srv-missing",)),
        Scenario("wrong-san", "the registrar's certificate does not bear the name that is dialled", Site(certificate="no-sip"),
                 ends=("tls-name-mismatch",)),
        Scenario("wildcard", "the registrar's certificate has only a wildcard", Site(certificate="wildcard"), ends=("tls-wildcard",)),
        Scenario("expired", "the registrar's certificate has expired", Site(certificate="expired"), ends=("tls-cert-expired",)),
        Scenario("untrusted", "the registrar's certificate comes from an authority that the phone was not given", Site(certificate="foreign"),
                 ends=("tls-chain-untrusted",)),
        Scenario("early-close", "the same with a phone that closes without a word after the server's flight", Site(certificate="foreign"), [{"rejects": "fin"}],
                 ends=("tls-chain-untrusted",)),
        Scenario("wrong-san-rst", "the certificate lacks the name, and the phone resets", Site(certificate="no-sip"), [{"rejects": "rst"}],
                 ends=("tls-name-mismatch",)),
        Scenario("tls-too-new", "the registrar speaks TLS 1.2 alone", Site(registrar_tls="TLSv1.2"), ends=("tls-version-or-cipher",)),
        Scenario("redirect", "the registrar sends the phone to another pool, in another namespace",
                 Site(then="redirect:" + FOREIGN, names=names(**WITH_FOREIGN), foreign_up=True)),
        Scenario("rejected", "the registrar forbids the user", Site(then="reject"), ends=("sip-rejected",)),
        Scenario("exchange-mismatch", "Exchange autodiscover points into another namespace; the sign-in is fine",
                 Site(directory=True, services=services(GOOD, (DISCOVER, "mail." + OTHER, 443, 0)),
                      names=names(mail__nwtraders__test=ADDRESS["mail"]), mail_up=True), [dict(WITH_DIRECTORY)]),
        Scenario("pin-no-option43", "a PIN sign-in where DHCP has no option 43", Site(option43=None, option120=None), ends=("uc43-missing",)),
        Scenario("web-dead", "the server that option 43 names is gone: nothing comes back from it",
                 Site(drops=[(TCP, "web", 80), (TCP, "web", 443)]), [{"https_anyway": True}], watch=16, ends=("root-ca-host-dead",)),
        Scenario("web-port-80", "the web services have port 80 closed, where the chain would be", Site(web_clear=None), [{"https_anyway": True}],
                 ends=("root-ca-http-blocked",)),
        Scenario("web-status", "the web services answer 404 for the chain", Site(web_clear=404), ends=("root-ca-http-status",)),
        Scenario("wrong-pin", "the web services refuse the ticket", Site(ticket_status=500), watch=12, ends=("auth-not-completed",)),
        Scenario("clock-years-off", "the time server is ten years behind: no certificate is valid yet", Site(clock=-10), ends=("time-wrong",)),
        Scenario("dns-servfail", "the DNS server fails", Site(dns="servfail", option120=None), [dict(CACHED, cached_registrar=None)],
                 ends=("dns-server-error",)),
        Scenario("dns-silent", "the DNS server is silent", Site(dns="silent", option120=None), [dict(CACHED, cached_registrar=None, retries=0)],
                 watch=16, ends=("dns-timeout",)),
        Scenario("dns-silent-cached", "the DNS server is silent; the phone still knows its registrar", Site(dns="silent", option120=None),
                 [dict(CACHED, retries=0)]),
        Scenario("refused", "the registrar's port is closed", Site(pool_up=False), ends=("tcp-refused",)),
        Scenario("firewall", "a firewall drops what goes to the registrar", Site(drops=[(TCP, "pool", 5061), (TCP, "pool", 443)]),
                 [{"retries": 0}], watch=16, ends=("tcp-timeout",)),
        Scenario("ldap-stalled", "the domain controller answers the ping, but not on TCP 389", Site(directory=True, drops=[(TCP, "dc", 389)]),
                 [dict(WITH_DIRECTORY, exchange=None, retries=0)], ends=("root-ca-ldap-stalled",)),
        Scenario("second-phone", "two phones at once: one whose SRV record is good, one whose SIP domain has a foreign one",
                 Site(services=services(GOOD, ("_sipinternaltls._tcp.fabrikam.test", FOREIGN, 5061, 0)), zones=(SIP_DOMAIN, OTHER, "fabrikam.test", "windows.com"),
                      names=names(**WITH_FOREIGN), option120=None, foreign_up=True),
                 [{}, {"user": "bob@fabrikam.test", "model": "Polycom CX500"}], ends=("signed-in", "strict-name")),
        Scenario("vlan-lldp", "the switch tells the voice VLAN by LLDP-MED", Site(vlan="lldp"), [{"lldp_wait": 5}]),
        Scenario("vlan-dhcp", "DHCP in the data VLAN tells the voice VLAN", Site(vlan="dhcp"), [{"lldp": False}]),
        Scenario("lossy", "the network loses and reorders packets; the sign-in works all the same",
                 Site(faults={"loss": 0.04, "late": 0.08, "seed": 7}), [{"dns_tries": 6, "dhcp_wait": 1, "inform_tries": 6, "connect_wait": 12}]),
        Scenario("lossy-mismatch", "the same network, with names that do not match",
                 Site(services=services(mismatch), names=names(**WITH_FOREIGN, sip__contoso__test=None), option120=None, foreign_up=True,
                      faults={"loss": 0.03, "late": 0.08, "seed": 11}), [{"dns_tries": 6, "inform_tries": 6, "connect_wait": 12}],
                 ends=("strict-name",)),
        Scenario("mirror-doubled", "the mirror shows every port, so that each packet comes twice", Site(mirrored="all")),
        Scenario("mirror-reordered", "the mirror reorders what it shows", Site(faults={"mirror_late": 0.1, "seed": 3})),
        Scenario("mirror-lossy", "the mirror loses packets: nothing may be laid to anyone's charge that is only not seen",
                 Site(faults={"mirror_loss": 0.1, "seed": 5})),
        Scenario("sipe-matched", "a client that nobody here wrote, pidgin-sipe, signs in on a PC", Site(option120=None, registrar_tls="TLSv1.2"),
                 [{"client": "sipe"}], arguments=DESKTOP),
        Scenario("sipe-mismatch", "the same where the SRV record points into another namespace: it does not look at names",
                 Site(services=services(mismatch), names=names(**WITH_FOREIGN), option120=None, foreign_up=True, registrar_tls="TLSv1.2"),
                 [{"client": "sipe"}], arguments=DESKTOP),
        Scenario("sipe-no-srv", "the same without service records: it tries the usual host names, on port 443",
                 Site(services=services(), option120=None), [{"client": "sipe"}], watch=16, ends=("tcp-refused",), arguments=DESKTOP),
        Scenario("mirror-tagged", "the mirror tags what it shows, as remote span does", Site(mirror_tag=99)),
    ]
