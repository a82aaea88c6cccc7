"""The simulated phone: what it does with what the network tells it, from boot to a standing session or the next try.

Its rules are written from the domain reference, apart from dialtone's: the name check compares lists of labels.
"""

import messages as m
from network import SipServer, UpdateServer
from session import below
from web import Web

BUILT_IN = ("outlook.com", "lync.com")
SIZES = {"REGISTER": 560, "401": 720, "301": 510, "403": 480, "200": 690, "SUBSCRIBE": 640, "SERVICE": 600}


class Phone(Web):
    def __init__(self, wire, net, rng, mac, now, method="pin", habits=None, user="contoso.com", strict=True, **more):
        super().__init__(wire, net, rng, mac, now, habits, **more)
        self.method, self.user, self.strict = method, user, strict
        self.session = None
        self.remembered = None          # (name, address) of the last registrar
        self.direct = False             # dials it without asking DNS
        self.asked_for_registrar = False
        self.looked_up = None           # when the service records of the latest try had been asked for

    # -- the whole --
    def start(self, update=True, clock=True, habit=None):
        """Boot up to the sign-in screen."""
        if not self.boot(habit):
            return False
        self.wait(1.5)
        if self.habits.boot_srv and self.net.domain_name:
            self.look_up("_sipinternaltls._tcp." + self.net.domain_name)
        if update and self.net.domain_name:
            self.boot_update()
        if clock:
            self.clock_good = self.set_clock()
        self.wait(3)
        return True

    def boot_update(self):
        """Without a root it only asks for the name."""
        address = self.use("ucupdates-r2." + self.net.domain_name)
        if address and (self.roots or isinstance(self.net.at(address, 80), UpdateServer)):
            self.update()

    def sign_in(self, retries=None, pause=None, **provisioning):
        """True with a standing session in `self.session`."""
        if self.method == "pin":
            self.uc = self.inform()
            web = self.web_name()
            if not web or not self.fetch_chain(web) or not self.provision(web, **provisioning):
                return False
        elif self.method == "credentials" and self.net.directory:
            if self.habits.thorough:
                self.uc = self.inform()
                self.ask_directory()
                if not self.fetch_chain(self.web_name()) or not self.provision(self.web_name()):
                    return False
            else:
                self.ask_directory()
        for attempt in range(1 + (self.habits.retries if retries is None else retries)):
            if attempt:
                self.wait(pause or self.habits.pause)
                self.known = {} if self.habits.forgets else self.known
            if self.register():
                self.signed_in()
                return True
        return False

    def signed_in(self):
        """Step 15."""
        if self.habits.after and self.sts_web and self.addresses(self.sts_web):
            self.wait(0.8)
            self.web_session(self.sts_web, self.use(self.sts_web), [(500, 1200), (400, 700)])

    # -- steps 10 to 13 --
    def trusted(self, server):
        return not self.strict or any(below(domain, server) for domain in (self.user,) + BUILT_IN)

    def candidates(self):
        """(name, ports) in turn."""
        services = ["%s.%s" % (service, self.user) for service in self.habits.srv]
        out = []
        for records in self.look_up(*services):
            out += [(r[3][3], [r[3][2]]) for r in sorted((r for r in records if r[1] == "SRV"), key=lambda r: r[3])]
        if self.sip_name():
            out.insert(min(1, len(out)), (self.sip_name(), [5061]))
        return out + [("%s.%s" % (host, self.user), [443, 5061] if host == "sipexternal" else [5061]) for host in self.habits.hosts]

    def register(self):
        """Asks for every service record, then takes the candidates in turn."""
        if self.direct and self.remembered:
            return self.dial(*self.remembered, 5061)
        self.asked_for_registrar = True
        tried, candidates = set(), self.candidates()
        self.looked_up = self.now
        for name, _ in candidates if self.habits.names_first else []:
            self.addresses(name)
        for name, ports in candidates:
            trusted = self.trusted(name)
            if not trusted and not self.habits.looks_before_check:
                continue
            addresses = self.addresses(name) if name.lower() not in tried else []
            tried.add(name.lower())
            for address in addresses if trusted else []:
                if any(self.dial(name, address, port) for port in ports):
                    return True
        return bool(self.remembered) and self.dial(*self.remembered, 5061)

    def dial(self, name, address, port, redirected=False):
        if isinstance(self.net.at(address, port), SipServer):
            return self.dial_clear(name, address, port)
        conn, pair, result = self.handshake(name, address, port)
        if result != "ok":
            self.wait(1)
            return False
        server = self.net.at(address, port)
        self.exchange_sip(conn, pair, ["REGISTER", "401"])
        if self.method == "credentials" and self.habits.sts and self.sts_web and not redirected:
            self.provision(self.sts_web)
            conn.now = self.now
        self.exchange_sip(conn, pair, ["REGISTER"])
        if server.then.startswith("redirect:"):
            return self.redirected(conn, pair, server.then.split(":", 1)[1])
        if server.then == "reject":
            self.exchange_sip(conn, pair, ["403"])
            self.close(conn, pair, False)
            self.wait(2)
            return False
        self.exchange_sip(conn, pair, ["200", "SUBSCRIBE", "200", "SUBSCRIBE", "200", "SERVICE", "200"])
        self.session, self.now = (conn, pair), conn.now
        self.remembered = (name, address)
        return True

    def redirected(self, conn, pair, target):
        self.exchange_sip(conn, pair, ["301"])
        self.close(conn, pair, True)
        self.wait(0.2)
        found = self.addresses(target)
        follows = found and (self.trusted(target) or not self.net.distrusts_redirects)
        return bool(follows) and self.dial(target, found[0], 5061, redirected=True)

    def exchange_sip(self, conn, pair, messages):
        for message in messages:
            up = not message.isdigit()
            first = "%s sip:%s SIP/2.0\r\n" % (message, self.user) if up else "SIP/2.0 %s\r\n" % message
            conn.send(up, pair.write(up, m.filler(first, SIZES[message])), note="tls-data")
            conn.pause(0.03)
        self.now = conn.now

    def dial_clear(self, name, address, port):
        """SIP over TCP, readable."""
        server, conn = self.net.at(address, port), self.tcp(address, port)
        conn.connect()
        dialog = m.Dialog(self.user, self.ip, conn.ends[True][1], self.rng, "OCPhone/%s (Microsoft Lync Phone Edition)" % self.version, name)
        for up, octets in dialog.registration(server.accepts):
            conn.send(up, octets, note="sip")
            conn.pause(0.03)
        self.now = conn.now
        self.session = (conn, None) if server.accepts else None
        return server.accepts

    def stay(self, seconds):
        """Keep-alives on the standing session."""
        conn, pair = self.session
        end = self.now + seconds
        conn.now = max(conn.now, self.now)
        while conn.now + self.habits.keep_alive <= end:
            conn.now += self.habits.keep_alive
            for up, octets in ((True, b"\r\n\r\n"), (False, b"\r\n")):
                conn.send(up, pair.write(up, octets) if pair else octets, note="tls-data")
        self.now = max(end, conn.now)

    def hang_up(self, up=True):
        """Ends the standing session."""
        conn, pair = self.session
        conn.now = max(conn.now, self.now)
        self.close(conn, pair, up)
        self.session = None
