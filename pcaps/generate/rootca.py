"""Scenarios of the root certificates: by HTTP from the web services, by LDAP from the directory."""

from expect import CONNECT, DISCOVERY, NAMING, ROOT_CA, TLS, UC, WEB, but, every_but, only
from network import HttpServer, Refuses, Silent
from story import candidate, failed, finding, scenario, signed_in
from tls import Authority

UNKNOWN_CA = "tls.alert_message.desc == 48"
CLDAP = "cldap"


def no_chain(code, grade=None, shown_by=None, names=(), may=()):
    """A PIN sign-in that stops where the chain should come from."""
    return failed("pin", "root-ca", code, finding(code, "error", grade, names, shown_by), may=may,
                  never=but(UC + ROOT_CA + WEB + DISCOVERY + NAMING + CONNECT + TLS, code, *may))


def no_root(s, code, grade=None, shown_by=None, names=(), method="credentials", may=()):
    """The root did not come, and the registrar's certificate was refused for it."""
    return failed(method, "root-ca", code, finding(code, "error", grade, names, shown_by),
                  finding("tls-chain-untrusted", "error", names=[s.target], shown_by=UNKNOWN_CA),
                  candidate(s.target, "sip-domain", True, "tls-failed"), may=may,
                  never=but(ROOT_CA, code, "root-ca-absent", *may) + only("tls-chain-untrusted", *may))


def known_already(s, code, shown_by=None, names=(), grade=None):
    """The root did not come, but the phone has it from before."""
    return signed_in("credentials", finding(code, ["warning", "info"], grade, names, shown_by), candidate(s.target, "sip-domain", True, "signed-in"),
                     never=every_but(code))


def site(s):
    s.good_dns()
    s.registrar()


@scenario("B11", "web-host-dead", "option 43 names a web server that is gone")
def web_host_dead(s):
    """The web services' name in option 43 still resolves, to a server that is switched off: neither port 80 nor 443 answers (second variation: both
    refuse). The PIN sign-in stops."""
    site(s)
    for port in (80, 443):
        s.listen(s.web_ip, port, Refuses() if s.second else Silent())
    phone = s.phone()
    phone.tries_https = True
    s.pin_twice(phone)
    return no_chain("root-ca-host-dead", names=[s.web], shown_by="tcp.dstport == 80 && tcp.flags.syn == 1", may=["web-tcp-timeout", "web-tcp-refused"])


@scenario("B12", "http-blocked", "port 80 of the web services is blocked, 443 is open")
def http_blocked(s):
    """Nothing answers on port 80 (second variation: RST); 443 does, but without the chain the phone cannot trust its certificate. The PIN sign-in stops."""
    site(s)
    s.listen(s.web_ip, 80, Refuses() if s.second else Silent())
    phone = s.phone()
    phone.tries_https = True
    s.pin_twice(phone)
    return no_chain("root-ca-http-blocked", names=[s.web, "80"], shown_by="tcp.dstport == 80 && tcp.flags.syn == 1",
                    may=["web-tls-failed", "root-ca-absent", "tls-chain-untrusted"])


@scenario("B13", "http-redirected", "a load balancer redirects the chain's download to HTTPS")
def http_redirected(s):
    """The request for the chain is answered with 302 to https:// (second variation: 301, and the phone tries it): the phone would need the chain to trust
    that server. The PIN sign-in stops."""
    site(s)
    s.listen(s.web_ip, 80, HttpServer([], 301 if s.second else 302, "https://%s/CertProv/CertProvisioningService.svc/anon" % s.web))
    phone = s.phone()
    phone.tries_https = s.second
    s.pin_twice(phone)
    return no_chain("root-ca-http-redirect", "proven", "http.response.code == %d" % (301 if s.second else 302), [s.web],
                    may=["web-tls-failed", "root-ca-absent", "tls-chain-untrusted"])


@scenario("B14", "http-status", "the chain's download fails with an error of the web server")
def http_status(s):
    """The request for the chain is answered with 404 (second variation: 500). The PIN sign-in stops."""
    site(s)
    status = 500 if s.second else 404
    s.listen(s.web_ip, 80, HttpServer([], status))
    s.pin_twice(s.phone())
    return no_chain("root-ca-http-status", "proven", "http.response.code == %d" % status, [str(status)], may=["root-ca-absent"])


