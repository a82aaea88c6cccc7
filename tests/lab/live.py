"""What the daemon has stored of the sign-ins it saw, in the form of `dialtone analyze --json`, as far as it is compared."""

import json
import sqlite3

COLUMNS = {"candidate": ("source", "server", "addresses", "naming", "dialled", "result"), "finding": ("code", "severity")}


def rows(store, table, attempt):
    names = COLUMNS[table]
    found = store.execute("SELECT %s FROM %s WHERE attempt = ? ORDER BY position" % (", ".join(names), table), (attempt,))
    return [dict(zip(names, row)) for row in found]


def document(path):
    """{"phones": ...} out of a store."""
    store, phones = sqlite3.connect(path), {}
    for number, mac, outcome, method, cause, broke_at in store.execute("SELECT id, mac, outcome, method, cause, broke_at FROM attempt ORDER BY start_ns"):
        candidates = [dict(c, addresses=json.loads(c["addresses"]), dialled=bool(c["dialled"])) for c in rows(store, "candidate", number)]
        phones.setdefault(mac, []).append({"outcome": outcome, "method": method, "cause": cause, "broke_at": broke_at, "candidates": candidates,
                                           "findings": rows(store, "finding", number)})
    store.close()
    return {"phones": [{"mac": mac, "attempts": attempts} for mac, attempts in phones.items()]}


def gist(attempt):
    """What must be the same live and from the file."""
    return {"verdict": [attempt[what] for what in ("outcome", "method", "cause", "broke_at")],
            "findings": sorted((f["severity"], f["code"]) for f in attempt["findings"]),
            "candidates": sorted((c["source"], c["server"], c["dialled"], c["result"]) for c in attempt["candidates"])}


def differences(stored, analysed):
    """Between the daemon's verdict and that on the file, in words."""
    out, there = [], {p["mac"]: p["attempts"] for p in stored["phones"]}
    for phone in analysed["phones"]:
        attempts = there.get(phone["mac"], [])
        if len(attempts) != len(phone["attempts"]):
            out.append("%s: %d sign-ins live, %d from the file" % (phone["mac"], len(attempts), len(phone["attempts"])))
            continue
        for live, file in zip(map(gist, attempts), map(gist, phone["attempts"])):
            out += ["%s: %s live: %s; from the file: %s" % (phone["mac"], what, live[what], file[what]) for what in live if live[what] != file[what]]
    return out
