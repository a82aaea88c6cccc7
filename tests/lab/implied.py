"""What the phone's truth implies for dialtone's verdict: written from the contract's vocabulary and the domain reference (3.5, 3.9, 4), which is why nothing
here may be taken from what dialtone says.

The reference blames the earliest step whose failure explains the outcome (3.9); SEARCH below is that order for the part from discovery to REGISTER.
"""

import dataclasses

DAY = 86400
STEP_OF = {"srv-missing": "discovery", "srv-target-unresolved": "discovery", "dns-timeout": "discovery", "dns-server-error": "discovery",
           "strict-name": "naming", "tcp-refused": "connect", "tcp-timeout": "connect", "tls-chain-untrusted": "tls", "tls-cert-expired": "tls",
           "tls-cert-not-yet-valid": "tls", "tls-name-mismatch": "tls", "tls-wildcard": "tls", "tls-key-type": "tls", "tls-signature-algorithm": "tls",
           "tls-version-or-cipher": "tls", "sip-rejected": "register", "time-wrong": "time", "time-not-set": "time",
           "uc-no-reply": "uc-options", "uc43-missing": "uc-options",
           "root-ca-host-dead": "root-ca", "root-ca-http-blocked": "root-ca", "root-ca-http-status": "root-ca", "root-ca-http-redirect": "root-ca",
           "root-ca-ldap-stalled": "root-ca", "ad-domain-not-hosted": "root-ca", "auth-not-completed": "provisioning", "web-unresolved": "provisioning",
           "web-tls-failed": "provisioning", "web-tcp-refused": "provisioning", "web-tcp-timeout": "provisioning", "lease-none": "lease",
           "lease-refused": "lease", "vlan-no-dhcp": "vlan"}
OBJECTIONS = {"unknown-issuer": "tls-chain-untrusted", "expired": "tls-cert-expired", "not-yet-valid": "tls-cert-not-yet-valid", "name": "tls-name-mismatch",
              "wildcard": "tls-wildcard", "key": "tls-key-type", "signature": "tls-signature-algorithm"}
CONNECTIONS = {"refused": "tcp-refused", "timeout": "tcp-timeout"}
RESULTS = {"200": "signed-in", "passed over": "name-skipped", "unresolved": "unresolved", "refused": "refused", "timeout": "timeout",
           "certificate": "tls-failed", "403": "closed", "301": "closed"}


@dataclasses.dataclass
class Implied:
    """`method`: None where the truth does not tell. `may`: errors that may stand beside the cause, because they would have stopped the sign-in too."""
    outcome: str
    method: str
    cause: str = None
    broke_at: str = None
    may: set = dataclasses.field(default_factory=set)
    warnings: set = dataclasses.field(default_factory=set)
    never: set = dataclasses.field(default_factory=set)
    candidates: list = dataclasses.field(default_factory=list)


def events(truth, step):
    return [e for e in truth["events"] if e["step"] == step]


def clock_fault(truth):
    """Time that makes certificates invalid (reference: step 6, B26, B27)."""
    told = events(truth, "time")
    if not told or abs(told[-1]["off"]) < DAY:
        return None
    return "time-wrong" if told[-1]["result"] == "set" else "time-not-set"


def by_certificate(truth, objections, otherwise):
    """The code for what the phone held against a certificate: its own clock is to blame for dates that are good (B26, B27)."""
    if objections and objections[0] in ("not-yet-valid", "expired") and clock_fault(truth):
        return clock_fault(truth), {otherwise or OBJECTIONS[objections[0]]}
    return otherwise or OBJECTIONS[objections[0]], {OBJECTIONS[o] for o in objections}


# ---- the places where it stops ----

def at_uc_options(truth, why):
    return "uc-no-reply" if why == "no answer" else "uc43-missing", set()


