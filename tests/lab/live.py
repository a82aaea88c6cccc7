"""What the daemon has stored of the sign-ins it saw (`dialtone list`), held against what `dialtone analyze` says of the same packets."""

import json
import subprocess


def document(dialtone, store):
    """{"phones": ...} as `analyze --json` has them."""
    done = subprocess.run([dialtone, "list", "--json", "--db", store], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise ValueError("dialtone list ended with %d: %s" % (done.returncode, done.stderr.strip()))
    phones = {}
    for attempt in json.loads(done.stdout):
        phones.setdefault(attempt["mac"], []).append(attempt)
    return {"phones": [{"mac": mac, "attempts": attempts} for mac, attempts in phones.items()]}


def gist(attempt):
    """What must be the same live and from the file."""
    return {"verdict": [attempt[what] for what in ("outcome", "method", "cause", "broke_at", "policy")],
            "steps": [(s["step"], s["state"]) for s in attempt["steps"]],
            "findings": sorted((f["severity"], f["code"], f["grade"], f["message"]) for f in attempt["findings"]),
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
