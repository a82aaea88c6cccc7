"""The phone's resolver: A and SRV over UDP (RFC 1035, RFC 2782), with its own retries."""

import os
import select
import socket
import struct
import time

A, CNAME, SRV = 1, 5, 33
RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}
KINDS = {"A": A, "SRV": SRV}


def wire_name(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\0"


def read_name(message, at):
    """(name, where it ends)."""
    out, end, hops = [], None, 0
    while message[at]:
        if message[at] & 0xC0:
            end = end or at + 2
            at, hops = struct.unpack("!H", message[at:at + 2])[0] & 0x3FFF, hops + 1
            if hops > 20:
                raise ValueError("names in a circle")
            continue
        out.append(message[at + 1:at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    return ".".join(out), end or at + 1


def records(message):
    """(rcode, [(name, type, value)]) of answers and additional records alike."""
    _, flags, questions, *counts = struct.unpack("!HHHHHH", message[:12])
    at, out = 12, []
    for _ in range(questions):
        at = read_name(message, at)[1] + 4
    for _ in range(sum(counts)):
        name, at = read_name(message, at)
        kind, _, _, size = struct.unpack("!HHIH", message[at:at + 10])
        at += 10
        if kind == A:
            out.append((name.lower(), A, socket.inet_ntoa(message[at:at + 4])))
        elif kind == SRV:
            priority, weight, port = struct.unpack("!HHH", message[at:at + 6])
            out.append((name.lower(), SRV, (priority, -weight, port, read_name(message, at + 6)[0])))
        elif kind == CNAME:
            out.append((name.lower(), CNAME, read_name(message, at)[0].lower()))
        at += size
    return RCODES.get(flags & 15, str(flags & 15)), out


class Resolver:
    """Remembers the addresses that came along: a target's address is often in the additional section."""

    def __init__(self, servers, settings, truth):
        self.servers, self.settings, self.truth, self.known = servers, settings, truth, {}

    def query(self, name, kind):
        """(result, records); the result is the server's code, "silent", or "NOERROR"."""
        ident = os.urandom(2)
        packet = ident + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0) + wire_name(name) + struct.pack("!HH", KINDS[kind], 1)
        result, found = "silent", []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("", 0))
            for _ in range(self.settings["dns_tries"]):
                reply = self.ask(sock, packet, ident)
                if reply:
                    result, found = records(reply)
                    break
        for owner, what, value in found:
            if what == A and value not in self.known.setdefault(owner, []):
                self.known[owner].append(value)
        self.truth.event("dns", result, name=name, type=kind, answers=[list(v) if isinstance(v, tuple) else v for _, _, v in found])
        return result, found

    def ask(self, sock, packet, ident):
        if not self.servers:
            return None
        sock.sendto(packet, (self.servers[0], 53))
        end = time.monotonic() + self.settings["dns_wait"]
        while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
            reply, _ = sock.recvfrom(4096)
            if reply[:2] == ident and reply[2] & 0x80:
                return reply
        return None

    def service(self, name):
        """[(target, port)] by priority, and the result."""
        result, found = self.query(name, "SRV")
        targets = sorted(value for owner, kind, value in found if kind == SRV and owner == name.lower())
        return [(target, port) for _, _, port, target in targets], result

    def addresses(self, name):
        """From what came along, or asked for."""
        if name.lower() in self.known:
            return self.known[name.lower()]
        _, found = self.query(name, "A")
        alias = {owner: value for owner, kind, value in found if kind == CNAME}
        at = name.lower()
        for _ in range(len(alias)):
            at = alias.get(at, at)
        return [value for owner, kind, value in found if kind == A and owner == at]
