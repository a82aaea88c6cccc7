"""Other ways to carry a frame: mirrored over IP, through Linux's cooked capture, behind a router."""

import struct
from dataclasses import replace

from wire import Host, Wire, mac_octets

COLLECTOR = Host("00:50:56:8a:11:02", "10.99.1.20")
MIRROR = Host("00:1b:54:aa:ff:01", "10.99.1.1", 255)


def rewrap(wire, carry):
    """Every frame inside what `carry(outer wire, number, frame)` puts on another wire."""
    outer = Wire()
    for number, frame in enumerate(sorted(wire.frames, key=lambda f: f.time)):
        carry(outer, number, frame).tcp_payload = frame.tcp_payload
    wire.frames = outer.frames


def vlan_of(data):
    return struct.unpack("!H", data[14:16])[0] & 0xFFF if data[12:14] == b"\x81\x00" else 1


def erspan(wire, session=17):
    """ERSPAN type II over GRE with sequence numbers (draft-foschiano-erspan-03)."""
    def carry(outer, number, frame):
        head = struct.pack("!HHI", 0x1000, 0x88BE, number) + struct.pack("!HHI", 0x1000 | vlan_of(frame.data), 3 << 11 | session, 5)
        return outer.ip(frame.time, MIRROR, COLLECTOR, 47, head + frame.data)
    rewrap(wire, carry)


def gre(wire):
    """The Ethernet frame in plain GRE (transparent Ethernet bridging)."""
    def carry(outer, _, frame):
        return outer.ip(frame.time, MIRROR, COLLECTOR, 47, struct.pack("!HH", 0, 0x6558) + frame.data)
    rewrap(wire, carry)


def vxlan(wire, network=4097):
    def carry(outer, number, frame):
        head = struct.pack("!II", 0x08000000, network << 8)
        return outer.udp(frame.time, MIRROR, 49152 + number % 997, COLLECTOR, 4789, head + frame.data)
    rewrap(wire, carry)


def pppoe(wire, session=0x1234):
    """IPv4 frames on the wire between a home router and the provider; everything else stays behind."""
    kept = []
    for frame in wire.frames:
        at = 18 if frame.data[12:14] == b"\x81\x00" else 14
        if frame.data[at - 2:at] == b"\x08\x00":
            packet = frame.data[at:at + struct.unpack("!H", frame.data[at + 2:at + 4])[0]]
            head = struct.pack("!BBHHH", 0x11, 0, session, len(packet) + 2, 0x0021)
            kept.append(replace(frame, data=(frame.data[:12] + b"\x88\x64" + head + packet).ljust(60, b"\0")))
    wire.frames = kept


def outer_tag(wire, vlan):
    """A second tag outside (802.1ad)."""
    for frame in wire.frames:
        frame.data = frame.data[:12] + struct.pack("!HH", 0x88A8, vlan) + frame.data[12:]


def cooked(wire, mac):
    """Linux's cooked capture (link type 113) on the machine that bridges the phone: packets from it come in, all others go out."""
    for frame in wire.frames:
        to_all = frame.data[0] & 1
        kind = (1 if frame.data[:6] == b"\xff" * 6 else 2) if to_all else 0 if frame.sent_by == mac else 4
        frame.data = struct.pack("!HHH", kind, 1, 6) + mac_octets(frame.sent_by) + b"\0\0" + frame.data[12:]


def beyond_router(wire, mac, router, servers):
    """Seen on the servers' side of the router: no tag, no local broadcast, the router's address in the place of the phone's."""
    kept = []
    for frame in wire.frames:
        data = frame.data[:12] + frame.data[16:] if frame.data[12:14] == b"\x81\x00" else frame.data
        if data[12:14] != b"\x08\x00" or data[:6] == b"\xff" * 6:
            continue
        up = frame.sent_by == mac
        ends = mac_octets(servers) + mac_octets(router) if up else mac_octets(router) + mac_octets(servers)
        kept.append(replace(frame, data=(ends + data[12:]).ljust(60, b"\0"), sent_by=router if up else servers))
    wire.frames = kept
