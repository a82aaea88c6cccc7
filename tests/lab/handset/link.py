"""The phone below IP: LLDP-MED, DHCP, and the address that it sets on its interface. Raw sockets, because it has no address yet."""

import fcntl
import json
import os
import select
import socket
import struct
import subprocess
import time

ETH_IP, ETH_LLDP, ETH_ALL = 0x0800, 0x88CC, 0x0003
LLDP_TO = bytes.fromhex("0180c200000e")
MED = bytes.fromhex("0012bb")                       # ANSI/TIA-1057
MED_CAPABILITIES, MED_POLICY, MED_FIRMWARE, MED_MODEL = 1, 2, 6, 10
VOICE = 1
BROADCAST = b"\xff" * 6
DISCOVER, OFFER, REQUEST, ACK, NAK, RELEASE, INFORM = 1, 2, 3, 5, 6, 7, 8
MESSAGE, REQUESTED, SERVER, PARAMETERS, CLASS, CLIENT, HOSTNAME = 53, 50, 54, 55, 60, 61, 12
ROUTER, NAMES, DOMAIN, VENDOR, SIP = 3, 6, 15, 43, 120
OCPHONE, UC_CLIENT = b"CPE-OCPHONE", b"MS-UC-Client"
SIOCGIFHWADDR = 0x8927


def checksum(octets):
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack("!%dH" % (len(octets) // 2), octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp_frame(mac, source, to, source_port, port, payload):
    """Ethernet, IPv4, UDP; broadcast."""
    size = 8 + len(payload)
    pseudo = source + to + struct.pack("!BBH", 0, 17, size)
    udp = struct.pack("!HHHH", source_port, port, size, 0)
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp + payload) or 0xFFFF)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + size, int.from_bytes(os.urandom(2), "big"), 0, 64, 17, 0) + source + to
    return BROADCAST + mac + struct.pack("!H", ETH_IP) + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + udp + payload


def udp_payload(frame, port):
    """What a frame carries to this UDP port, or None."""
    if len(frame) < 42 or frame[12:14] != b"\x08\x00" or frame[23] != 17:
        return None
    start = 14 + 4 * (frame[14] & 15)
    return frame[start + 8:] if struct.unpack("!H", frame[start + 2:start + 4])[0] == port else None


def options_of(payload):
    """{code: octets}; several instances of one code belong together (RFC 3396)."""
    out, at = {}, 240
    while at + 1 < len(payload) and payload[at] != 255:
        if payload[at] == 0:
            at += 1
            continue
        code, size = payload[at], payload[at + 1]
        out[code] = out.get(code, b"") + payload[at + 2:at + 2 + size]
        at += 2 + size
    return out


def parts(octets):
    """The sub-options of option 43; an end mark is not needed (reference 2.3)."""
    out = {}
    while len(octets) >= 2 and octets[0] != 255 and octets[1] <= len(octets) - 2:
        out[octets[0]] = octets[2:2 + octets[1]]
        octets = octets[2 + octets[1]:]
    return out


def vlan_in(octets):
    """Sub-option 10 as a number, or as digits (reference 2.4)."""
    part = parts(octets or b"").get(10)
    if not part:
        return None
    number = int.from_bytes(part, "big")
    number = number if 1 <= number <= 4094 else int(part) if part.isdigit() else 0
    return number if 1 <= number <= 4094 else None


def sip_server_in(octets):
    """The first name of option 120; RFC 3361 3.1: encoding 0, labels, no compression."""
    if not octets or octets[0] != 0:
        return None
    names, at = [], 1
    while at < len(octets) and 0 < octets[at] < 64:
        names.append(octets[at + 1:at + 1 + octets[at]].decode("ascii", "replace"))
        at += 1 + octets[at]
    return ".".join(names) or None


