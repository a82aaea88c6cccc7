"""The phone's TLS: OpenSSL does the cryptography over memory, and in between the phone looks at the server's certificate itself, with its own clock.

Up to TLS 1.2 the Certificate message is in clear (RFC 5246, 7.4.2), so the gate stands before the octets reach OpenSSL: where the phone objects, it
never answers the server's flight.
"""

import datetime
import select
import socket
import ssl
import struct
import time

from cryptography import x509

from . import trust

HANDSHAKE, ALERT = 22, 21
CERTIFICATE, HELLO_DONE = 11, 14
FATAL = 2
ALERTS = {"unknown-issuer": 48, "expired": 45, "not-yet-valid": 42, "name": 42, "wildcard": 42, "key": 43, "signature": 43}
VERSIONS = {"1.0": (ssl.TLSVersion.TLSv1, b"\x03\x01"), "1.2": (ssl.TLSVersion.TLSv1_2, b"\x03\x03")}
SUITES = "AES128-SHA:AES256-SHA:@SECLEVEL=0"             # RSA suites of Windows CE's time; below level 1 for SHA-1 signatures


class Failed(Exception):
    """`why`: refused, timeout, reset, closed, alert NAME, or certificate; `objections`: what the phone has against it."""

    def __init__(self, why, objections=()):
        super().__init__(why)
        self.why, self.objections = why, list(objections)


def connect(address, port, settings):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(settings["connect_wait"])
    try:
        sock.connect((address, port))
    except socket.timeout:
        sock.close()
        raise Failed("timeout") from None
    except OSError:
        sock.close()
        raise Failed("refused") from None
    sock.settimeout(settings["answer_wait"])
    return sock


def handshake_messages(octets):
    """(messages so far, [(type, body)]) out of the records of a flight; a message may spread over records (RFC 5246, 6.2.1)."""
    text = b""
    while len(octets) >= 5 and len(octets) >= 5 + struct.unpack("!H", octets[3:5])[0]:
        size = struct.unpack("!H", octets[3:5])[0]
        if octets[0] == HANDSHAKE:
            text += octets[5:5 + size]
        octets = octets[5 + size:]
    out = []
    while len(text) >= 4 and len(text) >= 4 + int.from_bytes(text[1:4], "big"):
        size = int.from_bytes(text[1:4], "big")
        out.append((text[0], text[4:4 + size]))
        text = text[4 + size:]
    return out


def chain_of(body):
    """The certificates of a Certificate message."""
    out, at = [], 3
    while at + 3 <= len(body):
        size = int.from_bytes(body[at:at + 3], "big")
        out.append(x509.load_der_x509_certificate(body[at + 3:at + 3 + size]))
        at += 3 + size
    return out


class Clock:
    """The phone's own time: what NTP told it, or, without, the time it was made with."""

    def __init__(self, factory):
        self.offset = time.mktime(time.strptime(factory, "%Y-%m-%d")) - time.time() if factory else 0

    def now(self):
        return datetime.datetime.utcfromtimestamp(time.time() + self.offset)


class Session:
    """A TLS session with `name`; Failed if there is none."""

    def __init__(self, name, address, port, phone):
        self.settings, self.phone, self.name = phone.settings, phone, name
        self.sock = connect(address, port, self.settings)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = self.context().wrap_bio(self.incoming, self.outgoing, server_hostname=name if self.settings["sni"] else None)
        self.flight, self.passed, self.seen_alert = b"", False, None
        try:
            self.handshake()
        except Failed:
            self.sock.close()
            raise

    def context(self):
        version, _ = VERSIONS[self.settings["tls"]]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers(SUITES)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, version
        context.options |= ssl.OP_NO_TICKET
        if self.settings["keys"]:
            context.keylog_filename = self.settings["keys"]
        return context

    def send(self):
        data = self.outgoing.read()
        if data:
            try:
                self.sock.sendall(data)
            except OSError:
                raise Failed("reset") from None

    def receive(self):
        try:
            data = self.sock.recv(65536)
        except socket.timeout:
            raise Failed("silent") from None
        except ConnectionResetError:
            raise Failed("reset") from None
        if not data:
            raise Failed("closed")
        return data

    def handshake(self):
        while True:
            try:
                self.object.do_handshake()
                self.send()
                return
            except ssl.SSLWantReadError:
                self.send()
                self.take(self.receive())
            except ssl.SSLError as wrong:
                self.send()
                raise Failed("alert " + (wrong.reason or "?")) from None

    def take(self, data):
        """Lets octets through once the certificate has been looked at."""
        if self.passed:
            self.incoming.write(data)
            return
        self.flight += data
        if self.flight[:1] != bytes([HANDSHAKE]):
            self.passed = True
        for kind, body in handshake_messages(self.flight):
            if kind == CERTIFICATE:
                self.look(chain_of(body))
                self.passed = True
        if self.passed:
            self.incoming.write(self.flight)

    def look(self, chain):
        wrong = trust.objections(chain, self.name, self.phone.roots, self.phone.clock.now())
        if wrong:
            self.wait_for_rest()
            self.refuse(wrong[0])
            raise Failed("certificate", wrong)

    def wait_for_rest(self):
        """The whole flight of the server is read before the phone acts."""
        while not any(kind == HELLO_DONE for kind, _ in handshake_messages(self.flight)):
            self.flight += self.receive()

    def refuse(self, objection):
        how = self.settings["rejects"]
        if how == "rst":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif how == "alert":
            version = VERSIONS[self.settings["tls"]][1]
            self.sock.sendall(bytes([ALERT]) + version + struct.pack("!HBB", 2, FATAL, ALERTS[objection]))
        time.sleep(0.02)

    def write(self, data):
        self.object.write(data)
        self.send()

    def read(self):
        while True:
            try:
                data = self.object.read(65536)
            except ssl.SSLWantReadError:
                self.incoming.write(self.receive())
                continue
            except ssl.SSLError:
                raise Failed("closed") from None
            if not data:
                raise Failed("closed")
            return data

    def close(self):
        """close_notify, then FIN."""
        try:
            self.object.unwrap()
        except ssl.SSLError:
            pass
        try:
            self.send()
            self.sock.shutdown(socket.SHUT_WR)
            self.drain()
        except (Failed, OSError):
            pass
        self.sock.close()

    def drain(self):
        """Until the server has closed as well: a socket that is closed with octets unread sends RST."""
        end = time.monotonic() + 1
        while select.select([self.sock], [], [], max(0, end - time.monotonic()))[0]:
            if not self.sock.recv(65536):
                return
