"""Scenarios of the link: voice VLAN and lease."""

from expect import CONNECT, DISCOVERY, LINK, NAMING, ROOT_CA, TLS, UC, WEB, but, every_but
from story import failed, finding, scenario, signed_in

LATER = UC + ROOT_CA + WEB + DISCOVERY + NAMING + CONNECT + TLS
DISCOVERS = "dhcp.option.dhcp == 1"


@scenario("B2", "no-voice-vlan", "nobody gives the phone a voice VLAN: it stays where it is and signs in")
def no_voice_vlan(s):
    """The DHCP server does not know the class CPE-OCPHONE and the switch gives no LLDP-MED policy: the phone stays on the untagged VLAN. Nothing in the
    capture says that there is a voice VLAN; in the second variation another phone beside it lives in VLAN 110. The sign-in works."""
    s.without("vlan-lldp", "vlan-dhcp", "neighbour")
    s.change_habits(boot="discover")
    s.good_dns()
    s.registrar()
    s.sign_in(s.phone())
    if s.second:
        s.neighbour(110)
    return signed_in("pin", finding("vlan-not-assigned", ["warning", "info"] if s.second else "info"), never=every_but())


@scenario("B3", "vlan-no-dhcp", "the phone is sent to a VLAN in which no DHCP server answers")
def vlan_no_dhcp(s):
    """The lease on the untagged VLAN bears the voice VLAN's number; the phone releases it and asks again in that VLAN, where nobody answers.
    In the second variation LLDP-MED gives the VLAN."""
    s.without("vlan-lldp", "vlan-dhcp", "neighbour", "client")
    if s.second:
        s.net.vlan_lldp = s.setting.voice_vlan
    else:
        s.vlan_by_dhcp(42)
    s.net.leases = [None]
    s.change_habits(boot="discover")
    phone = s.phone()
    assert not phone.start()
    phone.wait(20)
    phone.no_lease(s.rng.randrange(1 << 32))
    s.idle(phone)
    return failed(None, "vlan", "vlan-no-dhcp", finding("vlan-no-dhcp", "error", "strong", [str(phone.vlan)], DISCOVERS + " && vlan.id"),
                  may=["lease-none"], never=LATER + ("vlan-not-assigned", "lease-refused"))


@scenario("B3", "lease-none", "no DHCP server answers at all")
def lease_none(s):
    """The phone asks for a lease again and again and nobody answers; no VLAN plays a part. In the second variation the port's desktop PCs are heard."""
    s.without("vlan-lldp", "vlan-dhcp", "neighbour", "client")
    s.net.leases = False
    s.change_habits(boot="discover")
    phone = s.phone()
    assert not phone.start()
    phone.wait(20)
    phone.no_lease(s.rng.randrange(1 << 32))
    s.idle(phone)
    return failed(None, "lease", "lease-none", finding("lease-none", "error", "strong", shown_by=DISCOVERS),
                  never=LATER + but(LINK, "lease-none", "vlan-not-assigned"))


@scenario("B3", "lease-refused", "the DHCP server refuses the address that the phone asks for")
def lease_refused(s):
    """Each REQUEST is answered with NAK: the phone wants its address of another subnet after a reboot, and after DISCOVER and OFFER it fares no better
    (second variation: DISCOVER, OFFER, REQUEST, NAK from the beginning)."""
    s.without("vlan-lldp", "vlan-dhcp", "neighbour", "client")
    s.net.refuses = True
    phone = s.phone()
    phone.lldp()
    for number in range(5):
        assert not phone.lease(reboot=number == 0 and not s.second)
    s.idle(phone)
    return failed(None, "lease", "lease-refused", finding("lease-refused", "error", "proven", shown_by="dhcp.option.dhcp == 6"),
                  never=LATER + but(LINK, "lease-refused", "vlan-not-assigned"))
