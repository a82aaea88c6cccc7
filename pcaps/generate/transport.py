"""Scenarios of TCP towards the registrar, and of what the phone does with its certificate."""

from expect import every_but, only
from network import Refuses, Silent
from story import candidate, failed, finding, scenario, signed_in

CERTIFICATE = "tls.handshake.type == 11"



@scenario("B33", "tcp-refused", "the registrar's port is closed")
def tcp_refused(s):
    """{target} answers every SYN on 5061 with RST."""
    s.good_dns()
    s.listen(s.sip_ip, 5061, Refuses())
    s.give_up(s.phone())
    return failed("pin", "connect", "tcp-refused", finding("tcp-refused", "error", "proven", [s.target], "tcp.flags.reset == 1"),
                  candidate(s.target, "sip-domain", True, "refused"), never=only("tcp-refused"))


@scenario("B34", "tcp-timeout", "a firewall drops the SYN to the registrar")
def tcp_timeout(s):
    """Nothing comes back from {target} on 5061: SYN, after some seconds again, and again."""
    s.good_dns()
    s.listen(s.sip_ip, 5061, Silent())
    s.give_up(s.phone())
    return failed("pin", "connect", "tcp-timeout",
                  finding("tcp-timeout", "error", names=[s.target], shown_by="tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 5061"),
                  candidate(s.target, "sip-domain", True, "timeout"), never=only("tcp-timeout"))


@scenario("B28", "tls-chain-untrusted", "the registrar's certificate comes from a CA that the phone was not given: alert unknown_ca")
def unknown_ca(s):
    """The phone has one root from the site (HTTP chain; in the second variation from the directory). The registrar's certificate is of another CA.
    The phone sends the alert unknown_ca."""
    s.good_dns()
    s.registrar(ca=s.strange_root)
    method = "credentials" if s.second else "pin"
    if s.second:
        s.directory()
    s.give_up(s.phone(method))
    return failed(method, "tls", "tls-chain-untrusted",
                  finding("tls-chain-untrusted", "error", "proven", [s.target], "tls.alert_message.desc == 48"),
                  candidate(s.target, "sip-domain", True, "tls-failed"), never=only("tls-chain-untrusted"))


@scenario("B25", "tls-cert-expired", "the registrar's certificate has expired")
def expired(s):
    """The certificate of {target} ended months ago. The phone sends the alert certificate_expired; in the second variation it only closes."""
    s.good_dns()
    s.registrar(until=s.day(-120))
    s.give_up(s.phone(rejects="fin" if s.second else "alert"))
    return failed("pin", "tls", "tls-cert-expired", finding("tls-cert-expired", "error", "proven", [s.target], CERTIFICATE),
                  candidate(s.target, "sip-domain", True, "tls-failed"), never=only("tls-cert-expired", "tls-cert-rejected"), may=["tls-cert-rejected"])


@scenario("B30", "tls-cert-rejected", "the phone closes after the certificate without a word")
def rejected(s):
    """Nothing is visibly wrong with the certificate of {target}: name, dates and issuer are good. The phone closes with FIN (second variation: RST)
    right after it, without an alert. Why is not in the packets."""
    s.good_dns()
    s.registrar()
    phone = s.phone(rejects="rst" if s.second else "fin")
    phone.dislikes = {s.target}
    s.give_up(phone)
    return failed("pin", "tls", "tls-cert-rejected", finding("tls-cert-rejected", "error", "strong", [s.target]),
                  candidate(s.target, "sip-domain", True, "tls-failed"), never=only("tls-cert-rejected", "tls-signature-algorithm"))


@scenario("B33", "second-address-works", "the registrar's name has two addresses, and only the second is alive")
def second_address_works(s):
    """{target} has two addresses. The first refuses (second variation: is silent); the phone dials the second and signs in."""
    s.good_dns()
    s.zone.forget(s.target).a(s.target, s.spare_ip, s.sip_ip)
    s.listen(s.spare_ip, 5061, Silent() if s.second else Refuses())
    s.registrar()
    s.sign_in(s.phone())
    code = "tcp-timeout" if s.second else "tcp-refused"
    return signed_in("pin", finding(code, ["warning", "info"], shown_by="ip.addr == %s" % s.spare_ip),
                     candidate(s.target, "sip-domain", True, "signed-in", "srv"), never=every_but(code))
