"""Frames on a wire: Ethernet, 802.1Q, ARP, IPv4, UDP, TCP with right checksums."""

import ipaddress
import struct
from dataclasses import dataclass, field

BROADCAST = "ff:ff:ff:ff:ff:ff"


def mac_octets(mac):
    return bytes.fromhex(mac.replace(":", ""))


def ip_octets(ip):
    return ipaddress.IPv4Address(ip).packed


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@dataclass
class Host:
    """One end of a conversation. Behind a router, `mac` is the router's."""
    mac: str
    ip: str
    ttl: int = 128


@dataclass
class Frame:
    time: float
    data: bytes
    sent_by: str            # Ethernet source
    tcp_payload: int = 0
    note: str = ""          # what it is, for the ones who damage captures: "dns", "tls", "syn", ...


@dataclass
class Wire:
    """What the mirror port saw. Frames may be put in any order; they are sorted by time when written (files.py)."""
    frames: list = field(default_factory=list)
    ident: int = 0x1000
    padded: bool = True
    stamps: bool = False

    def ethernet(self, time, source, target, kind, payload, vlan=None, note=""):
        tag = struct.pack("!HH", 0x8100, (5 << 13) | vlan) if vlan is not None else b""
        data = mac_octets(target) + mac_octets(source) + tag + struct.pack("!H", kind) + payload
        frame = Frame(time, data.ljust(60, b"\0") if self.padded else data, source, note=note)
        self.frames.append(frame)
        return frame

    def ip(self, time, source, target, protocol, payload, vlan=None, note=""):
        self.ident = (self.ident + 1) & 0xFFFF
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), self.ident, 0x4000, source.ttl, protocol, 0,
                           ip_octets(source.ip), ip_octets(target.ip))
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        return self.ethernet(time, source.mac, target.mac, 0x0800, head + payload, vlan, note)

    def udp(self, time, source, source_port, target, target_port, payload, vlan=None, note=""):
        head = struct.pack("!HHHH", source_port, target_port, 8 + len(payload), 0)
        value = checksum(pseudo(source, target, 17, 8 + len(payload)) + head + payload) or 0xFFFF
        return self.ip(time, source, target, 17, head[:6] + struct.pack("!H", value) + payload, vlan, note)

    def arp(self, time, asker, ip, owner=None, vlan=None, probe=False):
        """A question, and the answer when the owner is given."""
        ask = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac_octets(asker.mac) + ip_octets("0.0.0.0" if probe else asker.ip)
        self.ethernet(time, asker.mac, BROADCAST, 0x0806, ask + bytes(6) + ip_octets(ip), vlan, "arp")
        if owner:
            answer = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + mac_octets(owner) + ip_octets(ip)
            self.ethernet(time + 0.0006, owner, asker.mac, 0x0806, answer + mac_octets(asker.mac) + ip_octets(asker.ip), vlan, "arp")


def pseudo(source, target, protocol, length):
    return ip_octets(source.ip) + ip_octets(target.ip) + struct.pack("!BBH", 0, protocol, length)


FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class Tcp:
    """One connection. `now` moves on with what is sent; up is from client to server."""

    def __init__(self, wire, now, client, client_port, server, server_port, rng, vlan=None, mss=1460, rtt=0.0018):
        self.wire, self.now, self.vlan, self.mss, self.rtt, self.rng = wire, now, vlan, mss, rtt, rng
        self.ends = {True: (client, client_port), False: (server, server_port)}
        self.seq = {True: rng.randrange(1 << 32), False: rng.randrange(1 << 32)}

    def segment(self, up, flags, data=b"", seq=None, note=""):
        (source, source_port), (target, target_port) = self.ends[up], self.ends[not up]
        options = struct.pack("!BBHBBBB", 2, 4, self.mss, 1, 1, 4, 2) if flags & SYN else b""
        if self.wire.stamps and not flags & RST:
            options += struct.pack("!BBBBII", 1, 1, 8, 10, int(self.now * 1000) & 0xFFFFFFFF, int(self.now * 1000 - 2) & 0xFFFFFFFF if flags & ACK else 0)
        ack = self.seq[not up] if flags & ACK else 0
        head = struct.pack("!HHIIBBHHH", source_port, target_port, self.seq[up] if seq is None else seq, ack,
                           (5 + len(options) // 4) << 4, flags, 32768, 0, 0) + options
        value = checksum(pseudo(source, target, 6, len(head) + len(data)) + head + data)
        head = head[:16] + struct.pack("!H", value) + head[18:]
        frame = self.wire.ip(self.now, source, target, 6, head + data, self.vlan, note)
        frame.tcp_payload = len(data)
        return frame

    def advance(self, up, octets):
        self.seq[up] = (self.seq[up] + octets) & 0xFFFFFFFF

    def pause(self, seconds):
        self.now += seconds

    def connect(self):
        self.segment(True, SYN, note="syn")
        self.advance(True, 1)
        self.now += self.rtt
        self.segment(False, SYN | ACK, note="syn-ack")
        self.advance(False, 1)
        self.now += 0.0002
        self.segment(True, ACK)

    def refused(self, tries=3):
        """RST to each SYN; Windows CE tries again twice, half a second apart."""
        for attempt in range(tries):
            self.now += 0.5 if attempt else 0
            self.segment(True, SYN, note="syn")
            first = self.seq[True]
            self.advance(True, 1)
            self.now += self.rtt
            self.segment(False, RST | ACK, seq=0, note="rst")
            self.seq[True] = first

    def unanswered(self, waits=(3, 6), last=12):
        """SYN, and the same SYN after 3 s and again after 6 s; given up 12 s after the last."""
        self.segment(True, SYN, note="syn")
        for wait in waits:
            self.now += wait
            self.segment(True, SYN, note="syn")
        self.now += last

    def send(self, up, data, note="data", resend=False):
        """Data in segments of the MSS; the receiver acknowledges every second one and the last. `resend`: the first is sent twice."""
        pieces = [data[i:i + self.mss] for i in range(0, len(data), self.mss)]
        for index, piece in enumerate(pieces):
            last = index == len(pieces) - 1
            self.segment(up, ACK | (PSH if last else 0), piece, note=note)
            if resend and index == 0:
                self.now += 0.3
                self.segment(up, ACK | (PSH if last else 0), piece, note=note)
            self.advance(up, len(piece))
            self.now += 0.0003
            if last or index % 2:
                self.now += self.rtt / 2
                self.segment(not up, ACK)
        self.now += 0.0012

    def finish(self, up):
        """FIN from one end, the other acknowledges and closes too."""
        self.segment(up, FIN | ACK, note="fin")
        self.advance(up, 1)
        self.now += self.rtt
        self.segment(not up, FIN | ACK, note="fin")
        self.advance(not up, 1)
        self.now += 0.0002
        self.segment(up, ACK)

    def cut_off(self, up):
        """FIN from one end, RST from the other."""
        self.segment(up, FIN | ACK, note="fin")
        self.advance(up, 1)
        self.now += self.rtt
        self.segment(not up, RST | ACK, note="rst")

    def reset(self, up):
        self.segment(up, RST | ACK, note="rst")
