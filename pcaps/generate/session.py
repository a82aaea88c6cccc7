"""TCP and TLS of the simulated phone: a handshake that ends well, or by either end's refusal."""

import datetime

import tls
from link import Link
from network import Refuses, Silent

FACTORY_CLOCK = datetime.datetime(2006, 1, 1)


def split(name):
    return name.lower().rstrip(".").split(".")


def below(domain, server):
    """The server's name is the domain's or under it."""
    d, s = split(domain), split(server)
    return len(s) >= len(d) and s[len(s) - len(d):] == d


class Session(Link):
    """`rejects`: how it refuses a certificate: "alert" (the fitting one), "fin", "rst", or an alert's name."""

    def __init__(self, *link, roots=(), rejects="alert", split_records=0, **more):
        super().__init__(*link, **more)
        self.roots, self.rejects, self.split_records = list(roots), rejects, split_records
        self.clock_good, self.resume = True, {}
        self.dislikes = set()           # names whose good certificate it refuses all the same
        self.key_kinds = ("RSA 1024", "RSA 2048", "RSA 4096")
        self.signatures = ("sha1", "sha256")
        self.any_name = False           # does not look at names (a web client of older firmware)

    def handshake(self, name, address, port):
        """(connection, pair, "ok" | "refused" | "timeout" | "tls")."""
        server, conn = self.net.at(address, port), self.tcp(address, port)
        if isinstance(server, (Refuses, Silent)):
            refused = isinstance(server, Refuses)
            conn.refused(self.habits.rst_tries) if refused else conn.unanswered(self.habits.syn_waits, self.habits.syn_last)
            self.now = conn.now
            return conn, None, "refused" if refused else "timeout"
        conn.connect()
        if self.habits.old_hello and port != 443:
            return self.old_hello(conn, server)
        fault = self.fault(name, server.identity)
        by_openssl = self.rejects == "alert" and fault == "unknown_ca"
        context = tls.client_context(self.habits.tls_version, self.known_roots() if by_openssl else None, self.habits.ciphers, self.net.tickets)
        there = tls.server_context(server.identity, server.lowest, server.highest, server.ciphers, self.net.tickets,
                                   self.net.asks_back)
        session = None
        if (name, port) in self.resume and self.habits.resumes:
            there, context, session = self.resume[name, port]
        pair = tls.Pair(there, context, name if self.habits.sends_sni else None, session)
        finished = self.run(conn, pair, server, fault, by_openssl)
        if finished:
            self.resume[name, port] = (there, context, pair.session())
        self.now = conn.now + 0.02
        return conn, pair, "ok" if finished else "tls"

    def old_hello(self, conn, server):
        """SSL 2.0's form (RFC 5246, appendix E.2), refused."""
        suites = bytes.fromhex("00000400000500000a00002f000035010080")
        body = b"\x01\x03\x01" + len(suites).to_bytes(2, "big") + b"\0\0\0\x10" + suites + self.rng.randbytes(16)
        conn.pause(0.003)
        conn.send(True, (0x8000 | len(body)).to_bytes(2, "big") + body, note="tls")
        conn.pause(0.002)
        if server.resets:
            conn.reset(False)
        else:
            conn.send(False, tls.alert("handshake_failure"), note="tls")
            conn.finish(False)
        self.now = conn.now + 0.02
        return conn, None, "tls"

    def run(self, conn, pair, server, fault, by_openssl):
        """The flights on the wire, up to where one end gives up."""
        for index, (up, data) in enumerate(pair.flights()):
            if not up and (server.stops == "hello" or (server.stops == "late" and index > 2)):
                return self.stop(conn, server)
            no_name = index == 1 and server.unrecognized and not self.habits.sends_sni
            if no_name:
                data = tls.alert("unrecognized_name", self.habits.tls_version)
            if not up and server.resets and pair.failed is False:
                conn.reset(False)
                return False
            if up and index > 1 and fault and not by_openssl:
                return self.give_up(conn, fault)
            conn.pause(0.012 if up and index > 1 else 0.003)
            conn.send(up, tls.split_records(data, self.split_records) if self.split_records else data, note="tls")
            if no_name:
                conn.finish(False)
                return False
        if pair.failed is not None:
            conn.finish(pair.failed)
            return False
        return True

    def stop(self, conn, server):
        """Nobody refused anything, and the handshake does not get to its end."""
        if server.stops == "hello":
            conn.pause(20)
        else:
            conn.send(False, tls.alert("handshake_failure", self.habits.tls_version), note="tls")
        conn.finish(server.stops == "hello")
        return False

    def give_up(self, conn, fault):
        conn.pause(0.04)
        if self.rejects == "rst":
            conn.reset(True)
            return False
        if self.rejects != "fin":
            conn.send(True, tls.alert(fault if self.rejects == "alert" else self.rejects, self.habits.tls_version), note="tls")
        conn.finish(True)
        return False

    def close(self, conn, pair, up):
        conn.pause(0.05)
        data = pair.close_notify(up)
        if data:
            conn.send(up, data, note="tls")
        if self.habits.cuts_off and not up:
            conn.cut_off(up)
        else:
            conn.finish(up)
        self.now = conn.now

    def known_roots(self):
        return list({tls.der(c): c for c in self.roots}.values())

    def today(self):
        if not self.clock_good:
            return FACTORY_CLOCK
        return datetime.datetime.utcfromtimestamp(self.now + (self.net.ntp_offset or 0))

    def fault(self, name, identity):
        """What the phone holds against a certificate, as the alert it would send; None if it is good."""
        if identity.authority.root().certificate not in self.roots:
            return "unknown_ca"
        if not tls.day(identity.since) <= self.today() <= tls.day(identity.until):
            return "certificate_expired"
        if identity.key_kind not in self.key_kinds or identity.authority.signature not in self.signatures:
            return "unsupported_certificate"
        names = [n.lower() for n in identity.san or [identity.cn]]
        good = (name.lower() in names or self.any_name) and name.lower() not in self.dislikes
        return None if good else "bad_certificate"
