"""Send an update of a connector, confirm it where its answer is lost, and say what it changed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shared.confirmation import readings
from shared.errors import InvalidInput, NotArrived, TriggerUnknown, Unreachable
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.http.client import Planned
from shared.http.response import Answer
from shared.program.run import Run
from shared.redaction import HIDDEN, MASKED_KEYS, one_line, secret_leaves
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, Kind, select, whole_number
from shared.settings.objects import JSON_OBJECT
from shared.settings.spans import in_seconds

SYNC_FREQUENCIES = (1, 5, 15, 30, 60, 120, 180, 360, 480, 720, 1440)
"""Minutes between two syncs that the API allows (Update a Connection)."""
ONCE_A_DAY = 1440
_FREQUENCY = whole_number(SYNC_FREQUENCIES)
TEST_SWITCHES = frozenset({"run_setup_tests", "trust_certificates", "trust_fingerprints"})
"""How a change is tested; the API does not take them for a change."""
UNSHOWN = MASKED_KEYS | {"is_historical_sync"}
"""Fields that the details do not show as they were sent: secrets are masked, and a historical sync is an event."""
NOT_SHOWN = object()


def _minutes(text: str) -> int:
    """``360`` or ``6h``."""
    seconds = in_seconds(text)
    return _FREQUENCY.parse(text if seconds is None else f"{seconds / 60:g}")


def _only_true(text: str) -> bool:
    if BOOLEAN.parse(text):
        return True
    raise ValueError("can only be TRUE: the API starts a historical sync whatever it is sent; leave it blank")


def _whole_hour(text: str) -> str:
    hours = tuple(f"{hour:02}:00" for hour in range(24))
    if text not in hours:
        raise ValueError(f"{one_line(text, 20)!r} is no whole hour; use 00:00 to 23:00 (UTC)")
    return text


class UpdateSettings(Settings):
    """What may be changed. Not given means no change."""

    paused = Variable("FIVETRAN_PAUSED", BOOLEAN, "TRUE pauses the connector, FALSE resumes it", None)
    historical_sync = Variable(
        "FIVETRAN_HISTORICAL_SYNC",
        Kind("boolean", _only_true, ("TRUE",)),
        "TRUE starts a historical sync of everything at once, cancelling a sync that is running",
        None,
    )
    schedule_type = Variable(
        "FIVETRAN_SCHEDULE_TYPE",
        select("manual", "auto"),
        "manual: syncs run only when triggered; auto: by schedule",
        None,
    )
    sync_frequency = Variable(
        "FIVETRAN_SYNC_FREQUENCY",
        Kind("number", _minutes, tuple(map(str, SYNC_FREQUENCIES))),
        "minutes between two scheduled syncs",
        None,
    )
    daily_sync_time = Variable(
        "FIVETRAN_DAILY_SYNC_TIME",
        Kind("time of day", _whole_hour),
        "when the one sync of a day starts, as in 05:00 (UTC); only with a sync frequency of 1440",
        None,
    )
    custom_update = Variable(
        "FIVETRAN_CUSTOM_UPDATE",
        JSON_OBJECT,
        "further fields of the API's update call; the variables above win over it",
        None,
    )

    def explicit(self) -> dict[str, Any]:
        """The fields that have a variable of their own, as the API calls them."""
        fields = {
            "schedule_type": self.schedule_type,
            "paused": self.paused,
            "is_historical_sync": self.historical_sync,
            "sync_frequency": self.sync_frequency,
            "daily_sync_time": self.daily_sync_time,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def changes(self) -> dict[str, Any]:
        """Everything to send, the explicit variables last."""
        changes = {**(self.custom_update or {}), **self.explicit()}
        frequency = changes.get("sync_frequency")
        if isinstance(frequency, str) and frequency.isascii() and frequency.isdigit():
            changes["sync_frequency"] = int(frequency)  # "1440", as forms and templates write it
        return changes

    def clashes(self) -> list[str]:
        """What is probably meant otherwise: fields that are given twice and differ, and tests that nothing runs."""
        custom, explicit = self.custom_update or {}, self.explicit()
        untested = custom.get("run_setup_tests") is True and not MASKED_KEYS & set(custom)
        tests = ["the API runs setup tests only where config or auth changes; the blueprint run_setup_tests runs them"]
        return tests * untested + [
            f"FIVETRAN_CUSTOM_UPDATE gives {name} too; the variable's own value is sent"
            for name in custom
            if name in explicit and custom[name] != explicit[name]
        ]

    def secrets(self) -> list[str]:
        return [*super().secrets(), *secret_leaves(self.custom_update)]

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        changes = self.changes()
        misread = self.unusable & {variable.name for variable in UpdateSettings.variables()}
        if not set(changes) - TEST_SWITCHES and not misread:
            *names, last = [variable.name for variable in UpdateSettings.variables()]
            text = f"Nothing to change: set {', '.join(names)} or {last}"
            if changes:
                text += "; test switches alone are no change, the blueprint run_setup_tests runs the tests"
            yield Problem("FIVETRAN_PAUSED", text, whole=True)
        if self.daily_sync_time and changes.get("sync_frequency", ONCE_A_DAY) != ONCE_A_DAY:
            yield Problem("FIVETRAN_DAILY_SYNC_TIME", "goes only with a sync frequency of 1440 (once a day)")
        if holds_masked_value(self.custom_update):
            text = f"holds {HIDDEN!r}, the API's mask and not the value; leave the field out, or give the real value"
            yield Problem("FIVETRAN_CUSTOM_UPDATE", text)


def holds_masked_value(value: Any) -> bool:
    """True where a mask that the API shows instead of a secret would be sent back as if it were the secret."""
    if isinstance(value, Mapping):
        return any(holds_masked_value(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_masked_value(item) for item in value)
    return isinstance(value, str) and len(value) >= 3 and set(value) == {"*"}


def check_against(connector: Connector, changes: Mapping[str, Any]) -> None:
    """What can only be judged against the connector as it is. Raises InvalidInput before anything is sent."""
    frequency = changes.get("sync_frequency", connector.data.get("sync_frequency"))
    if "daily_sync_time" in changes and frequency != ONCE_A_DAY:
        raise InvalidInput(
            f"FIVETRAN_DAILY_SYNC_TIME goes only with a sync frequency of 1440 (once a day), and {connector.id} has "
            f"{'none that the API says' if frequency is None else frequency}; give FIVETRAN_SYNC_FREQUENCY=1440 with it"
        )


class Sent(NamedTuple):
    """What an update came to. ``lost``: its answer was lost, and reading the connector again showed the change."""

    answer: Answer
    lost: bool

    @property
    def words(self) -> str:
        return "; the answer was lost, but the change is in effect" if self.lost else ""


def send(run: Run, api: Fivetran, connector_id: str, changes: Mapping[str, Any]) -> Sent:
    """Send an update once. Where its answer is lost, read the connector until the change shows.

    The API may answer a PATCH with 500 after about a minute and have done it all the same (Fivetran's troubleshooting
    page "pause connector 500 error" says to verify with a GET). Raises Unreachable (223) where the change is not in
    effect, TriggerUnknown (202) where that cannot be told: the connector cannot be read, or a field does not show.
    """
    try:
        answer = api.update_connector(connector_id, changes)
        data(answer)  # a 200 that is no use is a lost answer too
        return Sent(answer, lost=False)
    except NotArrived:
        raise
    except Unreachable as error:
        return Sent(_confirmed(run, api, connector_id, changes, error), lost=True)


def resume(run: Run, api: Fivetran, connector_id: str) -> None:
    """Resume a connector on the way to something else. A dry run notes it and goes on. Raises what ``send`` raises."""
    try:
        send(run, api, connector_id, {"paused": False})
    except Planned:
        return  # noted in the client's plan


def _confirmed(run: Run, api: Fivetran, connector_id: str, changes: Mapping[str, Any], lost: Unreachable) -> Answer:
    """The connector's details where they show the change."""
    run.say(f"{lost.message}; the answer was lost, reading whether the change is in effect")
    hidden = {name for name in changes if name in UNSHOWN}
    wanted = {name: value for name, value in changes.items() if name not in UNSHOWN | TEST_SWITCHES}
    unchanged: set[str] | None = None  # None: the connector could not be read
    for connector in readings(run, api, lambda view: view.get_connector(connector_id), run.retry_timeout):
        told = {name: _told(connector.data, name, NOT_SHOWN) for name in wanted}
        hidden |= {name for name, value in told.items() if value is NOT_SHOWN}
        unchanged = {name for name, value in told.items() if value != wanted[name]} - hidden
        if not unchanged and not hidden:
            return connector.answer
        if not unchanged:
            break
    if unchanged:
        fields = ", ".join(sorted(unchanged))
        raise Unreachable(
            f"{lost.message}; read again, {fields} of {connector_id} is not changed", lost.answer
        ) from lost
    why = "the connector cannot be read" if unchanged is None else f"{', '.join(sorted(hidden))} cannot be compared"
    raise TriggerUnknown(
        f"{lost.message}; unknown whether {connector_id} was changed: {why}, and it was not sent again; look at the "
        "connector first",
        lost.answer,
    ) from lost


