"""Send an update of a connector once, and find out whether it is in effect if its answer is lost."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.confirmation import readings
from shared.errors import NotArrived, TriggerUnknown, Unreachable
from shared.fivetran.answers import about, data
from shared.fivetran.api import Fivetran
from shared.http.client import Planned
from shared.http.response import Answer
from shared.program.run import Run
from shared.redaction import MASKED_KEYS

TEST_SWITCHES = frozenset({"run_setup_tests", "trust_certificates", "trust_fingerprints"})
"""Fields about setup tests. Alone they are not a change for the API."""
UNSHOWN = MASKED_KEYS | {"is_historical_sync"}
"""Fields that the details do not show as they were sent: secrets are masked, a historical sync is an event."""
NOT_SHOWN = object()


class Sent(NamedTuple):
    """The answer to an update. ``lost``: the answer was lost, and the connector's details show the change."""

    answer: Answer
    lost: bool

    @property
    def words(self) -> str:
        return "; the answer was lost, but the change is in effect" if self.lost else ""


def send(run: Run, api: Fivetran, connector_id: str, changes: Mapping[str, Any]) -> Sent:
    """Send an update once. If its answer is lost, read the connector until it shows the change.

    The API may answer a PATCH with 500 after about a minute although the change is in effect (Fivetran's
    troubleshooting page "pause connector 500 error" recommends a GET). Raise Unreachable (223) if the change is not in
    effect, TriggerUnknown (202) if that is not known: the connector cannot be read, or a field is not shown.
    """
    try:
        answer = api.update_connector(connector_id, changes)
        found = data(answer)  # an unusable 200 counts as a lost answer, and so does one about another connector
        about(connector_id, str(found.get("id") or connector_id), answer)
        return Sent(answer, lost=False)
    except NotArrived:
        raise
    except Unreachable as error:
        return Sent(_confirmed(run, api, connector_id, changes, error), lost=True)


def resume(run: Run, api: Fivetran, connector_id: str) -> None:
    """Resume a connector before another request. A dry run adds the request to its plan and goes on."""
    try:
        send(run, api, connector_id, {"paused": False})
    except Planned:
        return  # the request is in ``Client.planned``


def _confirmed(run: Run, api: Fivetran, connector_id: str, changes: Mapping[str, Any], lost: Unreachable) -> Answer:
    """Return the answer with the connector's details that show the change."""
    run.say(f"{lost.message}; the answer was lost, reading whether the change is in effect")
    hidden = {name for name in changes if name in UNSHOWN}
    wanted = {name: value for name, value in changes.items() if name not in UNSHOWN | TEST_SWITCHES}
    unchanged: set[str] | None = None  # None: the connector could not be read
    for connector in readings(run, api, lambda view: view.get_connector(connector_id), run.retry_timeout):
        values = {name: value_of(connector.data, name, NOT_SHOWN) for name in wanted}
        hidden |= {name for name, value in values.items() if value is NOT_SHOWN}
        unchanged = {name for name, value in values.items() if value != wanted[name]} - hidden
        if not unchanged and not hidden:
            return connector.answer
        if not unchanged:
            break
    if unchanged:
        fields = ", ".join(sorted(unchanged))
        raise Unreachable(
            f"{lost.reason}; read again, {fields} of {connector_id} is not changed", lost.answer, vendor="Fivetran"
        ) from lost
    why = "the connector cannot be read" if unchanged is None else f"{', '.join(sorted(hidden))} cannot be compared"
    raise TriggerUnknown(
        f"{lost.reason}; unknown whether {connector_id} was changed: {why}, and it was not sent again; look at the "
        "connector first",
        lost.answer,
        vendor="Fivetran",
    ) from lost


def value_of(connector: Mapping[str, Any], field: str, otherwise: Any = None) -> Any:
    """Return a field of a connection, which the API shows at the top or under ``status``."""
    status = connector.get("status")
    return {**(status if isinstance(status, Mapping) else {}), **connector}.get(field, otherwise)
