"""What differs between two plays of the same story: names, numbers, the network's habits and the phone's."""

import datetime
from dataclasses import dataclass, field, replace

WORDS = ["fabrikam", "tailspin", "proseware", "litware", "northwind", "adatum", "wingtip", "lucerne", "margie", "blueyonder", "fourthcoffee",
         "humongous", "relecloud", "vanarsdel", "woodgrove", "alpineski", "citypower", "consolidated", "treyres", "wideworld"]
TOPS = ["de", "com", "net", "co.uk", "org", "example", "com.au", "ch", "se", "co.jp"]
MAKERS = [("00:04:f2", "Polycom", "CX600"), ("00:08:5d", "Aastra", "6721ip"), ("64:16:7f", "Polycom", "CX500"), ("00:10:bc", "Aastra", "6725ip"),
          ("00:04:f2", "Polycom", "CX3000")]
MIRROR = {
    "copies": "a mirror port that shows every third frame twice",
    "routed-copies": "a mirror of two ports, so that some frames come twice, once with the router's addresses and a smaller TTL",
    "retransmissions": "retransmitted segments",
    "disorder": "segments out of order",
    "records": "handshake messages split over records",
    "small": "a small MSS, so that certificates span many segments",
    "large": "segments larger than the MTU, as a network card with offload shows them",
    "crowd": "desktop PCs beside",
    "neighbour": "another phone that signs in well",
    "client": "a Lync client on a PC, which looks for the same registrar and minds no names",
    "vlan-lldp": "voice VLAN from LLDP",
    "vlan-dhcp": "voice VLAN from DHCP",
}


@dataclass
class Habits:
    """Of the phone."""
    srv: tuple = ("_sipinternaltls._tcp", "_sip._tls")
    hosts: tuple = ("sipinternal", "sip", "sipexternal")
    together: bool = False              # asks for all service records at once
    suffixes: bool = True               # asks for a name that does not exist again with the network's suffix
    looks_before_check: bool = True     # asks for the address of a name that it will not dial
    names_first: bool = False           # asks for all names before it dials the first
    spelling: str = "lower"             # of the domain as the user typed it
    sends_sni: bool = False
    tls_version: str = "1.0"
    ciphers: str = "AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA"
    dns_waits: tuple = (1, 2, 4)
    syn_waits: tuple = (3, 6)
    syn_last: float = 12
    rst_tries: int = 3
    old_hello: bool = False             # the hello has SSL 2.0's form; only good for a server that refuses it
    retries: int = 1
    pause: float = 25
    typing: float = 38
    forgets: bool = True                # asks for the names again at each try
    resumes: bool = True                # TLS sessions
    boot: str = "discover"              # "reboot": REQUEST of the old lease; "renew": it was running before
    sts: bool = False                   # with credentials: fetches its certificate after the registrar's 401
    after: bool = False                 # opens web sessions once it is signed in
    keep_alive: float = 30
    asks_aaaa: bool = False             # asks for IPv6 addresses, too
    edns: bool = False
    one_port: bool = False              # asks all DNS questions from one port
    clock_by: str = "srv"               # or "option42"
    chain_by: str = "POST"              # or "GET"
    thorough: bool = False              # with credentials: UC options, chain and ticket all the same, before the directory
    cuts_off: bool = False              # the web server closes, the phone resets
    ldap_form: str = "short"            # of the ping: "long" lengths, or "nested" filter
    boot_srv: bool = False              # at boot it asks for the registrar of the network's domain, to find the update server
    octet: int = 57


@dataclass
class Setting:
    second: bool = False
    domain: str = "contoso.com"
    ad: str = "corp.contoso.local"
    hoster: str = "nwtraders.com"
    other: str = "adventure-works.net"  # a second SIP domain of the site
    sip_host: str = "sip"               # the host record that a phone falls back to
    target_host: str = "sip"            # what a good service record points to
    foreign_host: str = "sip"
    web_host: str = "lyncweb"
    web_in: str = "ad"                  # the web services' name is in the AD domain, or in the SIP domain
    network_in: str = "ad"              # DHCP option 15: the AD domain, the SIP domain, or none
    subnet: str = "10.20.30"
    servers: str = "10.20.0"
    outside: str = "203.0.113"
    style: str = "windows"
    additional: bool = True
    authority: bool = True              # negative answers bear a SOA
    relayed: bool = False
    flat: bool = False                  # the servers are in the phone's own subnet
    missing: str = "NXDOMAIN"           # how a name that is not there is answered; or "empty"
    chunked: bool = False               # HTTP bodies in chunks
    stamps: bool = False                # TCP timestamps
    padded: bool = True                 # short frames reach Ethernet's least length; on their sender's own machine they do not yet
    asks_back: bool = False             # TLS servers ask for a client's certificate, which is none
    tickets: bool = False               # TLS session tickets
    signature: str = "sha1"
    tiers: int = 1
    chain_form: str = "soap"
    publishes_update: bool = False      # ucupdates-r2 is in DNS and in the web server's certificate
    start: datetime.datetime = datetime.datetime(2014, 9, 1, 8, 0, 12, tzinfo=datetime.timezone.utc)
    maker: tuple = MAKERS[0]
    voice_vlan: int = 20
    mirror: tuple = ()
    phone: Habits = field(default_factory=Habits)


def fixed(rng):
    """The plain play of a story."""
    start = Setting.start + datetime.timedelta(days=rng.randrange(28), minutes=rng.randrange(600), microseconds=rng.randrange(1000000))
    return Setting(start=start, maker=MAKERS[rng.randrange(3)])