def changed(before: Mapping[str, Any], after: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """``{"paused": {"old": false, "new": true}}`` for each field sent that is another now, nested ones dotted.

    Anything under ``config`` or ``auth`` is masked; ``auth`` does not come back, so all that was sent of it is listed.
    """
    found: dict[str, dict[str, Any]] = {}
    for field, value in sent.items():
        if field in TEST_SWITCHES:
            continue
        if field in MASKED_KEYS:
            names = value if isinstance(value, Mapping) else {}
            found.update({f"{field}.{name}": {"old": HIDDEN, "new": HIDDEN} for name in names})
        elif (old := _told(before, field)) != (new := _told(after, field, value)):
            found[field] = {"old": old, "new": new}
    return found


def in_words(changes: Mapping[str, Mapping[str, Any]]) -> str:
    """``paused false -> true, config.host``: from what to what where both are one word, and nothing is masked."""
    return ", ".join(map(_in_words, changes, changes.values())) or "all fields had these values already"


def _in_words(field: str, change: Mapping[str, Any]) -> str:
    values = (change["old"], change["new"])
    if HIDDEN in values or any(isinstance(value, dict | list) for value in values):
        return one_line(field, 60)
    return " ".join((one_line(field, 60), " -> ".join(one_line(json.dumps(value), 60) for value in values)))


def _told(connector: Mapping[str, Any], field: str, otherwise: Any = None) -> Any:
    """A field where the API shows it: some that are set at the top are told under ``status``."""
    status = connector.get("status")
    return {**(status if isinstance(status, Mapping) else {}), **connector}.get(field, otherwise)