@scenario("B16", "root-ca-absent", "a private CA, and nothing brings its root to the phone")
def root_ca_absent(s):
    """A clean phone, credentials, no UC options asked for, no directory to be found: no root comes by HTTP or LDAP. The registrar's certificate is of the
    site's own CA and the phone refuses it: alert unknown_ca (second variation: it only closes)."""
    site(s)
    s.change_habits(boot="discover")
    if s.second:
        s.directory(located=False)
        s.zone.forget("_ldap._tcp.dc._msdcs." + s.ad)
    s.give_up(s.phone("credentials", rejects="fin" if s.second else "alert"))
    shown = "tls.handshake.type == 11" if s.second else UNKNOWN_CA
    return failed(["credentials", "cached", "unknown"], ["root-ca", "tls"], ["root-ca-absent", "tls-chain-untrusted"],
                  finding("root-ca-absent"), finding("tls-chain-untrusted", "error", names=[s.target], shown_by=shown),
                  candidate(s.target, "sip-domain", True, "tls-failed"), may=["root-ca-absent", "tls-cert-rejected"],
                  never=but(ROOT_CA, "root-ca-absent") + only("tls-chain-untrusted", "tls-cert-rejected"))


@scenario("B17", "public-ca", "the registrar's certificate is of a public CA that this firmware does not know")
def public_ca(s):
    """The registrar's certificate was bought: issuer DigiCert SHA2 Secure Server CA. The phone's list is older. Nothing brings that root to the phone:
    the directory publishes only the site's own (second variation: there is no directory)."""
    s.good_dns()
    top = Authority("CN=DigiCert Global Root CA, OU=www.digicert.com, O=DigiCert Inc, C=US", signature="sha1", number=11)
    s.registrar(ca=Authority("CN=DigiCert SHA2 Secure Server CA, O=DigiCert Inc, C=US", top, "sha256", number=12))
    if not s.second:
        s.directory()
    s.give_up(s.phone("credentials"))
    return failed("credentials" if not s.second else ["credentials", "cached", "unknown"], ["tls", "root-ca"], ["tls-chain-untrusted", "root-ca-absent"],
                  finding("tls-chain-untrusted", "error", names=[s.target, "DigiCert"], shown_by=UNKNOWN_CA),
                  candidate(s.target, "sip-domain", True, "tls-failed"), may=["root-ca-absent"],
                  never=but(ROOT_CA, "root-ca-absent") + only("tls-chain-untrusted"))


@scenario("#11", "ldap-stalled", "the netlogon ping is answered, and no LDAP follows")
def ldap_stalled(s):
    """The domain controller answers the CLDAP ping; the phone never opens TCP 389. In the first variation it does not have the root of the site's CA and
    refuses the registrar's certificate; in the second it has it from before and signs in."""
    site(s)
    s.directory(dialled=False)
    s.listen(s.dc_ip, 389, Silent())
    if s.second:
        s.sign_in(s.phone("credentials", roots=[s.root.certificate]))
        return known_already(s, "root-ca-ldap-stalled", CLDAP)
    s.give_up(s.phone("credentials"))
    return no_root(s, "root-ca-ldap-stalled", shown_by=CLDAP, names=[s.ad])


@scenario("#11", "ldap-blocked", "the netlogon ping is answered, TCP 389 is not")
def ldap_blocked(s):
    """The domain controller answers the CLDAP ping, but the firewall drops TCP 389 (second variation: the port refuses). The root does not come and the
    phone refuses the registrar's certificate."""
    site(s)
    s.directory()
    s.listen(s.dc_ip, 389, Refuses() if s.second else Silent())
    s.give_up(s.phone("credentials"))
    return no_root(s, "root-ca-ldap-stalled", shown_by="tcp.dstport == 389 || cldap")


@scenario("B47", "ad-domain-not-hosted", "the domain controller does not host the domain that the phone asks for")
def ad_domain_not_hosted(s):
    """The ping asks for another domain than the controller's and gets an empty answer: the root does not come, and the phone refuses the registrar's
    certificate. In the second variation the phone has the root from before."""
    site(s)
    s.directory(hosts_domain=False, asked="branch." + s.ad)
    if s.second:
        s.sign_in(s.phone("credentials", roots=[s.root.certificate]))
        return known_already(s, "ad-domain-not-hosted", CLDAP, ["branch." + s.ad])
    s.give_up(s.phone("credentials"))
    return no_root(s, "ad-domain-not-hosted", shown_by=CLDAP, names=["branch." + s.ad])


@scenario("B48", "ldap-signing", "the domain controller wants signed LDAP")
def ldap_signing(s):
    """The bind is answered with strongerAuthRequired: the root does not come, and the phone refuses the registrar's certificate. In the second variation
    the phone has the root from before."""
    site(s)
    s.directory(signing=True)
    shown = "ldap.resultCode == 8"
    if s.second:
        s.sign_in(s.phone("credentials", roots=[s.root.certificate]))
        return known_already(s, "ldap-signing-required", shown, grade="proven")
    s.give_up(s.phone("credentials"))
    return no_root(s, "ldap-signing-required", "proven", shown)
