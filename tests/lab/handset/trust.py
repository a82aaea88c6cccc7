"""Which servers the phone trusts by name, and which certificates it accepts: written from the domain reference alone (3.2, 3.4, 2.10).

Nothing of this may be shared with the program under test, or the lab would prove that it agrees with itself.
"""

import re

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

BUILT_IN = ("outlook.com", "lync.com")
FIRST_STRICT_BUILD = 4363                   # January 2013, CU7
LARGEST_KEY = 4096
SIGNATURES = ("sha1", "sha256")


def strict(firmware):
    """Whether this firmware passes over foreign names: 4.0.7577 from build 4363 on; unknown firmware counts as new."""
    numbers = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)\.(\d+)", firmware or "")
    return numbers is None or tuple(map(int, numbers.groups())) >= (4, 0, 7577, FIRST_STRICT_BUILD)


def plain(name):
    return re.sub(r"\.$", "", name).lower()


def matches(domain, server):
    """The phone's own comparison, as its log words it: a dot must stand where the domain begins."""
    domain, server = plain(domain), plain(server)
    if not domain or re.fullmatch(r"[0-9.]+|.*:.*", server):
        return False
    return server == domain or bool(re.search(r"\." + re.escape(domain) + r"\Z", server))


def why_trusted(sip_domain, server):
    """The domain that makes the server trusted, or None."""
    return next((domain for domain in (sip_domain,) + BUILT_IN if matches(domain, server)), None)


# ---- certificates ----

def names_of(leaf):
    try:
        alternative = leaf.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
        return [name.lower() for name in alternative.get_values_for_type(x509.DNSName)]
    except x509.ExtensionNotFound:
        return [str(a.value).lower() for a in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def signed_by(certificate, issuer):
    if certificate.issuer != issuer.subject:
        return False
    try:
        issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), certificate.signature_hash_algorithm)
    except (InvalidSignature, AttributeError, TypeError):
        return False
    return True


def chain_ends(chain, roots):
    """Follows the issuers through what the server sent up to a root that the phone has."""
    at = chain[0]
    for _ in range(len(chain) + 1):
        if any(at == root or signed_by(at, root) for root in roots):
            return True
        at = next((c for c in chain if c is not at and signed_by(at, c)), None)
        if at is None:
            return False
    return False


def objections(chain, name, roots, now):
    """All that the phone has against a chain (leaf first) at its own time, in the order it would find it; empty if it accepts."""
    leaf, out = chain[0], []
    if not chain_ends(chain, roots):
        out.append("unknown-issuer")
    if now > leaf.not_valid_after:
        out.append("expired")
    if now < leaf.not_valid_before:
        out.append("not-yet-valid")
    key = leaf.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size > LARGEST_KEY:
        out.append("key")
    if leaf.signature_hash_algorithm is None or leaf.signature_hash_algorithm.name not in SIGNATURES:
        out.append("signature")
    if plain(name) not in names_of(leaf):
        out.append("wildcard" if any(n == "*." + plain(name).partition(".")[2] for n in names_of(leaf)) else "name")
    return out
