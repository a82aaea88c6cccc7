"""Scenarios of the registrar itself: refusals inside TLS, redirects, caches, candidates that fail while the next one works."""

from expect import CONNECT, DISCOVERY, NAMING, TLS, UC, but, every_but, only
from network import Refuses, Silent, uc_options
from naming import srv_of, strict
from story import candidate, failed, finding, scenario, signed_in


@scenario("B44", "sip-rejected", "TLS works, and the registrar ends every session at once")
def sip_rejected(s):
    """The handshake with {target} finishes, a few messages go to and fro, the registrar closes; again and again. What it said is inside TLS."""
    s.good_dns()
    s.registrar(then="reject")
    s.give_up(s.phone("cached" if s.second else "pin"), retries=3)
    return failed("cached" if s.second else "pin", "register", "sip-rejected", finding("sip-rejected", "error", "weak", [s.target], "tcp.port == 5061"),
                  candidate(s.target, "sip-domain", True, "closed"), never=only())


@scenario("#7", "ten-directors", "ten Directors in the AD namespace, two of them behind sip.DOMAIN")
def ten_directors(s):
    """`_sipinternaltls._tcp.{domain}` names dir1 to dir10 in {ad}; the host record sip.{domain} has the addresses of the first two. The phone passes all ten
    names over and signs in through sip.{domain}, at an address that dir1 also has."""
    s.change_habits(sends_sni=False)
    name, servers = "sip." + s.domain, s.setting.servers
    for number in range(1, 11):
        host = "dir%d.%s" % (number, s.ad)
        s.srv(host)
        s.zone.a(host, "%s.%d" % (servers, 100 + number))
    s.zone.a(name, servers + ".101", servers + ".102")
    for last in (101, 102):
        s.registrar("dir%d.%s" % (last - 100, s.ad), name, ip="%s.%d" % (servers, last))
    s.sign_in(s.phone("cached" if s.second else "pin"))
    one, nine = "dir1." + s.ad, "dir9." + s.ad
    return signed_in("cached" if s.second else "pin", finding("strict-name-masked", "warning", names=[name], shown_by=srv_of(one)),
                     finding("name-skipped", names=[nine]),
                     candidate(nine, "no-match", False, "name-skipped", "srv"), candidate(one, "no-match", False, "name-skipped", "srv"),
                     candidate(name, "sip-domain", True, "signed-in", "host"), never=every_but("strict-name-masked", "name-skipped"))


@scenario("#7", "redirect-untrusted", "the Director sends the phone to a pool in the AD namespace, and it does not go")
def redirect_untrusted(s):
    """The phone reaches {target}, which answers inside TLS with a redirect to fepool1.{ad}. The phone asks for that address and never connects; after a
    while it begins again. That the answer was a redirect can only be concluded."""
    s.good_dns()
    pool = "fepool1." + s.ad
    s.zone.a(pool, s.pool_ip)
    s.net.distrusts_redirects = True
    s.registrar(then="redirect:" + pool)
    s.registrar(pool, ip=s.pool_ip)
    s.give_up(s.phone("cached" if s.second else "pin"), retries=2)
    return failed("cached" if s.second else "pin", "naming", "redirect-target-untrusted",
                  finding("redirect-target-untrusted", "error", "weak", [pool], 'lower(dns.qry.name) == "%s"' % pool),
                  candidate(s.target, "sip-domain", True, "closed"), candidate(pool, "no-match", False, ["name-skipped", "not-tried"], "redirect"),
                  may=["sip-rejected"], never=but(DISCOVERY + NAMING + CONNECT + TLS, "redirect-target-untrusted", "name-skipped"))


@scenario("3.6", "redirect-followed", "the Director sends the phone to a pool in the AD namespace, and it goes")
def redirect_followed(s):
    """As redirect-untrusted, but the phone follows: a server named by a trusted server is trusted. It signs in at fepool1.{ad} (second variation: at a
    pool under {domain})."""
    s.good_dns()
    pool = "fepool1." + (s.domain if s.second else s.ad)
    s.zone.a(pool, s.pool_ip)
    s.registrar(then="redirect:" + pool)
    s.registrar(pool, ip=s.pool_ip)
    s.sign_in(s.phone("cached" if s.second else "pin"))
    return signed_in("cached" if s.second else "pin", candidate(pool, "sip-domain" if s.second else "no-match", True, "signed-in", "redirect"),
                     never=every_but())


