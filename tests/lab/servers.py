"""The servers of the lab: what each is told, and how it is started. They are Debian's own programs."""

import base64
import json
import os
import shutil
import subprocess
import sys
import textwrap

from hosts import until

HERE = os.path.dirname(os.path.abspath(__file__))
CERTPROV = "/CertProv/CertProvisioningService.svc"
TICKET = "/WebTicket/WebTicketService.svc"
STRATUM = 3


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(textwrap.dedent(text))
    return path


def python(host, program, *arguments):
    return host.start(sys.executable, "-B", os.path.join(HERE, program), *arguments)


def unconfined(program, folder):
    """A copy where AppArmor binds the program's usual path to its usual files."""
    path = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")
    return shutil.copy(path, folder) if os.path.isdir("/sys/kernel/security/apparmor") else path


def labels(name):
    """A name in the form of RFC 1035 3.1."""
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


# ---- dnsmasq: names, and leases ----

def dnsmasq_dns(site):
    lines = ["host-record=%s,%s" % pair for pair in site.names.items()]
    lines += ["srv-host=%s,%s,%d,%d,0" % (name, target, port, priority) for name, target, port, priority in site.services]
    if site.dns == "good":
        return lines + ["local=/%s/" % zone for zone in site.zones]
    return ["server=/%s/127.0.0.1#5353" % zone for zone in site.zones]          # asked of what upstream.py plays


def uc_options(site):
    """What DHCPUtil would have set (reference: 2.3, 2.5)."""
    lines = ["dhcp-option=vendor:MS-UC-Client,%d,\"%s\"" % pair for pair in sorted((site.option43 or {}).items())]
    return lines + (["dhcp-option=option:sip-server,%s" % site.option120] if site.option120 else [])


def dnsmasq_leases(site, network, device, voice_vlan=None, uc=True):
    lines = ["interface=%s" % device, "dhcp-range=%s.50,%s.99,255.255.255.0,1h" % (network, network), "dhcp-authoritative", "no-ping",
             "dhcp-option=option:router,%s.1" % network, "dhcp-option=option:dns-server,%s.10" % network,
             "dhcp-option=option:domain-name,%s" % site.network_domain]
    if voice_vlan:
        lines += ["dhcp-option=vendor:CPE-OCPHONE,10,%02x:%02x" % divmod(voice_vlan, 256)]
    return lines + (uc_options(site) if uc else [])


def dnsmasq(host, site, folder, leases, name="dnsmasq", dns=True):
    lines = ["bind-interfaces", "except-interface=lo", "no-resolv", "no-hosts", "user=root", "log-queries", "log-dhcp", "log-facility=-",
             "dhcp-leasefile=%s" % os.path.join(folder, name + ".leases"), "pid-file="]
    lines += leases + (dnsmasq_dns(site) if dns else ["port=0"])
    path = write(folder, name + ".conf", "\n".join(lines) + "\n")
    if dns and site.dns != "good":
        python(host, "upstream.py", site.dns)
        host.until_listening("udp", 5353)
    host.start("dnsmasq", "--keep-in-foreground", "--conf-file=" + path)
    host.until_listening("udp", 53 if dns else 67)
    if leases and dns:
        host.until_listening("udp", 67)


# ---- Kea, as a second opinion on leases ----

