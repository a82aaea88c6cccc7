"""What live and latency share: a network of their own with a veth pair and the daemon at one end, as tests/check-daemon makes them."""

import glob
import importlib.machinery
import importlib.util
import os
import subprocess
import sys

from measuring import ROOT


def check_daemon(build):
    """The module, or None where this cannot be run. From here on the process is in namespaces of its own."""
    os.environ["DIALTONE"] = os.path.join(build, "dialtone")
    loader = importlib.machinery.SourceFileLoader("check_daemon", os.path.join(ROOT, "tests", "check-daemon"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_daemon", loader))
    loader.exec_module(module)
    why = module.enter_namespaces()
    if why:
        print("skipped: %s" % why, file=sys.stderr)
    return None if why else module


def make_capture(build, path, kind, *options):
    if not os.path.exists(path):
        captures = sorted(glob.glob(os.path.join(ROOT, "pcaps", "*.pcap")))
        subprocess.run([os.path.join(build, "tests/bench/make-capture"), kind, *options, path + ".part", *captures], check=True, stderr=subprocess.DEVNULL)
        os.rename(path + ".part", path)
    return path


def processor(pid):
    """Seconds that a process has had."""
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def of_interface(name, what):
    with open("/sys/class/net/%s/statistics/%s" % (name, what), encoding="ascii") as file:
        return int(file.read())
