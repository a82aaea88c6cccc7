"""The simulated phone: what it does with what the network tells it, from boot to a standing session or the next try.

Its rules are written from the domain reference, apart from dialtone's: the name check compares lists of labels.
"""

import base64
import datetime

import messages as m
import tls
from link import Link
from network import HttpServer, Refuses, Silent, TlsServer

BUILT_IN = ("outlook.com", "lync.com")
CERTPROV = "/CertProv/CertProvisioningService.svc"
AD_SEARCH = "CN=Public Key Services,CN=Services,CN=Configuration,"


def split(name):
    return name.lower().rstrip(".").split(".")


def below(domain, server):
    """The server's name is the domain's or under it."""
    d, s = split(domain), split(server)
    return len(s) >= len(d) and s[len(s) - len(d):] == d


class Phone(Link):
    def __init__(self, wire, net, rng, mac, now, method="pin", user="contoso.com", strict=True, roots=(), rejects="alert", sends_sni=False,
                 looks_before_check=True, tls_version="1.0", srv=("_sipinternaltls._tcp", "_sip._tls"), hosts=("sipinternal", "sip", "sipexternal"),
                 split_records=0, **link):
        super().__init__(wire, net, rng, mac, now, **link)
        self.method, self.user, self.strict, self.roots, self.rejects = method, user, strict, list(roots), rejects
        self.sends_sni, self.looks_before_check, self.tls_version = sends_sni, looks_before_check, tls_version
        self.srv, self.hosts, self.split_records = srv, hosts, split_records
        self.uc, self.clock_good, self.session, self.resume = None, True, None, {}
        self.uc_ignored = False         # options that came are of no use
        self.dislikes = set()           # names whose good certificate it refuses all the same

    # -- the whole --
    def start(self, update=True, clock=True):
        """Boot up to the sign-in screen."""
        if not self.boot():
            return False
        self.wait(1.5)
        if update:
            self.update()
        if clock:
            self.clock_good = self.set_clock()
        self.wait(3)
        return True

    def sign_in(self, retries=1, pause=25, **provisioning):
        """True with a standing session in `self.session`."""
        if self.method == "pin":
            self.uc = self.inform()
            web = self.web_name()
            if not web or not self.fetch_chain(web) or not self.provision(web, **provisioning):
                return False
        elif self.method == "credentials" and self.net.directory:
            self.ask_directory()
        for attempt in range(1 + retries):
            if attempt:
                self.wait(pause)
                self.known = {}
            if self.register():
                return True
        return False

    # -- step 5: update --
    def update(self):
        found = self.addresses("ucupdates-r2." + self.net.domain_name)
        if found and isinstance(self.net.at(found[0], 443), TlsServer):
            self.web_session("ucupdates-r2." + self.net.domain_name, found[0], [(1500, 600)])

    # -- step 7 and 8 --
    def web_name(self):
        octets = (self.uc or {}).get(43)
        while octets and len(octets) > 2 and not self.uc_ignored:
            code, size = octets[0], octets[1]
            if code == 3 and size <= len(octets) - 2:
                return octets[2:2 + size].decode("latin-1")
            octets = octets[2 + size:]
        return None

    def sip_name(self):
        octets = (self.uc or {}).get(120, b"")
        if octets[:1] != b"\0":
            return None
        parts, at = [], 1
        while at < len(octets) and octets[at]:
            parts.append(octets[at + 1:at + 1 + octets[at]].decode())
            at += 1 + octets[at]
        return ".".join(parts)

    def fetch_chain(self, web):
        """Step 8a. True if the sign-in goes on."""
        for address in self.addresses(web)[:1]:
            server, conn = self.net.at(address, 80), self.tcp(address, 80)
            if not isinstance(server, HttpServer):
                conn.refused() if isinstance(server, Refuses) else conn.unanswered()
                self.now = conn.now
                return False
            conn.connect()
            conn.send(True, http_request(web, CERTPROV + "/anon"), note="http")
            conn.pause(0.02)
            conn.send(False, http_reply(server), note="http")
            conn.pause(0.1)
            conn.finish(True)
            self.now = conn.now + 0.2
            if server.status == 200:
                self.roots += [c for c in server.chain if c.subject == c.issuer]
            return server.status == 200
        return False

    def ask_directory(self):
        """Step 8b: locator, netlogon ping, bind, search."""
        dc = self.net.directory
        self.look_up("_ldap._tcp.dc._msdcs." + dc.domain, "SRV")
        if not self.addresses(dc.name):
            return
        server, port = self.net.host(dc.address), self.fresh_port()
        self.udp_out(server, 389, port, m.netlogon_query(dc.domain), "cldap")
        if not dc.answers_ping:
            self.wait(3)
            return
        value = m.entry(1, "", [("netlogon", [m.netlogon_value(dc.domain, dc.name)])]) if dc.hosts_domain else b""
        self.udp_in(0.002, server, 389, port, value + m.done(1), "cldap")
        self.wait(0.05)
        if dc.hosts_domain and not isinstance(self.net.at(dc.address, 389), (Silent, Refuses)):
            self.read_directory(dc)

    def read_directory(self, dc):
        conn = self.tcp(dc.address, 389)
        conn.connect()
        blob = b"NTLMSSP\0\x01\0\0\0" + bytes.fromhex("97b208e2") + bytes(16)
        conn.send(True, m.bind_request(2, blob), note="ldap")
        conn.pause(0.003)
        code, note = (8, "00002028: LdapErr: DSID-0C0901FC, comment: The server requires binds to turn on integrity checking") if dc.signing else (0, "")
        conn.send(False, m.done(2, code, note, tag=0x61), note="ldap")
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
        address = self.addresses(web)[0]
        exchanges = [(400, 900), (600, 800), (900, 700), (1100, 1200)] if accepted else [(400, 900), (600, 300)]
        return self.web_session(web, address, exchanges) and accepted

    def web_session(self, name, address, exchanges):
        conn, pair, result = self.handshake(name, address, 443)
        if result != "ok":
            return False
        for up, down in exchanges:
            conn.send(True, pair.write(True, filler("POST %s HTTP/1.1\r\nHost: %s\r\n" % (CERTPROV, name), up)), note="tls-data")
            conn.pause(0.06)
            conn.send(False, pair.write(False, filler("HTTP/1.1 200 OK\r\n", down)), note="tls-data")
            conn.pause(0.05)
        self.close(conn, pair, True)
        self.wait(0.3)
        return True

    # -- steps 10 to 13 --
    def trusted(self, server):
        return not self.strict or any(below(domain, server) for domain in (self.user,) + BUILT_IN)

    def register(self):
        """Asks for every service record, then takes the candidates in turn."""
        candidates = []
        for service in self.srv:
            records = [r[3] for r in self.look_up(service + "." + self.user, "SRV") if r[1] == "SRV"]
            candidates += [(target, [port]) for _, _, port, target in sorted(records)]
        if self.sip_name():
            candidates.insert(min(1, len(candidates)), (self.sip_name(), [5061]))
        candidates += [("%s.%s" % (host, self.user), [443, 5061] if host == "sipexternal" else [5061]) for host in self.hosts]
        tried = set()
        for name, ports in candidates:
            trusted = self.trusted(name)
            if not trusted and not self.looks_before_check:
                continue
            addresses = self.addresses(name) if name not in tried else []
            tried.add(name)
            for address in addresses if trusted else []:
                for port in ports:
                    if self.dial(name, address, port):
                        return True
        return False

    def dial(self, name, address, port, redirected=False):
        conn, pair, result = self.handshake(name, address, port)
        if result != "ok":
            self.wait(1)
            return False
        server = self.net.at(address, port)
        self.exchange_sip(conn, pair, ["REGISTER", "401", "REGISTER"])
        if server.then.startswith("redirect:"):
            self.exchange_sip(conn, pair, [None, "301"])
            self.close(conn, pair, True)
            target = server.then.split(":", 1)[1]
            self.wait(0.2)
            found = self.addresses(target)
            return bool(found) and self.dial(target, found[0], 5061, redirected=True)
        if server.then == "reject":
            self.exchange_sip(conn, pair, [None, "403"])
            self.close(conn, pair, False)
            self.wait(2)
            return False
        self.exchange_sip(conn, pair, [None, "200", "SUBSCRIBE", "200", "SUBSCRIBE", "200", "SERVICE", "200"])
        self.session, self.now = (conn, pair), conn.now
        return True

    def exchange_sip(self, conn, pair, messages):
        sizes = {"REGISTER": 560, "401": 720, "301": 510, "403": 480, "200": 690, "SUBSCRIBE": 640, "SERVICE": 600}
        for message in messages:
            if message is None:
                continue
            up = not message.isdigit()
            first = "%s sip:%s SIP/2.0\r\n" % (message, self.user) if up else "SIP/2.0 %s\r\n" % message
            conn.send(up, pair.write(up, filler(first, sizes[message])), note="tls-data")
            conn.pause(0.03)
        self.now = conn.now

    def stay(self, seconds, every=30):
        """Keep-alives on the standing session."""
        conn, pair = self.session
        end = self.now + seconds
        conn.now = max(conn.now, self.now)
        while conn.now + every <= end:
            conn.now += every
            conn.send(True, pair.write(True, b"\r\n\r\n"), note="tls-data")
            conn.send(False, pair.write(False, b"\r\n"), note="tls-data")
        self.now = max(end, conn.now)

    # -- TCP and TLS --
    def handshake(self, name, address, port):
        """(connection, pair, "ok" | "refused" | "timeout" | "tls")."""
        server, conn = self.net.at(address, port), self.tcp(address, port)
        if isinstance(server, (Refuses, Silent)):
            conn.refused() if isinstance(server, Refuses) else conn.unanswered()
            self.now = conn.now
            return conn, None, "refused" if isinstance(server, Refuses) else "timeout"
        conn.connect()
        fault = self.fault(name, server.identity)
        by_openssl = self.rejects == "alert" and fault in ("unknown_ca", "certificate_expired")
        context = tls.client_context(self.tls_version, self.known_roots() if by_openssl else None)
        sni = name if self.sends_sni else None
        there = tls.server_context(server.identity, server.lowest, server.highest, server.ciphers)
        session = None
        if (name, port) in self.resume:
            there, context, session = self.resume[name, port]
        pair = tls.Pair(there, context, sni, session)
        finished = self.run(conn, pair, server, fault, by_openssl)
        if finished:
            self.resume[name, port] = (there, context, pair.session())
        self.now = conn.now + 0.02
        return conn, pair, "ok" if finished else "tls"

    def run(self, conn, pair, server, fault, by_openssl):
        """The flights on the wire, up to where one end gives up."""
        for index, (up, data) in enumerate(pair.flights()):
            if index == 1 and server.unrecognized and not self.sends_sni:
                data = tls.alert("unrecognized_name")
            if not up and server.resets and pair.failed is False:
                conn.reset(False)
                return False
            if up and index > 1 and fault and not by_openssl:
                return self.give_up(conn, fault)
            conn.pause(0.012 if up and index > 1 else 0.003)
            conn.send(up, tls.split_records(data, self.split_records) if self.split_records else data, note="tls")
            if index == 1 and server.unrecognized and not self.sends_sni:
                conn.finish(False)
                return False
        if pair.failed is not None:
            conn.finish(pair.failed)
            return False
        return True

    def give_up(self, conn, fault):
        conn.pause(0.04)
        if self.rejects == "rst":
            conn.reset(True)
            return False
        if self.rejects != "fin":
            conn.send(True, tls.alert(fault if self.rejects == "alert" else self.rejects, self.tls_version), note="tls")
        conn.finish(True)
        return False

    def close(self, conn, pair, up):
        conn.pause(0.05)
        data = pair.close_notify(up)
        if data:
            conn.send(up, data, note="tls")
        conn.finish(up)
        self.now = conn.now

    def known_roots(self):
        return list({tls.der(c): c for c in self.roots}.values())

    def fault(self, name, identity):
        """What the phone holds against a certificate, as the alert it would send; None if it is good."""
        if identity.authority.root().certificate not in self.roots:
            return "unknown_ca"
        today = datetime.datetime.utcfromtimestamp(self.now + (self.net.ntp_offset or 0))
        if not self.clock_good:
            today = datetime.datetime(2008, 1, 1)
        if not tls.day(identity.since) <= today <= tls.day(identity.until):
            return "certificate_expired"
        names = identity.san or [identity.cn]
        good = name.lower() in [n.lower() for n in names] and name not in self.dislikes
        return None if good else "bad_certificate"

    # -- step 16 --
    def exchange(self, requests=2):
        """Autodiscover by service record, then by host name; True with a session to Exchange."""
        records = [r[3] for r in self.look_up("_autodiscover._tcp." + self.user, "SRV") if r[1] == "SRV"]
        for target in [r[3] for r in records] + ["autodiscover." + self.user]:
            found = self.addresses(target)
            if found and self.trusted(target):
                if self.web_session(target, found[0], [(900, 1500)] * requests):
                    return True
        return False


