"""The certificates of a scenario. Keys and authorities are made once and kept in the cache; they are worth nothing outside the lab."""

import datetime
import functools
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

YEARS = datetime.timedelta(days=365)
AUTHORITIES = {"own": "Contoso Enterprise Root CA", "foreign": "Nwtraders Root CA"}


def write_once(path, data):
    scratch = path + ".part"
    with open(scratch, "wb") as file:
        file.write(data)
    os.rename(scratch, path)


def pem_key(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())


@functools.lru_cache(None)
def kept_key(folder, name):
    """Made once; OpenSSL takes its time to check one that is loaded."""
    path = os.path.join(folder, name + ".key")
    if not os.path.exists(path):
        write_once(path, pem_key(rsa.generate_private_key(65537, 2048)))
    with open(path, "rb") as file:
        return serialization.load_pem_private_key(file.read(), None)


def named(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def certificate(subject, issuer, public_key, signing_key, since, until, extensions):
    builder = x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named(issuer)).public_key(public_key)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signing_key, hashes.SHA256())


def prepare(folder):
    """Makes what is kept, so that no two scenarios do at once."""
    for which in AUTHORITIES:
        Authority(folder, which)
    kept_key(folder, "server")


class Authority:
    """A root of the lab; kept, because the directory publishes it and is provisioned only once."""

    def __init__(self, folder, which):
        self.folder, self.which, self.name = folder, which, AUTHORITIES[which]
        path = os.path.join(folder, which + ".pem")
        if not os.path.exists(path):
            write_once(path, self.own().public_bytes(serialization.Encoding.PEM))
        with open(path, "rb") as file:
            self.certificate = x509.load_pem_x509_certificate(file.read())

    def own(self):
        now = datetime.datetime.utcnow().replace(microsecond=0)
        basic = x509.BasicConstraints(ca=True, path_length=None)
        key = kept_key(self.folder, self.which)
        return certificate(self.name, self.name, key.public_key(), key, now - 2 * YEARS, now + 20 * YEARS, [(basic, True)])

    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, path, names, since_years=-1, until_years=1):
        """Writes `path`.pem (the leaf) and `path`.key; the first name is the common name, all are subject alternative names."""
        now = datetime.datetime.utcnow().replace(microsecond=0)
        key = kept_key(self.folder, "server")
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        signing = kept_key(self.folder, self.which)
        leaf = certificate(names[0], self.name, key.public_key(), signing, now + since_years * YEARS, now + until_years * YEARS, [(alternative, False)])
        with open(path + ".pem", "wb") as file:
            file.write(leaf.public_bytes(serialization.Encoding.PEM))
        with open(path + ".key", "wb") as file:
            file.write(pem_key(key))
