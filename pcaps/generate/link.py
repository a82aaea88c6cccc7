"""The lower half of the simulated phone: LLDP, VLAN, lease, names, time, UC options."""

import messages as m
from network import ROUTER_MAC, SWITCH_MAC
from wire import BROADCAST, Host, Tcp, ip_octets, mac_octets

LLDP_MAC = "01:80:c2:00:00:0e"
EVERYBODY = Host(BROADCAST, "255.255.255.255")
ASKED = bytes([1, 3, 6, 15, 42, 43, 44, 46, 47, 119])


class Link:
    """State that every step uses: the wire, the network, the clock, the address."""

    def __init__(self, wire, net, rng, mac, now, habits, mss=1460):
        self.wire, self.net, self.rng, self.mac, self.now, self.habits, self.mss = wire, net, rng, mac, now, habits, mss
        self.ip, self.vlan = "%s.%d" % (net.subnet, habits.octet), None
        self.port, self.known, self.dns_port, self.met = 49152 + rng.randrange(64), {}, 1024 + rng.randrange(4000), set()
        self.device_class, self.asked_options = b"CPE-OCPHONE", ASKED
        self.firmware_shown, self.maker, self.model = None, "Polycom", "CX600"

    # -- small things --
    def wait(self, seconds):
        self.now += seconds

    def me(self, ip=None):
        return Host(self.mac, ip or self.ip)

    def fresh_port(self):
        self.port += 1
        return self.port

    def udp_out(self, target, target_port, source_port, payload, note):
        self.wire.udp(self.now, self.me(), source_port, target, target_port, payload, self.vlan, note)

    def udp_in(self, after, source, source_port, target_port, payload, note):
        self.wire.udp(self.now + after, source, source_port, self.me(), target_port, payload, self.vlan, note)

    def meet(self, address):
        """ARP, where that host is in our own subnet and not yet known."""
        host = self.net.host(address)
        if host.mac != ROUTER_MAC and address not in self.met:
            self.met.add(address)
            self.wire.arp(self.now, self.me(), address, host.mac, vlan=self.vlan)
            self.wait(0.001)

    def tcp(self, address, port):
        self.meet(address)
        return Tcp(self.wire, self.now, self.me(), self.fresh_port(), self.net.host(address), port, self.rng, self.vlan, self.mss)

    # -- step 1: LLDP --
    def lldp(self):
        if self.net.lldp:
            self.wire.ethernet(self.now, SWITCH_MAC, LLDP_MAC, 0x88CC, m.lldp_switch(SWITCH_MAC, "Gi1/0/7", self.net.vlan_lldp), note="lldp")
            shown = m.lldp_phone(self.mac, self.firmware_shown, self.maker, self.model)
            self.wire.ethernet(self.now + 0.4, self.mac, LLDP_MAC, 0x88CC, shown, note="lldp")
            self.wait(2.1)

    # -- steps 2 and 3: the lease --
    def boot(self, habit=None):
        """True with a lease."""
        habit = habit or self.habits.boot
        self.lldp()
        if self.net.vlan_lldp:
            self.vlan = self.net.vlan_lldp
        elif self.net.vlan_dhcp is not None and habit == "discover":
            if not self.lease(vlan_answer=self.net.vlan_dhcp):
                return False
            self.release()
            self.vlan = self.net.vlan
        else:
            self.vlan = self.net.vlan
        if habit == "renew":
            return self.renew()
        return self.lease(reboot=habit == "reboot")

    def options(self, *more):
        return [(61, b"\x01" + mac_octets(self.mac)), (60, self.device_class), (55, self.asked_options)] + list(more)

    def dhcp_out(self, payload, source="0.0.0.0", target=EVERYBODY):
        self.wire.udp(self.now, self.me(source), 68, target, 67, payload, self.vlan, "dhcp")
        if self.net.relay_side and target is EVERYBODY:
            relayed = payload[:3] + b"\1" + payload[4:24] + ip_octets(self.relay()) + payload[28:]
            self.wire.udp(self.now + 0.0004, self.me(self.relay()), 67, self.net.host(self.net.dhcp), 67, relayed, self.vlan, "dhcp")

    def dhcp_in(self, after, payload):
        if self.net.relay_side:
            self.wire.udp(self.now + after - 0.0004, self.net.host(self.net.dhcp), 67, self.me(self.relay()), 67, payload, self.vlan, "dhcp")
            return
        source = Host(ROUTER_MAC, self.net.subnet + ".1", 64) if self.net.relayed else self.net.host(self.net.dhcp)
        self.wire.udp(self.now + after, source, 67, self.me(), 68, payload, self.vlan, "dhcp")

    def relay(self):
        return self.net.subnet + ".1" if self.net.relayed else "0.0.0.0"

    def gives_lease(self):
        """Which VLANs have a DHCP server is the network's; a list means only those."""
        return self.net.leases is True or (self.net.leases is not False and self.vlan in self.net.leases)

    def lease(self, vlan_answer=None, reboot=False):
        """DISCOVER to ACK (a REQUEST alone after a reboot); False if nobody gives one."""
        xid = self.rng.randrange(1 << 32)
        if not self.gives_lease():
            return self.no_lease(xid)
        given = self.net.lease_options() + ([(43, vlan_answer)] if vlan_answer is not None else self.net.lease_extra)
        if not reboot:
            self.dhcp_out(m.dhcp(m.DISCOVER, xid, self.mac, self.options()))
            self.dhcp_in(0.011, m.dhcp(m.OFFER, xid, self.mac, given, yiaddr=self.ip, giaddr=self.relay()))
            self.wait(0.045)
        asked = [(50, ip_octets(self.ip))] + ([] if reboot else [(54, ip_octets(self.net.dhcp))])
        self.dhcp_out(m.dhcp(m.REQUEST, xid, self.mac, self.options(*asked)))
        if self.net.refuses:
            self.dhcp_in(0.008, m.dhcp(m.NAK, xid, self.mac, [(54, ip_octets(self.net.dhcp)), (56, b"address not available")], giaddr=self.relay()))
            self.wait(10)
            return False
        self.dhcp_in(0.008, m.dhcp(m.DHCPACK, xid, self.mac, given, yiaddr=self.ip, giaddr=self.relay()))
        self.wait(0.03)
        self.wire.arp(self.now, self.me(), self.ip, vlan=self.vlan, probe=True)
        self.wait(1.0)
        self.wire.arp(self.now, self.me(), self.net.subnet + ".1", ROUTER_MAC, vlan=self.vlan)
        self.wait(0.2)
        return True

    def no_lease(self, xid):
        for wait in (4, 8, 16, 16):
            self.dhcp_out(m.dhcp(m.DISCOVER, xid, self.mac, self.options()))
            self.wait(wait)
        return False

    def renew(self):
        """It has run for hours: half of the lease is over."""
        server, xid = self.net.host(self.net.dhcp), self.rng.randrange(1 << 32)
        asked = m.dhcp(m.REQUEST, xid, self.mac, self.options(), ciaddr=self.ip)
        self.wire.udp(self.now, self.me(), 68, server, 67, asked, self.vlan, "dhcp")
        given = m.dhcp(m.DHCPACK, xid, self.mac, self.net.lease_options(), ciaddr=self.ip, yiaddr=self.ip)
        self.wire.udp(self.now + 0.004, server, 67, self.me(), 68, given, self.vlan, "dhcp")
        self.wait(0.5)
        self.wire.arp(self.now, self.me(), self.net.subnet + ".1", ROUTER_MAC, vlan=self.vlan)
        self.wait(0.2)
        return True

    def release(self):
        server = self.net.host(self.net.dhcp)
        out = m.dhcp(m.RELEASE, self.rng.randrange(1 << 32), self.mac, [(54, ip_octets(self.net.dhcp))], ciaddr=self.ip)
        self.wire.udp(self.now, self.me(), 68, server, 67, out, self.vlan, "dhcp")
        self.wait(1.2)

    # -- names --
    def ask(self, name, kind):
        """(rcode or None, records answered)."""
        return self.ask_all([name], kind)[0]

    def ask_all(self, names, kind):
        """The same of several names, asked together."""
        self.meet(self.net.dns)
        ports = [self.dns_port if self.habits.one_port else self.fresh_port() for _ in names]
        asked = [(name, port, self.rng.randrange(1 << 16), self.net.zone.answer(name, kind)) for name, port in zip(names, ports)]
        latest = 0
        for number, (name, port, ident, answer) in enumerate(asked):
            self.question(name, kind, port, ident, number * 0.0004)
            if answer is not None:
                latest = max(latest, self.answered(name, kind, port, ident, answer, number * 0.0004))
        silent = [one for one in asked if one[3] is None]
        if silent:
            self.ask_again(silent, kind)
        else:
            self.wait(latest + 0.004)
        for name, _, _, answer in asked:
            if name.lower() in self.net.zone.truncated and answer is not None:
                self.ask_by_tcp(name, kind, answer)
        return [self.note(answer) for _, _, _, answer in asked]

    def question(self, name, kind, port, ident, after=0):
        server = self.net.host(self.net.dns)
        self.wire.udp(self.now + after, self.me(), port, server, 53, m.dns_query(ident, name, kind, self.habits.edns), self.vlan, "dns")

    def answered(self, name, kind, port, ident, answer, after):
        """When the answer comes; a long one comes without records, to be asked for by TCP."""
        after += 0.0011 + self.rng.random() * 0.002
        cut = name.lower() in self.net.zone.truncated
        octets = m.dns_answer(ident, name, kind, answer[0], *([], [], []) if cut else answer[1:], truncated=cut, edns=self.habits.edns)
        self.udp_in(after, self.net.host(self.net.dns), 53, port, octets, "dns")
        return after

    def ask_again(self, silent, kind):
        waits = self.habits.dns_waits
        self.wait(waits[0])
        for wait in waits[1:]:
            for name, port, ident, _ in silent:
                self.question(name, kind, port, ident)
            self.wait(wait)

    def ask_by_tcp(self, name, kind, answer):
        conn, ident = self.tcp(self.net.dns, 53), self.rng.randrange(1 << 16)
        conn.connect()
        for up, octets in ((True, m.dns_query(ident, name, kind)), (False, m.dns_answer(ident, name, kind, *answer))):
            conn.send(up, len(octets).to_bytes(2, "big") + octets, note="dns")
        conn.finish(True)
        self.now = conn.now + 0.004

    def note(self, answer):
        """Keeps the addresses of an answer."""
        if answer is None:
            return None, []
        rcode, answers, _, beside = answer
        for record in answers + beside:
            if record[1] == "A" and record[3] not in self.known.setdefault(record[0].lower(), []):
                self.known[record[0].lower()].append(record[3])
        return rcode, answers

    def suffixes(self):
        """What a name that does not exist is asked again with (step 10)."""
        return list(dict.fromkeys(filter(None, [self.net.domain_name] + self.net.search))) if self.habits.suffixes else []

    def look_up(self, *names, kind="SRV"):
        """The records of each name, asked together where it is the phone's habit."""
        together = self.ask_all(names, kind) if self.habits.together else [self.look_up_one(name, kind) for name in names]
        for index, (rcode, _) in enumerate(together):
            if self.habits.together and rcode == "NXDOMAIN":
                together[index] = self.with_suffixes(names[index], kind)
        return [records for _, records in together]

    def look_up_one(self, name, kind):
        rcode, answers = self.ask(name, kind)
        return self.with_suffixes(name, kind) if rcode == "NXDOMAIN" else (rcode, answers)

    def with_suffixes(self, name, kind):
        for suffix in self.suffixes():
            rcode, answers = self.ask(name + "." + suffix, kind)
            if answers:
                return rcode, answers
        return "NXDOMAIN", []

    def addresses(self, name):
        key = name.lower()
        if key not in self.known:
            _, answers = self.look_up_one(name, "A")
            self.known[key] = [r[3] for r in answers if r[1] == "A"]
            if self.habits.asks_aaaa:
                self.ask(name, "AAAA")
        return self.known[key]

    # -- step 6: time --
    def set_clock(self):
        """True if a server answered."""
        if self.habits.clock_by == "option42" and self.net.time_server:
            found = [self.net.time_server]
        else:
            srv = self.look_up("_ntp._udp." + self.net.domain_name)[0] if self.net.domain_name else []
            names = [r[3][3] for r in srv if r[1] == "SRV"] or ["time.windows.com"]
            found = self.addresses(names[0])
        if not found:
            return False
        self.meet(found[0])
        server, port = self.net.host(found[0]), self.fresh_port()
        for _ in range(1 if self.net.ntp_offset is not None else 3):
            asked = m.ntp_client(self.now)
            self.udp_out(server, 123, port, asked, "ntp")
            if self.net.ntp_offset is not None:
                clock = self.now + 0.002 + self.net.ntp_offset
                self.udp_in(0.003, server, 123, port, m.ntp_server(asked, clock, self.net.ntp_stratum), "ntp")
                self.wait(0.2)
                return self.net.ntp_stratum > 0
            self.wait(5)
        return False

    # -- step 7: UC options --
    def inform(self):
        """The options that counted, {} if an answer had none, None if no answer came."""
        asked = [(61, b"\x01" + mac_octets(self.mac)), (60, b"MS-UC-Client"), (55, bytes([43, 120]))]
        xid = self.rng.randrange(1 << 32)
        answers = []
        if self.net.uc is not None:
            answers.append((self.net.dhcp, self.net.lease_options()[:1] + [(54, ip_octets(self.net.dhcp))] + list(self.net.uc.items())))
        if self.net.second_uc is not None:
            answers.append((self.net.second_responder, [(54, ip_octets(self.net.second_responder))] + list(self.net.second_uc.items())))
        for wait in (0.3,) if answers else (4, 8, 16):
            self.dhcp_out(m.dhcp(m.INFORM, xid, self.mac, asked, ciaddr=self.ip), self.ip)
            for index, (server, options) in enumerate(answers):
                source = self.net.host(server)
                self.wire.udp(self.now + 0.006 + index * 0.004, source, 67, self.me(), 68,
                              m.dhcp(m.DHCPACK, xid, self.mac, options, ciaddr=self.ip), self.vlan, "dhcp")
            self.wait(wait)
        return dict(answers[0][1]) if answers else None
