"""The octets of DHCP, DNS, NTP, LDAP and LLDP messages."""

import struct

from wire import ip_octets, mac_octets

# ---- DHCP (RFC 2131, 2132) ----
DISCOVER, OFFER, REQUEST, DECLINE, DHCPACK, NAK, RELEASE, INFORM = range(1, 9)


def dhcp(kind, xid, mac, options, ciaddr="0.0.0.0", yiaddr="0.0.0.0", giaddr="0.0.0.0", broadcast=False):
    """`options`: [(code, octets)] after option 53, in the order sent."""
    reply = kind in (OFFER, DHCPACK, NAK)
    head = struct.pack("!BBBBIHH4s4s4s4s", 2 if reply else 1, 1, 6, 0, xid, 0, 0x8000 if broadcast else 0,
                       ip_octets(ciaddr), ip_octets(yiaddr), bytes(4), ip_octets(giaddr))
    body = b"".join(tlv(code, value) for code, value in [(53, bytes([kind]))] + options)
    return (head + mac_octets(mac) + bytes(10 + 64 + 128) + b"\x63\x82\x53\x63" + body + b"\xff").ljust(300, b"\0")


def tlv(code, value):
    """More than 255 octets come as several instances (RFC 3396)."""
    pieces = [value[i:i + 255] for i in range(0, len(value), 255)] or [b""]
    return b"".join(bytes([code, len(piece)]) + piece for piece in pieces)


def labels(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.strip(".").split(".") if label) + b"\0"


def option43(web, scheme="https", port=b"443", path="/CertProv/CertProvisioningService.svc", identifier="MS-UC-Client", leave_out=()):
    """As DHCPUtil writes it."""
    parts = [(1, identifier.encode()), (2, scheme.encode()), (3, web.encode()), (4, port), (5, path.encode())]
    return b"".join(bytes([code, len(value)]) + value for code, value in parts if code not in leave_out)


def option120(*names):
    return b"\0" + b"".join(labels(name) for name in names)


# ---- DNS (RFC 1035, 2782) ----
TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "AAAA": 28, "SRV": 33}
OPT = b"\0" + struct.pack("!HHIH", 41, 4096, 0, 0)      # RFC 6891
RCODES = {"NOERROR": 0, "SERVFAIL": 2, "NXDOMAIN": 3, "REFUSED": 5}


class Packer:
    """Writes names with compression pointers into one message."""

    def __init__(self):
        self.out, self.known = bytearray(), {}

    def name(self, name, compress=True):
        parts = name.strip(".").split(".") if name.strip(".") else []
        for i, label in enumerate(parts):
            rest = ".".join(parts[i:]).lower()
            if compress and rest in self.known:
                self.out += struct.pack("!H", 0xC000 | self.known[rest])
                return
            self.known.setdefault(rest, len(self.out))
            self.out += bytes([len(label)]) + label.encode()
        self.out += b"\0"

    def record(self, record):
        name, kind, ttl, value = record
        self.name(name)
        self.out += struct.pack("!HHIH", TYPES[kind], 1, ttl, 0)
        start = len(self.out)
        if kind == "A":
            self.out += ip_octets(value)
        elif kind == "SRV":
            priority, weight, port, target = value
            self.out += struct.pack("!HHH", priority, weight, port)
            self.name(target, compress=False)
        elif kind == "SOA":
            self.name(value)
            self.name("hostmaster." + name)
            self.out += struct.pack("!IIIII", 2013080101, 900, 600, 86400, 3600)
        else:
            self.name(value)
        self.out[start - 2:start] = struct.pack("!H", len(self.out) - start)


def dns_query(ident, name, kind, edns=False):
    packer = Packer()
    packer.out += struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, edns)
    packer.name(name)
    return bytes(packer.out + struct.pack("!HH", TYPES[kind], 1)) + (OPT if edns else b"")


def dns_answer(ident, name, kind, rcode, answers, authority, additional, truncated=False, edns=False):
    """Records are (name, type, ttl, value)."""
    packer = Packer()
    packer.out += struct.pack("!HHHHHH", ident, 0x8580 | (0x0200 if truncated else 0) | RCODES[rcode], 1, len(answers), len(authority), len(additional) + edns)
    packer.name(name)
    packer.out += struct.pack("!HH", TYPES[kind], 1)
    for record in answers + authority + additional:
        packer.record(record)
    return bytes(packer.out) + (OPT if edns else b"")


