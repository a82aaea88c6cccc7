"""Every family of scenarios; importing them fills the list, in this order."""

import naming, discovery, transport, uc         # noqa: E401,F401
