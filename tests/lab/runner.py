"""Runs scenarios, each in a world of its own (world.py), and sees to it that nothing stays behind."""

import concurrent.futures
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from scenarios import all_scenarios                     # noqa: E402

TOOLS = ["unshare", "nsenter", "setpriv", "ip", "dnsmasq", "nginx", "kamailio"]
PACKAGES = {"dnsmasq": "dnsmasq-base", "nginx": "nginx-light", "kamailio": "kamailio kamailio-tls-modules", "kea-dhcp4": "kea-dhcp4-server", "samba": "samba",
            "samba-tool": "samba-ad-provision samba-dsdb-modules", "lldpd": "lldpd", "chronyd": "chrony", "finch": "finch pidgin-sipe", "ip": "iproute2",
            "unshare": "util-linux", "nsenter": "util-linux", "setpriv": "util-linux"}
OWN_WORLD = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"]
LONGEST = 150
PLACES = "/usr/sbin:/sbin:/usr/bin:/bin"


def found(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":" + PLACES) is not None


def missing(programs):
    return ["%s is not there (package %s)" % (p, PACKAGES[p]) for p in programs if not found(p)]


def obstacles():
    """Why nothing can be run here, in words; empty if it can."""
    out = missing(TOOLS)
    if os.geteuid() != 0:
        out.append("not root: network namespaces cannot be made")
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        out.append("/dev/net/tun cannot be opened: no TAP devices")
    if importlib.util.find_spec("cryptography") is None:
        out.append("python3-cryptography is not there, for %s" % sys.executable)
    if not out and subprocess.run(OWN_WORLD + ["ip", "tuntap", "add", "probe", "mode", "tap"], capture_output=True, check=False).returncode:
        out.append("a TAP device in a namespace of one's own cannot be made")
    return out


def default_cache():
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "dialtone-lab")


class Runner:
    """`cache`: where keys and the provisioned directory are kept; `out`: a folder a scenario is made in it. `dialtone`: whose daemon listens at the mirror
    port, or None."""

    def __init__(self, out, cache, dialtone=None):
        self.out, self.cache, self.dialtone, self.processes = os.path.abspath(out), os.path.abspath(cache), dialtone, set()

    def world(self, name, folder):
        """Plays it; None, or what went wrong."""
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        environment = {**os.environ, "PATH": os.environ.get("PATH", "") + ":" + PLACES, "LC_ALL": "C.UTF-8"}
        log = os.path.join(folder, "world.log")
        with open(log, "wb") as file:
            process = subprocess.Popen(OWN_WORLD + [sys.executable, "-B", os.path.join(HERE, "world.py"), name, folder, self.cache]
                                       + ([self.dialtone] if self.dialtone else []),
                                       stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment)
        self.processes.add(process)
        try:
            status = process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            status = "none after %d seconds" % LONGEST
        self.end(process)
        if status == 0:
            os.remove(log)
            return None
        with open(log, encoding="utf-8", errors="replace") as file:
            return "exit status %s: %s" % (status, (file.read().strip().splitlines() or ["(nothing said)"])[-1])

    def end(self, process):
        """With the first process of its world, everything in it ends."""
        if process.poll() is None:
            process.kill()
            process.wait()
        self.processes.discard(process)

    def fill_cache(self, directory):
        """Keys, and the directory where a scenario needs one and it is not there yet. Two runs may come here at once."""
        import domain_controller        # pylint: disable=import-outside-toplevel
        import pki                      # pylint: disable=import-outside-toplevel  (needs cryptography, which obstacles() asks for first)
        keys = os.path.join(self.cache, "pki")
        os.makedirs(keys, exist_ok=True)
        with open(os.path.join(self.cache, "lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            pki.prepare(keys)
            if not directory or os.path.isdir(domain_controller.kept_in(self.cache, pki.Authority(keys, "own").der())):
                return
            wrong = self.world("--provision", os.path.join(self.out, "provision"))
            if wrong:
                raise RuntimeError("the directory could not be provisioned: " + wrong)

    def play(self, scenario):
        """None, or what went wrong."""
        return self.world(scenario.name, os.path.join(self.out, scenario.name))

    def play_all(self, scenarios, jobs, then):
        """Calls `then`(scenario, what went wrong or None) as each is over, from the caller's thread. Longest first, since most of a scenario is waiting."""
        self.fill_cache(any(s.site.directory for s in scenarios))
        pool = concurrent.futures.ThreadPoolExecutor(jobs)
        try:
            waiting = {pool.submit(self.play, s): s for s in sorted(scenarios, key=lambda s: -s.expected_seconds())}
            for future in concurrent.futures.as_completed(waiting):
                then(waiting[future], future.result())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(self.processes):
                self.end(process)


def chosen(names):
    """The scenarios of these names, or all."""
    known = {s.name: s for s in all_scenarios()}
    unknown = [n for n in names if n not in known]
    if unknown:
        raise KeyError(", ".join(unknown))
    return [known[n] for n in names] or list(known.values())
