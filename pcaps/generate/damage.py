"""What a mirror port and a busy network do to a capture: copies, retransmissions, disorder, loss."""

import struct
from dataclasses import replace

from wire import checksum, mac_octets

SERVER_MAC = "00:50:56:8a:30:01"        # behind the router


def mirror_copies(wire, every=1):
    """The mirror shows frames twice, a few microseconds apart."""
    wire.frames += [replace(f, time=f.time + 0.000011) for f in wire.frames[::every]]


def reorder(wire, rng, share=0.5):
    """Adjacent TCP data segments of one direction arrive in the wrong order."""
    ordered = sorted(wire.frames, key=lambda f: f.time)
    for one, two in zip(ordered, ordered[1:]):
        both_data = one.tcp_payload and two.tcp_payload and one.sent_by == two.sent_by and two.time - one.time < 0.002
        if both_data and rng.random() < share:
            one.time, two.time = two.time, one.time


def retransmit(wire, rng, share=0.2):
    """Some data segments come again after the sender's timer, with a new IP identification."""
    for frame in list(wire.frames):
        if frame.tcp_payload and rng.random() < share:
            wire.frames.append(replace(frame, time=frame.time + 0.35, data=other_ident(frame.data, rng.randrange(1 << 16))))


def other_ident(data, ident):
    at = 18 if data[12:14] == b"\x81\x00" else 14
    head = data[at:at + 4] + struct.pack("!H", ident) + data[at + 6:at + 10] + b"\0\0" + data[at + 12:at + 20]
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return data[:at] + head + data[at + 20:]


def lose(wire, doomed):
    wire.frames = [f for f in wire.frames if not doomed(f)]


def hear_only(wire, mac):
    """A mirror of one direction: only what this device sends."""
    lose(wire, lambda f: f.sent_by != mac)


def routed_copies(wire, router, every=4):
    """A mirror of both sides of the router: some packets come again behind it, with one hop less and other Ethernet addresses."""
    copies = []
    for frame in wire.frames[::every]:
        at = 18 if frame.data[12:14] == b"\x81\x00" else 14
        if frame.data[at - 2:at] == b"\x08\x00" and frame.data[0] & 1 == 0 and frame.data[at + 8] > 1:
            head = bytearray(frame.data[at:at + 20])
            head[8] -= 1
            head[10:12] = b"\0\0"
            head[10:12] = struct.pack("!H", checksum(bytes(head)))
            ends = mac_octets(SERVER_MAC) + mac_octets(router) if frame.sent_by != router else mac_octets(router) + mac_octets(SERVER_MAC)
            after = 0.000020 if frame.sent_by != router else -0.000020
            data = ends + b"\x08\x00" + bytes(head) + frame.data[at + 20:]
            copies.append(replace(frame, time=frame.time + after, data=data, sent_by=router))
    wire.frames += copies


def fragment(wire, rng, size=576, disorder=False):
    """IPv4 packets longer than `size` come in fragments, as behind a narrow link."""
    kept = []
    for frame in wire.frames:
        at = 18 if frame.data[12:14] == b"\x81\x00" else 14
        length = struct.unpack("!H", frame.data[at + 2:at + 4])[0] if frame.data[at - 2:at] == b"\x08\x00" else 0
        pieces = [frame] if length <= size else list(fragments(frame, at, length, (size - 20) // 8 * 8))
        if disorder and rng.random() < 0.5:
            times = [p.time for p in pieces]
            for piece, time in zip(reversed(pieces), times):
                piece.time = time
        kept += pieces
    wire.frames = kept


def fragments(frame, at, length, step):
    head, body = frame.data[at:at + 20], frame.data[at + 20:at + length]
    for offset in range(0, len(body), step):
        piece = body[offset:offset + step]
        more = 0x2000 if offset + step < len(body) else 0
        new = head[:2] + struct.pack("!H", 20 + len(piece)) + head[4:6] + struct.pack("!H", more | offset // 8) + head[8:10] + b"\0\0" + head[12:]
        new = new[:10] + struct.pack("!H", checksum(new)) + new[12:]
        yield replace(frame, time=frame.time + offset * 1e-8, data=(frame.data[:at] + new + piece).ljust(60, b"\0"))
