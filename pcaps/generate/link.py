"""The lower half of the simulated phone: LLDP, VLAN, lease, names, time, update, UC options."""

import messages as m
from network import ROUTER_MAC, SWITCH_MAC
from wire import BROADCAST, Host, Tcp, ip_octets, mac_octets

LLDP_MAC = "01:80:c2:00:00:0e"
EVERYBODY = Host(BROADCAST, "255.255.255.255")


class Link:
    """State that every step uses: the wire, the network, the clock, the address."""

    def __init__(self, wire, net, rng, mac, now, last_octet=57, mss=1460):
        self.wire, self.net, self.rng, self.mac, self.now, self.mss = wire, net, rng, mac, now, mss
        self.ip, self.vlan = "%s.%d" % (net.subnet, last_octet), None
        self.port, self.known = 49152 + rng.randrange(64), {}
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

    def tcp(self, address, port):
        return Tcp(self.wire, self.now, self.me(), self.fresh_port(), self.net.host(address), port, self.rng, self.vlan, self.mss)

    # -- step 1: LLDP --
    def lldp(self):
        if self.net.lldp:
            self.wire.ethernet(self.now, SWITCH_MAC, LLDP_MAC, 0x88CC, m.lldp_switch(SWITCH_MAC, "Gi1/0/7", self.net.vlan_lldp), note="lldp")
            shown = m.lldp_phone(self.mac, self.firmware_shown, self.maker, self.model)
            self.wire.ethernet(self.now + 0.4, self.mac, LLDP_MAC, 0x88CC, shown, note="lldp")
            self.wait(2.1)

    # -- steps 2 and 3: the lease --
    def boot(self):
        self.lldp()
        if self.net.vlan_lldp:
            self.vlan = self.net.vlan_lldp
        elif self.net.vlan_dhcp is not None:
            self.lease(vlan_answer=self.net.vlan_dhcp)
            self.release()
            self.vlan = self.net.vlan
        else:
            self.vlan = self.net.vlan
        return self.lease()

    def options(self, *more):
        return [(61, b"\x01" + mac_octets(self.mac)), (60, b"CPE-OCPHONE"), (55, bytes([1, 3, 6, 15, 42, 43, 44, 46, 47, 119]))] + list(more)

    def dhcp_out(self, payload, source="0.0.0.0", target=EVERYBODY):
        self.wire.udp(self.now, self.me(source), 68, target, 67, payload, self.vlan, "dhcp")

    def dhcp_in(self, after, payload, server=None):
        source = Host(ROUTER_MAC, self.net.subnet + ".1" if self.net.relayed else server or self.net.dhcp, 64)
        self.wire.udp(self.now + after, source, 67, self.me(), 68, payload, self.vlan, "dhcp")

    def relay(self):
        return self.net.subnet + ".1" if self.net.relayed else "0.0.0.0"

    def lease(self, vlan_answer=None):
        """DISCOVER to ACK; False if nobody offers."""
        xid = self.rng.randrange(1 << 32)
        if not self.net.leases:
            for wait in (4, 8, 16, 16):
                self.dhcp_out(m.dhcp(m.DISCOVER, xid, self.mac, self.options()))
                self.wait(wait)
            return False
        given = self.net.lease_options() + ([(43, vlan_answer)] if vlan_answer is not None else [])
        self.dhcp_out(m.dhcp(m.DISCOVER, xid, self.mac, self.options()))
        self.dhcp_in(0.011, m.dhcp(m.OFFER, xid, self.mac, given, yiaddr=self.ip, giaddr=self.relay()))
        self.wait(0.045)
        asked = [(50, ip_octets(self.ip)), (54, ip_octets(self.net.dhcp))]
        self.dhcp_out(m.dhcp(m.REQUEST, xid, self.mac, self.options(*asked)))
        self.dhcp_in(0.008, m.dhcp(m.DHCPACK, xid, self.mac, given, yiaddr=self.ip, giaddr=self.relay()))
        self.wait(0.03)
        self.wire.arp(self.now, self.me(), self.ip, vlan=self.vlan, probe=True)
        self.wait(1.0)
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
        """(rcode or None, records answered, records beside)."""
        server, port, ident = self.net.host(self.net.dns), self.fresh_port(), self.rng.randrange(1 << 16)
        answer = self.net.zone.answer(name, kind)
        question = m.dns_query(ident, name, kind)
        if answer is None:
            for wait in (1, 2, 4):
                self.udp_out(server, 53, port, question, "dns")
                self.wait(wait)
            return None, [], []
        self.udp_out(server, 53, port, question, "dns")
        after = 0.0011 + self.rng.random() * 0.002
        self.udp_in(after, server, 53, port, m.dns_answer(ident, name, kind, *answer), "dns")
        self.wait(after + 0.004)
        rcode, answers, _, beside = answer
        for record in answers + beside:
            if record[1] == "A":
                self.known.setdefault(record[0].lower(), []).append(record[3])
        return rcode, answers, beside

    def look_up(self, name, kind):
        """With the network's suffix where the name does not exist (step 10)."""
        rcode, answers, _ = self.ask(name, kind)
        if rcode == "NXDOMAIN" and self.net.domain_name:
            rcode, answers, _ = self.ask(name + "." + self.net.domain_name, kind)
        return answers

    def addresses(self, name):
        if name.lower() not in self.known:
            rcode, answers, _ = self.ask(name, "A")
            self.known[name.lower()] = [r[3] for r in answers if r[1] == "A"]
            if rcode == "NXDOMAIN" and self.net.domain_name:
                _, again, _ = self.ask(name + "." + self.net.domain_name, "A")
                self.known[name.lower()] += [r[3] for r in again if r[1] == "A"]
        return self.known[name.lower()]

    # -- step 6: time --
    def set_clock(self):
        """True if a server answered."""
        srv = self.look_up("_ntp._udp." + self.net.domain_name, "SRV")
        names = [r[3][3] for r in srv if r[1] == "SRV"] or ["time.windows.com"]
        found = self.addresses(names[0])
        if not found:
            return False
        server, port = self.net.host(found[0]), self.fresh_port()
        for _ in range(1 if self.net.ntp_offset is not None else 3):
            asked = m.ntp_client(self.now)
            self.udp_out(server, 123, port, asked, "ntp")
            if self.net.ntp_offset is not None:
                clock = self.now + 0.002 + self.net.ntp_offset
                self.udp_in(0.003, server, 123, port, m.ntp_server(asked, clock, self.net.ntp_stratum), "ntp")
                self.wait(0.2)
                return True
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