def at_root_ca(truth, why):
    """B11 to B14: what happened on port 80, and on 443 if the phone tried it."""
    clear, inside = why
    if clear in CONNECTIONS:
        gone = inside in CONNECTIONS
        return "root-ca-host-dead" if gone else "root-ca-http-blocked", {"web-tcp-timeout", "web-tcp-refused"} if gone else {"web-tls-failed"}
    if clear == "unresolved":
        return "web-unresolved", set()
    return "root-ca-http-redirect" if clear.startswith("3") else "root-ca-http-status", set()


def at_provisioning(truth, why):
    if why == "certificate":
        return by_certificate(truth, events(truth, "provision")[-1]["objections"], "web-tls-failed")
    return {"refused": "web-tcp-refused", "timeout": "web-tcp-timeout", "unresolved": "web-unresolved"}.get(why, "auth-not-completed"), set()


def registrar_answers(truth):
    """The DNS server's results for the names of registrars."""
    names = ("_sip", "sip", "sipinternal", "sipexternal")
    return {e["result"] for e in events(truth, "dns") if e["name"].split(".")[0].startswith(names)}


def dialled_fault(truth, candidate):
    """(code, others) of a candidate that was dialled in vain."""
    result = candidate["result"]
    if result in CONNECTIONS:
        return CONNECTIONS[result], set()
    if result == "certificate":
        return by_certificate(truth, candidate["objections"], None)
    if result.startswith("alert "):
        return "tls-version-or-cipher", set()           # the phone knows no other alert before the certificate
    return "sip-rejected", set()


def directory_fault(truth):
    """Only where a root is missed does it matter that the directory gave none (B47, #11)."""
    told = events(truth, "directory")
    return {"timeout": "root-ca-ldap-stalled", "refused": "root-ca-ldap-stalled", "ping empty": "ad-domain-not-hosted"}.get(told[-1]["result"]) if told else None


def at_registrar(truth, _):
    """Discovery before naming before what was dialled (3.9)."""
    candidates, answers = truth["candidates"], registrar_answers(truth)
    dialled = [c for c in candidates if c["dialled"]]
    if dialled:
        code, others = dialled_fault(truth, dialled[0])
        if code == "tls-chain-untrusted" and directory_fault(truth):
            return directory_fault(truth), {code}
        return code, others | ({"strict-name"} if any(c["result"] == "passed over" for c in candidates) else set())
    if answers and answers <= {"silent"}:
        return "dns-timeout", set()
    if answers and answers <= {"SERVFAIL", "REFUSED"}:
        return "dns-server-error", set()
    if any(c["source"] == "srv" and c["result"] == "passed over" for c in candidates):
        return "strict-name", set()
    if any(c["source"] == "srv" for c in candidates):
        return "srv-target-unresolved", set()
    return "srv-missing", {"strict-name"} if any(c["result"] == "passed over" for c in candidates) else set()


def at_lease(truth, _):
    return "lease-refused" if events(truth, "dhcp")[-1]["result"] == "refused" else "lease-none", set()


def at_vlan(truth, _):
    return "vlan-no-dhcp", set()


PLACES = {"uc-options": at_uc_options, "root-ca": at_root_ca, "provisioning": at_provisioning, "registrar": at_registrar, "lease": at_lease, "vlan": at_vlan}


# ---- beside the outcome ----

def warnings(truth):
    """What must be said, though it did not stop the sign-in or is not its cause."""
    out, candidates = set(), truth["candidates"]
    signed_in = next((c for c in candidates if c["result"] == "200"), None)
    skipped = [c for c in candidates if c["result"] == "passed over"]
    if skipped:
        out.add("name-skipped")
    if signed_in and signed_in["source"] == "host" and any(c["source"] == "srv" for c in skipped):
        out.add("strict-name-masked")
    phone = truth["settings"]["method"] is not None         # a desktop client asks its user and then dials (3.8)
    if phone and any(c["dialled"] and not c["trusted"] and c["source"] in ("srv", "dhcp120") for c in candidates):
        out.add("name-check-not-enforced")
    if any(e["result"] == "passed over" for e in truth["exchange"]):
        out.add("exchange-name-untrusted")
    if signed_in and signed_in["source"] == "cache" and registrar_answers(truth) <= {"silent"}:
        out.add("dns-timeout")
    return out


