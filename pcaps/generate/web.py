"""The web half of the simulated phone: update, root certificates by HTTP and from the directory, web ticket and certificate, Exchange."""

import base64

import messages as m
import tls
from network import HttpServer, Refuses, Silent, TlsServer, UpdateServer
from session import Session

CERTPROV = "/CertProv/CertProvisioningService.svc"
AD_SEARCH = "CN=Public Key Services,CN=Services,CN=Configuration,"
SIGNING = "00002028: LdapErr: DSID-0C0901FC, comment: The server requires binds to turn on integrity checking"


class Web(Session):
    def __init__(self, *link, **more):
        super().__init__(*link, **more)
        self.version = "4.0.7577.4444"
        self.sts_web = None             # the web services' name as the registrar tells it
        self.turn = 0                   # which address of a balanced name comes first
        self.uc, self.uc_ignored = None, False      # the UC options; ignored: they came and are of no use
        self.sip_ignored = False        # nor is option 120
        self.tries_https = False        # goes on to HTTPS where the chain could not be fetched

    def use(self, name):
        """The address to dial; the next one at each call where the name is balanced by DNS."""
        found = self.addresses(name)
        if found and name in self.net.balanced:
            self.turn += 1
            return found[(self.turn - 1) % len(found)]
        return found[0] if found else None

    # -- step 5: update --
    def update(self):
        """True if the service answered."""
        name = "ucupdates-r2." + self.net.domain_name
        address = self.use(name) if self.net.domain_name else None
        if not address:
            return False
        server = self.net.at(address, 80)
        if isinstance(server, UpdateServer):
            return self.clear_update(name, address, server)
        if not isinstance(self.net.at(address, 443), TlsServer):
            return False
        return self.web_session(name, address, [(1500, 600)])

    def clear_update(self, name, address, server):
        body = m.update_xml(self.mac, self.maker, self.model, self.version)
        image = server.image and "/RequestHandler/Files/UCPhone/%s/%s/CPE.nbt" % (self.model, server.image)
        told = b"<Response><Image>%s</Image></Response>" % (image.encode() if image else b"")
        self.http(name, address, m.http_request("POST", name, "/RequestHandler/ucdevice.upx", body, "text/xml", self.agent()),
                  m.http_reply(200, "text/xml", told))
        if image:
            self.wait(0.4)
            self.http(name, address, m.http_request("GET", name, image, agent=self.agent()),
                      m.http_reply(200, "application/octet-stream", self.rng.randbytes(2800)))
        return True

    def agent(self):
        return "Microsoft UCPhone Device (lcs_se_w14_rtm)"

    def http(self, name, address, request, reply):
        """One exchange on port 80."""
        conn = self.tcp(address, 80)
        conn.connect()
        conn.send(True, request, note="http")
        conn.pause(0.02)
        conn.send(False, reply, note="http")
        conn.pause(0.1)
        conn.finish(True)
        self.now = conn.now + 0.2

    # -- step 7 and 8 --
    def uc_part(self, wanted):
        """A sub-option of option 43; None where the list cannot be walked so far."""
        octets = (self.uc or {}).get(43)
        while octets and len(octets) > 2 and not self.uc_ignored:
            code, size = octets[0], octets[1]
            if code == wanted and size <= len(octets) - 2:
                return octets[2:2 + size]
            octets = octets[2 + size:]
        return None

    def web_name(self):
        web, path, scheme = self.uc_part(3), self.uc_part(5), self.uc_part(2)
        return web.decode("latin-1") if web and path and scheme and self.uc_part(1) == b"MS-UC-Client" else None

    def sip_name(self):
        octets = (self.uc or {}).get(120, b"")
        if octets[:1] != b"\0" or self.sip_ignored:
            return None
        parts, at = [], 1
        while at < len(octets) and octets[at]:
            parts.append(octets[at + 1:at + 1 + octets[at]].decode())
            at += 1 + octets[at]
        return ".".join(parts)

    def fetch_chain(self, web):
        """Step 8a. True if the sign-in goes on."""
        address = self.use(web)
        if not address:
            return False
        server = self.net.at(address, 80)
        if not isinstance(server, HttpServer):
            conn, refused = self.tcp(address, 80), isinstance(server, Refuses)
            conn.refused(self.habits.rst_tries) if refused else conn.unanswered(self.habits.syn_waits, self.habits.syn_last)
            self.now = conn.now
            return self.tries_https and self.web_session(web, address, [(400, 900)])
        request = m.http_request("POST", web, CERTPROV + "/anon", m.ROOT_REQUEST, "application/soap+xml; charset=utf-8")
        if self.habits.chain_by == "GET":
            request = m.http_request("GET", web, CERTPROV)
        self.http(web, address, request, chain_reply(server))
        if server.status == 200:
            self.roots += [c for c in server.chain if c.subject == c.issuer]
            return True
        return self.tries_https and self.web_session(web, address, [(400, 900)])

    def ask_directory(self):
        """Step 8b: locator, netlogon ping, bind, search."""
        dc = self.net.directory
        if not dc.located:
            self.look_up("_ldap._tcp.dc._msdcs." + dc.domain)
            return
        self.look_up("_ldap._tcp.dc._msdcs." + dc.domain)
        if not self.addresses(dc.name):
            return
        self.meet(dc.address)
        server, port = self.net.host(dc.address), self.fresh_port()
        for wait in (0,) if dc.answers_ping else (1, 2, 2):
            self.udp_out(server, 389, port, m.netlogon_query(dc.asked or dc.domain, self.habits.ldap_form), "cldap")
            self.wait(wait)
        if not dc.answers_ping:
            return
        value = m.entry(1, "", [("netlogon", [m.netlogon_value(dc.domain, dc.name)])]) if dc.hosts_domain else b""
        self.udp_in(0.002, server, 389, port, value + m.done(1), "cldap")
        self.wait(0.05)
        there = self.net.at(dc.address, 389)
        if dc.hosts_domain and isinstance(there, (Silent, Refuses)):
            self.stalled(dc, there)
        elif dc.hosts_domain:
            self.read_directory(dc)

    def stalled(self, dc, there):
        """The ping was answered, and no LDAP follows, or nobody listens there."""
        if not dc.dialled:
            return
        conn = self.tcp(dc.address, 389)
        conn.refused(self.habits.rst_tries) if isinstance(there, Refuses) else conn.unanswered(self.habits.syn_waits, self.habits.syn_last)
        self.now = conn.now

    def read_directory(self, dc):
        conn = self.tcp(dc.address, 389)
        conn.connect()
        blob = b"NTLMSSP\0\x01\0\0\0" + bytes.fromhex("97b208e2") + bytes(16)
        conn.send(True, m.bind_request(2, blob), note="ldap")
        conn.pause(0.003)
        conn.send(False, m.done(2, 8 if dc.signing else 0, SIGNING if dc.signing else "", tag=0x61), note="ldap")
        if not dc.signing:
            base = AD_SEARCH + ",".join("DC=" + part for part in dc.domain.split("."))
            conn.send(True, m.search(3, base, 2, m.equals("objectCategory", "certificationAuthority"), ["cACertificate"]), note="ldap")
            conn.pause(0.004)
            names = ["CN=%d,CN=Certification Authorities,%s" % (i, base) for i in range(len(dc.certificates))]
            found = b"".join(m.entry(3, n, [("cACertificate", [tls.der(c)])]) for n, c in zip(names, dc.certificates))
            conn.send(False, found + m.done(3), note="ldap")
            self.roots += dc.certificates
        conn.finish(True)
        self.now = conn.now + 0.1

    # -- step 9 --
    def provision(self, web, accepted=True):
        """Metadata, web ticket, certificate. A wrong PIN ends after the ticket."""
        exchanges = [(400, 900), (600, 800), (900, 700), (1100, 1200)] if accepted else [(400, 900), (600, 300)]
        for _ in range(2 if web in self.net.balanced else 1):
            address = self.use(web)
            if address and self.web_session(web, address, exchanges):
                return accepted
        return False

    def web_session(self, name, address, exchanges):
        conn, pair, result = self.handshake(name, address, 443)
        if result != "ok":
            return False
        for up, down in exchanges:
            conn.send(True, pair.write(True, m.filler("POST %s HTTP/1.1\r\nHost: %s\r\n" % (CERTPROV, name), up)), note="tls-data")
            conn.pause(0.06)
            conn.send(False, pair.write(False, m.filler("HTTP/1.1 200 OK\r\n", down)), note="tls-data")
            conn.pause(0.05)
        self.close(conn, pair, not self.habits.cuts_off)
        self.wait(0.3)
        return True

    # -- step 16 --
    def exchange(self, requests=2, domain=None):
        """Autodiscover by service record, then by host name; True with a session to Exchange."""
        domain = domain or self.user
        records = [r[3] for r in self.look_up("_autodiscover._tcp." + domain)[0] if r[1] == "SRV"]
        for target in [r[3] for r in records] + ["autodiscover." + domain]:
            found = self.addresses(target)
            if found and self.trusted(target):
                if self.web_session(target, found[0], [(900, 1500)] * requests):
                    return True
        return False


def chain_reply(server):
    """What the web services answer on port 80."""
    kind, body = "text/html", b""
    if server.status == 200 and server.form == "p7b":
        kind, body = "application/x-pkcs7-certificates", tls.bundle(server.chain)
    elif server.status == 200:
        kind = "application/soap+xml; charset=utf-8"
        body = m.ROOT_REPLY % b"".join(b"<Certificate>" + base64.b64encode(tls.der(c)) + b"</Certificate>" for c in server.chain)
    elif server.status >= 400:
        body = b"<html><body><h2>%d</h2></body></html>" % server.status
    return m.http_reply(server.status, kind, body, server.location, server.chunked and server.status == 200)
