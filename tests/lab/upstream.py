#!/usr/bin/python3
"""upstream.py servfail|silent: the DNS server behind dnsmasq in the scenarios where it fails."""

import socket
import sys

SERVFAIL = 2


def main(how):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 5353))
        while True:
            query, sender = server.recvfrom(2048)
            if how == "servfail" and len(query) > 12:
                server.sendto(query[:2] + bytes([query[2] | 0x80, 0x80 | SERVFAIL]) + query[4:6] + bytes(6) + query[12:], sender)


main(sys.argv[1])
