"""Where the time goes: the program as it is, sampled by perf; each sample belongs to the innermost room of dialtone that is on its stack.

So a copy that libc does for the reader of captures is the reader's, and what the system does for it, too. Nothing is built for it: it works with any
build that has symbols, also an older one.
"""

import bisect
import collections
import os
import re
import subprocess
import sys
import tempfile

from measuring import markdown

HERTZ = 997
# The first that fits; of a file as it is named in the tree, or of a library.
STAGES = (
    ("source", r"src/packet/(source|reader|input|unpack|filter)"),
    ("glance", r"src/packet/glance|src/flow/unread"),
    ("decap", r"src/packet/(decap|fragment)"),
    ("mirror", r"src/packet/mirror"),
    ("nDPI", r"libndpi|src/flow/classify"),
    ("flow", r"src/(flow|packet)/"),
    ("dissectors", r"dissectors/|libcrypto"),
    ("trail", r"src/trail/"),
    ("judge", r"src/verdict/"),
    ("sink", r"src/sink/|libsqlite"),
)
NAMES = [name for name, _ in STAGES] + ["rest"]
FRAME = re.compile(r"\s*([0-9a-f]+) .*\((.*)\)$")


class Rooms:
    """Which file a place in the program is from."""

    def __init__(self, program):
        self.program, self.known = os.path.realpath(program), {}
        lines = subprocess.run(["nm", "-l", "--defined-only", program], capture_output=True, text=True, check=True).stdout.splitlines()
        found = sorted((int(words[0].split()[0], 16), words[1]) for words in (line.split("\t") for line in lines) if len(words) == 2)
        self.at, self.files = [address for address, _ in found], [name for _, name in found]

    def stage_of(self, address, library):
        key = address if library == self.program else library
        if key not in self.known:
            name = self.files[max(0, bisect.bisect_right(self.at, address) - 1)] if library == self.program else library
            self.known[key] = next((stage for stage, pattern in STAGES if re.search(pattern, name)), None)
        return self.known[key]


def stage_of_stack(rooms, stack):
    return next((stage for stage in (rooms.stage_of(*frame) for frame in stack) if stage), "rest")


def count(rooms, text):
    counts, stack = collections.Counter(), []
    for line in text:
        found = FRAME.match(line)
        if found:
            stack.append((int(found[1], 16), os.path.realpath(found[2]) if found[2].startswith("/") else found[2]))
        elif stack:
            counts[stage_of_stack(rooms, stack)] += 1
            stack = []
    if stack:
        counts[stage_of_stack(rooms, stack)] += 1
    return counts


def sample(program, capture, folder):
    """{stage: share of the processor time} of one `analyze --json`."""
    with tempfile.TemporaryDirectory(dir=folder) as room:
        data = os.path.join(room, "perf.data")
        done = subprocess.run(["perf", "record", "-q", "-F", str(HERTZ), "--call-graph", "dwarf,8192", "-o", data, program, "analyze", "--json", capture],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode not in (0, 1) or not os.path.exists(data):
            sys.exit("bench: perf: %s" % done.stderr.decode(errors="replace")[-300:])
        with subprocess.Popen(["perf", "script", "-i", data, "--no-inline", "-F", "ip,sym,dso"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, errors="replace") as script:
            counts = count(Rooms(program), script.stdout)
    total = sum(counts.values())
    return {name: counts[name] / total for name in NAMES}


def table(bars):
    """Of [(capture, which, {stage: nanoseconds a packet})]."""
    rows = [(name, *("%.1f" % ns[name] for _, _, ns in bars)) for name in NAMES]
    rows.append(("all", *("%.1f" % sum(ns.values()) for _, _, ns in bars)))
    return markdown(("ns a packet", *("%s, %s" % (kind, which) for kind, which, _ in bars)), rows)