def drawn(rng, second=True):
    """Other names, another network, another phone, another capture."""
    one, two, three, four = rng.sample(WORDS, 4)
    top = rng.choice(TOPS)
    domain = rng.choice(["%s.%s", "%s.%s", "%s-group.%s", "voice.%s.%s", "emea.%s.%s", "a.b.%s.%s"]) % (one, top)
    ad = rng.choice(["corp.%s.local" % one, "%s.lan" % two, "ad.%s.intern" % two, "eu.%snet.corp" % two, "int.%s.%s" % (two, top), "%s.local" % one])
    hoster = rng.choice(["%s.%s", "cloud.%s.%s", "%svoice.%s"]) % (three, rng.choice(TOPS))
    subnet = rng.choice(["172.16.%d" % rng.randrange(200), "10.%d.7" % rng.randrange(21, 250), "192.168.%d" % rng.randrange(250)])
    flat = rng.random() < 0.3
    days = rng.randrange(1500)
    start = datetime.datetime(2013, 9, 2, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=days, microseconds=rng.randrange(86400 * 10**6))
    return Setting(
        second=second, domain=domain, ad=ad, hoster=hoster, other="%s.%s" % (four, rng.choice(TOPS)),
        sip_host=rng.choice(["sip", "sip", "sipinternal"]), target_host=rng.choice(["sip", "pool01", "lync", "fe1.lync", "sipinternal"]),
        foreign_host=rng.choice(["sip", "edge", "pool3", "lyncfe"]), web_host=rng.choice(["lyncweb", "webint", "lyncfe01", "uc-web"]),
        web_in=rng.choice(["ad", "ad", "sip"]), network_in=rng.choice(["ad", "ad", "ad", "sip", "none"]),
        subnet=subnet, flat=flat, servers=subnet if flat else rng.choice(["10.20.0", "10.0.%d" % rng.randrange(250), "172.31.%d" % rng.randrange(250)]),
        outside=rng.choice(["203.0.113", "198.51.100", "192.0.2"]), style=rng.choice(["windows", "dnsmasq"]),
        additional=rng.random() < 0.5, authority=rng.random() < 0.7, relayed=not flat and rng.random() < 0.3,
        missing=rng.choice(["NXDOMAIN", "NXDOMAIN", "NXDOMAIN", "empty"]), chunked=rng.random() < 0.3, signature=rng.choice(["sha1", "sha256"]),
        tiers=rng.choice([1, 1, 2]), chain_form=rng.choice(["soap", "p7b"]), publishes_update=rng.random() < 0.5, start=start,
        maker=rng.choice(MAKERS), voice_vlan=rng.randrange(2, 4094), mirror=mirrored(rng, flat), phone=phone_of(rng),
        stamps=rng.random() < 0.3, padded=rng.random() < 0.7, tickets=rng.random() < 0.3, asks_back=rng.random() < 0.3)


def mirrored(rng, flat):
    ways = ["copies", "retransmissions", "disorder", "records", "crowd", "neighbour", "client"] + ([] if flat else ["routed-copies"])
    habits = rng.sample(ways, rng.randrange(3))
    habits += rng.choice([[], [], ["small"], ["large"]])
    return tuple(habits + rng.choice([[], ["vlan-lldp"], ["vlan-dhcp"]]))


def phone_of(rng):
    services = ["_sipinternaltls._tcp", "_sip._tls"]
    hosts = rng.choice([("sipinternal", "sip", "sipexternal"), ("sip", "sipinternal", "sipexternal"), ("sipinternal", "sipexternal", "sip")])
    srv = rng.choice([services, services, services[::-1], services + ["_sipinternal._tcp"], [services[0], "_sipinternal._tcp", services[1]]])
    return Habits(
        srv=tuple(srv), hosts=hosts, together=rng.random() < 0.4, suffixes=rng.random() < 0.7, looks_before_check=rng.random() < 0.7,
        spelling=rng.choice(["lower", "lower", "title", "upper"]), sends_sni=rng.random() < 0.2, tls_version=rng.choice(["1.0", "1.0", "1.2"]),
        dns_waits=rng.choice([(1, 2, 4), (2, 2, 4), (1, 1, 2, 4, 4)]), syn_waits=rng.choice([(3, 6), (3, 6, 12), (1, 2, 4)]),
        syn_last=rng.choice([8, 12]), rst_tries=rng.choice([1, 3]), retries=rng.choice([1, 1, 2]), pause=rng.choice([3, 12, 25, 40]),
        typing=rng.choice([0.3, 9, 21, 38, 55]), forgets=rng.random() < 0.7, resumes=rng.random() < 0.5,
        boot=rng.choice(["discover", "discover", "reboot", "renew"]), sts=rng.random() < 0.5, after=rng.random() < 0.5,
        keep_alive=rng.choice([20, 30, 45]), boot_srv=rng.random() < 0.2,
        asks_aaaa=rng.random() < 0.2, edns=rng.random() < 0.2, one_port=rng.random() < 0.3, clock_by=rng.choice(["srv", "srv", "option42"]),
        chain_by=rng.choice(["POST", "GET"]), ldap_form=rng.choice(["short", "long", "nested"]),
        cuts_off=rng.random() < 0.3, octet=rng.randrange(112, 190))


def plain(setting, **changes):
    """The same with other habits where a story needs them."""
    phone = {key: changes.pop(key) for key in list(changes) if key in Habits.__dataclass_fields__}
    return replace(setting, phone=replace(setting.phone, **phone), **changes)


def typed(domain, spelling):
    """The domain as the user wrote it."""
    if spelling == "title":
        return domain[:1].upper() + domain[1:]
    return domain.upper() if spelling == "upper" else domain
