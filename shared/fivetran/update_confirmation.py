"""Send an update of a connector once, and find out whether it is in effect if its answer is lost."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.confirmation import find_change
from shared.errors import NotArrived, Unreachable
from shared.fivetran.answers import about, data
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.http.client import Planned
from shared.http.response import Answer
from shared.program.run import Run
from shared.redaction import MASKED_KEYS

TEST_SWITCHES = frozenset({"run_setup_tests", "trust_certificates", "trust_fingerprints"})
"""Fields about setup tests. A request with only these changes nothing."""
UNSHOWN = MASKED_KEYS | {"is_historical_sync"}
"""Fields that cannot be compared with the details: secrets are masked, a historical sync is an event."""
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
        shown = find_change(
            error,
            run,
            api,
            connector_id,
            lambda view: view.get_connector(connector_id),
            lambda connector: _differs(connector, changes),
        )
        return Sent(shown.answer, lost=True)


def resume(run: Run, api: Fivetran, connector_id: str) -> None:
    """Resume a connector before another request. A dry run adds the request to its plan and goes on."""
    try:
        send(run, api, connector_id, {"paused": False})
    except Planned:
        return  # the request is in ``Client.planned``


def _differs(connector: Connector, changes: Mapping[str, Any]) -> tuple[str, str]:
    """Return the fields that a connector shows unchanged, and the fields that it does not show. See ``find_change``."""
    shown = {
        name: NOT_SHOWN if name in UNSHOWN else value_of(connector.data, name, NOT_SHOWN)
        for name in changes
        if name not in TEST_SWITCHES
    }
    hidden = sorted(name for name, value in shown.items() if value is NOT_SHOWN)
    unchanged = sorted(name for name, value in shown.items() if value is not NOT_SHOWN and value != changes[name])
    return f"{', '.join(unchanged)} of {connector.id}" if unchanged else "", ", ".join(hidden)


def value_of(connector: Mapping[str, Any], field: str, otherwise: Any = None) -> Any:
    """Return a field of a connection, which the API shows at the top or under ``status``."""
    status = connector.get("status")
    return {**(status if isinstance(status, Mapping) else {}), **connector}.get(field, otherwise)