def filler(first, size):
    """Text of that size; nobody sees it but its length."""
    return (first.encode() + b"x" * size)[:size]


def http_request(host, path):
    body = (b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
            b'<GetRootCertificates xmlns="http://schemas.microsoft.com/OCS/AuthWebServices/"/></s:Body></s:Envelope>')
    head = "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % (path, host, len(body))
    return head.encode() + body


REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"}


def http_reply(server):
    kind, body = "text/html", b""
    if server.status == 200 and server.form == "p7b":
        kind, body = "application/x-pkcs7-certificates", tls.bundle(server.chain)
    elif server.status == 200:
        found = b"".join(b"<Certificate>" + base64.b64encode(tls.der(c)) + b"</Certificate>" for c in server.chain)
        kind = "application/soap+xml; charset=utf-8"
        body = (b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetRootCertificatesResponse '
                b'xmlns="http://schemas.microsoft.com/OCS/AuthWebServices/">' + found + b"</GetRootCertificatesResponse></s:Body></s:Envelope>")
    elif server.status >= 400:
        body = b"<html><body><h2>%d</h2></body></html>" % server.status
    where = "Location: %s\r\n" % server.location if server.location else ""
    head = "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nServer: Microsoft-IIS/8.0\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n"
    return (head % (server.status, REASONS[server.status], kind, where, len(body))).encode() + body
