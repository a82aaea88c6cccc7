"""The phone as a web client: the chain in clear, certificate provisioning and Exchange in TLS. Requests are as long as real ones, their bodies are not real."""

import base64
import re

from cryptography import x509

from .tls import Failed, Session, connect

CERTPROV = "/CertProv/CertProvisioningService.svc"
TICKET = "/WebTicket/WebTicketService.svc"
AGENT = "Microsoft UCPhone Device"


def request(method, host, path, body=b"", **headers):
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: " + host, "User-Agent: " + AGENT]
    lines += ["%s: %s" % (name.replace("_", "-"), value) for name, value in headers.items()]
    lines += ["Content-Length: %d" % len(body)] if body else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def envelope(inner):
    return b'<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>' + inner + b"</s:Body></s:Envelope>"


def response(read):
    """(status, body) of one answer that says how long it is; `read` gives more octets, or none at the end."""
    octets = b""
    while b"\r\n\r\n" not in octets:
        more = read()
        if not more:
            raise Failed("closed")
        octets += more
    head, _, body = octets.partition(b"\r\n\r\n")
    size = re.search(rb"(?mi)^content-length: *(\d+)", head)
    while size and len(body) < int(size[1]):
        more = read()
        if not more:
            raise Failed("closed")
        body += more
    return int(head.split()[1]), body


def certificates_in(body):
    found = re.findall(rb"<Certificate>([A-Za-z0-9+/=\s]+)</Certificate>", body)
    return [x509.load_der_x509_certificate(base64.b64decode(text)) for text in found]


class Web:
    def __init__(self, phone):
        self.phone, self.truth, self.settings = phone, phone.truth, phone.settings

    def address(self, name):
        found = self.phone.resolver.addresses(name)
        return found[0] if found else None

    def fetch_chain(self, name):
        """Step 8a. None, or why there is no chain."""
        address = self.address(name)
        if not address:
            self.truth.event("chain", "unresolved", host=name)
            return "unresolved"
        try:
            status, body = self.exchange_in_clear(name, address)
        except Failed as wrong:
            self.truth.event("chain", wrong.why, host=name)
            return wrong.why
        found = certificates_in(body) if status == 200 else []
        self.phone.roots += found
        self.truth.event("chain", str(status), host=name, certificates=len(found))
        return None if found else str(status)

    def exchange_in_clear(self, name, address):
        sock = connect(address, 80, self.settings)
        body = envelope(b"<GetRootCertChains/>")
        try:
            sock.sendall(request("POST", name, CERTPROV, body, Content_Type="application/soap+xml; charset=utf-8"))
            return response(lambda: sock.recv(65536))
        except OSError:
            raise Failed("reset") from None
        finally:
            sock.close()

    def in_tls(self, step, name, port, requests):
        """One session a request, as the phone does it; None, or why it went wrong."""
        address = self.address(name)
        if not address:
            self.truth.event(step, "unresolved", host=name)
            return "unresolved"
        for what in requests:
            try:
                session = Session(name, address, port, self.phone)
                session.write(what)
                status, _ = response(session.read)
                session.close()
            except Failed as wrong:
                self.truth.event(step, wrong.why, host=name, objections=wrong.objections)
                return wrong.why
            self.truth.event(step, str(status), host=name)
            if status != 200:
                return str(status)
        return None

    def provision(self, name, port=443):
        """Step 9: metadata, web ticket, certificate."""
        ticket = envelope(b"<RequestSecurityToken>" + b"x" * 700 + b"</RequestSecurityToken>")
        signing = envelope(b"<GetAndPublishCert>" + b"x" * 1500 + b"</GetAndPublishCert>")
        return self.in_tls("provision", name, port, [
            request("GET", name, CERTPROV + "/mex"),
            request("POST", name, TICKET, ticket, Content_Type="text/xml; charset=utf-8"),
            request("POST", name, CERTPROV, signing, Content_Type="text/xml; charset=utf-8")])

    def autodiscover(self, domain):
        """Step 16: by service record, then by host name; only trusted names are dialled."""
        targets, _ = self.phone.resolver.service("_autodiscover._tcp." + domain)
        for name in [target for target, _ in targets] + ["autodiscover." + domain]:
            trusted = self.phone.trusts(name)
            entry = self.truth.exchange(name, bool(trusted))
            if not trusted:
                entry["result"] = "passed over"
                continue
            if not self.address(name):
                entry["result"] = "unresolved"
                continue
            entry["dialled"] = True
            post = request("POST", name, "/autodiscover/autodiscover.xml", b"<Autodiscover/>" + b" " * 600, Content_Type="text/xml")
            entry["result"] = self.in_tls("exchange", name, 443, [post]) or "ok"
            if entry["result"] == "ok":
                return