class Link:
    """`control`: the switch's socket, through which the phone's card learns to tag."""

    def __init__(self, interface, settings, truth, control=None):
        self.interface, self.settings, self.truth, self.control = interface, settings, truth, control
        self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ALL))
        self.raw.bind((interface, 0))
        self.mac = fcntl.ioctl(self.raw, SIOCGIFHWADDR, struct.pack("16s16x", interface.encode()))[18:24]
        self.address = self.server = self.lease = None
        self.vlan = None

    # -- LLDP --
    def neighbours(self, seconds):
        """Announces itself and waits for the switch's voice policy; the VLAN, or None."""
        self.raw.send(LLDP_TO + self.mac + struct.pack("!H", ETH_LLDP) + self.announcement())
        for frame in self.frames(seconds):
            if frame[12:14] == struct.pack("!H", ETH_LLDP) and frame[6:12] != self.mac:
                vlan = voice_policy(frame[14:])
                if vlan is not None:
                    self.truth.event("lldp", "policy", vlan=vlan)
                    return vlan
        self.truth.event("lldp", "no policy")
        return None

    def announcement(self):
        def tlv(kind, value):
            return struct.pack("!H", kind << 9 | len(value)) + value

        def med(kind, value):
            return tlv(127, MED + bytes([kind]) + value)
        out = tlv(1, b"\x04" + self.mac) + tlv(2, b"\x03" + self.mac) + tlv(3, struct.pack("!H", 120))
        out += tlv(5, self.settings["model"].encode()) + med(MED_CAPABILITIES, b"\x00\x33\x03") + med(MED_POLICY, b"\x01\x80\x00\x00")
        if self.settings["inventory"]:
            out += med(MED_FIRMWARE, self.settings["firmware"].encode()) + med(MED_MODEL, self.settings["model"].encode())
        return out + tlv(0, b"")

    def frames(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.raw], [], [], max(0, end - time.monotonic()))[0]:
                yield self.raw.recv(65536)

    # -- VLAN --
    def tag(self, vlan):
        """Tells its network card, which in the lab is the switch's end of the device."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as card:
            card.connect(self.control)
            card.sendall(json.dumps({"tag": vlan}).encode() + b"\n")
            card.recv(16)
        self.vlan = vlan

    # -- DHCP --
    def message(self, kind, xid, options, address=bytes(4)):
        head = struct.pack("!BBBBIHH", 1, 1, 6, 0, xid, 0, 0 if kind in (INFORM, RELEASE) else 0x8000) + address + bytes(12) + self.mac + bytes(202)
        pairs = [(MESSAGE, bytes([kind])), (CLIENT, b"\x01" + self.mac)] + options
        body = b"".join(bytes([code, len(value)]) + value for code, value in pairs)
        return (head + b"\x63\x82\x53\x63" + body + b"\xff").ljust(300, b"\0")

    def ask(self, kind, wanted, options, address=bytes(4), tries=3):
        """Sends until an answer of a wanted kind comes: its (options, address given), or None."""
        xid = int.from_bytes(os.urandom(4), "big")
        for turn in range(tries):
            self.raw.send(udp_frame(self.mac, address, BROADCAST[:4], 68, 67, self.message(kind, xid, options, address)))
            for frame in self.frames(self.settings["dhcp_wait"] * (turn + 1)):
                payload = udp_payload(frame, 68)
                if payload and len(payload) > 240 and struct.unpack("!I", payload[4:8])[0] == xid:
                    found = options_of(payload)
                    if found.get(MESSAGE, b"\0")[0] in wanted:
                        return found, payload[16:20]
        return None

    def acquire(self):
        """DISCOVER and REQUEST as CPE-OCPHONE; sets the address. False without a lease."""
        asked = [(CLASS, OCPHONE), (PARAMETERS, bytes([1, ROUTER, NAMES, DOMAIN, 42, VENDOR, 119, SIP])), (HOSTNAME, self.settings["hostname"].encode())]
        offer = self.ask(DISCOVER, (OFFER,), asked)
        if offer is None:
            self.truth.event("dhcp", "no offer")
            return False
        self.server = offer[0].get(SERVER, b"")
        lease = self.ask(REQUEST, (ACK, NAK), asked + [(REQUESTED, offer[1]), (SERVER, self.server)])
        if lease is None or lease[0][MESSAGE][0] == NAK:
            self.truth.event("dhcp", "refused" if lease else "no answer")
            return False
        self.lease, self.address = lease
        self.truth.event("dhcp", "lease", address=socket.inet_ntoa(self.address), domain=self.domain(), vlan=vlan_in(self.lease.get(VENDOR)), on=self.vlan)
        self.configure()
        return True

    def release(self):
        xid = int.from_bytes(os.urandom(4), "big")
        message = self.message(RELEASE, xid, [(SERVER, self.server)], self.address)
        self.raw.send(udp_frame(self.mac, self.address, BROADCAST[:4], 68, 67, message))
        self.truth.event("dhcp", "release")

    def configure(self):
        subprocess.run(["ip", "address", "flush", "dev", self.interface], check=True)
        subprocess.run(["ip", "address", "add", socket.inet_ntoa(self.address) + "/24", "dev", self.interface], check=True)
        router = self.lease.get(ROUTER)
        if router:
            subprocess.run(["ip", "route", "replace", "default", "via", socket.inet_ntoa(router[:4])], check=False)

    def inform(self):
        """As MS-UC-Client; what the answer says, or None."""
        found = self.ask(INFORM, (ACK,), [(CLASS, UC_CLIENT), (PARAMETERS, bytes([VENDOR, SIP]))], self.address, self.settings["inform_tries"])
        if found is None:
            self.truth.event("inform", "no answer")
            return None
        uc = {code: value.decode("latin-1").rstrip("\0") for code, value in parts(found[0].get(VENDOR, b"")).items()}
        sip = sip_server_in(found[0].get(SIP))
        self.truth.event("inform", "answer", option43={str(c): v for c, v in uc.items()}, option120=sip)
        return uc, sip

    def domain(self):
        return self.lease.get(DOMAIN, b"").rstrip(b"\0").decode("ascii", "replace")

    def resolvers(self):
        octets = self.lease.get(NAMES, b"")
        return [socket.inet_ntoa(octets[i:i + 4]) for i in range(0, len(octets) - 3, 4)]


def voice_policy(octets):
    """The tagged voice VLAN of an LLDPDU, or None."""
    while len(octets) >= 2:
        head = struct.unpack("!H", octets[:2])[0]
        kind, value = head >> 9, octets[2:2 + (head & 0x1FF)]
        octets = octets[2 + (head & 0x1FF):]
        if kind == 127 and value[:4] == MED + bytes([MED_POLICY]) and len(value) >= 8 and value[4] == VOICE:
            policy = int.from_bytes(value[5:8], "big")
            if policy >> 22 & 1 and not policy >> 23 & 1:
                return policy >> 9 & 0xFFF or None
    return None
