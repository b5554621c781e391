"""Tell which cells the matrix has, and what each of them must come to by the effect of its fault."""

from collections.abc import Iterator

from tests.faults.blueprints import NEEDS_A_DATE, Start
from tests.faults.effects import (
    CREDENTIALS,
    FEW_LEFT,
    FINE,
    GONE,
    KEY,
    LIMITED,
    LOST,
    NO_DATE,
    NO_MOMENT,
    NO_NUMBER,
    NO_TEXT,
    ODD_TEXT,
    REFUSED,
    STRANGE,
    UNSENT,
    UNVERIFIED,
    USELESS,
    Fault,
)
from tests.faults.matrix import Seen
from tests.faults.server import STRIKES
from tests.faults.table import FAULTS

ODD = {NO_TEXT, ODD_TEXT, NO_NUMBER, NO_MOMENT, STRANGE}
"""Effects that leave an answer readable. The outcome depends on the blueprint, so only the page states it."""
CODES = {
    LOST: 223,
    USELESS: 223,
    UNVERIFIED: 223,
    UNSENT: 223,
    REFUSED: 201,
    CREDENTIALS: 200,
    KEY: 200,
    GONE: 204,
    LIMITED: 222,
}


def cells(start: Start, good: Seen) -> list[tuple[str, str]]:
    """Return the cells of a blueprint: each fault at each point where it can strike. Not every run has a write."""
    before, after = good.reads
    happens = {
        "read": before > 0,
        "second": before > 1,
        "write": good.writes > 0,
        "after": after > 0,
        "poll": after > 1,
    }
    happens["write"] = happens["write"] and not start.listed  # a write is about one connection, not about the list
    found = [(strike, name) for name in FAULTS for strike in STRIKES if happens[strike]]
    return [(strike, name) for strike, name in found if not FAULTS[name].opens or _opens(start, strike, good)]


def _opens(start: Start, strike: str, good: Seen) -> bool:
    """Return whether the client certainly opens a connection at this point: for the first read, and for a write after
    one.

    Connections of a batch are not about one connector.
    """
    return not start.many and (strike == "read" or (strike == "write" and good.reads[0] > 0))


def expected(start: Start, strike: str, fault: Fault, good: Seen) -> set[int] | None:
    """Return the exit codes that follow from the fault's effect. Return None if the effect allows any."""
    if fault.makes in ODD:
        return None
    if fault.makes == NO_DATE:
        return {NEEDS_A_DATE.get(start.name, good.code)} | (
            {good.code} if strike == "second" or start.listed else set()
        )
    if next_is_lost(start, strike, fault):
        return {202, 223}
    if fault.makes in (FINE, FEW_LEFT):
        return {good.code}
    if start.listed:  # each connection can be read instead, unless the error meets every call
        return {good.code, CODES[fault.makes]} | ({221} if start.waits else set())
    reads = strike in ("read", "second")
    if fault.makes == GONE and start.api:
        return {CODES[GONE], CODES[REFUSED], good.code}  # the body of Airbyte's 404 says what does not exist
    if reads and fault.makes == REFUSED and start.api == "public":
        return {CODES[REFUSED], CODES[CREDENTIALS], good.code}  # a token endpoint refuses wrong credentials with 400
    if reads and start.waits and not good.writes:
        return {good.code, CODES[fault.makes], 221}  # a wait for something that others started goes on
    if reads:
        return {CODES[fault.makes]} | ({good.code} if strike == "second" else set())  # that read is sent again
    if strike == "write" and fault.makes == UNVERIFIED:
        return {good.code}
    if strike == "write" and fault.makes == UNSENT:
        return {223, 202} | ({good.code} if start.again else set())
    if strike == "write" and fault.makes == LIMITED:
        return {CODES[LIMITED], good.code}
    if strike == "write":
        return {start.lost if fault.makes in (LOST, USELESS) else CODES[fault.makes]}
    if start.waits and fault.postpones:
        return {good.code, 221, CODES[fault.makes]}
    goes_on = start.waits and fault.makes in (LOST, USELESS, LIMITED)
    return {good.code} if goes_on else {good.code, CODES[fault.makes]}


def judged(start: Start, strike: str, fault: Fault, good: Seen, seen: Seen) -> list[str]:
    """Return what is wrong with the outcome of a cell."""
    problems = list(seen.problems)
    codes = expected(start, strike, fault, good)
    if codes is not None and seen.code not in codes:
        problems.append(f"exit code {seen.code}, not {' or '.join(map(str, sorted(codes)))}")
    fine = fault.makes == FINE and not next_is_lost(start, strike, fault)
    if fine and sorted(seen.requests) != sorted(good.requests):
        problems.append(f"{len(seen.requests)} requests, which are not the {len(good.requests)} without a fault")
    if start.many and not start.listed and fault.makes != KEY and not (fault.makes == LIMITED and fault.postpones):
        struck = start.next if next_is_lost(start, strike, fault) else start.one
        problems += others(struck, good, seen)  # a refused key, and a limit past the retries, concern all
    return problems


def next_is_lost(start: Start, strike: str, fault: Fault) -> bool:
    """Return whether the write after the struck one is lost: in a batch it goes over the same connection."""
    return fault.drops and strike == "write" and start.many


def others(struck: str, good: Seen, seen: Seen) -> Iterator[str]:
    """Yield the rows of a batch that are wrong: a fault may change only the row of the connector that it strikes."""
    for connector_id, code in good.rows.items():
        now = seen.rows.get(connector_id)
        wanted = seen.code if connector_id == struck else code
        if now != wanted:
            yield f"the row of {connector_id} has the exit code {now}, not {wanted}"
