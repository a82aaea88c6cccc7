"""What a mirror port and a busy network do to a capture: copies, retransmissions, disorder, loss."""

import struct
from dataclasses import replace

from wire import checksum


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
