"""The network that a phone meets: its DHCP answers, its names, and what listens behind each address."""

from dataclasses import dataclass, field

from messages import option43, option120, labels
from wire import Host, ip_octets

ROUTER_MAC = "00:1b:54:aa:10:01"
SWITCH_MAC = "00:1b:54:aa:00:07"


class Zone:
    """What the DNS servers answer. A name that is not here does not exist."""

    def __init__(self, additional=True, authority=True, missing="NXDOMAIN"):
        self.records = {}               # (name, type) -> [(name, type, ttl, value)]
        self.broken = {}                # name or "*" -> rcode, or None for silence
        self.truncated = set()          # names whose answer is too long for UDP
        self.additional = additional    # an SRV answer brings its targets' addresses
        self.missing = missing          # or "empty": an answer without records
        self.authority = authority      # a negative answer brings the zone's SOA

    def put(self, name, kind, value, ttl=3600):
        self.records.setdefault((name.lower(), kind), []).append((name, kind, ttl, value))
        return self

    def a(self, name, *addresses):
        for address in addresses:
            self.put(name, "A", address)
        return self

    def srv(self, name, target, port=5061, priority=0, weight=0):
        return self.put(name, "SRV", (priority, weight, port, target))

    def cname(self, name, target):
        return self.put(name, "CNAME", target)

    def forget(self, *names):
        self.records = {key: value for key, value in self.records.items() if key[0] not in names}
        return self

    def answer(self, name, kind):
        """(rcode, answers, authority, additional), or None for silence."""
        name = name.lower()
        rcode = self.broken.get(name, self.broken.get("*", "ok"))
        if rcode is None:
            return None
        if rcode != "ok":
            return rcode, [], [], []
        found = list(self.records.get((name, kind), []))
        for record in self.records.get((name, "CNAME"), []):
            found += [record] + self.records.get((record[3].lower(), kind), [])
        if found:
            more = [a for r in found if r[1] == "SRV" for a in self.records.get((r[3][3].lower(), "A"), [])]
            return "NOERROR", found, [], more if self.additional else []
        parent = ".".join(label for label in name.split(".") if not label.startswith("_"))
        parent = parent if parent != name else name.split(".", 1)[-1]
        exists = any(key[0] == name for key in self.records)
        return "NOERROR" if exists or self.missing == "empty" else "NXDOMAIN", [], [(parent, "SOA", 3600, "ns1." + parent)] if self.authority else [], []

    def silence(self, domain, rcode=None):
        """The server says nothing (or this error) about the SIP names of a domain."""
        for name in ("_sipinternaltls._tcp", "_sipinternal._tcp", "_sip._tls", "_sip._tcp", "sipinternal", "sip", "sipexternal"):
            self.broken["%s.%s" % (name, domain)] = rcode
        return self


# ---- what listens behind an address and port ----
@dataclass
class Refuses:
    """RST to every SYN."""


@dataclass
class Silent:
    """Nothing comes back."""


@dataclass
class HttpServer:
    """Port 80: the chain as SOAP (`form` "soap") or PKCS #7 ("p7b"), or another status."""
    chain: list = field(default_factory=list)
    status: int = 200
    location: str = ""
    form: str = "soap"
    chunked: bool = False


@dataclass
class UpdateServer:
    """The device update service on port 80; `image` is the version it offers."""
    image: str = ""


@dataclass
class SipServer:
    """A registrar on TCP without TLS."""
    accepts: bool = True


@dataclass
class TlsServer:
    """`then`: "registrar" keeps the session, "web" serves and closes, "reject" closes at once, "redirect:NAME" sends the phone on."""
    identity: object
    then: str = "registrar"
    lowest: str = "1.0"
    highest: str = "1.2"
    ciphers: str = "AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA"
    resets: bool = False                # RST instead of an alert where the versions do not meet
    unrecognized: bool = False          # alert unrecognized_name to a hello without SNI
    stops: str = ""                     # "hello": its answer does not come through; "late": it ends the handshake after its certificate


@dataclass
class DomainController:
    domain: str
    name: str
    address: str
    certificates: list = field(default_factory=list)
    signing: bool = False               # refuses the bind without signing
    answers_ping: bool = True
    hosts_domain: bool = True
    located: bool = True                # its service record is there
    asked: str = ""                     # the domain that the phone asks for, where it is another
    dialled: bool = True                # the phone goes on to TCP 389 after the ping


@dataclass
class Network:
    """One site. `uc` are DHCP options 43 and 120 of the MS-UC-Client class as octets, or None for no answer at all."""
    zone: Zone
    subnet: str = "10.20.30"
    dns: str = "10.20.0.10"
    dhcp: str = "10.20.0.10"
    domain_name: str = "corp.local"
    search: list = field(default_factory=list)
    flat: bool = False                  # the servers are in the phone's subnet
    time_server: str = ""               # DHCP option 42
    style: str = "windows"              # order of the options: windows, dnsmasq
    uc: dict = field(default_factory=dict)
    second_uc: dict = None              # of another responder, the Registrar's own
    second_responder: str = "10.20.0.31"
    vlan_lldp: int = None
    vlan_dhcp: bytes = None             # option 43 of the CPE-OCPHONE class
    vlan: int = None                    # the tag the phone ends on
    lldp: bool = True
    leases: object = True               # False, or the VLANs on which somebody gives them
    lease_extra: list = field(default_factory=list)     # options that come with every lease
    refuses: bool = False               # NAK to every REQUEST
    ntp_offset: float = 0.0             # None: no answer
    ntp_stratum: int = 2
    listen: dict = field(default_factory=dict)          # (address, port) -> server
    directory: DomainController = None
    relayed: bool = False
    relay_side: bool = False            # what the relay agent and the server say to each other is heard
    asks_back: bool = False             # and ask for a client's certificate
    tickets: bool = False               # the TLS servers give session tickets
    balanced: set = field(default_factory=set)          # names whose addresses are used in turn
    distrusts_redirects: bool = False   # the phones here check the name of a redirect's target, too

    def host(self, ip):
        """Behind the router, unless the servers are in the phone's own subnet."""
        near = self.flat and ip.rsplit(".", 1)[0] == self.subnet
        return Host("00:15:5d:0a:%02x:%02x" % (int(ip.split(".")[2]), int(ip.split(".")[3])), ip) if near else Host(ROUTER_MAC, ip, 126)

    def at(self, address, port):
        return self.listen.get((address, port), Silent())

    def lease_options(self, lease=28800):
        """Options of an OFFER or ACK, without 43 and 120."""
        mask, router, dns = (1, b"\xff\xff\xff\0"), (3, ip_octets(self.subnet + ".1")), (6, ip_octets(self.dns))
        domain = [(15, self.domain_name.encode() + (b"\0" if self.style == "windows" else b""))] if self.domain_name else []
        times = [(58, (lease // 2).to_bytes(4, "big")), (59, (lease * 7 // 8).to_bytes(4, "big")), (51, lease.to_bytes(4, "big"))]
        server = (54, ip_octets(self.dhcp))
        domain += [(42, ip_octets(self.time_server))] if self.time_server else []
        search = [(119, b"".join(labels(name) for name in self.search))] if self.search else []
        if self.style == "windows":     # Windows ends option 15 with a NUL
            return [mask] + times + [server, router, dns] + domain + search
        return [server, times[2]] + times[:2] + [mask, dns] + domain + [router] + search


def uc_options(web, sip, **changes):
    """Both options as DHCPUtil writes them; `changes` go to option 43."""
    return {43: option43(web, **changes), 120: option120(sip)}