def never(truth):
    """A naming finding accuses; it must not be there unless a name was passed over, or dialled against the rule."""
    out = set()
    if not any(c["result"] == "passed over" for c in truth["candidates"]):
        out |= {"strict-name", "strict-name-masked", "name-skipped"}
    if not any(e["result"] == "passed over" for e in truth["exchange"]):
        out.add("exchange-name-untrusted")
    return out


def candidates_of(truth):
    """Those that mean a decision. A cached server is dialled without a word: then only its address is to be seen."""
    out = []
    for c in truth["candidates"]:
        cached = c["source"] == "cache"
        if c["result"] in RESULTS:
            out.append({"source": c["source"], "servers": [c["server"].lower()] + (c["addresses"] if cached else []), "dialled": c["dialled"],
                        "trusted": None if cached else bool(c["trusted"]), "result": RESULTS[c["result"]]})
    return out


def implied_by(truth):
    method = truth["settings"]["method"]
    out = Implied(truth["outcome"], method, warnings=warnings(truth), never=never(truth), candidates=candidates_of(truth))
    if truth["outcome"] == "failed":
        stopped = truth["stopped"]
        out.cause, out.may = PLACES[stopped["where"]](truth, stopped["why"])
        out.broke_at = STEP_OF[out.cause]
        out.never -= {out.cause} | out.may
        if stopped["where"] in ("lease", "vlan"):
            out.method = "unknown"          # nothing of it has happened yet
    return out


# ---- the comparison ----

def differences(implied, attempt):
    """Where the verdict on an attempt is not what the truth implies, in words."""
    out = []
    for what in ("outcome", "method", "cause", "broke_at"):
        if attempt[what] != getattr(implied, what) and (what != "method" or implied.method):
            out.append("%s is %s, and the phone's truth implies %s" % (what, attempt[what], getattr(implied, what)))
    said = {f["code"]: f["severity"] for f in attempt["findings"]}
    errors = {code for code, severity in said.items() if severity == "error"}
    out += ["an error %s of which the phone knows nothing" % code for code in sorted(errors - {implied.cause} - implied.may)]
    out += ["nothing said of %s" % code for code in sorted(implied.warnings - set(said))]
    out += ["%s is said, and it did not happen" % code for code in sorted(implied.never & set(said))]
    return out + [words for candidate in implied.candidates for words in candidate_differences(candidate, attempt["candidates"])]


def candidate_differences(candidate, told):
    there = [c for c in told if c["server"] in candidate["servers"] and c["source"] == candidate["source"]]
    if not there:
        return ["no candidate %s by %s" % (candidate["servers"][0], candidate["source"])]
    c, out = there[-1], []
    if c["dialled"] != candidate["dialled"]:
        out.append("%s: dialled is %s" % (c["server"], c["dialled"]))
    if candidate["trusted"] not in (None, c["naming"] != "no-match"):
        out.append("%s: naming is %s" % (c["server"], c["naming"]))
    if c["result"] != candidate["result"]:
        out.append("%s: result is %s and not %s" % (c["server"], c["result"], candidate["result"]))
    return out


def cautious(implied, attempt):
    """Of a capture that lost packets: less may be said, and nothing else. An outcome that the phone does not know of is wrong even then."""
    if attempt["outcome"] not in ("unknown", "unfinished", implied.outcome):
        return ["outcome is %s, and the phone's truth implies %s" % (attempt["outcome"], implied.outcome)]
    errors = {f["code"] for f in attempt["findings"] if f["severity"] == "error"}
    general = {"tls-cert-rejected"} if STEP_OF.get(implied.cause) == "tls" else set()         # what it had against a certificate that was not seen
    return ["an error %s, and the capture has gaps" % code for code in sorted(errors - {implied.cause} - implied.may - general)]
