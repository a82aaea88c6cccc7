"""The phone looks for its registrar and signs in: discovery, the name check, TLS, REGISTER (steps 10 to 14)."""

import os
import re

from .tls import Failed, Session
from . import trust

SERVICES = ("_sipinternaltls._tcp", "_sip._tls", "_sipinternal._tcp")
HOSTS = ("sipinternal", "sip", "sipexternal")
MOST_REDIRECTS = 3


def sip(method, user, name, sequence, call, *headers):
    text = ["%s sip:%s SIP/2.0" % (method, user.partition("@")[2]), "Via: SIP/2.0/TLS 0.0.0.0;branch=z9hG4bK%s" % os.urandom(6).hex(),
            "Max-Forwards: 70", "From: <sip:%s>;tag=%s;epid=0004f2" % (user, call[:10]), "To: <sip:%s>" % user, "Call-ID: " + call,
            "CSeq: %d %s" % (sequence, method), "Contact: <sip:0.0.0.0;transport=tls;ms-opaque=%s>" % call[:8],
            "User-Agent: CPE/4.0.7577.4444 OCPhone/4.0.7577.4444 (Microsoft Lync Phone Edition)",
            "Supported: gruu-10, adhoclist, msrtc-event-categories", "Allow-Events: presence", "ms-keep-alive: UAC;hop-hop=yes", "Event: registration",
            *headers, "Content-Length: 0"]
    return ("\r\n".join(text) + "\r\n\r\n").replace("0.0.0.0", name).encode()


class Registrar:
    def __init__(self, phone):
        self.phone, self.truth, self.settings = phone, phone.truth, phone.settings
        self.session = self.sts = None
        self.sequence, self.discovery = 0, []

    # -- discovery --
    def candidates(self):
        """(source, query, server, port) in the phone's order; asks for every service before it dials. Fills `discovery` with what DNS said."""
        out, domain = [], self.phone.domain
        for service in self.settings["services"]:
            query = "%s.%s" % (service, domain)
            targets, result = self.phone.resolver.service(query)
            self.discovery.append(result)
            out += [("srv", query, target, port) for target, port in targets]
        if self.phone.option120:
            place = 0 if self.settings["option120_first"] else len(out)
            out.insert(place, ("dhcp120", None, self.phone.option120, 5061))
        return out + [("host", "%s.%s" % (host, domain), "%s.%s" % (host, domain), 443 if host == "sipexternal" else 5061) for host in self.settings["hosts"]]

    def sign_in(self):
        """True with a standing session."""
        for turn in range(1 + self.settings["retries"]):
            if turn:
                self.phone.wait(self.settings["pause"])
                self.phone.resolver.known.clear()
            if self.one_round():
                return True
        return self.cached()

    def one_round(self):
        tried = set()
        for source, query, server, port in self.candidates():
            why = trust.why_trusted(self.phone.domain, server)
            entry = self.truth.candidate(source, query, server, port, why, checked=self.phone.strict)
            if self.phone.strict and not why:
                entry["result"] = "passed over"
            elif (server.lower(), port) in tried:
                entry["result"] = "tried already"
            elif self.dial_name(entry, server, port):
                return True
            tried.add((server.lower(), port))
        return False

    def cached(self):
        """The registrar of the last sign-in, where neither DNS nor DHCP led anywhere (MS-LOGON)."""
        last = self.settings["cached_registrar"]
        if not last:
            return False
        entry = self.truth.candidate("cache", None, last["name"], 5061, trust.why_trusted(self.phone.domain, last["name"]), checked=False)
        return self.dial(entry, last["name"], last["address"], 5061, 0)

    # -- dialling --
    def dial_name(self, entry, server, port, redirects=0):
        addresses = self.phone.resolver.addresses(server)
        if not addresses:
            entry["result"] = "unresolved"
            return False
        return any(self.dial(entry, server, address, port, redirects) for address in addresses)

    def dial(self, entry, server, address, port, redirects):
        entry["dialled"] = True
        entry.setdefault("addresses", []).append(address)
        try:
            session = Session(server, address, port, self.phone)
        except Failed as wrong:
            entry["result"], entry["objections"] = wrong.why, wrong.objections
            self.truth.event("tls", wrong.why, server=server, address=address, objections=wrong.objections)
            return False
        self.truth.event("tls", "up", server=server, address=address)
        try:
            return self.register(entry, session, server, redirects)
        except Failed as wrong:
            entry["result"] = wrong.why
            return False

    def register(self, entry, session, server, redirects):
        call, user = os.urandom(12).hex(), self.settings["user"]
        status, answer = self.ask(session, "REGISTER", user, server, call)
        if status == 401:
            self.provision_by(answer)
            proof = 'Authorization: TLS-DSK qop="auth", realm="SIP Communications Service", gssapi-data="%s"' % os.urandom(300).hex()
            status, answer = self.ask(session, "REGISTER", user, server, call, proof)
        self.truth.event("register", str(status), server=server)
        entry["result"] = str(status)
        if status == 200:
            self.session = session
            for _ in range(3):
                self.ask(session, "SUBSCRIBE", user, server, call)
            return True
        session.close()
        contact = re.search(r"(?mi)^contact:.*sip:([^:;>]+)", answer)
        return status in (301, 302) and bool(contact) and self.redirected(contact[1], redirects)

    def redirected(self, target, redirects):
        """A target that a trusted server names (reference 3.6): followed by name or not, as the phone is set."""
        why = trust.why_trusted(self.phone.domain, target)
        entry = self.truth.candidate("redirect", None, target, 5061, why, checked=self.settings["checks_redirects"])
        if redirects >= MOST_REDIRECTS or (self.settings["checks_redirects"] and not why):
            entry["result"] = "passed over"
            return False
        return self.dial_name(entry, target, 5061, redirects + 1)

    def provision_by(self, answer):
        """With credentials the registrar itself tells where certificates are to be had."""
        web = re.search(r'sts-uri="https://([^:/"]+)', answer)
        if self.settings["method"] == "credentials" and web and not self.sts:
            self.sts = web[1]
            self.phone.web.provision(self.sts)

    def ask(self, session, method, user, server, call, *headers):
        """(status, head) of the answer."""
        self.sequence += 1
        session.write(sip(method, user, server, self.sequence, call, *headers))
        text = b""
        while b"\r\n\r\n" not in text:
            text += session.read()
        head = text.decode("utf-8", "replace")
        return int(head.split()[1]), head

    def keep_alive(self):
        self.session.write(b"\r\n\r\n")
