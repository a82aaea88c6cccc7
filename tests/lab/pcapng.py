"""Writes pcapng: one section, one Ethernet interface, times in nanoseconds (draft-ietf-opsawg-pcapng, 4.1 to 4.3)."""

import struct

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
ETHERNET, SNAP_LENGTH = 1, 262144
NANOSECONDS = struct.pack("<HHB3x", 9, 1, 9)          # if_tsresol
END_OF_OPTIONS = struct.pack("<HH", 0, 0)


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


class Writer:
    def __init__(self, path):
        self.file, self.packets = open(path, "wb"), 0          # pylint: disable=consider-using-with
        self.file.write(block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        self.file.write(block(INTERFACE, struct.pack("<HHI", ETHERNET, 0, SNAP_LENGTH) + NANOSECONDS + END_OF_OPTIONS))

    def packet(self, time_ns, octets):
        head = struct.pack("<IIIII", 0, time_ns >> 32, time_ns & 0xFFFFFFFF, len(octets), len(octets))
        self.file.write(block(PACKET, head + octets))
        self.packets += 1

    def close(self):
        self.file.close()