@scenario("#13d", "first-candidate-down", "the SRV record's server is down, the host record works")
def first_candidate_down(s):
    """`_sipinternaltls._tcp.{domain}` points to pool7.{domain}, which does not answer (second variation: refuses). The phone goes on to the host record
    {sip} and signs in."""
    down = "pool7." + s.domain
    s.srv(down)
    s.zone.a(down, s.spare_ip).a(s.sip, s.sip_ip)
    s.listen(s.spare_ip, 5061, Refuses() if s.second else Silent())
    s.registrar(s.sip)
    s.sign_in(s.phone())
    code = "tcp-refused" if s.second else "tcp-timeout"
    return signed_in("pin", finding(code, "warning", names=[down], shown_by="tcp.dstport == 5061 && tcp.flags.syn == 1"),
                     candidate(down, "sip-domain", True, "refused" if s.second else "timeout", "srv"),
                     candidate(s.sip, "sip-domain", True, "signed-in", "host"), never=every_but(code))


@scenario("#13e", "sba-option120", "option 120 names a branch appliance in a site namespace")
def sba_option120(s):
    """Option 120 names sba.site.{ad} for survivability. The phone passes it over and signs in through the SRV record. In the second variation the line to
    the pool is down: {target} is silent, and the appliance that should help is not dialled."""
    sba = "sba.site." + s.ad
    s.good_dns()
    s.zone.a(sba, s.pool_ip)
    s.net.uc = uc_options(s.web, sba)
    s.registrar(sba, ip=s.pool_ip)
    skipped = [finding("name-skipped", names=[sba], shown_by="dhcp.option.type == 120"), candidate(sba, "no-match", False, "name-skipped", "dhcp120")]
    if not s.second:
        s.registrar()
        s.sign_in(s.phone())
        return signed_in("pin", *skipped, candidate(s.target, "sip-domain", True, "signed-in"), never=every_but("name-skipped"))
    s.listen(s.sip_ip, 5061, Silent())
    s.give_up(s.phone())
    return failed("pin", ["connect", "naming"], ["tcp-timeout", "strict-name"], finding("tcp-timeout", "error", names=[s.target]), *skipped,
                  candidate(s.target, "sip-domain", True, "timeout"), may=["strict-name"], never=only("tcp-timeout", "strict-name", "name-skipped"))


@scenario("B35", "srv-port", "the SRV record's port is wrong")
def srv_port(s):
    """`_sipinternaltls._tcp.{domain}` says port 5016 (second variation: 443), where {target} refuses (is silent); the registrar listens on 5061."""
    port = 443 if s.second else 5016
    s.srv(s.target, port)
    s.zone.a(s.target, s.sip_ip)
    s.listen(s.sip_ip, port, Silent() if s.second else Refuses())
    s.registrar()
    hosts = ("sipexternal",) if s.target in ("sip." + s.domain, "sipinternal." + s.domain) else s.habits.hosts
    s.give_up(s.phone("cached", hosts=hosts))
    code = "tcp-timeout" if s.second else "tcp-refused"
    return failed(["cached", "unknown"], ["discovery", "connect"], ["srv-port-unusual", code],
                  finding("srv-port-unusual", names=[str(port)], shown_by="dns.srv.port == %d" % port),
                  finding(code, "error", names=[s.target], shown_by="tcp.dstport == %d" % port),
                  candidate(s.target, "sip-domain", True, "timeout" if s.second else "refused", "srv"), may=["srv-port-unusual"],
                  never=only("srv-port-unusual", code))


@scenario("B35", "srv-port-works", "the SRV record's port is unusual, and right")
def srv_port_works(s):
    """`_sipinternaltls._tcp.{domain}` says port 5071 (second variation: 443), and that is where the registrar listens."""
    port = 443 if s.second else 5071
    s.srv(s.target, port)
    s.zone.a(s.target, s.sip_ip)
    s.registrar(port=port)
    s.sign_in(s.phone("cached"))
    return signed_in("cached", finding("srv-port-unusual", ["warning", "info"], names=[str(port)], shown_by="dns.srv.port == %d" % port),
                     candidate(s.target, "sip-domain", True, "signed-in", "srv"), never=every_but("srv-port-unusual"))


@scenario("#10a", "cname-host", "the registrar's name is an alias of a name in the AD namespace")
def cname_host(s):
    """Option 120 and the SRV record say sip.{domain}, an alias (CNAME) of lyncserver.{ad}. The name asked for passes the check and the phone connects; the
    certificate bears only the alias' target, and the phone refuses it. In the second variation it bears both, and the sign-in works."""
    name, real = "sip." + s.domain, "lyncserver." + s.ad
    s.change(additional=False)
    s.srv(name)
    s.zone.cname(name, real).a(real, s.sip_ip)
    s.net.uc = uc_options(s.web, name)
    s.registrar(*[real, name] if s.second else [real])
    alias = finding("cname-candidate", ["warning", "info"], names=[name, real], shown_by='lower(dns.cname) == "%s"' % real)
    if s.second:
        s.sign_in(s.phone())
        return signed_in("pin", alias, candidate(name, "sip-domain", True, "signed-in"), never=every_but("cname-candidate"))
    s.give_up(s.phone())
    return failed("pin", "tls", "tls-name-mismatch", alias, finding("tls-name-mismatch", "error", names=[name, real], shown_by="tls.handshake.type == 11"),
                  candidate(name, "sip-domain", True, "tls-failed"), may=["tls-cert-rejected"], never=only("tls-name-mismatch", "cname-candidate",
                  "tls-cert-rejected"))


