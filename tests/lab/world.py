#!/usr/bin/python3
"""world.py SCENARIO OUT CACHE [DIALTONE]: plays one scenario, with the daemon of DIALTONE on the mirror port where it is given.

It is the first process of its own process, mount and network namespaces (`run` makes them): when it
ends, however it ends, all that it started ends with it.
"""

import dataclasses
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import domain_controller                                # noqa: E402
import pki                                              # noqa: E402
import servers                                          # noqa: E402
from hosts import Host, until                                  # noqa: E402
from scenarios import (AD_DOMAIN, ADDRESS, DATA_NET, FOREIGN, MAIL, NET, OTHER, POOL, SIP_DOMAIN, VOICE_VLAN, WEB, WEB_PATH,    # noqa: E402
                       all_scenarios)
from switch import Faults, Switch, open_tap             # noqa: E402

MACS = ["00:04:f2:aa:bb:01", "00:04:f2:aa:bb:02"]
PC = "00:0c:29:aa:bb:cc"
SERVER_MAC = "00:15:5d:4d:00:%02x"
LIVE = "/run/lab-live"
BYSTANDER = "00:15:5d:4d:00:c8"
LONGEST = 60
LEAVES = {"good": ("own", [POOL, "pool1." + AD_DOMAIN], {}), "no-sip": ("own", ["pool1." + AD_DOMAIN], {}), "wildcard": ("own", ["*." + SIP_DOMAIN], {}),
          "expired": ("own", [POOL], {"since_years": -3, "until_years": -1}), "future": ("own", [POOL], {"since_years": 1, "until_years": 2}),
          "foreign": ("foreign", [POOL], {})}


class World:
    def __init__(self, scenario, out, cache):
        self.scenario, self.site, self.out, self.cache = scenario, scenario.site, out, cache
        self.run = os.path.join(out, "servers")
        os.makedirs(self.run, exist_ok=True)
        self.authorities = {which: pki.Authority(os.path.join(cache, "pki"), which) for which in ("own", "foreign")}
        self.hosts, self.phones, self.daemon = {}, [], None
        rules = [(protocol, socket.inet_aton(ADDRESS[host]), port) for protocol, host, port in self.site.drops]
        mirrored = None if self.site.mirrored == "all" else ["phone%d-eth0" % i for i in range(len(scenario.phones))]
        self.switch = Switch(os.path.join(out, "capture.pcapng"), Faults(drops=rules, **self.site.faults), mirrored, self.site.mirror_tag)
        self.vlan = VOICE_VLAN if self.site.vlan else 1

    # -- hosts --
    def host(self, role, device="lan"):
        host = Host(role, self.run)
        port = host.attach(self.switch, device, [ADDRESS[role]], SERVER_MAC % int(ADDRESS[role].rpartition(".")[2]), self.vlan)
        self.hosts[role] = host
        return host, port

    def certificate(self, name, which="own", subjects=(), **more):
        path = os.path.join(self.run, name)
        self.authorities[which].issue(path, list(subjects), **more)
        return path

    def infrastructure(self):
        host, _ = self.host("infra")
        if self.site.leases == "kea":
            servers.dnsmasq(host, self.site, self.run, [])
            servers.kea(host, self.site, NET, "lan", self.run)
        else:
            servers.dnsmasq(host, self.site, self.run, servers.dnsmasq_leases(self.site, NET, "lan"))
        if self.site.vlan == "dhcp":
            host.attach(self.switch, "data", [DATA_NET + ".10"], SERVER_MAC % 1, 1)
            leases = servers.dnsmasq_leases(self.site, DATA_NET, "data", VOICE_VLAN, uc=False)
            servers.dnsmasq(host, self.site, self.run, leases, "dnsmasq-data", dns=False)
        if self.site.clock == "good":
            servers.chrony(host, self.run, ADDRESS["infra"])
        elif self.site.clock != "none":
            servers.wrong_clock(host, self.site.clock)

    def web(self):
        host, _ = self.host("web")
        if self.site.web_up:
            servers.web(host, self.site, self.run, self.certificate("web", "own", [WEB]), self.authorities["own"])

    def pools(self):
        sts = "https://%s:443%s" % (WEB, WEB_PATH)
        host, _ = self.host("pool")
        which, subjects, dates = LEAVES[self.site.certificate]
        if self.site.pool_up:
            servers.registrar(host, self.run, ADDRESS["pool"], self.certificate("pool", which, subjects, **dates), self.site.then, sts,
                              versions=self.site.registrar_tls)
        if self.site.foreign_up:
            host, _ = self.host("foreign")
            servers.registrar(host, self.run, ADDRESS["foreign"], self.certificate("foreign", "own", [FOREIGN]), "accept", sts, "foreign",
                              versions=self.site.registrar_tls)

    def others(self):
        if self.site.mail_up:
            host, _ = self.host("mail")
            servers.exchange(host, self.run, self.certificate("mail", "own", [MAIL, "mail." + OTHER]))
        if self.site.directory:
            host, _ = self.host("dc")
            domain_controller.start(host, self.cache, self.authorities["own"])
        if self.site.vlan == "lldp":
            agent = Host("agent", self.run)
            self.switch.agent = agent.attach(self.switch, "agent", [], "00:1b:21:00:00:07", 0)
            servers.lldp_agent(agent, self.run, "agent", VOICE_VLAN)

    def monitor(self):
        """The mirror port, in a namespace of its own."""
        host = Host("monitor", self.run)
        self.switch.monitor = open_tap("tap")
        host.take("tap", "mirror", None)
        return host

    def watch(self, dialtone):
        """The daemon on the mirror port; it gives up its privileges, so its store is where anybody may write."""
        host = self.monitor()
        if dialtone:
            os.mkdir(LIVE)
            os.chmod(LIVE, 0o777)
            self.daemon = host.start(dialtone, "capture", "-i", "mirror", "--db", LIVE + "/live.db", "--user", "nobody", *self.scenario.arguments)
            until("the daemon", 30, lambda: self.daemon.poll() is not None or "capturing on" in host.words(dialtone))

    def stop_watching(self):
        if self.daemon is None:
            return
        self.daemon.terminate()
        status = self.daemon.wait(30)
        if status:
            raise RuntimeError("the daemon ended with %d" % status)
        for name in os.listdir(LIVE):
            shutil.copy(os.path.join(LIVE, name), self.out)

    # -- phones --
    def client(self, number, settings):
        """A desktop client, on a PC with an address of its own."""
        name = "phone%d" % number
        host = Host(name, self.run)
        host.attach(self.switch, "eth0", [NET + ".%d" % (60 + number)], PC, self.vlan)
        told = {"user": "alice@" + SIP_DOMAIN, "password": "unused", "resolver": ADDRESS["infra"], "home": os.path.join(self.run, name),
                "root": os.path.join(self.cache, "pki", "own.pem"), "truth": self.truth_path(number), "mac": PC, **settings}
        self.launch(host, name, "desktop.py", told, ["unshare", "--mount"])

    def phone(self, number, settings):
        name = "phone%d" % number
        host = Host(name, self.run)
        port = host.attach(self.switch, "eth0", [], MACS[number], 1, VOICE_VLAN if self.site.vlan else None)
        control = os.path.join(self.run, name + ".socket")
        network_card(control, port)
        roots = [os.path.join(self.cache, "pki", which + ".pem") for which in settings.get("roots", [])]
        told = {"mac": MACS[number], "control": control, "keys": os.path.join(self.out, "keys.log"), "truth": self.truth_path(number),
                "hostname": MACS[number].replace(":", ""),
                "directory_user": ["%s@%s" % (domain_controller.USER, AD_DOMAIN), domain_controller.PASSWORD], **settings, "roots": roots}
        self.launch(host, name, "phone.py", told)

    def launch(self, host, name, program, told, before=()):
        path = servers.write(self.run, name + ".json", json.dumps(told))
        with open(os.path.join(self.run, name + ".log"), "wb") as log:
            arguments = host.inside([*before, sys.executable, "-B", os.path.join(HERE, program), path])
            self.phones.append(subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log))

    def truth_path(self, number):
        return os.path.join(self.out, "truth.json" if number == 0 else "truth-%d.json" % (number + 1))

    def until_done(self):
        end = time.monotonic() + LONGEST
        for number, phone in enumerate(self.phones):
            if not select.select([phone.stdout], [], [], max(0, end - time.monotonic()))[0] or phone.stdout.readline().strip() != b"done":
                raise RuntimeError("phone %d did not come to an end" % number)

    # -- the whole --
    def play(self, dialtone=None):
        self.watch(dialtone)
        self.infrastructure()
        self.web()
        self.pools()
        self.others()
        self.switch.start()
        for number, settings in enumerate(self.scenario.phones):
            (self.client if settings.get("client") else self.phone)(number, settings)
        self.until_done()
        time.sleep(self.scenario.watch)
        self.switch.bystander(BYSTANDER, NET + ".200", NET + ".10", self.vlan)
        time.sleep(0.05)
        self.switch.stop()
        self.stop_watching()


