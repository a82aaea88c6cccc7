"""Every family of scenarios; importing them fills the list, in this order."""

import naming, discovery, transport, uc, access, update_time, rootca, provisioning         # noqa: E401,F401