@scenario("#9e", "sba-certificate", "a branch appliance's certificate, and a chain that never came: error 80ee0065")
def sba_certificate(s):
    """Option 120 names mysba.{ad}; the SRV record says sip.{domain}, the same address. The certificate's subject is mysba.{ad}, its names are sip.{domain} and
    sip.{other}. The user signs in with credentials and no directory is found: the phone has no root and closes after the certificate."""
    sba, name = "mysba." + s.ad, "sip." + s.domain
    s.change_habits(boot="discover", sends_sni=False)
    s.srv(name)
    s.zone.a(sba, s.sip_ip).a(name, s.sip_ip)
    s.net.uc = uc_options(s.web, sba)
    s.registrar(name, "sip." + s.other, cn=sba)
    phone = s.phone("credentials", rejects="fin" if s.second else "alert")
    phone.start()
    phone.uc = phone.inform()
    s.give_up(phone, boot=False)
    because, named = ["root-ca-absent", "tls-chain-untrusted", "tls-name-mismatch", "tls-cert-rejected"], ["strict-name", "name-skipped"]
    return failed(None, ["tls", "root-ca"], because, finding(because[1:], "error"), candidate(name, "sip-domain", True, "tls-failed"), may=because + named,
                  never=but(DISCOVERY + NAMING + CONNECT, *named))


# -- caches --
@scenario("B46", "cached-dns-down", "DNS is down, the phone signs in at the registrar it remembers")
def cached_dns_down(s):
    """The DNS server is silent about {domain} (second variation: about everything). The phone dials the address of its last registrar and signs in."""
    if s.second:
        s.zone.broken["*"] = None
    else:
        s.zone.silence(s.domain)
    s.registrar()
    phone = s.phone("cached")
    phone.remembered = (s.target, s.sip_ip)
    phone.start(clock=not s.second)
    s.sign_in(phone, boot=False)
    return signed_in("cached", finding("dns-timeout", "warning", shown_by="dns.flags.response == 0"),
                     never=every_but("dns-timeout"))


def old_and_new(s, new_method):
    """An old phone that signs in from its cache, and the new one, not started yet."""
    s.registrar()
    old = s.phone("cached", s.another_mac(), s.start, octet=s.habits.octet + 3, boot="renew")
    old.remembered, old.direct = (s.target, s.sip_ip), True
    new = s.phone(new_method, now=s.start + 2.7, boot="discover", octet=s.habits.octet + 4)
    old.start()
    s.sign_in(old, stay=250)
    return old, new


@scenario("#9c", "reset-phone-fails", "phones with a cached certificate work, a reset one does not: nobody answers the INFORM")
def reset_phone_fails(s):
    """An old phone dials its last registrar without asking anybody and signs in. A phone of the same segment that was reset gets no UC options (second
    variation: options without the web services' name), and its PIN sign-in stops."""
    s.without("neighbour")
    s.good_dns()
    old, new = old_and_new(s, "pin")
    s.net.uc = uc_options(s.web, s.sip, leave_out=(3,)) if s.second else None
    s.pin_twice(new)
    code = "uc43-missing" if s.second else "uc-no-reply"
    return {old.mac: [signed_in("cached", finding("would-fail-after-reset", ["warning", "info"]), never=every_but("would-fail-after-reset", *UC))],
            new.mac: [failed(["pin", "unknown"], "uc-options", code, finding(code, "error"), may=["pin-needs-internal"],
                             never=DISCOVERY + NAMING + CONNECT + TLS + but(UC, code))]}


@scenario("#12.2", "only-new-phones", "old phones of the same firmware work, new ones do not: the SRV record is foreign")
def only_new_phones(s):
    """An old phone dials its last registrar without asking anybody and signs in. A new one of the same segment finds only {foreign} in DNS and options and
    never dials it."""
    s.without("neighbour")
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    s.net.uc = uc_options(s.web, s.foreign)
    old, new = old_and_new(s, "pin")
    s.give_up(new)
    return {old.mac: [signed_in("cached", finding("would-fail-after-reset", ["warning", "info"]), never=but(every_but(), "would-fail-after-reset"))],
            new.mac: [strict(s, "pin", s.foreign)]}


