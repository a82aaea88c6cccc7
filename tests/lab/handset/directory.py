"""The phone and Active Directory: finds a domain controller, pings it (CLDAP, [MS-ADTS] 6.3.3) and reads the published authorities (LDAP)."""

import select
import socket

from cryptography import x509

from .tls import Failed, connect

HOST, NETLOGON_VERSION = b"WindowsCE", bytes([6, 0, 0, 0])
PING_TRIES, PING_WAIT = 2, 1
BIND, BOUND, SEARCH, ENTRY, DONE, UNBIND = 0x60, 0x61, 0x63, 0x64, 0x65, 0x42


# ---- BER, as far as it is needed (X.690) ----

def ber(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def number(value, tag=2):
    return ber(tag, bytes([value]))


def octets(text):
    return ber(4, text if isinstance(text, bytes) else text.encode())


def items(data):
    """[(tag, content)] of complete elements, and what is left over."""
    out = []
    while len(data) >= 2:
        size, head = data[1], 2
        if size & 0x80:
            head += size & 0x7F
            size = int.from_bytes(data[2:head], "big")
        if len(data) < head + size:
            break
        out.append((data[0], data[head:head + size]))
        data = data[head + size:]
    return out, data


def equals(name, value):
    return ber(0xA3, octets(name), octets(value))


def search(ident, base, scope, filtered, attribute, seconds=0):
    return ber(0x30, number(ident), ber(SEARCH, octets(base), number(scope, 10), number(0, 10), number(0), number(seconds), ber(1, b"\0"),
                                        filtered, ber(0x30, octets(attribute))))


def values(entry):
    """All attribute values of a search entry."""
    out = []
    for _, attribute in items(items(entry)[0][1][1])[0]:
        out += [value for _, value in items(items(attribute)[0][1][1])[0]]
    return out


class Directory:
    def __init__(self, phone):
        self.phone, self.truth, self.settings = phone, phone.truth, phone.settings

    def roots(self, domain):
        """Step 8b. None, or why nothing was read."""
        why = self.read(domain)
        self.truth.event("directory", why or "ok", domain=domain, roots=len(self.phone.roots))
        return why

    def read(self, domain):
        targets, _ = self.phone.resolver.service("_ldap._tcp.dc._msdcs." + domain)
        if not targets:
            return "no controller"
        found = self.phone.resolver.addresses(targets[0][0])
        if not found:
            return "unresolved"
        answer = self.ping(found[0], domain)
        self.truth.event("cldap", answer, domain=domain)
        if answer != "netlogon":
            return "ping " + answer
        try:
            self.phone.roots += self.certificates(found[0], domain)
        except Failed as wrong:
            return wrong.why
        return None

    def ping(self, address, domain):
        """"netlogon", "empty" or "silent"."""
        filtered = ber(0xA0, equals("DnsDomain", domain), equals("Host", HOST), equals("NtVer", NETLOGON_VERSION))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for _ in range(PING_TRIES):
                sock.sendto(search(1, "", 0, filtered, "Netlogon", 1), (address, 389))
                if select.select([sock], [], [], PING_WAIT)[0]:
                    return "netlogon" if self.is_netlogon(sock.recv(4096)) else "empty"
        return "silent"

    @staticmethod
    def is_netlogon(data):
        for _, message in items(data)[0]:
            tag, content = items(message)[0][1]
            if tag == ENTRY and values(content):
                return True
        return False

    def certificates(self, address, domain):
        sock = connect(address, 389, self.settings)
        try:
            user, password = self.settings["directory_user"]
            sock.sendall(ber(0x30, number(2), ber(BIND, number(3), octets(user), ber(0x80, password.encode()))))
            code = items(self.messages(sock, BOUND)[-1])[0][0][1]
            if code != b"\0":
                raise Failed("bind %d" % code[0])
            base = "CN=Public Key Services,CN=Services,CN=Configuration," + ",".join("DC=" + part for part in domain.split("."))
            sock.sendall(search(3, base, 2, equals("objectClass", "certificationAuthority"), "cACertificate"))
            entries = self.messages(sock, DONE)[:-1]
            sock.sendall(ber(0x30, number(4), bytes([UNBIND, 0])))
            return [x509.load_der_x509_certificate(value) for entry in entries for value in values(entry) if len(value) > 100]
        except OSError:
            raise Failed("reset") from None
        finally:
            sock.close()

    @staticmethod
    def messages(sock, last):
        """Contents of the messages up to one of kind `last`."""
        data, out = b"", []
        while True:
            more = sock.recv(65536)
            if not more:
                raise Failed("closed")
            complete, data = items(data + more)
            for _, message in complete:
                tag, content = items(message)[0][1]
                out.append(content)
                if tag == last:
                    return out
