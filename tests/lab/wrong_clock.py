#!/usr/bin/python3
"""wrong_clock.py YEARS: a time server (RFC 5905) whose clock is that many years off."""

import socket
import struct
import sys
import time

EPOCH, YEAR = 2208988800, 365 * 86400
SERVER, VERSION, STRATUM, POLL, PRECISION = 4, 3, 2, 6, 0xEC


def stamp(seconds):
    return struct.pack("!II", int(seconds) + EPOCH & 0xFFFFFFFF, int(seconds % 1 * 2**32))


def main(years):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("", 123))
        while True:
            query, sender = server.recvfrom(256)
            if len(query) >= 48:
                now = stamp(time.time() + years * YEAR)
                head = bytes([VERSION << 3 | SERVER, STRATUM, POLL, PRECISION]) + bytes(8) + socket.inet_aton("10.0.0.1")
                server.sendto(head + now + query[40:48] + now + now, sender)


main(int(sys.argv[1]))