def kea(host, site, network, device, folder):
    space = [{"name": "part%d" % code, "code": code, "space": "uc", "type": "string"} for code in range(1, 6)]
    data = [{"space": "uc", "name": "part%d" % code, "data": text} for code, text in sorted((site.option43 or {}).items())]
    plain = [{"name": "routers", "data": network + ".1"}, {"name": "domain-name-servers", "data": network + ".10"},
             {"name": "domain-name", "data": site.network_domain}]
    if site.option120:
        plain.append({"code": 120, "csv-format": False, "data": (b"\0" + labels(site.option120)).hex()})
    classes = [{"name": "uc", "test": "option[60].text == 'MS-UC-Client'",
                "option-def": [{"name": "vendor-encapsulated-options", "code": 43, "type": "empty", "encapsulate": "uc"}],
                "option-data": [{"name": "vendor-encapsulated-options"}] + data}]
    config = {"Dhcp4": {
        "interfaces-config": {"interfaces": [device], "re-detect": False}, "lease-database": {"type": "memfile", "persist": False},
        "option-def": space, "client-classes": classes, "valid-lifetime": 3600, "option-data": plain,
        "subnet4": [{"id": 1, "subnet": network + ".0/24", "pools": [{"pool": "%s.50 - %s.99" % (network, network)}]}],
        "loggers": [{"name": "kea-dhcp4", "output_options": [{"output": "stdout"}], "severity": "INFO"}]}}
    path = write(folder, "kea.conf", json.dumps(config, indent=1))
    host.start("env", "KEA_PIDFILE_DIR=" + folder, "KEA_LOCKFILE_DIR=" + folder, unconfined("kea-dhcp4", folder), "-c", path)
    host.until_listening("udp", 67)


# ---- nginx: certificate provisioning, web ticket, Exchange ----

def soap(inner):
    return '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>%s</s:Body></s:Envelope>' % inner


def chain_body(authority):
    """The root, as text inside the answer on port 80 (reference: 8a)."""
    return soap("<GetRootCertChainsResponse><CertificateChain><Certificate>%s</Certificate></CertificateChain></GetRootCertChainsResponse>"
                % base64.b64encode(authority.der()).decode())


def location(path, body, status=200):
    return "location %s { default_type 'application/soap+xml; charset=utf-8'; return %d '%s'; }" % (path, status, body)


