"""A story: one capture and what dialtone must say about it. Scenario functions get a Stage, act on it, and return what to expect."""

import datetime
import json
import os
import random
import re
import zlib

import damage
import messages as m
from network import DomainController, HttpServer, Network, TlsServer, Zone, uc_options
from phone import Phone
from tls import Authority, Identity
from wire import BROADCAST, Host, Wire

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SCENARIOS = []          # (id, name, title, function)
MAKERS = [("00:04:f2", "Polycom", "CX600"), ("00:08:5d", "Aastra", "6721ip"), ("00:04:13", "HP", "4120")]

# Two sets of names and habits; each scenario is played in both.
SETTINGS = [
    dict(domain="contoso.com", ad="corp.contoso.local", hoster="nwtraders.com", subnet="10.20.30", style="windows", additional=True),
    dict(domain="fabrikam.de", ad="fab.intern", hoster="cloudvoice.example", subnet="172.16.41", style="dnsmasq", additional=False),
]


def scenario(ident, name, title):
    def keep(function):
        SCENARIOS.append((ident, name, title, function))
        return function
    return keep


class Stage:
    """A site that works, a wire and a phone. `second` is the second variation: other names, and one of five habits of real captures."""

    def __init__(self, name, number, setting):
        for key, value in SETTINGS[setting].items():
            setattr(self, key, value)
        self.name, self.second, self.habit = name, setting == 1, number % 5 if setting == 1 else None
        self.rng = random.Random(zlib.crc32(name.encode()))
        self.start = datetime.datetime(2014, 9, 1 + number % 28, 8 + setting, (number * 7) % 60, 12, tzinfo=datetime.timezone.utc).timestamp()
        self.wire = Wire()
        self.oui, self.maker, self.model = MAKERS[(number + setting) % 3]
        self.mac = "%s:%02x:%02x:%02x" % (self.oui, 0x10 + number, self.rng.randrange(256), self.rng.randrange(256))
        self.root = Authority("CN=%s Root CA, O=%s" % (self.domain.split(".")[0].title(), self.domain))
        self.strange_root = Authority("CN=Corporate Issuing 2, O=Other", number=9)
        self.sip, self.web = "sip." + self.domain, "lyncweb." + self.ad
        self.pool = "pool01." + self.ad
        self.foreign = "sip." + self.hoster
        self.sip_ip, self.web_ip, self.dc_ip, self.foreign_ip = "10.20.0.30", "10.20.0.35", "10.20.0.10", "203.0.113.40"
        self.zone = Zone(self.additional)
        self.zone.a(self.web, self.web_ip).a("time." + self.ad, self.dc_ip).srv("_ntp._udp." + self.ad, "time." + self.ad, 123)
        self.net = Network(self.zone, subnet=self.subnet, domain_name=self.ad, style=self.style, uc=uc_options(self.web, self.sip))
        self.web_identity = Identity(self.root, [self.web])
        self.listen(self.web_ip, 80, HttpServer([self.root.certificate]))
        self.listen(self.web_ip, 443, TlsServer(self.web_identity, "web"))
        self.others = {}                # further phones: mac -> attempts
        self.snaplen, self.cut, self.args = 262144, 0, []
        self.extra = {}                 # further keys of expect.json
        if self.habit in (0, 4):
            self.net.vlan_lldp = 110
        elif self.habit == 1:
            self.net.vlan_dhcp, self.net.vlan = b"\x0a\x02\x00\x2a", 42

    # -- the site --
    def listen(self, ip, port, server):
        self.net.listen[ip, port] = server

    def registrar(self, *san, ip=None, port=5061, root=None, then="registrar", cn=None, tls=None, **identity):
        """A registrar whose certificate bears these names (the SIP name if none is given)."""
        server = TlsServer(Identity(root or self.root, san or [self.sip], cn=cn, **identity), then, **(tls or {}))
        self.listen(ip or self.sip_ip, port, server)
        return server

    def srv(self, target, port=5061, service="_sipinternaltls._tcp", **more):
        self.zone.srv("%s.%s" % (service, self.domain), target, port, **more)

    def good_dns(self):
        self.srv(self.sip)
        self.zone.a(self.sip, self.sip_ip)

    def directory(self, *certificates, **more):
        """A domain controller that publishes these roots (the site's own if none)."""
        dc = DomainController(self.ad, "dc1." + self.ad, self.dc_ip, list(certificates) or [self.root.certificate], **more)
        self.zone.a(dc.name, dc.address).srv("_ldap._tcp.dc._msdcs." + self.ad, dc.name, 389)
        self.listen(self.dc_ip, 389, dc)
        self.net.directory = dc
        return dc

    # -- the phone --
    def phone(self, method="pin", mac=None, now=None, **more):
        if self.habit == 2:
            more.setdefault("split_records", 500)
        if self.habit == 3:
            more.setdefault("mss", 536)
        more.setdefault("user", self.domain)
        if method == "cached":
            more.setdefault("roots", [self.root.certificate])
        phone = Phone(self.wire, self.net, self.rng, mac or self.mac, self.start if now is None else now, method, **more)
        phone.maker, phone.model = self.maker, self.model
        return phone

    def typed(self, phone, seconds=38):
        """The user types."""
        phone.wait(seconds)
        return phone

    def idle(self, phone, seconds=45):
        """Nothing but the neighbourhood: the capture goes on after the last try."""
        for _ in range(int(seconds // 15)):
            phone.wait(15)
            self.wire.arp(phone.now, phone.me(), self.subnet + ".1", "00:1b:54:aa:10:01", vlan=phone.vlan)

    # -- around the phone --
    def crowd(self):
        """Desktop PCs: ARP, DHCP, and a Windows INFORM of their own class."""
        times = [f.time for f in self.wire.frames]
        first, last = min(times), max(times)
        vlan = self.net.vlan_lldp if self.net.vlan_lldp else self.net.vlan
        for number in range(6):
            pc = Host("3c:97:0e:5a:01:%02x" % number, "%s.%d" % (self.subnet, 150 + number))
            when = first + (last - first) * self.rng.random()
            self.wire.arp(when, pc, "%s.%d" % (self.subnet, 1 + number), vlan=vlan)
            if number % 3 == 0:
                options = [(61, b"\x01" + bytes(6)), (12, b"PC-%d" % number), (60, b"MSFT 5.0"), (55, bytes([1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 43]))]
                payload = m.dhcp(m.INFORM, self.rng.randrange(1 << 32), pc.mac, options, ciaddr=pc.ip)
                self.wire.udp(when + 2, pc, 68, Host(BROADCAST, "255.255.255.255"), 67, payload, vlan, "dhcp")

    def neighbour(self):
        """Another phone of the segment, signed in from its cache by a registrar of its own."""
        sip, ip = "sip.neighbours.example", "10.20.0.77"
        self.zone.srv("_sipinternaltls._tcp.neighbours.example", sip).a(sip, ip)
        self.listen(ip, 5061, TlsServer(Identity(self.root, [sip])))
        phone = self.phone("cached", "00:04:f2:66:77:88", self.start + 3.3, user="neighbours.example", last_octet=99)
        phone.start(update=False)
        phone.wait(2)
        phone.sign_in()
        phone.stay(90)
        self.others[phone.mac] = [signed_in("cached", candidate(sip, "sip-domain", True, "signed-in"))]

    def habits(self):
        if self.habit == 4:
            self.neighbour()
        if self.habit in (3, 4):
            self.crowd()
        if self.habit == 0:
            damage.mirror_copies(self.wire, every=3)
        if self.habit == 1:
            damage.retransmit(self.wire, self.rng)
        if self.habit == 2:
            damage.reorder(self.wire, self.rng)


# ---- expectations ----
def finding(code, severity=None, grade=None, names=(), shown_by=None):
    out = {"code": code}
    for key, value in (("severity", severity), ("grade", grade), ("names", list(names)), ("shown_by", shown_by)):
        if value:
            out[key] = value
    return out


def candidate(server, naming, dialled, result, source=None):
    out = {"server": server, "naming": naming, "dialled": dialled, "result": result}
    return dict(out, source=source) if source else out


def attempt(outcome, parts, method=None, broke_at=None, cause=None, never=(), may=()):
    out = {"outcome": outcome, "broke_at": broke_at, "cause": cause}
    if method:
        out["method"] = method
    out["findings"] = [p for p in parts if "code" in p]
    out["candidates"] = [p for p in parts if "server" in p]
    if never:
        out["never"] = list(never)
    if may:
        out["may"] = list(may)
    return {key: value for key, value in out.items() if value != []}


def signed_in(method, *parts, never=()):
    """No finding of naming, discovery, connection or TLS may stand beside a good sign-in unless it is named."""
    return attempt("signed-in", parts, method, never=never)


def failed(method, step, cause, *parts, never=(), may=()):
    return attempt("failed", parts, method, step, cause, never, may)


# ---- writing ----
def play(number, ident, name, title, function, setting):
    full = name + ("-2" if setting else "")
    stage = Stage(full, number, setting)
    result = function(stage)
    stage.habits()
    stage.wire.write(os.path.join(TOP, "pcaps", full + ".pcap"), stage.snaplen, stage.cut)
    folder = os.path.join(TOP, "tests", "cases", full)
    os.makedirs(folder, exist_ok=True)
    attempts = result if isinstance(result, list) else [result]
    phones = {stage.mac: {"attempts": attempts}} if attempts else {}
    phones.update({mac: {"attempts": its} for mac, its in stage.others.items()})
    errors = any(a["outcome"] == "failed" or a["outcome"] == ["failed"] for p in phones.values() for a in p["attempts"])
    expect = {"scenario": ident, "captures": ["../../../pcaps/%s.pcap" % full], "args": stage.args, "exit": 1 if errors else 0, "phones": phones}
    expect.update(stage.extra)
    with open(os.path.join(folder, "expect.json"), "w", encoding="utf-8") as file:
        json.dump(expect, file, indent=1)
        file.write("\n")
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as file:
        file.write(page(full, ident, title, function, stage, phones))
    return full


HABITS = ["a mirror port that shows every third frame twice, voice VLAN 110 from LLDP", "retransmitted segments, voice VLAN 42 from DHCP",
          "segments out of order, handshake messages split over records", "a small MSS, so that certificates span many segments, and desktop PCs beside",
          "another phone that signs in well, desktop PCs beside, voice VLAN 110 from LLDP"]


def page(full, ident, title, function, stage, phones):
    words = re.sub(r"\n\s+", "\n", function.__doc__ or "").strip()
    for key in ("domain", "ad", "hoster", "sip", "web", "pool", "foreign"):
        words = words.replace("{%s}" % key, getattr(stage, key))
    lines = ["# " + full, "", "Scenario %s: %s" % (ident, title), "", words, ""]
    if stage.habit is not None:
        lines += ["Second variation: other names; " + HABITS[stage.habit] + ".", ""]
    lines += ["What must be said, phone by phone:", ""]
    if not phones:
        lines.append("- no phone is followed")
    for mac, phone in phones.items():
        for its in phone["attempts"]:
            outcome = its["outcome"] if isinstance(its["outcome"], str) else " or ".join(its["outcome"])
            cause = " at %s because of %s" % (its["broke_at"], its["cause"]) if its["cause"] else ""
            also = [f["code"] if isinstance(f["code"], str) else " or ".join(f["code"]) for f in its.get("findings", [])]
            lines.append("- %s: %s%s%s" % (mac, outcome, cause, "; findings: " + ", ".join(also) if also else ""))
    return "\n".join(lines) + "\n"


def contents():
    """pcaps/README.md: a line a capture."""
    lines = ["# Captures", "", "One story each, made by `pcaps/generate/make` (Debian: python3, python3-cryptography). The names are invented, the TLS is real:",
             "two OpenSSL ends shake hands in memory and their octets are put on a simulated wire with right checksums. Times, addresses and ports are the same in",
             "every run; keys, certificates and TLS randoms are not. What dialtone must say of each is in `tests/cases/NAME`.",
             "A name that ends in `-2` is the same scenario with other names and the habits of a real capture (its case says which).", "",
             "| capture | scenario | story |", "|---|---|---|"]
    for ident, name, title, _ in SCENARIOS:
        for full in (name, name + "-2"):
            lines.append("| `%s.pcap` | %s | %s |" % (full, ident, title))
    with open(os.path.join(TOP, "pcaps", "README.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
