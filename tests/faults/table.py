"""The one table of all faults. A new fault is one entry in the part of it where the fault strikes:

    tables/tls.py          certificate, handshake, end of the encrypted connection
    tables/connection.py   closed, reset, silent or slow
    tables/heads.py        status line and headers
    tables/framing.py      lengths, chunks, compression
    tables/bodies.py       a body that is not JSON, or costly to parse
    tables/content.py      values in the vendor's JSON
    tables/statuses.py     a status
    tables/dates.py        the headers Date and X-Rate-Limit

Each entry says how the fault is played (``plays``) and its effect on an answer (``effects``). ``expected`` derives what
that means for a blueprint at each point where the fault may strike.
"""

from tests.faults.effects import Fault
from tests.faults.tables.bodies import BODIES
from tests.faults.tables.connection import CONNECTION
from tests.faults.tables.content import CONTENT
from tests.faults.tables.dates import CLOCKS
from tests.faults.tables.framing import ENCODINGS, LENGTHS
from tests.faults.tables.heads import NO_HTTP
from tests.faults.tables.statuses import STATUSES
from tests.faults.tables.tls import TLS

PARTS = (TLS, CONNECTION, NO_HTTP, LENGTHS, ENCODINGS, BODIES, CONTENT, STATUSES, CLOCKS)
FAULTS: dict[str, Fault] = {name: fault for part in PARTS for name, fault in part.items()}
