"""The settings of an update of a connector, its checks, and the description of its changes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shared.errors import InvalidInput
from shared.fivetran.connector import Connector
from shared.fivetran.update_confirmation import TEST_SWITCHES, value_of
from shared.redaction import HIDDEN, MASKED_KEYS, one_line
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, Kind, select, whole_number
from shared.settings.objects import JSON_OBJECT
from shared.settings.spans import in_seconds

SYNC_FREQUENCIES = (1, 5, 15, 30, 60, 120, 180, 360, 480, 720, 1440)
"""Minutes between two syncs that the API allows.

https://fivetran.com/docs/rest-api/api-reference/connections/modify-connection
"""
ONCE_A_DAY = 1440
"""Minutes."""
_FREQUENCY = whole_number(SYNC_FREQUENCIES)


def _minutes(text: str) -> int:
    """Parse a number of minutes such as ``360``, or a length of time such as ``6h``."""
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
    """The fields that can be changed. Those that are not given stay as they are."""

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
        "further fields of the API's update call; the variables above take precedence",
        None,
    )

    def explicit(self) -> dict[str, Any]:
        """Return the fields that have a variable of their own, under the API's names."""
        fields = {
            "schedule_type": self.schedule_type,
            "paused": self.paused,
            "is_historical_sync": self.historical_sync,
            "sync_frequency": self.sync_frequency,
            "daily_sync_time": self.daily_sync_time,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def changes(self) -> dict[str, Any]:
        """Return all fields to send. Explicit variables win over FIVETRAN_CUSTOM_UPDATE."""
        changes = {**(self.custom_update or {}), **self.explicit()}
        frequency = changes.get("sync_frequency")
        if isinstance(frequency, str) and frequency.isascii() and frequency.isdigit():
            changes["sync_frequency"] = int(frequency)  # "1440", as forms and templates write it
        return changes

    def clashes(self) -> list[str]:
        """Return warnings: fields that are given twice with different values, and setup tests that would not run."""
        custom, explicit = self.custom_update or {}, self.explicit()
        untested = custom.get("run_setup_tests") is True and not MASKED_KEYS & set(custom)
        tests = ["the API runs setup tests only where config or auth changes; the blueprint run_setup_tests runs them"]
        return tests * untested + [
            f"FIVETRAN_CUSTOM_UPDATE gives {name} too; the variable's own value is sent"
            for name in custom
            if name in explicit and custom[name] != explicit[name]
        ]

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
    """Return whether a value contains a mask that the API shows instead of a secret."""
    if isinstance(value, Mapping):
        return any(holds_masked_value(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_masked_value(item) for item in value)
    return isinstance(value, str) and len(value) >= 3 and set(value) == {"*"}


def check_against(connector: Connector, changes: Mapping[str, Any]) -> None:
    """Check changes that depend on the connector's current state. Raise InvalidInput before anything is sent."""
    frequency = changes.get("sync_frequency", connector.data.get("sync_frequency"))
    if "daily_sync_time" in changes and frequency != ONCE_A_DAY:
        raise InvalidInput(
            f"FIVETRAN_DAILY_SYNC_TIME goes only with a sync frequency of 1440 (once a day), and {connector.id} has "
            f"{'none that the API says' if frequency is None else frequency}; give FIVETRAN_SYNC_FREQUENCY=1440 with it"
        )


def changed(before: Mapping[str, Any], after: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return ``{"paused": {"old": false, "new": true}}`` for each sent field whose value is now different.

    Fields of ``config`` and ``auth`` have dotted names and are masked. All that were sent are listed, because the API
    does not return ``auth``.
    """
    found: dict[str, dict[str, Any]] = {}
    for field, value in sent.items():
        if field in TEST_SWITCHES:
            continue
        if field in MASKED_KEYS:
            names = value if isinstance(value, Mapping) else {}
            found.update({f"{field}.{name}": {"old": HIDDEN, "new": HIDDEN} for name in names})
        elif (old := value_of(before, field)) != (new := value_of(after, field, value)):
            found[field] = {"old": old, "new": new}
    return found


def in_words(changes: Mapping[str, Mapping[str, Any]]) -> str:
    """Describe changes, as in ``paused false -> true, config.host``: values only if they are simple and not masked."""
    return ", ".join(map(_in_words, changes, changes.values())) or "its fields already had these values"


def _in_words(field: str, change: Mapping[str, Any]) -> str:
    values = (change["old"], change["new"])
    if HIDDEN in values or any(isinstance(value, dict | list) for value in values):
        return one_line(field, 60)
    return " ".join((one_line(field, 60), " -> ".join(one_line(json.dumps(value), 60) for value in values)))
