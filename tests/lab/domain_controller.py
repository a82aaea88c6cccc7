"""Samba as domain controller: provisioned once into the cache, copied for each run.

It lives at the same path in every world, which a private mount makes, because its configuration and databases name it.
"""

import base64
import hashlib
import os
import shutil
import subprocess

from servers import write

HOME = "/run/lab-samba"
NAME, USER, PASSWORD = "dc1", "desk", "Phones.sign.1n"
OPTIONS = ["server services=ldap, cldap", "log file=%s/log.%%m" % HOME, "pid directory=" + HOME, "ncalrpc dir=%s/ncalrpc" % HOME,
           "ldap server require strong auth=no", "tls enabled=no", "lock directory=" + HOME, "winbindd socket directory=%s/winbind" % HOME]
PUBLISHED = """\
dn: CN=%(name)s,CN=Certification Authorities,CN=Public Key Services,CN=Services,CN=Configuration,%(base)s
changetype: add
objectClass: top
objectClass: certificationAuthority
cn: %(name)s
authorityRevocationList:: AA==
certificateRevocationList:: AA==
cACertificate:: %(octets)s
"""


def kept_in(cache, certificate):
    """Another folder for another way of provisioning, or another root."""
    with open(__file__, "rb") as file:
        return os.path.join(cache, "samba-" + hashlib.sha256(file.read() + certificate).hexdigest()[:16])


def base_of(domain):
    return ",".join("DC=" + part for part in domain.split("."))


def logged(folder, *arguments):
    with open(os.path.join(folder, "provision.log"), "ab") as log:
        subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def provision(cache, folder, domain, authority):
    """Fills the cache: with a user for the phones and the published root. Inside a world."""
    logged(folder, "samba-tool", "domain", "provision", "--realm=" + domain.upper(), "--domain=" + domain.split(".")[0].upper(), "--server-role=dc",
           "--dns-backend=NONE", "--adminpass=" + PASSWORD, "--host-name=" + NAME, "--host-ip=127.0.0.1", "--targetdir=" + HOME)
    logged(folder, "samba-tool", "user", "create", USER, PASSWORD, "--configfile=%s/etc/smb.conf" % HOME)
    entry = write(folder, "published.ldif", PUBLISHED % {"name": authority.name, "base": base_of(domain), "octets": base64.b64encode(authority.der()).decode()})
    logged(folder, "ldbmodify", "-H", HOME + "/private/sam.ldb", entry)
    kept = kept_in(cache, authority.der())
    scratch = kept + ".part"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(HOME, scratch, ignore=lambda at, names: [n for n in names if not_plain(os.path.join(at, n))])
    os.rename(scratch, kept)


def not_plain(path):
    """Sockets and pipes are left."""
    return not (os.path.isfile(path) or os.path.isdir(path))


def start(host, cache, authority):
    shutil.copytree(kept_in(cache, authority.der()), HOME)
    options = ["--option=" + option for option in OPTIONS]
    host.start("samba", "-i", "-M", "single", "-s", HOME + "/etc/smb.conf", *options)
    host.until_listening("tcp", 389)
    host.until_listening("udp", 389)
