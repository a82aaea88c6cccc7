"""Capture files: pcap with micro- or nanoseconds and either byte order, pcapng, compressed or not, one or several, whole or cut."""

import gzip
import struct
import subprocess

ETHERNET, COOKED = 1, 113


def ordered(wire):
    return sorted(wire.frames, key=lambda f: f.time)


def stamp(time, per_second):
    """(seconds, fraction); packet times are whole microseconds unless the file can say more."""
    ticks = round(time * per_second)
    return ticks // per_second, ticks % per_second


def pcap(frames, snaplen=262144, nano=False, order="<", link=ETHERNET):
    per_second = 10**9 if nano else 10**6
    out = [struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, snaplen, link)]
    for frame in frames:
        kept = frame.data[:snaplen]
        out.append(struct.pack(order + "IIII", *stamp(frame.time, per_second), len(kept), len(frame.data)) + kept)
    return b"".join(out)


def block(kind, body, order):
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def option(code, value, order):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def pcapng(frames, snaplen=262144, nano=False, order="<", link=ETHERNET, dropped=None):
    """`dropped`: how many packets the interface lost, as its statistics say at the end."""
    resolution = option(9, b"\x09", order) + option(0, b"", order) if nano else b""
    out = [block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order),
           block(1, struct.pack(order + "HHI", link, 0, snaplen) + resolution, order)]
    frames = list(frames)
    for frame in frames:
        kept = frame.data[:snaplen]
        ticks = round(frame.time * (10**9 if nano else 10**6))
        head = struct.pack(order + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(kept), len(frame.data))
        out.append(block(6, head + kept + bytes(-len(kept) % 4), order))
    if dropped is not None:
        ticks = round(frames[-1].time * (10**9 if nano else 10**6))
        counts = option(4, struct.pack(order + "Q", len(frames)), order) + option(5, struct.pack(order + "Q", dropped), order) + option(0, b"", order)
        out.append(block(5, struct.pack(order + "III", 0, ticks >> 32, ticks & 0xFFFFFFFF) + counts, order))
    return b"".join(out)


def compressed(data, how):
    if how == "gz":
        return gzip.compress(data, 9, mtime=0)
    return subprocess.run(["zstd", "-q", "-19", "-c"], input=data, capture_output=True, check=True).stdout


def write(wire, path, splits=(), form="pcap", compress=None, cut=0, **how):
    """Writes `path`.pcap, or `path`.1.pcap and so on, cut before the frames at these times; the names of the files.
    `cut` takes that many octets off the end: a capture that was interrupted."""
    frames, bounds = ordered(wire), [float("-inf"), *splits, float("inf")]
    names = []
    for number, (first, last) in enumerate(zip(bounds, bounds[1:]), 1):
        data = {"pcap": pcap, "pcapng": pcapng}[form]([f for f in frames if first <= f.time < last], **how)
        data = data[:len(data) - cut]
        name = path + (".%d" % number if splits else "") + "." + form + ("." + compress if compress else "")
        with open(name, "wb") as file:
            file.write(compressed(data, compress) if compress else data)
        names.append(name)
    return names