# ---- NTP (RFC 4330) ----
def ntp_stamp(time):
    return struct.pack("!II", int(time) + 2208988800 & 0xFFFFFFFF, int(time % 1 * 2**32))


def ntp_client(time):
    return bytes([0x1B, 0, 0, 0]) + bytes(36) + ntp_stamp(time)


def ntp_server(asked, time, stratum=2, refid=bytes([10, 0, 0, 1])):
    return (bytes([0x1C, stratum, 6, 0xEC]) + struct.pack("!II", 0x200, 0x400) + refid + ntp_stamp(time - 40) + asked[40:48]
            + ntp_stamp(time) + ntp_stamp(time + 0.0001))


# ---- LDAP (RFC 4511), and the netlogon value of MS-ADTS 6.3.1.9 ----
LONG = []                               # not empty: every length in four octets, as Microsoft's encoder writes them


def ber(tag, *parts):
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 and not (LONG and tag & 0x20) else b"\x84" + struct.pack("!I", len(body))
    return bytes([tag]) + size + body


def integer(value, tag=2):
    return ber(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def text(value, tag=4):
    return ber(tag, value if isinstance(value, bytes) else value.encode())


def search(message, base, scope, filters, attributes, time_limit=0):
    return ber(0x30, integer(message), ber(0x63, text(base), integer(scope, 10), integer(0, 10), integer(0), integer(time_limit),
                                           ber(1, b"\0"), filters, ber(0x30, *[text(a) for a in attributes])))


def equals(name, value):
    return ber(0xA3, text(name), text(value))


def netlogon_query(domain, form="short"):
    """`form`: "short" or "long" lengths, or a "nested" filter."""
    LONG[:] = [True] if form == "long" else []
    parts = [equals("DnsDomain", domain), equals("Host", "WindowsCE"), equals("NtVer", b"\x06\0\0\0")]
    filters = ber(0xA0, ber(0xA0, *parts[:2]), parts[2]) if form == "nested" else ber(0xA0, *parts)
    query = search(1, "", 0, filters, ["Netlogon"], time_limit=1)
    LONG.clear()
    return query


def entry(message, dn, attributes):
    parts = [ber(0x30, text(name), ber(0x31, *[text(v) for v in values])) for name, values in attributes]
    return ber(0x30, integer(message), ber(0x64, text(dn), ber(0x30, *parts)))


def done(message, code=0, note="", tag=0x65):
    return ber(0x30, integer(message), ber(tag, integer(code, 10), text(""), text(note)))


def bind_request(message, blob):
    """SASL GSS-SPNEGO."""
    return ber(0x30, integer(message), ber(0x60, integer(3), text(""), ber(0xA3, text("GSS-SPNEGO"), text(blob))))


def netlogon_value(domain, dc, flags=0x0000F1FD):
    """RESPONSE_EX with names compressed against the start of the structure."""
    head = struct.pack("<HHI", 23, 0, flags) + bytes.fromhex("33221100554477668899aabbccddeeff")
    short = domain.split(".")[0].upper()[:15].encode()
    host = dc.split(".")[0]
    site_at = 24 + len(labels(domain)) + 2 + 1 + len(host) + 2 + 2 + len(short) + 2 + len(host) + 1
    site = b"Default-First-Site-Name"
    return (head + labels(domain) + b"\xc0\x18" + bytes([len(host)]) + host.encode() + b"\xc0\x18" + bytes([len(short)]) + short + b"\0"
            + bytes([len(host)]) + host.upper().encode() + b"\0" + b"\0" + bytes([len(site)]) + site + b"\0"
            + struct.pack("!H", 0xC000 | site_at) + struct.pack("<IHH", 5, 0xFFFF, 0xFFFF))


# ---- LLDP (802.1AB), LLDP-MED (TIA-1057) ----
def lldp_tlv(kind, value):
    return struct.pack("!H", kind << 9 | len(value)) + value


def med(subtype, value):
    return lldp_tlv(127, b"\x00\x12\xbb" + bytes([subtype]) + value)


def lldp_switch(mac, port, voice_vlan=None):
    out = (lldp_tlv(1, b"\x04" + mac_octets(mac)) + lldp_tlv(2, b"\x05" + port.encode()) + lldp_tlv(3, struct.pack("!H", 120))
           + lldp_tlv(5, b"access-sw-3") + med(1, struct.pack("!HB", 0x000B, 4)))
    if voice_vlan is not None:
        out += med(2, bytes([1]) + struct.pack("!I", 0x400000 | voice_vlan << 9 | 5 << 6 | 46)[1:])
    return out + lldp_tlv(0, b"")


def lldp_phone(mac, firmware=None, maker="Polycom", model="CX600"):
    out = (lldp_tlv(1, b"\x04" + mac_octets(mac)) + lldp_tlv(2, b"\x03" + mac_octets(mac)) + lldp_tlv(3, struct.pack("!H", 120))
           + med(1, struct.pack("!HB", 0x0023, 3)))
    if firmware:
        out += med(6, firmware.encode()) + med(7, firmware.encode()) + med(9, maker.encode()) + med(10, model.encode())
    return out + lldp_tlv(0, b"")


# ---- HTTP, and the SOAP of the certificate provisioning service ----
ROOT_REQUEST = (b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
                b'<GetRootCertificates xmlns="http://schemas.microsoft.com/OCS/AuthWebServices/"/></s:Body></s:Envelope>')
ROOT_REPLY = (b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetRootCertificatesResponse '
              b'xmlns="http://schemas.microsoft.com/OCS/AuthWebServices/">%b</GetRootCertificatesResponse></s:Body></s:Envelope>')
REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"}


def filler(first, size):
    """Text of that size; nobody sees it but its length."""
    return (first.encode() + b"x" * size)[:size]


def http_request(method, host, path, body=b"", kind="", agent=""):
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: " + host] + (["User-Agent: " + agent] if agent else [])
    lines += ["Content-Type: " + kind, "Content-Length: %d" % len(body)] if body else []
    return "\r\n".join(lines + ["", ""]).encode() + body


def http_reply(status, kind="text/html", body=b"", location="", chunked=False):
    if chunked:
        pieces = [body[i:i + 700] for i in range(0, len(body), 700)] + [b""]
        head = "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nServer: Microsoft-IIS/8.0\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        return (head % (status, REASONS[status], kind)).encode() + b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces)
    where = "Location: %s\r\n" % location if location else ""
    head = "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nServer: Microsoft-IIS/8.0\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n"
    return (head % (status, REASONS[status], kind, where, len(body))).encode() + body


def update_xml(mac, maker, model, version):
    """What the phone says of itself to the update service."""
    values = (mac.replace(":", "-").upper(), maker, model, version, version)
    return ("<?xml version=\"1.0\" encoding=\"utf-8\"?><Request><DeviceType>UCPhone</DeviceType><MacAddress>%s</MacAddress><Vendor>%s</Vendor>"
            "<Model>%s</Model><Revision>A</Revision><Locale>ENU</Locale><Module name=\"CPE.nbt\" version=\"%s\"/><Version>%s</Version></Request>"
            % values).encode()


# ---- SIP in clear (RFC 3261) ----
class Dialog:
    """One registration over TCP."""

    def __init__(self, domain, ip, port, rng, agent, server):
        self.domain, self.via, self.agent, self.server = domain, "%s:%d" % (ip, port), agent, server
        self.call, self.tag = "%032x" % rng.getrandbits(128), "%08x" % rng.getrandbits(32)

    def message(self, first, cseq, *more):
        user = "sip:desk@" + self.domain
        lines = [first, "Via: SIP/2.0/TCP %s" % self.via, "Max-Forwards: 70", "From: <%s>;tag=%s" % (user, self.tag), "To: <%s>" % user,
                 "Call-ID: " + self.call, "CSeq: %d REGISTER" % cseq, *more, "Content-Length: 0", "", ""]
        return "\r\n".join(lines).encode()

    def register(self, cseq, *more):
        return self.message("REGISTER sip:%s SIP/2.0" % self.domain, cseq, "Contact: <sip:%s;transport=tcp>" % self.via,
                            "User-Agent: CPE/4.0 " + self.agent, "Event: registration", *more)

    def registration(self, accepted):
        challenge = 'WWW-Authenticate: NTLM realm="SIP Communications Service", targetname="%s", version=4' % self.server
        proof = 'Authorization: NTLM qop="auth", realm="SIP Communications Service", targetname="%s", version=4, gssapi-data=""' % self.server
        yield True, self.register(1)
        yield False, self.message("SIP/2.0 401 Unauthorized", 1, challenge)
        yield True, self.register(2, proof)
        yield False, self.message("SIP/2.0 200 OK" if accepted else "SIP/2.0 403 Forbidden", 2, "Expires: 600")
