"""What must be said of a capture: the parts of expect.json (tests/cases/README.md) and the words of the contract."""

CODES = {
    "vlan": "vlan-not-assigned vlan-no-dhcp",
    "lease": "lease-none lease-refused",
    "update": "update-dns-missing update-tls update-loop firmware-too-old",
    "time": "time-not-set time-wrong",
    "uc-options": "uc-no-reply uc-conflict uc-class-mixup uc43-class-mismatch uc43-missing uc43-truncated uc43-port-binary uc43-not-tlv "
                  "uc120-is-address uc120-no-encoding uc120-malformed uc120-several",
    "root-ca": "root-ca-http-blocked root-ca-http-redirect root-ca-http-status root-ca-host-dead root-ca-ldap-stalled ad-domain-not-hosted "
               "ldap-signing-required root-ca-absent",
    "provisioning": "web-unresolved web-tcp-refused web-tcp-timeout web-tls-failed web-fqdn-split auth-not-completed pin-needs-internal",
    "discovery": "srv-missing srv-target-unresolved srv-port-unusual dns-timeout dns-server-error",
    "naming": "strict-name name-skipped strict-name-masked name-check-not-enforced redirect-target-untrusted cname-candidate",
    "connect": "tcp-refused tcp-timeout",
    "tls": "tls-name-mismatch tls-wildcard tls-chain-untrusted tls-chain-changed tls-cert-rejected tls-cert-expired tls-cert-not-yet-valid "
           "tls-signature-algorithm tls-key-type tls-version-or-cipher tls-sni-required tls-intercepted tls-unfinished",
    "register": "sip-rejected would-fail-after-reset",
    "exchange": "exchange-name-untrusted exchange-ca-untrusted exchange-cert-wildcard exchange-not-expected",
    None: "capture-gap capture-one-way capture-truncated",
}
CODES = {step: tuple(codes.split()) for step, codes in CODES.items()}
EVERY = tuple(code for codes in CODES.values() for code in codes)
LINK = CODES["vlan"] + CODES["lease"]
UC = CODES["uc-options"]
ROOT_CA = CODES["root-ca"]
WEB = CODES["provisioning"]
DISCOVERY = CODES["discovery"]
NAMING = CODES["naming"]
CONNECT = CODES["connect"]
TLS = CODES["tls"]
REGISTER = CODES["register"]
EXCHANGE = CODES["exchange"]
CAPTURE = CODES[None]


def but(codes, *allowed):
    """These codes without the allowed ones."""
    return tuple(code for code in codes if code not in allowed)


def only(*codes):
    """From discovery to TLS nothing else may be said."""
    return but(DISCOVERY + NAMING + CONNECT + TLS, *codes)


def every_but(*allowed):
    """What may not be said of a sign-in with which nothing else is wrong. That no voice VLAN was given is information, and whether the update
    server's name is there is the site's business."""
    return but(EVERY, "vlan-not-assigned", "update-dns-missing", *allowed)


def finding(code, severity=None, grade=None, names=(), shown_by=None):
    out = {"code": code}
    for key, value in (("severity", severity), ("grade", grade), ("names", list(names)), ("shown_by", shown_by)):
        if value:
            out[key] = value
    return out


def candidate(server, naming, dialled, result, source=None):
    out = {"server": server.lower(), "naming": naming, "dialled": dialled, "result": result}
    return dict(out, source=source) if source else out


def attempt(outcome, parts, method=None, broke_at=None, cause=None, never=(), may=()):
    out = {"outcome": outcome, "broke_at": broke_at, "cause": cause}
    if method:
        out["method"] = method
    out["findings"] = [p for p in parts if "code" in p]
    out["candidates"] = [p for p in parts if "server" in p]
    if never:
        out["never"] = list(dict.fromkeys(never))
    if may:
        out["may"] = list(may)
    return {key: value for key, value in out.items() if value != []}


def signed_in(method, *parts, never=()):
    return attempt("signed-in", parts, method, never=never)


def failed(method, step, cause, *parts, never=(), may=()):
    return attempt("failed", parts, method, step, cause, never, may)


def unfinished(method, *parts, never=()):
    return attempt("unfinished", parts, method, never=never)


def cannot_tell(outcomes, *parts, never=(), method=None):
    """A capture that lacks too much: no error may be said, and none of `never` even as a warning."""
    return attempt(outcomes, parts, method, never=never)


def can_fail(its):
    return "failed" in (its["outcome"] if isinstance(its["outcome"], list) else [its["outcome"]])


def can_do_else(its):
    return its["outcome"] != "failed" and its["outcome"] != ["failed"]


def exit_status(phones):
    """0 or 1, or both where an attempt may be judged either way."""
    attempts = [its for phone in phones.values() for its in phone["attempts"]]
    if any(can_fail(its) and not can_do_else(its) for its in attempts):
        return 1
    return [0, 1] if any(can_fail(its) for its in attempts) else 0
