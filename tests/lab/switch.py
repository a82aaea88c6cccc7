"""The switch of the lab: ports that are TAP devices, VLANs, a mirror port, and the faults that a network may have.

It is a program and no kernel bridge because many kernels lack what a scenario asks of a bridge: VLAN filtering, netem, tags on mirrored frames. A
TAP device has no checksum or segmentation offload either, so what is mirrored is what a wire would carry.
"""

import fcntl
import heapq
import os
import random
import select
import socket
import struct
import threading
import time

from pcapng import Writer

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
TAG = b"\x81\x00"
LINK_LOCAL = b"\x01\x80\xc2\x00\x00"          # IEEE 802.1D 7.12.6: bridges do not forward these, LLDP among them
VOICE_PRIORITY = 5


def open_tap(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def tagged(frame, vlan, priority=VOICE_PRIORITY):
    return frame[:12] + TAG + struct.pack("!H", priority << 13 | vlan) + frame[12:]


def vlan_of(frame):
    """The VLAN of a tagged frame, or None."""
    return struct.unpack("!H", frame[14:16])[0] & 0xFFF if frame[12:14] == TAG else None


def untagged(frame):
    return frame[:12] + frame[16:] if vlan_of(frame) is not None else frame


class Port:
    """`native`: the VLAN of untagged frames. `voice`: the VLAN that goes over it tagged, or None. `nic_tag`: what the device's own network card
    tags with, as a phone does once it knows its VLAN."""

    def __init__(self, name, fd, native=1, voice=None):
        self.name, self.fd, self.native, self.voice, self.nic_tag = name, fd, native, voice, None

    def from_device(self, frame):
        """What the device's card puts on the wire."""
        return tagged(frame, self.nic_tag) if self.nic_tag and not frame.startswith(LINK_LOCAL) else frame

    def to_device(self, frame):
        """What its card takes from the wire, or None."""
        if frame.startswith(LINK_LOCAL):
            return frame
        return untagged(frame) if vlan_of(frame) == self.nic_tag else None


def addressed_to(frame, rule):
    """`rule`: (protocol number, destination address as octets or None, destination port or None)."""
    frame = untagged(frame)
    protocol, address, port = rule
    if frame[12:14] != b"\x08\x00" or len(frame) < 38 or frame[23] != protocol:
        return False
    start = 14 + 4 * (frame[14] & 15)
    return (address is None or frame[30:34] == address) and (port is None or frame[start + 2:start + 4] == struct.pack("!H", port))


class Faults:
    """`loss`, `late`: shares of the forwarded frames that are lost, or held back for `late_by` seconds. `drops`: rules of a firewall behind the
    mirror. `mirror_loss`, `mirror_late`: the same for the copies on the mirror port only."""

    def __init__(self, loss=0, late=0, late_by=0.03, drops=(), mirror_loss=0, mirror_late=0, mirror_late_by=0.002, seed=1):
        self.loss, self.late, self.late_by, self.drops = loss, late, late_by, list(drops)
        self.mirror_loss, self.mirror_late, self.mirror_late_by = mirror_loss, mirror_late, mirror_late_by
        self.random = random.Random(seed)

    def stopped(self, frame):
        return any(addressed_to(frame, rule) for rule in self.drops) or self.random.random() < self.loss

    def delay(self):
        return self.late_by if self.random.random() < self.late else 0

    def mirror_stopped(self):
        return self.random.random() < self.mirror_loss

    def mirror_delay(self):
        return self.mirror_late_by if self.random.random() < self.mirror_late else 0


class Switch(threading.Thread):
    """`mirrored`: names of the ports whose frames, both ways, go to the mirror port; None for all of them. `mirror_tag`: a VLAN tag that the mirror port
    adds (RSPAN), or None."""

    def __init__(self, capture, faults, mirrored=None, mirror_tag=None):
        super().__init__(daemon=True)
        self.ports, self.by_fd, self.monitor, self.agent = {}, {}, None, None
        self.writer, self.faults, self.mirrored, self.mirror_tag = Writer(capture), faults, mirrored, mirror_tag
        self.where, self.waiting, self.count = {}, [], 0
        self.poll, self.wake, self.over = select.poll(), os.pipe(), False
        self.poll.register(self.wake[0], select.POLLIN)

    def add(self, port):
        self.ports[port.name], self.by_fd[port.fd] = port, port
        self.poll.register(port.fd, select.POLLIN)
        os.write(self.wake[1], b"x")            # a poll that is under way does not know it yet

    def stop(self):
        self.over = True
        os.write(self.wake[1], b"x")
        self.join()
        while self.waiting:
            heapq.heappop(self.waiting)[2]()
        self.writer.close()

    def run(self):
        while not self.over:
            rest = max(0, self.waiting[0][0] - time.monotonic()) * 1000 if self.waiting else None
            for fd, what in self.poll.poll(rest):
                if fd == self.wake[0]:
                    os.read(fd, 64)
                elif what & select.POLLIN:
                    self.read(self.by_fd[fd])
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                heapq.heappop(self.waiting)[2]()

    def later(self, delay, what):
        self.count += 1
        heapq.heappush(self.waiting, (time.monotonic() + delay, self.count, what))

    def read(self, port):
        while True:
            try:
                frame = os.read(port.fd, 65536)
            except OSError:
                return
            frame = port.from_device(frame)
            self.mirror(port, frame)
            self.forward(port, frame)

    def forward(self, port, frame):
        if frame.startswith(LINK_LOCAL):
            self.link_local(port, frame)
            return
        vlan = vlan_of(frame) or port.native
        if vlan not in (port.native, port.voice):
            return
        inner = untagged(frame)
        self.where[vlan, inner[6:12]] = port
        if self.faults.stopped(inner):
            return
        delay = self.faults.delay()
        if delay:
            self.later(delay, lambda: self.deliver(port, vlan, inner))
        else:
            self.deliver(port, vlan, inner)

    def bystander(self, mac, address, asks_for, vlan):
        """Another device in the VLAN asks who has an address (RFC 826): the last thing that the capture shows, so that it tells how long it watched."""
        mac = bytes.fromhex(mac.replace(":", ""))
        body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac + socket.inet_aton(address) + bytes(6) + socket.inet_aton(asks_for)
        self.later(0, lambda: self.deliver(None, vlan, b"\xff" * 6 + mac + b"\x08\x06" + body))
        os.write(self.wake[1], b"x")

    def link_local(self, port, frame):
        """To the switch's own agent, or from it to its neighbours."""
        if self.agent is not None:
            for other in ([p for p in self.ports.values() if p.voice] if port is self.agent else [self.agent]):
                self.emit(other, frame)

    def deliver(self, source, vlan, frame):
        known = self.where.get((vlan, frame[:6])) if not frame[0] & 1 else None
        for port in [known] if known else list(self.ports.values()):
            if port is not source and vlan in (port.native, port.voice) and port is not self.agent:
                self.emit(port, tagged(frame, vlan) if vlan != port.native else frame)

    def emit(self, port, frame):
        self.mirror(port, frame)
        taken = port.to_device(frame)
        if taken is not None:
            put(port.fd, taken)

    def mirror(self, port, frame):
        if (self.mirrored is not None and port.name not in self.mirrored) or self.faults.mirror_stopped():
            return
        if self.mirror_tag:
            frame = tagged(frame, self.mirror_tag, 0)
        delay = self.faults.mirror_delay()
        if delay:
            self.later(delay, lambda: self.show(frame))
        else:
            self.show(frame)

    def show(self, frame):
        self.writer.packet(time.time_ns(), frame)
        if self.monitor is not None:
            put(self.monitor, frame)


def put(fd, frame):
    """A device that is down or full takes nothing, as a port without a link."""
    try:
        os.write(fd, frame)
    except OSError:
        pass
