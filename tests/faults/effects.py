"""The effects that a fault can have on an answer, and the type of a fault."""

from typing import NamedTuple

from tests.faults.server import Play
from tests.faults.tls import Opening

FINE = "the answer is good"
LOST = "there is no answer: a read is sent again, and what a write did is looked for"
USELESS = "the answer cannot be used: a read fails at once, and what a write did is looked for"
REFUSED = "the request is refused: 201"
CREDENTIALS = "the credentials do not allow this request: 200"
KEY = "the credentials are refused for every request: 200"
GONE = "the requested object does not exist: 204"
NO_DATE = "the answer is good, but has no date"
FEW_LEFT = "the answer is good, and says that few calls are left: a wait asks less often"
LIMITED = "too many requests: 222"
UNVERIFIED = "the server's certificate cannot be verified, so nothing is sent: 223; a write is tried again"
UNSENT = "the server reads no request: 223, and 202 where a sync may have been started"
NO_TEXT = "fields that should be texts are not"
ODD_TEXT = "texts are unusual or hostile"
NO_NUMBER = "numbers are impossible or of another type"
NO_MOMENT = "timestamps are invalid, or far from all others"
STRANGE = "the answer can be read, but its content is strange: never 249, never a false success"
LABELS = {
    FINE: "good",
    NO_DATE: "no date",
    FEW_LEFT: "few left",
    LOST: "lost",
    USELESS: "useless",
    REFUSED: "refused",
    CREDENTIALS: "forbidden",
    KEY: "key refused",
    GONE: "gone",
    LIMITED: "limited",
    UNVERIFIED: "unverified",
    UNSENT: "unsent",
    NO_TEXT: "no texts",
    ODD_TEXT: "odd texts",
    NO_NUMBER: "odd numbers",
    NO_MOMENT: "odd moments",
    STRANGE: "strange",
}


class Fault(NamedTuple):
    """One fault.

    ``play`` plays it and ``makes`` is its effect. ``acts`` is False if the server answers so because it did nothing.
    ``slow``: it takes much CPU or memory. ``hangs``: the client waits for an answer until a short timeout.
    ``postpones``: it asks the client to stay away for longer than a wait may last. ``tls``: it is played over https.
    ``opens``: how a connection begins, if the fault strikes that and not a request. ``drops``: the next request over
    the connection is lost.
    """

    play: Play
    makes: str
    acts: bool = True
    slow: bool = False
    hangs: bool = False
    postpones: bool = False
    tls: bool = False
    opens: Opening | None = None
    drops: bool = False
