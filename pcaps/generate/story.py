"""A story: one capture and what dialtone must say about it. Scenario functions get a Stage, act on it, and return what to expect."""

import json
import os
import random
import re
import zlib

import files
import setting as settings
from expect import attempt, candidate, cannot_tell, exit_status, failed, finding, signed_in, unfinished        # noqa: F401  for the scenarios
from stage import Stage

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SCENARIOS = []          # (id, name, title, function)


def scenario(ident, name, title):
    def keep(function):
        assert name not in [s[1] for s in SCENARIOS], name
        SCENARIOS.append((ident, name, title, function))
        return function
    return keep


def either(value):
    return value if isinstance(value, str) else " or ".join(str(v) for v in value)


def play(entry, second, seed=None, top=TOP):
    """Writes one capture and its case below `top`; without a seed the play that is in the tree, else another one. The case's name."""
    ident, name, title, function = entry
    full = name + ("-2" if second else "")
    rng = random.Random(zlib.crc32(("%s/%s" % (seed, full)).encode()))
    setting = settings.drawn(rng, second) if second or seed is not None else settings.fixed(rng)
    stage = Stage(full, setting, seed)
    result = function(stage)
    stage.mirror()
    for change in stage.changes:
        change(stage.wire)
    phones = followed(stage, result)
    os.makedirs(os.path.join(top, "pcaps"), exist_ok=True)
    names = files.write(stage.wire, os.path.join(top, "pcaps", full), **stage.write)
    folder = os.path.join(top, "tests", "cases", full)
    os.makedirs(folder, exist_ok=True)
    captures = ["../../../pcaps/" + os.path.basename(n) for n in names]
    expect = {"scenario": ident, "captures": captures, "args": stage.args, "exit": exit_status(phones), "phones": phones}
    expect.update(stage.extra)
    with open(os.path.join(folder, "expect.json"), "w", encoding="utf-8") as file:
        json.dump(expect, file, indent=1)
        file.write("\n")
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as file:
        file.write(page(full, ident, title, function, stage, phones))
    return full


def followed(stage, result):
    """What to expect by MAC, from what a scenario function returned: an attempt, the attempts of the one phone, or attempts by MAC."""
    if not isinstance(result, dict) or "outcome" in result:
        result = {stage.mac: result if isinstance(result, list) else [result]} if result else {}
    phones = {mac: {"attempts": attempts} for mac, attempts in result.items()}
    for phone in stage.phones:
        for its in result.get(phone.mac, [])[:1]:
            if phone.habits.boot == "renew" and its.get("method") == "cached":      # it ran before the capture: nobody knows what it asked for then
                its["method"] = ["cached", "unknown"]
        if phone.asked_for_registrar and phone.mac in phones and stage.tells_domain:
            phones[phone.mac]["sip_domain"] = phone.user.lower()
    for mac, facts in stage.facts.items():
        phones[mac].update(facts)
    phones.update({mac: {"attempts": attempts} for mac, attempts in stage.others.items()})
    return phones


def habits(stage):
    """The capture's own ways, in words."""
    return "; ".join(settings.MIRROR[h] for h in stage.setting.mirror)


def page(full, ident, title, function, stage, phones):
    words = re.sub(r"\n\s+", "\n", function.__doc__ or "").strip()
    for key in ("domain", "ad", "hoster", "other", "sip", "target", "web", "pool", "foreign"):
        words = words.replace("{%s}" % key, getattr(stage, key))
    lines = ["# " + full, "", "Scenario %s: %s" % (ident, title), "", words, ""]
    if stage.second:
        lines += ["Second variation: other names" + ("; " + habits(stage) if stage.setting.mirror else "") + ".", ""]
    lines += ["What must be said, phone by phone:", ""]
    if not phones:
        lines.append("- no phone is followed")
    for mac, phone in phones.items():
        lines += ["- %s: %s" % (mac, spoken(its)) for its in phone["attempts"]] or ["- %s: nothing of it is in the capture" % mac]
    return "\n".join(lines) + "\n"


def spoken(its):
    cause = " at %s because of %s" % (either(its["broke_at"]), either(its["cause"])) if its["cause"] else ""
    also = [either(f["code"]) for f in its.get("findings", [])]
    return either(its["outcome"]) + cause + ("; findings: " + ", ".join(also) if also else "")


def capture_names(case, top=TOP):
    with open(os.path.join(top, "tests", "cases", case, "expect.json"), encoding="utf-8") as file:
        return [os.path.basename(c) for c in json.load(file)["captures"]]


def contents():
    """pcaps/README.md: a line a capture."""
    lines = ["# Captures", "", "One story each, made by `pcaps/generate/make` (Debian: python3, python3-cryptography, zstd). The names are invented, the TLS is",
             "real: two OpenSSL ends shake hands in memory and their octets are put on a simulated wire with right checksums. Times, addresses and ports",
             "are the same in every run; keys, certificates and TLS randoms are not. What dialtone must say of each is in `tests/cases/NAME`.",
             "A name that ends in `-2` is the same scenario with other names, another network and the habits of a real capture (its case says which).", "",
             "`pcaps/generate/check` asks tshark whether they are well-formed. `pcaps/generate/variants FOLDER` plays every scenario again elsewhere with names, networks,",
             "phones and captures drawn under a seed, so that no rule of dialtone's leans on the captures here: `tests/run-cases --cases FOLDER/1/tests/cases`.", "",
             "`lab/` holds captures of real servers that nothing here made: `lab/README.md`.", "",
             "| capture | scenario | story |", "|---|---|---|"]
    for ident, name, title, _ in SCENARIOS:
        for full in (name, name + "-2"):
            lines.append("| %s | %s | %s |" % (" ".join("`%s`" % n for n in capture_names(full)), ident, title))
    with open(os.path.join(TOP, "pcaps", "README.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def table():
    """tests/cases/SCENARIOS.md: what is expected of each."""
    lines = ["# Scenarios", "", "What must be said of each, as `expect.json` has it. \"or\" stands where the evidence allows either.", "",
             "| scenario | case | outcome | broke at | cause | grade | also said |", "|---|---|---|---|---|---|---|"]
    for ident, name, _, _ in SCENARIOS:
        for full in (name, name + "-2"):
            lines += rows(ident, full)
    with open(os.path.join(TOP, "tests", "cases", "SCENARIOS.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def rows(ident, full):
    with open(os.path.join(TOP, "tests", "cases", full, "expect.json"), encoding="utf-8") as file:
        phones = json.load(file)["phones"]
    attempts = [its for phone in phones.values() for its in phone["attempts"]]
    for its in attempts:
        causes = its["cause"] if isinstance(its["cause"], list) else [its["cause"]]
        because = [f for f in its.get("findings", []) if set(causes) & set(f["code"] if isinstance(f["code"], list) else [f["code"]])]
        others = [either(f["code"]) for f in its.get("findings", []) if f not in because]
        yield "| %s | %s | %s | %s | %s | %s | %s |" % (
            ident, full, either(its["outcome"]), either(its["broke_at"]) if its["broke_at"] else "", either(its["cause"]) if its["cause"] else "",
            ", ".join(either(f["grade"]) for f in because if "grade" in f), ", ".join(others))
    if not attempts:
        yield "| %s | %s | no phone | | | | |" % (ident, full)
