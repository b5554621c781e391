"""A connector as the API describes it, in the terms that decisions need."""

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
"""Minutes; Fivetran's longest is a day. A number past a year is none to tell an age by."""
DASHBOARD = "https://fivetran.com/dashboard/connections/{id}/status"


class Connector:
    """One connection object (Retrieve Connection Details, or a row of List Connections).

    Stamps are aware or None: the API may leave them null or out, and never clears ``failed_at``.
    ``destination`` is the setup status of its group's destination, "" until somebody has asked for it.
    ``read_at`` is the server's clock when it answered, None without a usable ``Date``; without an ``answer`` it may be
    given. Raises Unreachable where the object is no use: then nothing may be concluded from it.
    """

    def __init__(self, data: Any, read_at: datetime | None = None, *, answer: Answer | None = None) -> None:
        if not isinstance(data, Mapping) or not isinstance(data.get("status"), Mapping) or not data.get("id"):
            raise Unreachable("Fivetran: the answer holds no connection object")
        status = data["status"]
        self.data = data
        self._answer = answer
        self.read_at = answer.date if answer else read_at
        # Thousands of connectors are kept by their ids, and share the other three words.
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
        self.tasks = _notices(status.get("tasks"))
        self.warnings = _notices(status.get("warnings"))

    @property
    def answer(self) -> Answer:
        """The answer that it was read from."""
        assert self._answer is not None, "who asks for the answer has read the connector from one"
        return self._answer

    @property
    def received_at(self) -> float:
        """When that answer came, in monotonic seconds."""
        assert self._answer is not None, "who asks for the moment has read the connector from an answer"
        return self._answer.received_at

    @property
    def syncing(self) -> bool:
        return self.sync_state == "syncing"

    @property
    def busy(self) -> bool:
        """A sync runs, or was put off and is still to come."""
        return self.sync_state in ("syncing", "rescheduled")

    @property
    def broken(self) -> bool:
        return self.setup_state in ("broken", "incomplete")

    @property
    def waits_for_approval(self) -> bool:
        """Somebody has to look at its schema and set it to ready."""
        return self.schema_status == WAITS_FOR_CUSTOMER

    @property
    def reads_schema(self) -> bool:
        """Fivetran reads its schema before it syncs; that passes by itself."""
        return self.schema_status == READS_SCHEMA

    @property
    def cut_off(self) -> bool:
        """Its destination is known to let no sync run."""
        return self.destination not in ("", "connected")

    @property
    def frequency(self) -> int | None:
        """Minutes between two syncs of its schedule, None where the API says no usable number."""
        minutes = self.data.get("sync_frequency")
        return minutes if type(minutes) is int and 0 < minutes <= LONGEST_FREQUENCY else None

    @property
    def title(self) -> str:
        """``postgres connector of schema shop``, as far as the API says it."""
        return f"{self.service} connector".lstrip() + (f" of schema {self.schema}" if self.schema else "")

    @property
    def dashboard(self) -> str:
        """Not in the API: the form that the dashboard uses today."""
        return DASHBOARD.format(id=self.id)

    def why(self) -> str:
        """What the API says is wrong, in one sentence with a link: tasks first, then warnings."""
        said = "; ".join([*self.tasks, *self.warnings][:5])
        return f"{said + ' - ' if said else ''}see {self.dashboard}"

    def facts(self) -> dict[str, Any]:
        """The fields that every result line has of a connector."""
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
    """``tasks`` and ``warnings`` (code, message, details) as sentences; details may be any JSON."""
    found = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return [one_line(": ".join(filter(None, (_notice(entry), _details(entry)))), 300) for entry in found]


def _notice(entry: Mapping[str, Any]) -> str:
    return plain_text(str(entry.get("message") or entry.get("code") or ""))


def _details(entry: Mapping[str, Any]) -> str:
    """``details`` as text: it was seen as text, as an object and as a list."""
    return plain_text(entry.get("details"))