def nginx(host, folder, certificate, clear=(), inside=(), name="nginx"):
    """`clear` and `inside`: locations on port 80 and in TLS; without any in clear, port 80 stays closed."""
    tls = "listen 443 ssl; ssl_certificate {0}.pem; ssl_certificate_key {0}.key;".format(certificate)
    servers = ["server { listen 80; %s }" % " ".join(clear)] if clear else []
    servers.append("server { %s ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers 'ALL:@SECLEVEL=0'; ssl_session_cache none; ssl_session_tickets off; %s }"
                   % (tls, " ".join(inside)))
    paths = " ".join("%s_temp_path %s;" % (kind, os.path.join(folder, kind)) for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path = write(folder, name + ".conf", "daemon off; master_process off; pid %s.pid; error_log stderr;\nevents { }\nhttp { access_log off; %s\n%s\n}\n"
                 % (os.path.join(folder, name), paths, "\n".join(servers)))
    host.start("nginx", "-e", "stderr", "-p", folder, "-c", path)
    host.until_listening("tcp", 443)


def web(host, site, folder, certificate, authority):
    clear = [location(CERTPROV, chain_body(authority))] if site.web_clear == 200 else [location("/", "", site.web_clear)] if site.web_clear else []
    inside = [location(CERTPROV + "/mex", soap("<Metadata/>")), location(TICKET, soap("<RequestSecurityTokenResponse/>"), site.ticket_status),
              location(CERTPROV, soap("<GetAndPublishCertResponse/>"))]
    nginx(host, folder, certificate, clear, inside)


def exchange(host, folder, certificate):
    nginx(host, folder, certificate, (), [location("/", "<Autodiscover/>")], name="exchange")


# ---- kamailio: the registrar ----

ROUTES = {
    "accept": 'append_to_reply("Expires: 7200\\r\\n"); sl_send_reply("200", "OK"); exit;',
    "reject": 'append_to_reply("ms-diagnostics: 4002;reason=\\"Multiple users associated with the source phone number\\"\\r\\n");'
              ' sl_send_reply("403", "Forbidden"); exit;',
    "redirect": 'append_to_reply("Contact: <sip:%s:5061;transport=tls>\\r\\n"); sl_send_reply("301", "Redirect request to Home Server"); exit;',
}
KAMAILIO = """\
    debug=1
    log_stderror=yes
    children=1
    tcp_children=1
    auto_aliases=no
    enable_tls=yes
    listen=tls:%(address)s:%(port)d
    loadmodule "tls.so"
    loadmodule "sl.so"
    loadmodule "textops.so"
    loadmodule "siputils.so"
    loadmodule "pv.so"
    modparam("tls", "config", "%(tls)s")
    tcp_connection_lifetime=600
    request_route {
        if (!is_method("REGISTER")) { sl_send_reply("200", "OK"); exit; }
        if (!is_present_hf("Authorization")) {
            append_to_reply("WWW-Authenticate: NTLM realm=\\"SIP Communications Service\\", targetname=\\"%(name)s\\", version=4\\r\\n");
            append_to_reply("WWW-Authenticate: TLS-DSK realm=\\"SIP Communications Service\\", targetname=\\"%(name)s\\", version=4, sts-uri=\\"%(sts)s\\"\\r\\n");
            sl_send_reply("401", "Unauthorized"); exit;
        }
        %(route)s
    }
"""


def registrar(host, folder, address, certificate, then, sts, name="pool", port=5061, versions="TLSv1+"):
    """`then`: what a REGISTER with credentials meets: accept, reject, or redirect:NAME."""
    kind, _, target = then.partition(":")
    tls = write(folder, name + "-tls.cfg", "[server:default]\nmethod = {1}\nverify_certificate = no\nrequire_certificate = no\n"
                "certificate = {0}.pem\nprivate_key = {0}.key\ncipher_list = ALL:@SECLEVEL=0\n".format(certificate, versions))
    route = ROUTES[kind] % target if target else ROUTES[kind]
    path = write(folder, name + ".cfg", KAMAILIO % {"address": address, "port": port, "tls": tls, "name": name, "sts": sts, "route": route})
    run = os.path.join(folder, name + "-run")
    os.makedirs(run, exist_ok=True)
    host.start("kamailio", "-DD", "-E", "-f", path, "-Y", run, "-P", os.path.join(run, "pid"), "-m", "32", "-M", "4")
    host.until_listening("tcp", port)


# ---- chrony, lldpd ----

def chrony(host, folder, address):
    """Never touches the clock (-x)."""
    path = write(folder, "chrony.conf", "local stratum %d\nallow all\nbindaddress %s\ncmdport 0\nuser root\npidfile %s/chronyd.pid\nbindcmdaddress /\n"
                 % (STRATUM, address, folder))
    host.start(unconfined("chronyd", folder), "-d", "-x", "-f", path)
    host.until_listening("udp", 123)


def wrong_clock(host, years):
    """chrony would not serve a wrong time, and the clock is the machine's."""
    python(host, "wrong_clock.py", str(years))
    host.until_listening("udp", 123)


def lldp_agent(host, folder, device, voice_vlan):
    """The switch's own LLDP, with the voice VLAN for phones (ANSI/TIA-1057, 10.2.3). What lldpd reads as somebody
    unprivileged must be where anybody may."""
    path = write("/run", "lldpd.conf", "configure med fast-start enable\n"
                 "configure ports %s med policy application voice tagged vlan %d priority voice dscp 46\n"
                 "configure system hostname lab-switch\nconfigure system description 'The switch of the lab'\n"
                 "configure lldp tx-interval 1\nconfigure lldp portidsubtype local Gi1/0/7\n" % (device, voice_vlan))
    socket, nothing = "/run/lldpd.socket", write("/run", "lldpd-start.conf", "")
    host.start(unconfined("lldpd", folder), "-d", "-u", socket, "-I", device, "-M", "4", "-i", "-O", nothing)
    until("lldpd", 20, lambda: configured(host, socket, path))


def configured(host, socket, path):
    """It may not listen yet, or be paused by its own start."""
    done = subprocess.run(host.inside(["timeout", "3", "lldpcli", "-u", socket, "-c", path]), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    shown = subprocess.run(host.inside(["timeout", "3", "lldpcli", "-u", socket, "show", "configuration"]), stdin=subprocess.DEVNULL, capture_output=True,
                           text=True, check=False)
    return done.returncode == 0 and "Transmit delay: 1" in shown.stdout and "Configuration paused" not in shown.stdout
