"""Scenarios of TCP and TLS towards the registrar."""

from naming import NAMING, TLS, give_up
from network import Refuses, Silent
from story import candidate, failed, finding, scenario

CERTIFICATE = "tls.handshake.type == 11"


def others(*codes):
    """The TLS findings that must not stand beside these."""
    return tuple(c for c in TLS + ("tls-cert-expired", "tls-wildcard", "tls-version-or-cipher", "tls-cert-not-yet-valid") if c not in codes)


@scenario("B33", "tcp-refused", "the registrar's port is closed")
def tcp_refused(s):
    """{sip} answers every SYN on 5061 with RST."""
    s.good_dns()
    s.listen(s.sip_ip, 5061, Refuses())
    give_up(s, s.phone())
    return failed("pin", "connect", "tcp-refused", finding("tcp-refused", "error", "proven", [s.sip], "tcp.flags.reset == 1"),
                  candidate(s.sip, "sip-domain", True, "refused"), never=NAMING + TLS + ("tcp-timeout",))


@scenario("B34", "tcp-timeout", "a firewall drops the SYN to the registrar")
def tcp_timeout(s):
    """Nothing comes back from {sip} on 5061: SYN, after 3 s again, after 6 s again."""
    s.good_dns()
    s.listen(s.sip_ip, 5061, Silent())
    give_up(s, s.phone())
    return failed("pin", "connect", "tcp-timeout",
                  finding("tcp-timeout", "error", names=[s.sip], shown_by="tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 5061"),
                  candidate(s.sip, "sip-domain", True, "timeout"), never=NAMING + TLS + ("tcp-refused",))


@scenario("B28", "tls-chain-untrusted", "the registrar's certificate comes from a CA that the phone was not given: alert unknown_ca")
def unknown_ca(s):
    """The phone has one root from the site (HTTP chain; in the second variation from the directory). The registrar's certificate is of another CA.
    The phone sends the alert unknown_ca."""
    s.good_dns()
    s.registrar(root=s.strange_root)
    method = "credentials" if s.second else "pin"
    if s.second:
        s.directory()
    give_up(s, s.phone(method))
    return failed(method, "tls", "tls-chain-untrusted",
                  finding("tls-chain-untrusted", "error", "proven", [s.sip], "tls.alert_message.desc == 48"),
                  candidate(s.sip, "sip-domain", True, "tls-failed"), never=NAMING + others("tls-chain-untrusted"))


@scenario("B25", "tls-cert-expired", "the registrar's certificate has expired")
def expired(s):
    """The certificate of {sip} ended in May 2014. The phone sends the alert certificate_expired; in the second variation it only closes."""
    s.good_dns()
    s.registrar(since="2012-05-01", until="2014-05-01")
    give_up(s, s.phone(rejects="fin" if s.second else "alert"))
    return failed("pin", "tls", "tls-cert-expired", finding("tls-cert-expired", "error", "proven", [s.sip], CERTIFICATE),
                  candidate(s.sip, "sip-domain", True, "tls-failed"), never=NAMING + others("tls-cert-expired", "tls-cert-rejected"))


@scenario("B30", "tls-cert-rejected", "the phone closes after the certificate without a word")
def rejected(s):
    """Nothing is visibly wrong with the certificate of {sip}: name, dates and issuer are good. The phone closes with FIN (second variation: RST)
    right after it, without an alert. Why is not in the packets."""
    s.good_dns()
    s.registrar()
    phone = s.phone(rejects="rst" if s.second else "fin")
    phone.dislikes = {s.sip}
    give_up(s, phone)
    return failed("pin", "tls", "tls-cert-rejected", finding("tls-cert-rejected", "error", "strong", [s.sip]),
                  candidate(s.sip, "sip-domain", True, "tls-failed"), never=NAMING + others("tls-cert-rejected"))
