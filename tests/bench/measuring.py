"""What the benches share: a program's processor time, figures that are kept between runs, and the table that is made of them."""

import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MIB = 1 << 20


def measure(command, feed=None):
    """Processor seconds of `command` alone, octets of its largest resident set, and what `feed` says, a program whose output is its input."""
    source = subprocess.Popen(feed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) if feed else None
    child = subprocess.Popen(command, stdin=source.stdout if source else subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if source:
        source.stdout.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    said = source.stderr.read() if source else ""
    if child.returncode not in (0, 1) or (source and source.wait()):
        sys.exit("bench: %s: ended with %d" % (" ".join(command[:2]), child.returncode or source.returncode))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, said


def by_turns(programs, runs):
    """{name: {"seconds": median, "least": ..., "octets": median, "runs": ..., "fed": words}} of {name: (command, feed)}: in turn, so that what slows the
    machine slows all of them."""
    seen = {name: [] for name in programs}
    for _ in range(runs):
        for name, (command, feed) in programs.items():
            seen[name].append(measure(command, feed))
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {name: {"seconds": statistics.median(one[0] for one in got), "least": min(one[0] for one in got),
                   "octets": statistics.median(one[1] for one in got), "runs": runs, "fed": got[-1][2]} for name, got in seen.items()}


class Figures:
    """What was measured, in a file: so that parts can be measured one by one."""

    def __init__(self, path):
        self.path = path
        self.all = {}
        self.read()

    def read(self):
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.all = json.load(file)

    def keep(self, part, figures):
        self.read()                     # another part may have been measured meanwhile
        self.all[part] = figures | {"load": os.getloadavg()[1]}
        with open(self.path + ".part", "w", encoding="utf-8") as file:
            json.dump(self.all, file, indent="\t", sort_keys=True)
        os.rename(self.path + ".part", self.path)

    def get(self, part):
        return self.all.get(part)


def markdown(head, rows):
    lines = ["| %s |" % " | ".join(head), "|%s" % ("---|" * len(head))]
    return "\n".join(lines + ["| %s |" % " | ".join(str(cell) for cell in row) for row in rows])
