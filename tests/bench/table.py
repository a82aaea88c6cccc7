"""The targets, and what was measured beside them."""

import os

from measuring import MIB, markdown


def row(what, target, value, words, *, most=None, least=None):
    """Met or missed, and by what factor: above 1 is missed."""
    factor = value / most if most else least / value if least else 0
    met = value <= most if most is not None else value >= least
    return what, target, words, "%.2f" % factor if most or least else "-", "met" if met else "missed"


def speed_rows(figures):
    mix, dense = figures.get("mix"), figures.get("dense")
    if mix:
        ours, empty = mix["dialtone"], mix["libpcap"]
        ratio = ours["seconds"] / empty["seconds"]
        yield row("mix, `analyze --json`", "1.5 x an empty libpcap loop", ratio, "%.2f x: %.2f s beside %.2f s" % (ratio, ours["seconds"], empty["seconds"]), most=1.5)
        yield rate_row("mix", mix, 5e6)
    if dense:
        yield rate_row("dense", dense, 1e6)
        for name, factor in (("tshark", 10), ("ndpi", 3)):
            yield from peer_row(dense, name, factor)


def rate_row(kind, got, least):
    rate = got["packets"] / got["dialtone"]["seconds"]
    return row("%s, packets a second of one core" % kind, "%.0f million" % (least / 1e6), rate, "%.2f million" % (rate / 1e6), least=least)


def peer_row(got, name, factor):
    if name not in got:
        return
    peer = got[name]
    ratio = (peer["seconds"] / peer["packets"]) / (peer["dialtone"] / peer["packets"])
    yield row("dense, beside %s" % peer["name"], "%d x as fast" % factor, ratio, "%.1f x: %.2f s beside %.2f s, %d packets" % (
        ratio, peer["dialtone"], peer["seconds"], peer["packets"]), least=factor)


def memory_rows(figures):
    for kind in ("mix", "dense"):
        got, ten = figures.get(kind), figures.get(kind + "-long")
        if got:
            octets = got["dialtone"]["octets"]
            yield row("peak memory, %s" % kind, "64 MiB", octets, "%.1f MiB" % (octets / MIB), most=64 * MIB)
        if ten:
            yield row("the same at ten times the length", "64 MiB", ten["ten"]["octets"], "%.1f MiB" % (ten["ten"]["octets"] / MIB), most=64 * MIB)


def long_rows(figures):
    for kind in ("mix", "dense"):
        got = figures.get(kind + "-long")
        if got:
            times = got["ten"]["seconds"] / got["one"]["seconds"]
            yield row("time for ten times the length, %s" % kind, "10 x within 5 %", times, "%.2f x: %.1f s, %.1f million packets" % (
                times, got["ten"]["seconds"], got["packets"] / 1e6), most=10.5)


def live_rows(figures):
    live, latency, store = figures.get("live"), figures.get("latency"), figures.get("store")
    if live:
        yield row("live, packets a second that were sent", "500,000", live["rate"], "%.0f" % live["rate"], least=500000)
        yield row("the same: drops", "none", live["dropped"], "%d of %d" % (live["dropped"], live["came"]), most=0)
        yield row("the same: processor", "under half a core", live["cores"], "%.2f cores, and %.2f for the kernel's filter" % (
            live["cores"], live["filter_cores"]), most=0.5)
    for name, words in (("idle", "nothing else on the wire"), ("busy", "mix beside it")):
        got = latency and latency.get(name)
        if got:
            yield row("last packet to stored verdict, %s: median" % words, "100 ms", got["median"], "%.0f ms of %d" % (got["median"], got["count"]), most=100)
            yield row("the same: worst", "1 s", got["worst"], "%.0f ms" % got["worst"], most=1000)
    for name, words in (("disk", "on disk"), ("memory", "in memory (tmpfs)")):
        got = store and store.get(name)
        if got:
            yield row("store, 20,000 sign-ins, %s" % words, "2,000 a second", got["rate"], "%.0f a second; %.0f of processor time" % (
                got["rate"], got["cpu_rate"]), least=2000)


def targets(figures):
    rows = [*speed_rows(figures), *memory_rows(figures), *long_rows(figures), *live_rows(figures)]
    return markdown(("measure", "target", "measured", "factor", ""), rows) + "\n\n" + circumstances(figures)


def circumstances(figures):
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    loads = ", ".join("%s %.1f" % (part, got["load"]) for part, got in figures.all.items() if "load" in got)
    return "Processor: %s, %d of them. How many programs wanted to run meanwhile (load; the bench itself is 1 or 2): %s." % (model, os.cpu_count(), loads)


def programs(figures):
    """Everything that was measured beside each other, with the least beside the median: other load makes figures larger, never smaller."""
    rows = []
    for kind in ("mix", "dense"):
        got = figures.get(kind)
        for key, name in (("libpcap", "libpcap, empty loop"), ("before", "dialtone before"), ("dialtone", "dialtone"), ("ndpi", "ndpiReader"), ("tshark", "tshark")):
            if got and key in got:
                one, packets = got[key], got[key].get("packets", got["packets"])
                rows.append((kind, name, packets, one["runs"], "%.2f" % one["seconds"], "%.2f" % one["least"], "%.0f" % (one["seconds"] / packets * 1e9),
                             "%.1f" % (one["octets"] / MIB)))
    return markdown(("capture", "program", "packets", "runs", "processor, s: median", "least", "ns a packet", "peak, MiB"), rows)


def live(got):
    rows = [("rate reached, packets/s", "%.0f" % got["rate"]), ("sent, arrived", "%d, %d" % (got["sent"], got["came"])),
            ("dropped: %s" % ", ".join(got["drops"]), ", ".join(str(n) for n in got["drops"].values())),
            ("passed by the kernel's filter, a run", "%.0f (%.1f %%)" % (got["passed"], 100 * got["passed"] * got["runs"] / got["came"])),
            ("sign-ins in the store, a run", "%.0f; analyze finds %d" % (got["signins"], got["expected"]))]
    rows += [(role, "%.3f cores, %.1f MiB" % (got["share"][role], got["memory"][role] / MIB)) for role in ("supervisor", "dissector", "writer")]
    rows += [("all three", "%.3f cores" % got["cores"]), ("the kernel's filter, in the senders' time", "%.3f cores" % got["filter_cores"])]
    return markdown(("live, medians of %d" % got["runs"], ""), rows)


def store(got):
    rows = [(words, got[name]["runs"], "%.0f" % got[name]["rate"], "%.0f" % got[name]["cpu_rate"], "%.1f" % (got[name]["octets"] / 20000 / 1024))
            for name, words in (("disk", "on disk"), ("memory", "in memory (tmpfs)")) if name in got]
    return markdown(("20,000 sign-ins, 200 a transaction", "runs", "a second", "a second of processor time", "KiB each"), rows)


def latency(got):
    rows = [({"idle": "nothing else on the wire", "busy": "mix beside it"}[name], one["count"], *("%.0f" % one[key] for key in ("median", "p90", "worst")),
             len(one["waiting"]), len(one["never"]), one["drops"]) for name, one in got.items() if name != "load"]
    return markdown(("last packet to stored verdict, ms", "sign-ins", "median", "p90", "worst", "wait for silence", "never", "packets lost"), rows)
