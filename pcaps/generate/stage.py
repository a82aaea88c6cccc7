"""The stage of a story: a site that works, a wire with a mirror port, and phones."""

import datetime
import random
import zlib
from dataclasses import replace

import damage
import messages as m
import setting as settings
from expect import candidate, only, signed_in
from network import ROUTER_MAC, DomainController, HttpServer, Network, TlsServer, Zone, uc_options
from phone import Phone
from tls import Authority, Identity
from wire import BROADCAST, Host, Wire


class Stage:
    """`second` is the second variation: other names and habits, and often another turn of the story."""

    def __init__(self, name, setting, seed):
        self.name, self.setting, self.second = name, setting, setting.second
        self.rng = random.Random(zlib.crc32(("%s/%s" % (seed, name)).encode()))
        self.start = setting.start.timestamp()
        self.wire = Wire(padded=setting.padded, stamps=setting.stamps)
        self.phones, self.others, self.args, self.extra = [], {}, [], {}
        self.oui, self.maker, self.model = setting.maker
        self.mac = "%s:%02x:%02x:%02x" % (self.oui, *[self.rng.randrange(1, 255) for _ in range(3)])
        self.habits = setting.phone
        self.write = {}                 # how the file is written: files.write()
        self.changes = []               # what happens to the whole wire at last: tunnels, fragments, loss
        self.facts, self.tells_domain = {}, True    # what must be said of a phone beside its attempts
        self.make_names()
        self.make_authorities()
        self.make_network()

    def make_names(self):
        s, servers = self.setting, self.setting.servers
        self.domain, self.ad, self.hoster, self.other, self.subnet = s.domain, s.ad, s.hoster, s.other, s.subnet
        self.sip, self.target = "%s.%s" % (s.sip_host, s.domain), "%s.%s" % (s.target_host, s.domain)
        self.web = "%s.%s" % (s.web_host, s.ad if s.web_in == "ad" else s.domain)
        self.pool, self.foreign = "pool01." + s.ad, "%s.%s" % (s.foreign_host, s.hoster)
        self.dc_ip, self.sip_ip, self.pool_ip, self.web_ip = ("%s.%d" % (servers, n) for n in (10, 30, 31, 35))
        self.spare_ip, self.exchange_ip, self.foreign_ip = servers + ".44", servers + ".50", s.outside + ".40"
        self.network_domain = {"ad": s.ad, "sip": s.domain, "none": ""}[s.network_in]

    def make_authorities(self):
        short, signature = self.domain.split(".")[-2].title(), self.setting.signature
        self.root = Authority("CN=%s Root CA, O=%s" % (short, self.domain), signature=signature)
        self.ca = self.root
        if self.setting.tiers == 2:
            self.ca = Authority("CN=%s Issuing CA 1, O=%s" % (short, self.domain), self.root, signature, number=8)
        self.strange_root = Authority("CN=Corporate Issuing 2, O=Other", signature=signature, number=9)

    def make_network(self):
        s = self.setting
        self.zone = Zone(s.additional, s.authority, s.missing)
        self.absent = "dns.flags.rcode == 3" if s.missing == "NXDOMAIN" else "dns.flags.response == 1 && dns.count.answers == 0"
        self.zone.a(self.web, self.web_ip)
        if self.network_domain:
            self.zone.a("time." + self.ad, self.dc_ip).srv("_ntp._udp." + self.network_domain, "time." + self.ad, 123)
        else:
            self.zone.a("time.windows.com", s.outside + ".123")
        self.net = Network(self.zone, subnet=s.subnet, dns=self.dc_ip, dhcp=self.dc_ip, domain_name=self.network_domain, style=s.style,
                           relayed=s.relayed, flat=s.flat, time_server=self.dc_ip if s.phone.clock_by == "option42" else "",
                           uc=uc_options(self.web, self.sip), second_responder=self.pool_ip)
        self.net.tickets, self.net.asks_back = s.tickets, s.asks_back
        names = [self.web]
        if s.publishes_update and self.network_domain:
            names.append("ucupdates-r2." + self.network_domain)
            self.zone.a(names[1], self.web_ip)
        self.listen(self.web_ip, 80, HttpServer([self.root.certificate] + [self.ca.certificate] * (s.tiers - 1), form=s.chain_form, chunked=s.chunked))
        self.listen(self.web_ip, 443, TlsServer(self.identity(*names), "web"))
        if "vlan-lldp" in s.mirror:
            self.net.vlan_lldp = s.voice_vlan
        elif "vlan-dhcp" in s.mirror:
            self.vlan_by_dhcp(s.voice_vlan)

    # -- the site --
    def change(self, **setting):
        """A story that needs its network otherwise says so first."""
        self.setting = settings.plain(self.setting, **setting)
        self.habits = self.setting.phone
        self.make_names()
        self.make_authorities()
        self.make_network()

    def change_habits(self, **habits):
        """A story that needs its phone otherwise."""
        self.habits = replace(self.habits, **habits)

    def quiet(self):
        """Nothing that the mirror adds; the story is about the capture itself."""
        self.without(*settings.MIRROR)

    def before(self, time):
        """The capture ends here."""
        self.changes.append(lambda wire: damage.lose(wire, lambda f: f.time >= time))

    def since(self, time):
        """The capture begins here."""
        self.changes.append(lambda wire: damage.lose(wire, lambda f: f.time < time))

    def without(self, *habits):
        """This story does not go with these habits of a capture."""
        self.setting = replace(self.setting, mirror=tuple(h for h in self.setting.mirror if h not in habits))
        if "vlan-lldp" in habits or "vlan-dhcp" in habits:
            self.net.vlan_lldp, self.net.vlan_dhcp, self.net.vlan = None, None, None

    def vlan_by_dhcp(self, vlan):
        number = vlan.to_bytes(2, "big")
        self.net.vlan_dhcp = self.rng.choice([b"\x0a\x02" + number, b"\x0a\x04\0\0" + number, b"\x0a%c%d" % (len(str(vlan)), vlan)])
        self.net.vlan = vlan

    def day(self, days):
        """A date so many days after the story."""
        return (datetime.datetime.utcfromtimestamp(self.start) + datetime.timedelta(days=days)).strftime("%Y-%m-%d")

    def identity(self, *san, ca=None, since=None, until=None, **more):
        return Identity(ca or self.ca, san, since=since or self.day(-500), until=until or self.day(400), **more)

    def listen(self, ip, port, server):
        self.net.listen[ip, port] = server

    def registrar(self, *san, ip=None, port=5061, ca=None, then="registrar", tls=None, **identity):
        """A registrar whose certificate bears these names (the good target's and the host record's if none is given)."""
        names = san or dict.fromkeys([self.target, self.sip])
        server = TlsServer(self.identity(*names, ca=ca, **identity), then, **(tls or {}))
        self.listen(ip or self.sip_ip, port, server)
        return server

    def srv(self, target, port=5061, service="_sipinternaltls._tcp", domain=None, **more):
        self.zone.srv("%s.%s" % (service, domain or self.domain), target, port, **more)

    def good_dns(self):
        self.srv(self.target)
        self.zone.a(self.target, self.sip_ip)

    def directory(self, *certificates, **more):
        """A domain controller that publishes these roots (the site's own if none)."""
        dc = DomainController(self.ad, "dc1." + self.ad, self.dc_ip, list(certificates) or [self.root.certificate], **more)
        self.zone.a(dc.name, dc.address).srv("_ldap._tcp.dc._msdcs." + self.ad, dc.name, 389)
        self.listen(self.dc_ip, 389, dc)
        self.net.directory = dc
        return dc

    # -- the phone --
    def phone(self, method="pin", mac=None, now=None, **more):
        mirror = self.setting.mirror
        if "records" in mirror:
            more.setdefault("split_records", 500)
        if "small" in mirror or "large" in mirror:
            more.setdefault("mss", 536 if "small" in mirror else 4344)
        habits = replace(self.habits, **{key: more.pop(key) for key in list(more) if key in settings.Habits.__dataclass_fields__})
        more["user"] = settings.typed(more.get("user", self.domain), habits.spelling)
        if method == "cached":
            more.setdefault("roots", [self.root.certificate])
        phone = Phone(self.wire, more.pop("net", self.net), self.rng, mac or self.mac, self.start if now is None else now, method, habits, **more)
        phone.maker, phone.model, phone.sts_web = self.maker, self.model, self.web
        self.phones.append(phone)
        return phone

    def another_mac(self, oui=None):
        return "%s:%02x:%02x:%02x" % (oui or self.oui, *[self.rng.randrange(1, 255) for _ in range(3)])

    def typed(self, phone, seconds=None):
        """The user types."""
        phone.wait(seconds or phone.habits.typing)
        return phone

    def idle(self, phone, seconds=60):
        """Nothing but the neighbourhood: the capture goes on after the last try."""
        for _ in range(int(seconds // 15)):
            phone.wait(15)
            self.wire.arp(phone.now, phone.me(), self.subnet + ".1", ROUTER_MAC, vlan=phone.vlan)

    def give_up(self, phone, boot=True, **more):
        """A sign-in that does not work, and the time after it."""
        if boot:
            phone.start()
        self.typed(phone)
        assert not phone.sign_in(**more), self.name
        self.idle(phone)

    def pin_twice(self, phone):
        """A PIN sign-in that stops before the registrar; the user tries it again."""
        phone.start()
        for _ in range(2):
            self.typed(phone)
            assert not phone.sign_in(), self.name
        self.idle(phone)

    def sign_in(self, phone, stay=100, boot=True, **more):
        if boot:
            phone.start()
        self.typed(phone)
        assert phone.sign_in(**more), self.name
        phone.stay(stay)

    # -- around the phone --
    def vlan(self):
        return self.net.vlan_lldp if self.net.vlan_lldp else self.net.vlan

    def crowd(self):
        """Desktop PCs: ARP, DHCP, and a Windows INFORM of their own class."""
        times = [f.time for f in self.wire.frames]
        first, last = min(times), max(times)
        for number in range(6):
            pc = Host("3c:97:0e:5a:01:%02x" % number, "%s.%d" % (self.subnet, 210 + number))
            when = first + (last - first) * self.rng.random()
            self.wire.arp(when, pc, "%s.%d" % (self.subnet, 1 + number), vlan=self.vlan())
            if number % 3 == 0:
                options = [(61, b"\x01" + bytes(6)), (12, b"PC-%d" % number), (60, b"MSFT 5.0"), (55, bytes([1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 43]))]
                payload = m.dhcp(m.INFORM, self.rng.randrange(1 << 32), pc.mac, options, ciaddr=pc.ip)
                self.wire.udp(min(when + 2, last), pc, 68, Host(BROADCAST, "255.255.255.255"), 67, payload, self.vlan(), "dhcp")

    def neighbour(self, vlan=None):
        """Another phone of the segment, signed in from its cache by a registrar of its own. Its network shares only the wire with the story's."""
        domain, ip = "neighbours.example", self.setting.servers + ".77"
        zone = Zone().srv("_sipinternaltls._tcp." + domain, "sip." + domain).a("sip." + domain, ip)
        net = Network(zone, subnet=self.subnet, dns=self.setting.servers + ".12", dhcp=self.dc_ip, domain_name="", vlan_lldp=vlan or self.net.vlan_lldp,
                      vlan=self.net.vlan)
        net.listen[ip, 5061] = TlsServer(self.identity("sip." + domain))
        habits = settings.Habits()
        phone = Phone(self.wire, net, self.rng, "00:04:f2:66:77:88", self.start + 3.3, "cached", replace(habits, octet=199), user=domain,
                      roots=[self.root.certificate])
        phone.start(update=False, clock=False)
        phone.wait(2)
        assert phone.sign_in(), self.name
        phone.stay(90)
        self.others[phone.mac] = [signed_in("cached", candidate("sip." + domain, "sip-domain", True, "signed-in"), never=only())]

    def client(self):
        """A Lync client on a PC. It looks for the same registrar and minds no names; its success or failure is not the phone's."""
        habits = settings.Habits(spelling="lower", tls_version="1.2", sends_sni=True, retries=0, octet=222, hosts=("sip",))
        box = Phone(self.wire, self.net, self.rng, "3c:97:0e:77:00:19", self.start + 4.9, "cached", habits, user=self.domain, strict=False,
                    roots=[self.root.certificate, self.strange_root.certificate])
        box.device_class, box.vlan = b"MSFT 5.0", self.vlan()
        box.addresses("lyncdiscoverinternal." + self.domain)
        if box.sign_in():
            box.stay(70)

    def mirror(self):
        """The habits of this capture, after the story."""
        habits = self.setting.mirror
        for habit, work in (("neighbour", self.neighbour), ("client", self.client), ("crowd", self.crowd)):
            if habit in habits:
                work()
        if "retransmissions" in habits:
            damage.retransmit(self.wire, self.rng)
        if "disorder" in habits:
            damage.reorder(self.wire, self.rng)
        if "copies" in habits:
            damage.mirror_copies(self.wire, every=3)
        if "routed-copies" in habits:
            damage.routed_copies(self.wire, ROUTER_MAC, every=4)
