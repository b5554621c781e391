"""A connector, parsed from the API's connection object."""

from collections.abc import Mapping
from datetime import datetime
from sys import intern
from typing import Any

from shared.errors import Unreachable
from shared.fivetran.answers import moment, plain_text
from shared.http.response import Answer
from shared.redaction import one_line

WAITS_FOR_CUSTOMER, READS_SCHEMA = "blocked_on_customer", "blocked_on_capture"
"""Values of ``schema_status`` in which no data moves. Only connectors with Universal Column Masking have one."""
SET_READY = """update_connector with FIVETRAN_CUSTOM_UPDATE={"schema_status": "ready"} lets it sync"""
LONGEST_FREQUENCY = 525_600
"""Minutes. Fivetran's longest frequency is a day; a number above a year is not used to judge an age."""
DASHBOARD = "https://fivetran.com/dashboard/connections/{id}/status"


class Connector:
    """One connection object, from the connection's details or from a row of a list.

    https://fivetran.com/docs/rest-api/api-reference/connections/connection-details
    Timestamps are aware or None: in the API they may be null or absent, and ``failed_at`` is never cleared.
    ``destination`` is the setup status of the group's destination, "" if it was not read. ``read_at`` is the server's
    time of the answer, None without a usable ``Date``. Raise Unreachable if the object is unusable.
    """

    def __init__(self, data: Any, read_at: datetime | None = None, *, answer: Answer | None = None) -> None:
        if not isinstance(data, Mapping) or not isinstance(data.get("status"), Mapping) or not data.get("id"):
            raise Unreachable("the answer has no connection object", vendor="Fivetran")
        status = data["status"]
        self.data = data
        self._answer = answer
        self.read_at = answer.date if answer else read_at
        # Interned to save memory: there may be thousands of connectors with the same few words.
        self.id = intern(str(data["id"]))
        self.service = intern(str(data.get("service") or ""))
        self.schema = str(data.get("schema") or "")
        self.group_id = str(data.get("group_id") or "")
        self.setup_state = intern(str(status.get("setup_state") or ""))
        self.sync_state = intern(str(status.get("sync_state") or ""))
        self.schema_status = intern(str(status.get("schema_status") or ""))
        self.destination = ""
        self.paused = data.get("paused") is True or self.sync_state == "paused"
        self.manual = data.get("schedule_type") == "manual"
        self.succeeded_at = moment(data, "succeeded_at")
        self.failed_at = moment(data, "failed_at")
        self.rescheduled_for = moment(status, "rescheduled_for")

    @property
    def answer(self) -> Answer:
        """The answer from which the connector was read."""
        return self._source

    @property
    def received_at(self) -> float:
        """When that answer arrived, in monotonic seconds."""
        return self._source.received_at

    @property
    def _source(self) -> Answer:
        if self._answer is None:
            raise LookupError(f"{self.id} was read from no answer")
        return self._answer

    @property
    def tasks(self) -> list[str]:
        """What the API asks somebody to do, as sentences."""
        return _notices(self.data["status"].get("tasks"))

    @property
    def warnings(self) -> list[str]:
        """What the API warns of, as sentences."""
        return _notices(self.data["status"].get("warnings"))

    @property
    def syncing(self) -> bool:
        return self.sync_state == "syncing"

    @property
    def busy(self) -> bool:
        """Whether a sync is running, or was postponed and will run."""
        return self.sync_state in ("syncing", "rescheduled")

    @property
    def broken(self) -> bool:
        return self.setup_state in ("broken", "incomplete")

    @property
    def waits_for_approval(self) -> bool:
        """Whether somebody has to review its schema and set it to ready before it syncs."""
        return self.schema_status == WAITS_FOR_CUSTOMER

    @property
    def reads_schema(self) -> bool:
        """Whether Fivetran is reading its schema before it syncs. This passes by itself."""
        return self.schema_status == READS_SCHEMA

    @property
    def cut_off(self) -> bool:
        """Whether its destination is known to stop all syncs."""
        return self.destination not in ("", "connected")

    @property
    def frequency(self) -> int | None:
        """Minutes between two scheduled syncs, None if the API gives no usable number."""
        minutes = self.data.get("sync_frequency")
        return minutes if type(minutes) is int and 0 < minutes <= LONGEST_FREQUENCY else None

    @property
    def title(self) -> str:
        """A name such as ``postgres connector of schema shop``, from the fields that are present."""
        return f"{self.service} connector".lstrip() + (f" of schema {self.schema}" if self.schema else "")

    @property
    def dashboard(self) -> str:
        """The URL of its dashboard page. The API does not return it; this is the form that the dashboard uses today."""
        return DASHBOARD.format(id=self.id)

    def why(self) -> str:
        """Return the problems that the API reports, tasks before warnings, with a link to the dashboard."""
        said = "; ".join([*self.tasks, *self.warnings][:5])
        return f"{said + ' - ' if said else ''}see {self.dashboard}"

    def facts(self) -> dict[str, Any]:
        """Return the connector's fields for the result line."""
        return {
            "connector_id": self.id,
            "service": self.service,
            "connector_schema": self.schema,
            "sync_state": self.sync_state,
            "setup_state": self.setup_state,
            "paused": self.paused,
            "succeeded_at": self.succeeded_at,
            "failed_at": self.failed_at,
            "dashboard": self.dashboard,
        }


def _notices(entries: Any) -> list[str]:
    """Return ``tasks`` or ``warnings`` (code, message, details) as sentences."""
    found = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return [one_line(": ".join(filter(None, (_notice(entry), _details(entry)))), 300) for entry in found]


def _notice(entry: Mapping[str, Any]) -> str:
    return plain_text(str(entry.get("message") or entry.get("code") or ""))


def _details(entry: Mapping[str, Any]) -> str:
    """Return ``details`` as text. In recorded answers it is a text, an object or a list."""
    return plain_text(entry.get("details"))
