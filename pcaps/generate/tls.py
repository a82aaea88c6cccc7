"""Real TLS between two OpenSSL ends in memory, and the certificates that their servers show."""

import datetime
import os
import ssl
import tempfile
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

warnings.simplefilter("ignore")         # SHA-1 and TLS 1.0 are the point here
FOLDER = tempfile.mkdtemp(prefix="dialtone-pki-")
KEYS = {}
SERIAL = [0x1000]


def key_of(kind, number=0):
    """Keys are made once a run and shared: `RSA 2048`, `RSA 1024`, `EC P-256`."""
    if (kind, number) not in KEYS:
        family, size = kind.split()
        KEYS[kind, number] = ec.generate_private_key(ec.SECP256R1()) if family == "EC" else rsa.generate_private_key(65537, int(size))
    return KEYS[kind, number]


def name_of(text):
    """A name from "CN=..., O=..., DC=...", most specific first as people write it."""
    kinds = {"CN": x509.NameOID.COMMON_NAME, "O": x509.NameOID.ORGANIZATION_NAME, "DC": x509.NameOID.DOMAIN_COMPONENT,
             "C": x509.NameOID.COUNTRY_NAME, "OU": x509.NameOID.ORGANIZATIONAL_UNIT_NAME}
    parts = [part.strip().split("=", 1) for part in text.split(",")]
    return x509.Name([x509.NameAttribute(kinds[key], value) for key, value in reversed(parts)])


def day(text):
    return datetime.datetime.strptime(text, "%Y-%m-%d")


class Authority:
    """A certification authority: a root, or below `parent`."""

    def __init__(self, name, parent=None, signature="sha1", since="2010-01-01", until="2030-01-01", number=7):
        self.name, self.parent, self.signature = name_of(name), parent, signature
        self.key = key_of("RSA 2048", number)
        self.certificate = self.sign(self.name, self.key, since, until, authority=True, issuer=parent or self)

    @staticmethod
    def sign(subject, key, since, until, issuer, san=(), authority=False):
        SERIAL[0] += 0x1F
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.name).public_key(key.public_key())
                   .serial_number(SERIAL[0]).not_valid_before(day(since)).not_valid_after(day(until))
                   .add_extension(x509.BasicConstraints(authority, None), critical=True))
        if san:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in san]), critical=False)
        return builder.sign(issuer.key, hashes.SHA1() if issuer.signature == "sha1" else hashes.SHA256())

    def chain(self):
        """This authority's certificate and those above it."""
        return [self.certificate] + (self.parent.chain() if self.parent else [])

    def root(self):
        return self.parent.root() if self.parent else self


class Identity:
    """A server's certificate: what it shows and the phone judges."""

    def __init__(self, authority, san=(), cn=None, since="2012-06-01", until="2016-06-01", key="RSA 2048", send_chain=True):
        self.authority, self.san, self.cn = authority, list(san), cn or (san[0] if san else "server")
        self.since, self.until, self.key_kind = since, until, key
        self.certificate = Authority.sign(name_of("CN=" + self.cn), key_of(key), since, until, authority, san)
        self.shown = [self.certificate] + ([c for c in authority.chain() if c.subject != c.issuer] if send_chain else [])

    def files(self):
        base = os.path.join(FOLDER, "%x" % self.certificate.serial_number)
        with open(base + ".pem", "wb") as file:
            file.write(b"".join(c.public_bytes(serialization.Encoding.PEM) for c in self.shown))
        with open(base + ".key", "wb") as file:
            file.write(key_of(self.key_kind).private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                           serialization.NoEncryption()))
        return base + ".pem", base + ".key"


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def bundle(certificates):
    """PKCS #7, certificates only."""
    return pkcs7.serialize_certificates(certificates, serialization.Encoding.DER)


VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2}


def server_context(identity, lowest="1.0", highest="1.2", ciphers="AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA", tickets=False, asks_back=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if asks_back:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=der(identity.authority.root().certificate))
    context.set_ciphers(ciphers + ":@SECLEVEL=0")
    context.minimum_version, context.maximum_version = VERSIONS[lowest], VERSIONS[highest]
    if not tickets:
        context.options |= ssl.OP_NO_TICKET
    context.load_cert_chain(*identity.files())
    return context


def client_context(version="1.0", roots=None, ciphers="AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA", tickets=False):
    """With `roots`, this end itself verifies the chain and sends its own alert when it fails."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(ciphers + ":@SECLEVEL=0")
    context.minimum_version = context.maximum_version = VERSIONS[version]
    if not tickets:
        context.options |= ssl.OP_NO_TICKET
    if roots is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        for root in roots:
            context.load_verify_locations(cadata=der(root))
    return context


class Pair:
    """A client and a server end. `flights` are what crossed the wire so far, as (up, octets)."""

    def __init__(self, server, client, sni=None, session=None):
        self.inward = {True: ssl.MemoryBIO(), False: ssl.MemoryBIO()}       # what the client (True) and the server read
        self.outward = {True: ssl.MemoryBIO(), False: ssl.MemoryBIO()}
        self.ends = {
            True: client.wrap_bio(self.inward[True], self.outward[True], server_hostname=sni, session=session),
            False: server.wrap_bio(self.inward[False], self.outward[False], server_side=True),
        }
        self.done = {True: False, False: False}
        self.failed = None                                                  # which end gave up

    def step(self, up):
        """Lets one end go on; what it sends."""
        if not self.done[up] and self.failed is None:
            try:
                self.ends[up].do_handshake()
                self.done[up] = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                self.failed = up
        return self.outward[up].read()

    def flights(self):
        """The handshake, a flight at a time, until both ends are done or one gives up."""
        up = True
        while True:
            data = self.step(up)
            if data:
                yield up, data
                self.inward[not up].write(data)
            elif all(self.done.values()) or self.failed is not None:
                return
            up = not up

    def write(self, up, data):
        """Application data from one end, read by the other; the records."""
        self.ends[up].write(data)
        records = self.outward[up].read()
        self.inward[not up].write(records)
        self.ends[not up].read(1 << 20)
        return records

    def close_notify(self, up):
        try:
            self.ends[up].unwrap()
        except ssl.SSLError:
            pass
        return self.outward[up].read()

    def session(self):
        """None where its certificate is so large that OpenSSL cannot write the session down."""
        try:
            return self.ends[True].session
        except ValueError:
            return None


def alert(description, version="1.0"):
    """A fatal alert in clear, as an end sends before any ChangeCipherSpec."""
    codes = {"handshake_failure": 40, "bad_certificate": 42, "unsupported_certificate": 43, "certificate_expired": 45, "certificate_unknown": 46, "unknown_ca": 48,
             "protocol_version": 70, "unrecognized_name": 112}
    return bytes([0x15, 3, {"1.0": 1, "1.1": 2, "1.2": 3}[version], 0, 2, 2, codes[description]])


def split_records(data, size):
    """The same handshake messages in records of at most `size` octets (only what is in clear, up to ChangeCipherSpec)."""
    out, at, clear = b"", 0, True
    while at < len(data):
        length = int.from_bytes(data[at + 3:at + 5], "big")
        body, head = data[at + 5:at + 5 + length], data[at:at + 3]
        clear = clear and head[0] == 0x16
        for i in range(0, length, size if clear else length):
            piece = body[i:i + size] if clear else body
            out += head + len(piece).to_bytes(2, "big") + piece
        at += 5 + length
    return out