@scenario("B42", "migrated-pool", "after a migration wiped phones hang, the others work")
def migrated_pool(s):
    """The pool was moved to another CA. A phone that has its root signs in from its cache. A wiped phone fetches the chain by HTTP, which still hands out
    the old root, and refuses the registrar's certificate; in the second variation the directory brings the old root to a phone with credentials."""
    s.without("neighbour")
    s.good_dns()
    s.registrar(ca=s.strange_root)
    working = s.phone("cached", s.another_mac(), s.start, octet=s.habits.octet + 3, roots=[s.root.certificate, s.strange_root.certificate])
    s.sign_in(working, stay=250)
    method = "credentials" if s.second else "pin"
    if s.second:
        s.directory()
    wiped = s.phone(method, now=s.start + 4.1, boot="discover", octet=s.habits.octet + 4)
    s.give_up(wiped)
    return {working.mac: [signed_in("cached", candidate(s.target, "sip-domain", True, "signed-in"), never=every_but("would-fail-after-reset"))],
            wiped.mac: [failed(method, "tls", ["tls-chain-untrusted", "tls-chain-changed"],
                               finding("tls-chain-untrusted", "error", names=[s.target], shown_by="tls.alert_message.desc == 48"),
                               candidate(s.target, "sip-domain", True, "tls-failed"), may=["tls-chain-changed"],
                               never=but(only("tls-chain-untrusted"), "tls-chain-changed"))]}


# -- a second SIP domain --
def second_domain(s, method):
    """The user's domain has no records of its own, or (second variation) an SRV record that points to the primary domain's server."""
    s.good_dns()
    s.registrar()
    s.net.uc = uc_options(s.web, s.target)
    if s.second:
        s.srv(s.target, domain=s.other)
    if method == "credentials":
        s.directory()
    s.give_up(s.phone(method, user=s.other))
    if s.second:
        return strict(s, method, s.target, domain=s.other)
    foreign = [finding("strict-name", names=[s.target]), candidate(s.target, "no-match", False, "name-skipped", "dhcp120")] if method == "pin" else []
    missing = finding("srv-missing", "error", "proven", [s.other], 'dns.qry.name contains "_sip" && ' + s.absent)
    causes = ["srv-missing", "strict-name"] if method == "pin" else "srv-missing"
    return failed(method, ["discovery", "naming"] if method == "pin" else "discovery", causes, missing, *foreign,
                  may=["strict-name"] if method == "pin" else [], never=only("srv-missing", *["strict-name", "name-skipped"] if method == "pin" else []))


@scenario("#13a", "second-domain-pin", "a user of the second SIP domain signs in by PIN")
def second_domain_pin(s):
    """The user's domain is {other}; the records and option 120 are those of {domain}. The PIN is accepted; for {other} there is no record (second
    variation: its SRV record points to {target}). Option 120 is foreign to this user."""
    return second_domain(s, "pin")


@scenario("#13b", "second-domain-tethered", "a user of the second SIP domain signs in by USB")
def second_domain_tethered(s):
    """As second-domain-pin, with credentials and without the UC options."""
    return second_domain(s, "credentials")


@scenario("#13c", "second-domain-cname", "the second domain's host record is an alias of the primary's")
def second_domain_cname(s):
    """sip.{other} is an alias (CNAME) of sip.{domain}; there is no SRV record for {other}. The certificate bears both names and the phone signs in
    (second variation: it bears only sip.{domain}, and the phone refuses it)."""
    alias, real = "sip." + s.other, "sip." + s.domain
    s.srv(real)
    s.zone.a(real, s.sip_ip).cname(alias, real)
    s.registrar(*[real] if s.second else [real, alias])
    s.directory()
    phone = s.phone("credentials", user=s.other)
    found = finding("cname-candidate", ["warning", "info"], names=[alias, real], shown_by='lower(dns.cname) == "%s"' % real)
    if not s.second:
        s.sign_in(phone)
        return signed_in("credentials", found, finding("srv-missing", ["warning", "info"]), candidate(alias, "sip-domain", True, "signed-in", "host"),
                         never=every_but("cname-candidate", "srv-missing"))
    s.give_up(phone)
    return failed("credentials", "tls", "tls-name-mismatch", found, finding("tls-name-mismatch", "error", names=[alias, real]),
                  candidate(alias, "sip-domain", True, "tls-failed", "host"), may=["srv-missing", "tls-cert-rejected"],
                  never=only("tls-name-mismatch", "cname-candidate", "srv-missing", "tls-cert-rejected"))
