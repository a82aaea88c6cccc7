"""Captures that lack something: what cannot be seen may not be held against anybody."""

import damage
from expect import CAPTURE, NAMING, but, every_but
from story import cannot_tell, finding, scenario, signed_in
from network import uc_options

NOTHING_ELSE = but(every_but(), *CAPTURE)


def site(s):
    s.quiet()
    s.tells_domain = False
    s.good_dns()
    s.registrar()


def foreign_site(s):
    """A site at which strict naming breaks the sign-in."""
    s.quiet()
    s.tells_domain = False
    s.srv(s.foreign)
    s.zone.a(s.foreign, s.foreign_ip)
    s.net.uc = uc_options(s.web, s.foreign)


def found(code):
    return finding(code, ["warning", "info"])


@scenario("D1", "snaplen-96", "the capture keeps 96 octets of each packet")
def snaplen_96(s):
    """Options, answers and certificates are cut off. A healthy sign-in (second variation: one that strict naming broke)."""
    s.args, s.write["snaplen"], s.extra = ["--phone", s.mac], 96, {"damaged": True}
    if s.second:
        foreign_site(s)
        s.give_up(s.phone())
        return cannot_tell(["unknown", "unfinished"], found("capture-truncated"), never=but(NOTHING_ELSE, "uc-no-reply"))
    site(s)
    s.sign_in(s.phone())
    return cannot_tell(["signed-in", "unknown"], found("capture-truncated"), never=NOTHING_ELSE)


@scenario("D2", "one-way", "the mirror shows one direction only")
def one_way(s):
    """Only what the phone sends is in the capture of a healthy sign-in. In the second variation only what is sent to it, of a sign-in that strict naming broke."""
    s.args, s.extra = ["--phone", s.mac], {"damaged": True}
    if s.second:
        foreign_site(s)
        s.give_up(s.phone())
        s.changes.append(lambda wire: damage.lose(wire, lambda f: f.sent_by == s.mac))
        return cannot_tell(["unknown", "unfinished"], found("capture-one-way"), never=NOTHING_ELSE)
    site(s)
    s.sign_in(s.phone())
    s.changes.append(lambda wire: damage.hear_only(wire, s.mac))
    return cannot_tell(["unknown", "signed-in", "unfinished"], found("capture-one-way"), never=NOTHING_ELSE)


@scenario("D3", "holes", "packets are missing in the capture")
def holes(s):
    """A healthy sign-in; the capture lacks the DNS answers about {domain} and every fourth TCP segment with data. In the second variation strict naming broke
    the sign-in, every DNS answer about the registrar is missing, and the capture's own statistics say that packets were dropped."""
    s.extra = {"damaged": True}
    if s.second:
        foreign_site(s)
        s.give_up(s.phone())
        s.write.update(form="pcapng", dropped=412)
    else:
        site(s)
        s.sign_in(s.phone())
    s.changes.append(lambda wire: lose_some(s, wire))
    outcomes = ["unknown", "unfinished"] if s.second else ["unknown", "signed-in"]
    return cannot_tell(outcomes, found("capture-gap"), never=NOTHING_ELSE)


def lose_some(s, wire):
    """The answers about the SIP names, and TCP segments here and there."""
    data = [f for f in sorted(wire.frames, key=lambda f: f.time) if f.tcp_payload]
    doomed = {id(f) for f in data[2::4]}
    names = s.domain.split(".")[0].lower().encode()
    damage.lose(wire, lambda f: id(f) in doomed or (f.note == "dns" and f.sent_by != s.mac and b"sip" in f.data and names in f.data.lower()))


@scenario("D4", "cut-file", "the file ends in the middle of a packet")
def cut_file(s):
    """The capture was interrupted while the phone shook hands with its registrar (second variation: while it was signed in). Exit status 0, a warning on
    stderr that names the file."""
    site(s)
    phone = s.phone("cached")
    s.write["cut"] = 23
    s.extra = {"stderr": [s.name], "damaged": True}
    s.sign_in(phone, stay=100)
    if s.second:
        return cannot_tell("signed-in", never=every_but(*CAPTURE))
    hello = [f.time for f in s.wire.frames if f.note == "tls" and f.tcp_payload > 600]
    s.before(hello[0] + 0.0005)
    return cannot_tell(["unfinished", "unknown"], never=NOTHING_ELSE)


@scenario("D5", "mid-way", "the capture begins in the middle of a sign-in")
def mid_way(s):
    """The capture begins within the handshake with the registrar, and the phone signs in. In the second variation it begins after the last answer about the
    service records: what the phone then asks for does not exist, but that is not the whole story."""
    s.extra = {"damaged": True}
    if s.second:
        foreign_site(s)
        phone = s.phone("cached", forgets=True)
        s.give_up(phone)
        s.since(phone.looked_up)
        return cannot_tell(["unknown", "unfinished"], never=NOTHING_ELSE)
    site(s)
    s.args = ["--phone", s.mac]
    phone = s.phone("cached", after=True)
    s.sign_in(phone)
    hello = [f.time for f in s.wire.frames if f.note == "tls" and f.tcp_payload > 600]
    s.since(hello[0])
    s.facts[s.mac] = {"optional": True, "fewer": True}
    return cannot_tell(["signed-in", "unknown"], never=NOTHING_ELSE)


@scenario("D6", "standing-session", "the capture begins when the phone has long been signed in")
def standing_session(s):
    """Keep-alives on a session that began before the capture; nothing else (second variation: it is closed, and the phone signs in again)."""
    s.args, s.extra = ["--phone", s.mac], {"damaged": True}
    site(s)
    phone = s.phone("cached", after=False, resumes=False)
    s.sign_in(phone, stay=40)
    s.since(phone.now)
    phone.stay(200)
    s.facts[s.mac] = {"optional": True, "fewer": True}
    if s.second:
        phone.hang_up(up=False)
        phone.wait(20)
        phone.known = {}
        assert phone.register()
        phone.stay(120)
        s.facts[s.mac] = {"fewer": True}
    good = cannot_tell(["signed-in", "unknown"], never=NOTHING_ELSE)
    return [good, signed_in(None, never=NOTHING_ELSE)] if s.second else good


@scenario("D7", "ends-too-early", "the capture ends while the phone still looks for its registrar")
def ends_too_early(s):
    """The last packet is the answer about the service record, which points to {foreign} (second variation: the first SYN to {target}, which does not
    answer). Nothing has failed yet."""
    if s.second:
        s.quiet()
        s.good_dns()
        phone = s.phone("cached", boot="discover")
        phone.start()
        s.typed(phone)
        s.net.listen.pop((s.sip_ip, 5061), None)
        phone.register()
        s.before(min(f.time for f in s.wire.frames if f.note == "syn" and f.time > phone.looked_up) + 0.5)
    else:
        foreign_site(s)
        phone = s.phone("cached", boot="discover")
        phone.start()
        s.typed(phone)
        phone.register()
        s.before(phone.looked_up + 0.0005)
    return cannot_tell(["unfinished", "unknown"], never=but(NOTHING_ELSE, "name-skipped") + but(NAMING, "name-skipped"))
