"""Hosts of the lab: a network namespace each, without a name, that is gone with its last process."""

import os
import subprocess
import time

from switch import Port, open_tap

PREFIX = 24


class NotReady(Exception):
    """A server did not come up."""


def until(what, seconds, so):
    """Waits until `so()` is true."""
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            raise NotReady(what)
        time.sleep(0.02)


class Host:
    """`folder`: where what its programs print is kept."""

    def __init__(self, name, folder):
        self.name, self.folder, self.started = name, folder, []
        own = os.readlink("/proc/self/ns/net")
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL)
        until("namespace of " + name, 5, lambda: self.namespace() not in (own, None) and not self.same_program())
        self.call("ip", "link", "set", "lo", "up")
        self.write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1")

    def namespace(self):
        try:
            return os.readlink("/proc/%d/ns/net" % self.holder.pid)
        except OSError:
            return None

    def same_program(self):
        """unshare has not become sleep yet."""
        with open("/proc/%d/comm" % self.holder.pid, encoding="utf-8") as file:
            return file.read().strip() != "sleep"

    def inside(self, arguments):
        return ["nsenter", "--net=/proc/%d/ns/net" % self.holder.pid, "--", *arguments]

    def call(self, *arguments):
        subprocess.run(self.inside(arguments), check=True, stdin=subprocess.DEVNULL)

    def write(self, path, text):
        self.call("sh", "-c", "[ ! -e %s ] || echo %s > %s" % (path, text, path))

    def start(self, *arguments, **more):
        """A program that runs until the world ends, or the process is ended; its words go to a file."""
        with open(self.log(arguments[0]), "ab") as file:
            process = subprocess.Popen(self.inside(arguments), stdin=subprocess.DEVNULL, stdout=file, stderr=file, **more)
        self.started.append((arguments[0], process))
        return process

    def words(self, program):
        """What it has printed."""
        with open(self.log(program), encoding="utf-8", errors="replace") as file:
            return file.read()

    def log(self, program):
        return os.path.join(self.folder, "%s-%s.log" % (self.name, os.path.basename(program)))

    def attach(self, switch, device, addresses=(), mac=None, native=1, voice=None):
        """Plugs it into the switch: a device of this name, and its port."""
        name = "%s-%s" % (self.name, device)
        fd = open_tap("tap")
        self.take("tap", device, mac)
        for address in addresses:
            self.call("ip", "address", "add", "%s/%d" % (address, PREFIX), "dev", device)
        port = Port(name, fd, native, voice)
        switch.add(port)
        return port

    def take(self, tap, device, mac):
        subprocess.run(["ip", "link", "set", tap, "netns", str(self.holder.pid), "name", device], check=True)
        if mac:
            self.call("ip", "link", "set", device, "address", mac)
        self.call("ip", "link", "set", device, "up")

    def listens(self, protocol, port):
        """A program has the port open: what /proc says of the sockets in this namespace."""
        wanted, state = "%04X" % port, {"tcp": "0A", "udp": "07"}[protocol]
        for table in (protocol, protocol + "6"):
            try:
                with open("/proc/%d/net/%s" % (self.holder.pid, table), encoding="ascii") as file:
                    rows = [line.split() for line in file][1:]
            except OSError:
                continue
            if any(row[1].endswith(":" + wanted) and row[3] == state for row in rows):
                return True
        return False

    def until_listening(self, protocol, port, seconds=15):
        def ready():
            for program, process in self.started:
                if process.poll() is not None:
                    raise NotReady("%s on %s ended with %d" % (program, self.name, process.returncode))
            return self.listens(protocol, port)
        until("%s port %d of %s" % (protocol, port, self.name), seconds, ready)