def network_card(path, port):
    """Listens for the phone that sets its card's VLAN tag."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen()

    def serve():
        while True:
            peer, _ = server.accept()
            with peer, peer.makefile("rw") as lines:
                port.nic_tag = json.loads(lines.readline())["tag"]
                peer.sendall(b"ok\n")
    threading.Thread(target=serve, daemon=True).start()


def private_places(folder):
    """What servers write below /run, and what they read of /etc, is this world's."""
    for name, text in (("hosts", "127.0.0.1 localhost\n%s dc1.%s dc1\n" % (ADDRESS["dc"], AD_DOMAIN)), ("resolv.conf", "nameserver 127.0.0.1\n")):
        path, there = servers.write(folder, name, text), os.path.realpath("/etc/" + name)
        if os.path.exists(there) and not there.startswith("/run/"):
            subprocess.run(["mount", "--bind", path, there], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    os.makedirs("/run/lldpd")


def main(name, out, cache, dialtone=None):
    os.makedirs(os.path.join(out, "servers"), exist_ok=True)
    private_places(os.path.join(out, "servers"))
    if name == "--provision":
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        domain_controller.provision(cache, out, AD_DOMAIN, pki.Authority(os.path.join(cache, "pki"), "own"))
        return
    scenario = next(s for s in all_scenarios() if s.name == name)
    World(scenario, out, cache).play(dialtone)
    with open(os.path.join(out, "scenario.json"), "w", encoding="utf-8") as file:
        json.dump(dataclasses.asdict(scenario), file, indent=1)
    if not os.environ.get("DIALTONE_LAB_LOGS"):
        shutil.rmtree(os.path.join(out, "servers"))


main(*sys.argv[1:])
