"""Every family of scenarios. Importing them fills the list, in this order."""

import naming           # noqa: F401
import discovery        # noqa: F401
import transport        # noqa: F401
import uc               # noqa: F401
import access           # noqa: F401
import update_time      # noqa: F401
import rootca           # noqa: F401
import provisioning     # noqa: F401
import tls_faults       # noqa: F401
import registrar        # noqa: F401
import fallback         # noqa: F401
import exchange         # noqa: F401
import healthy          # noqa: F401
import several          # noqa: F401
import damaged          # noqa: F401
import doubt            # noqa: F401
import nophone          # noqa: F401
