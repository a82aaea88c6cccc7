#!/usr/bin/python3
"""desktop.py SETTINGS.json: a desktop client that nobody here wrote, pidgin-sipe under finch, signs in on its interface.

finch wants a terminal, so it gets a pseudo-terminal that somebody reads. What it did is taken from its own debug log. It runs in a mount namespace of its
own (`unshare --mount`), where its resolver and the authorities it trusts are the lab's. Like phone.py it prints `done` at the end of the sign-in and stays.
"""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time

from handset.truth import Truth

ACCOUNT = """<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'>
 <account>
  <protocol>prpl-sipe</protocol>
  <name>%(user)s,%(user)s</name>
  <password>%(password)s</password>
  <settings>
   <setting name='transport' type='string'>auto</setting>
   <setting name='authentication' type='string'>ntlm</setting>
   <setting name='dont-publish' type='bool'>1</setting>
  </settings>
  <settings ui='gnt-purple'>
   <setting name='auto-login' type='bool'>1</setting>
  </settings>
 </account>
</account>
"""
AUTHORITIES = "/etc/ssl/certs"
LONGEST = 40


def in_place(path, there):
    subprocess.run(["mount", "--bind", path, there], check=True)


def prepare(settings):
    """Its configuration, resolver and authorities; the folder of the first."""
    home = settings["home"]
    os.makedirs(os.path.join(home, "authorities"), exist_ok=True)
    for name, text in (("accounts.xml", ACCOUNT % settings), ("resolv.conf", "nameserver %s\noptions timeout:2 attempts:1\n" % settings["resolver"])):
        with open(os.path.join(home, name), "w", encoding="utf-8") as file:
            file.write(text)
    in_place(os.path.join(home, "resolv.conf"), os.path.realpath("/etc/resolv.conf"))
    subprocess.run(["cp", settings["root"], os.path.join(home, "authorities", "lab.pem")], check=True)
    in_place(os.path.join(home, "authorities"), AUTHORITIES)
    return home


def start(home):
    """finch on a pseudo-terminal: the terminal's end, and its process."""
    log = os.open(os.path.join(home, "debug.log"), os.O_WRONLY | os.O_CREAT, 0o644)
    process, terminal = pty.fork()
    if process == 0:
        os.dup2(log, 2)
        os.environ.update(TERM="xterm", HOME=home, LC_ALL="C.UTF-8")
        os.execvp("finch", ["finch", "-d", "-c", home])
    return terminal, process


# ---- what it did, by its own log ----

FACTS = [
    ("srv", re.compile(r"sipe_core_dns_resolved - SRV hostname: (\S+) port: (\d+)")),
    ("host", re.compile(r"sipe_core_dns_resolved - A hostname: (\S+) port: (\d+)")),
    ("dials", re.compile(r"sipe: transport_connect - hostname: (\S+) port: (\d+)")),
    ("up", re.compile(r"sip_transport_connected: '([^:']+):(\d+)'")),
    ("refused", re.compile(r"proxy: Error connecting to ([^:\s]+):(\d+) \(Connection refused\)")),
    ("register", re.compile(r"msg->response\((\d+)\),msg->method\((REGISTER)\)")),
    ("over", re.compile(r"connection: (Connection error) on \S+ \((.*)\)")),
]
SEARCHES = "trying SRV records next"


def facts(log):
    """[(what, first, second)] of the search for a registrar; that for web services, before it, is left out."""
    out = []
    for line in log.partition(SEARCHES)[2].splitlines():
        for what, pattern in FACTS:
            found = pattern.search(line)
            if found:
                out.append((what, found[1], found[2]))
    return out


def is_over(told):
    return any(what == "over" or (what, first) == ("register", "200") for what, first, _ in told)


def write_down(truth, told, domain):
    """Every server that it dialled is a candidate: learned from a service record, or one of the usual host names."""
    source, at = "host", None
    for what, first, second in told:
        truth.event(what, first, more=second)
        if what in ("srv", "host"):
            source = what
        elif what == "dials":
            at = truth.candidate(source, None, first, int(second), None if not first.endswith("." + domain) else domain, checked=False)
            at["dialled"], source = True, "host"
        elif what == "refused" and at:
            at["result"] = "refused"
        elif what == "register" and at:
            at["result"] = first
    signed_in = bool(at) and at["result"] == "200"
    truth.ends("signed-in" if signed_in else "failed", None if signed_in else "registrar", None if signed_in else "none left")


class Watcher:
    """Reads the terminal, so that finch is not held up, until the log says that it is over."""

    def __init__(self, home):
        self.log = os.path.join(home, "debug.log")
        self.terminal, self.process = start(home)

    def told(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return facts(file.read())

    def wait(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not is_over(self.told()):
            self.read(0.2)

    def read(self, seconds):
        if select.select([self.terminal], [], [], seconds)[0]:
            try:
                os.read(self.terminal, 65536)
            except OSError:                 # it has closed its terminal
                time.sleep(seconds)

    def stay(self):
        print("done", flush=True)
        while not select.select([sys.stdin], [], [], 0)[0]:
            self.read(0.2)


def main(path):
    with open(path, encoding="utf-8") as file:
        settings = json.load(file)
    truth = Truth(settings["truth"], {"mac": settings["mac"], "method": None, "user": settings["user"]})
    watcher = Watcher(prepare(settings))
    watcher.wait(LONGEST)
    write_down(truth, watcher.told(), settings["user"].partition("@")[2])
    watcher.stay()


if __name__ == "__main__":
    main(sys.argv[1])
