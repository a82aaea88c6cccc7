"""Scenarios of SIP discovery: what DNS does not say."""

from expect import only
from story import candidate, failed, finding, scenario

SIP_NAMES = "dns.qry.name contains \"_sip\""



@scenario("B36", "srv-missing", "no SRV record and no host record for the SIP domain")
def srv_missing(s):
    """A user signs in with credentials; the root comes from the directory. Neither the service records nor sipinternal, sip and sipexternal of {domain} exist."""
    s.directory()
    s.give_up(s.phone("credentials"))
    return failed("credentials", "discovery", "srv-missing",
                  finding("srv-missing", "error", "proven", [s.domain], SIP_NAMES + " && " + s.absent), never=only("srv-missing"))


@scenario("B39", "srv-target-unresolved", "the SRV record is there, its target has no address")
def srv_target_unresolved(s):
    """`_sipinternaltls._tcp.{domain}` points to {target}, which does not exist."""
    s.directory()
    s.srv(s.target)
    s.give_up(s.phone("credentials"))
    return failed("credentials", "discovery", "srv-target-unresolved",
                  finding("srv-target-unresolved", "error", "proven", [s.target], 'lower(dns.qry.name) == "%s" && %s' % (s.target, s.absent)),
                  candidate(s.target, "sip-domain", False, "unresolved", "srv"), never=only("srv-target-unresolved"))


@scenario("B37", "dns-timeout", "the DNS server does not answer")
def dns_timeout(s):
    """The DNS server says nothing at all; in the second variation it is silent only about {domain}. Nothing can be known of the names."""
    s.directory()
    if s.second:
        s.zone.silence(s.domain)
    else:
        s.zone.broken["*"] = None
    s.give_up(s.phone("credentials"))
    return failed("credentials" if s.second else ["credentials", "cached", "unknown"], "discovery", "dns-timeout",
                  finding("dns-timeout", "error", "strong", shown_by="dns.flags.response == 0 && " + SIP_NAMES), never=only("dns-timeout"))


@scenario("B38", "dns-server-error", "the DNS server answers SERVFAIL or REFUSED")
def dns_server_error(s):
    """Every question about {domain} is answered with SERVFAIL, in the second variation with REFUSED. Nothing can be known of the names."""
    s.directory()
    s.zone.silence(s.domain, "REFUSED" if s.second else "SERVFAIL")
    s.give_up(s.phone("credentials"))
    return failed("credentials", "discovery", "dns-server-error",
                  finding("dns-server-error", "error", "proven", shown_by="dns.flags.rcode == %d" % (5 if s.second else 2)),
                  never=only("dns-server-error"))
