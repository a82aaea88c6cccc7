#!/usr/bin/python3
"""phone.py SETTINGS.json: a simulated Lync Phone Edition desk phone that signs in on its interface and writes down what it did.

It behaves as the domain reference says that the real ones do; where the reference leaves it open, the settings decide (README.md). It prints `done` when
the sign-in has come to its end and then stays, with its session, until its input closes.
"""

import json
import os
import sys
import time

from cryptography import x509

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from handset import clock, trust                                   # noqa: E402
from handset.directory import Directory                            # noqa: E402
from handset.link import VENDOR, Link, vlan_in                                    # noqa: E402
from handset.names import Resolver                                 # noqa: E402
from handset.registrar import HOSTS, SERVICES, Registrar           # noqa: E402
from handset.tls import Clock, Failed                              # noqa: E402
from handset.truth import Truth                                    # noqa: E402
from handset.web import Web                                        # noqa: E402

DEFAULTS = {
    "mac": None, "interface": "eth0", "control": None, "keys": None, "truth": "truth.json",
    "method": "pin", "user": "alice@contoso.test", "pin": "right",
    "firmware": "4.0.7577.4444", "model": "Polycom CX600", "inventory": False, "hostname": "0004f2aabb01",
    "roots": [], "cached_registrar": None, "directory_user": None, "factory_date": "2012-06-01",
    "sni": False, "tls": "1.0", "rejects": "alert",
    "services": SERVICES, "hosts": HOSTS, "option120_first": True, "checks_redirects": False,
    "lldp": True, "lldp_wait": 0.3, "boot_update": True, "https_anyway": False, "exchange": None,
    "dhcp_wait": 1, "inform_tries": 3, "dns_wait": 1.3, "dns_tries": 2, "connect_wait": 4, "answer_wait": 5, "retries": 1, "pause": 0.5,
}


class Stopped(Exception):
    """The sign-in cannot go on: where, and why."""

    def __init__(self, where, why):
        super().__init__(where, why)
        self.where, self.why = where, why


class Phone:
    def __init__(self, settings):
        self.settings = {**DEFAULTS, **settings}
        self.truth = Truth(self.settings["truth"], {k: v for k, v in self.settings.items() if k not in ("directory_user", "roots")})
        self.link = Link(self.settings["interface"], self.settings, self.truth, self.settings["control"])
        self.clock = Clock(None if self.settings["method"] == "cached" else self.settings["factory_date"])
        self.roots = [self.load(path) for path in self.settings["roots"]]
        self.domain = self.settings["user"].partition("@")[2]
        self.strict = trust.strict(self.settings["firmware"])
        self.resolver = self.option120 = None
        self.web, self.registrar = Web(self), Registrar(self)

    @staticmethod
    def load(path):
        with open(path, "rb") as file:
            return x509.load_pem_x509_certificate(file.read())

    @staticmethod
    def wait(seconds):
        time.sleep(seconds)

    def trusts(self, server):
        return not self.strict or trust.why_trusted(self.domain, server)

    # -- steps 1 to 6 --
    def boot(self):
        vlan = self.link.neighbours(self.settings["lldp_wait"]) if self.settings["lldp"] else None
        if vlan:
            self.link.tag(vlan)
        if not self.link.acquire():
            raise Stopped("lease", "no lease")
        self.move_to_voice_vlan()
        self.resolver = Resolver(self.link.resolvers(), self.settings, self.truth)
        if self.settings["boot_update"] and self.link.domain():
            self.resolver.addresses("ucupdates-r2." + self.link.domain())
        clock.set_clock(self, self.link.domain() or self.domain)

    def move_to_voice_vlan(self):
        vlan = vlan_in(self.link.lease.get(VENDOR))
        if vlan and vlan != self.link.vlan:
            self.link.release()
            self.link.tag(vlan)
            if not self.link.acquire():
                raise Stopped("vlan", "no lease in the voice VLAN")

    # -- steps 7 to 9 --
    def by_pin(self):
        """Without the certificate of the web services there is no sign-in with a PIN."""
        answer = self.link.inform()
        if answer is None:
            raise Stopped("uc-options", "no answer")
        uc, self.option120 = answer
        if not all(uc.get(code) for code in (1, 2, 3, 5)) or uc[1] != "MS-UC-Client":
            raise Stopped("uc-options", "no web services")
        why, port = self.web.fetch_chain(uc[3]), uc.get(4, "443")
        port = int(port) if port.isdigit() else 443
        if why:
            raise Stopped("root-ca", self.without_chain(why, uc[3], port))
        why = self.web.provision(uc[3], port)
        if why:
            raise Stopped("provisioning", why)

    def without_chain(self, why, name, port):
        """Some go on to HTTPS, which cannot end well; (what happened on port 80, and there)."""
        return [why, self.web.provision(name, port) if self.settings["https_anyway"] else None]

    def by_credentials(self):
        """What the directory does not give is missed only where a certificate needs it."""
        Directory(self).roots(self.link.domain() or self.domain)

    def sign_in(self):
        if self.settings["method"] == "pin":
            self.by_pin()
        elif self.settings["method"] == "credentials":
            self.by_credentials()
        if not self.registrar.sign_in():
            raise Stopped("registrar", "none left")
        if self.settings["exchange"]:
            self.web.autodiscover(self.settings["exchange"])

    def run(self):
        try:
            self.boot()
            self.sign_in()
            self.truth.ends("signed-in")
        except Stopped as stopped:
            self.truth.ends("failed", stopped.where, stopped.why)

    def stay(self):
        """Until told to go; then without a word, as if the capture had ended first."""
        print("done", flush=True)
        while sys.stdin.readline().strip() == "keep-alive":
            try:
                self.registrar.keep_alive()
            except (Failed, AttributeError):
                pass
            print("done", flush=True)


def main(path):
    with open(path, encoding="utf-8") as file:
        phone = Phone(json.load(file))
    phone.run()
    phone.stay()


main(sys.argv[1])
