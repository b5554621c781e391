"""The answers of both vendors without a fault: one connector, one connection, one transformation.

It is small and written by hand. It shares no code with Slipway or its emulator, and so none of their mistakes.
"""

import json
from collections import Counter
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

CONNECTOR, GROUP, TRANSFORMATION = "speak_inexpensive", "projected_sickle", "reluctant_harvest"
REPOSITORY = "git@example.com:dbt.git"
CONNECTION, WORKSPACE = "749c19dc-4f97-4f30-bb0f-126e53506960", "cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10"
CREATED = "handmade_widget"
MANY = (CONNECTOR, "ledger_of_boats", "windy_orchard")
CONNECTIONS = (CONNECTION, "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f", "c2a9f0b4-1d3e-4f68-a7b9-8e6d5c4b3a21")
JOBS = dict(zip(CONNECTIONS, (1007, 1017, 1027), strict=True))
"""The last job of each connection before the run. A job that a sync starts has the next number."""
SYNC_SECONDS = 20.0
_READS = ("/connections/get", "/connections/list", "/jobs/list", "/jobs/get", "/jobs/get_light", "/token", "/health")
_READS += ("/jobs/get_without_logs", "/jobs/get_last_replication_job", "/workspaces/get", "/web_backend/")
_OF_ALL = "workspaceIds"
Answer = tuple[int, Any]


START = datetime(2026, 6, 1, 12, 0, 0, 250_000, timezone.utc)


def _known(connection: Any) -> str:
    """Return a known connection's id, the first one's for an unknown value."""
    return connection if connection in JOBS else CONNECTION


def _owner(number: int) -> str:
    """Return the id of the connection to which a job belongs."""
    return next((one for one, old in JOBS.items() if number in (old, old + 1)), CONNECTION)


class World:
    """The state of both vendors. ``ahead``: the seconds that sleeps have taken, because no other time passes.

    ``lists_all``: Airbyte lists the jobs of all connections.
    """

    def __init__(self) -> None:
        self.ahead = 0.0
        self.started: datetime | None = None
        self.syncs: dict[str, datetime] = {}
        self.paused: set[str] = set()
        self.running_before = self.many = self.lists_all = False
        self.deleted = self.created = self.cancelled = False
        self.disabled = False
        self.effects: Counter[str] = Counter()

    def untouched(self) -> "World":
        """Return a copy from before anything was done. A write to it does not change this world."""
        found = World()
        found.many, found.lists_all = self.many, self.lists_all
        return found

    def now(self) -> datetime:
        return START + timedelta(seconds=self.ahead)

    @property
    def date(self) -> str:
        return format_datetime(self.now().replace(microsecond=0), usegmt=True)

    @property
    def ended(self) -> datetime | None:
        """The time at which what was triggered ended, None before."""
        return self._end(max(self.syncs.values(), default=self.started))

    def _end(self, started: datetime | None) -> datetime | None:
        end = started + timedelta(seconds=SYNC_SECONDS) if started else None
        return end if end and end <= self.now() else None

    @staticmethod
    def writes(method: str, path: str) -> bool:
        if path.startswith("/v1"):
            return method != "GET"
        return method != "GET" and not any(part in path for part in _READS)

    @staticmethod
    def asked(method: str, path: str, body: bytes) -> str:
        """Return a request as a text. The id that Airbyte's requests have in their body is put behind the path."""
        fields = json.loads(body) if body and path.startswith("/api/") else {}
        about = next((fields[name] for name in ("connectionId", "configId", "id", _OF_ALL) if name in fields), "")
        return f"{method} {path}" + (f"#{about}" if about else "")

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        plain = path.partition("?")[0]
        if self.writes(method, plain):
            self.effects[self.asked(method, plain, body)] += 1
        if plain.startswith("/v1"):
            found = self._fivetran(method, plain.removeprefix("/v1"))
            return found if found[0] >= 400 else (found[0], {"code": "Success", "message": "done", **found[1]})
        public = plain.startswith("/api/public")
        fields = dict(parse_qsl(path.partition("?")[2])) | json.loads(body or b"{}")
        return self._airbyte(method, plain.rpartition("/v1")[2], fields, public)

    def _fivetran(self, method: str, path: str) -> Answer:
        if path == "/account/info":
            return 200, {"data": {"account_id": "kindly_brigade", "account_name": "a", "user_id": "interment"}}
        for noun, rows in (
            ("/groups", [{"id": GROUP, "name": "Warehouse", "created_at": "2024-06-13T04:37:31.496314Z"}]),
            ("/metadata/connector-types", [self._type()]),
            ("/transformations", [self._transformation(), *([self._transformation(CREATED)] if self.created else [])]),
            ("/connections", self._listed()),
        ):
            if path == noun and method == "GET":
                return 200, {"data": {"items": rows}}
        if path.startswith("/metadata/connector-types/"):
            return 200, {"data": self._type()}
        if path.startswith("/transformation-projects"):
            return self._projects(method, path)
        if path.startswith("/transformations"):
            return self._transformations(method, path)
        return self._connections(method, path.removeprefix("/connections"))

    def _projects(self, method: str, path: str) -> Answer:
        config = {"git_remote_url": REPOSITORY, "public_key": "ssh-rsa A"}
        project = {"id": CREATED, "group_id": GROUP, "status": "NOT_READY", "errors": [], "project_config": config}
        if method == "GET" and path == "/transformation-projects":
            return 200, {"data": {"items": [{"id": CREATED, "group_id": GROUP}] if self.created else []}}
        self.created = self.created or method == "POST"
        return (201 if method == "POST" else 200), {"data": project}

    def _transformations(self, method: str, path: str) -> Answer:
        if method == "POST" and path == "/transformations":
            self.created = True
            return 201, {"data": self._transformation(CREATED)}
        if path.endswith("/cancel"):
            self.cancelled = True
            return 200, {}
        if method == "POST":
            self.started = self.now()
            return 200, {}
        transformation = path.rpartition("/")[2]
        self.paused |= {transformation} if method == "PATCH" else set()
        return 200, {"data": self._transformation(transformation)}

    def _listed(self) -> list[dict[str, Any]]:
        """Rows of the list. Those of the other connectors lack timestamps, as lists may: each has to be read."""
        rows = [self._connector(one) for one in (CONNECTOR, *([CREATED] if self.created else []))]
        thin = [self._connector(one) for one in MANY[1:]] if self.many else []
        return rows + [{k: v for k, v in row.items() if not k.endswith("ed_at")} for row in thin]

    def _connections(self, method: str, path: str) -> Answer:
        _, connector, verb = [*path.split("/", 2), "", ""][:3]
        if method == "POST" and not connector:
            self.created = True
            return 201, {"data": self._connector(CREATED)}
        if self.deleted or connector not in (*MANY[: 3 if self.many else 1], CREATED):
            return 404, {"code": "NotFound_Connection", "message": "no such connection"}
        match method, verb:
            case "GET", "":
                return 200, {"data": self._connector(connector)}
            case "GET", "schemas":
                return 200, {"data": self._schemas()}
            case "DELETE", "":
                self.deleted = True
                return 200, {}
            case "PATCH", "":
                self.paused.add(connector)
                return 200, {"data": self._connector(connector)}
            case "PATCH", _:
                self.disabled = True
                return 200, {"data": self._schemas()}
            case "POST", "sync" | "resync":
                self.syncs[connector] = self.now()
                return 200, {}
            case "POST", "test":
                tests = [{"title": "Validate", "status": "PASSED", "message": ""}]
                return 200, {"data": {**self._connector(connector), "setup_tests": tests}}
            case "POST", "connect-card":
                card = {"token": "t" * 40, "uri": "https://fivetran.example/card?auth=" + "t" * 40}
                return 200, {"data": {"connector_id": connector, "connect_card": card}}
        return 200, {"data": self._schemas()}

    def _connector(self, connector: str) -> dict[str, Any]:
        started = self.syncs.get(connector)
        succeeded = self._end(started) or START - timedelta(minutes=40)
        running = started and not self._end(started)
        return {
            "id": connector,
            "service": "postgres",
            "schema": "made" if connector == CREATED else "shop",
            "paused": connector in self.paused,
            "group_id": GROUP,
            "created_at": "2026-02-03T04:37:31.496314Z",
            "succeeded_at": succeeded.isoformat().replace("+00:00", "Z"),
            "failed_at": None,
            "sync_frequency": 360,
            "schedule_type": "auto",
            "status": {
                "setup_state": "connected",
                "sync_state": "syncing" if running else "paused" if connector in self.paused else "scheduled",
                "update_state": "on_schedule",
                "is_historical_sync": False,
                "rescheduled_for": None,
                "tasks": [],
                "warnings": [],
            },
            "setup_tests": [{"title": "Validate", "status": "PASSED", "message": ""}],
            "config": {"schema": "made"},
        }

    def _type(self) -> dict[str, Any]:
        config = {"type": "object", "properties": {"host": {"type": "string", "title": "Host"}}, "required": ["host"]}
        return {"id": "postgres", "name": "PostgreSQL", "type": "Database", "config": config, "auth": {}}

    def _transformation(self, transformation: str = TRANSFORMATION) -> dict[str, Any]:
        before = "2026-01-01T00:00:00.000000Z"
        started = self.started.isoformat() if self.started else before
        running = (self.started and not self.ended) or self.running_before
        config = {"project_id": "p", "name": "made" if transformation == CREATED else "nightly"}
        steps = [{"name": "dbt run", "command": "dbt run"}]
        return {
            "id": transformation,
            "type": "DBT_CORE",
            "paused": transformation in self.paused,
            "status": "CANCELED" if self.cancelled else "RUNNING" if running else "SUCCEEDED",
            "schedule": {"schedule_type": "INTEGRATED", "connection_ids": [CONNECTOR]},
            "last_started_at": started,
            "last_ended_at": self.ended.isoformat() if self.ended else before,
            "output_model_names": ["m"],
            "transformation_config": {**config, "steps": steps},
        }

    def _schemas(self) -> dict[str, Any]:
        tables = {"orders": {"name_in_destination": "orders", "enabled": not self.disabled, "columns": {}}}
        tables["orders"]["enabled_patch_settings"] = {"allowed": True}
        schema = {"name_in_destination": "sales", "enabled": True, "tables": tables}
        return {"enable_new_by_default": True, "schema_change_handling": "ALLOW_ALL", "schemas": {"sales": schema}}

    def _airbyte(self, method: str, path: str, body: dict[str, Any], public: bool) -> Answer:
        if path == "/applications/token":
            return 200, {"access_token": "token-of-the-faults-" + "x" * 40, "expires_in": 900}
        if path == "/health":
            return 200, {"available": True}
        if path in ("/jobs/cancel", "/jobs/1008") and method in ("POST", "DELETE"):
            self.cancelled = True
            return 200, self._public_job(1008) if public else self._job(1008)
        if self.writes(method, path):
            one = _known(body.get("connectionId"))
            self.syncs[one] = self.now()
            number = JOBS[one] + 1
            return 200, self._public_job(number) if public else self._job(number)
        if path.startswith("/jobs/get"):
            return 200, self._job(int(body["id"]))
        if path in ("/jobs", "/jobs/list", "/jobs/list_for_workspaces"):
            return self._jobs(body, public)
        if path.startswith("/jobs/"):
            return 200, self._public_job(int(path.rpartition("/")[2]))
        given = str(body.get("connectionId") or path.rpartition("/")[2])
        connections = CONNECTIONS if self.many else CONNECTIONS[:1]
        found = [
            {
                "connectionId": one,
                "name": "shop",
                "sourceId": WORKSPACE,
                "destinationId": WORKSPACE,
                "workspaceId": WORKSPACE,
                "status": "active",
            }
            for one in connections
        ]
        if path in ("/connections", "/connections/list"):
            return 200, {"data": found, "next": ""} if public else {"connections": found}
        if path.startswith("/workspaces"):
            return 200, {"data": [], "next": ""} if public else {"workspaceId": WORKSPACE}
        return 200, found[connections.index(given) if given in connections else 0]

    def _jobs(self, asked: dict[str, Any], public: bool) -> Answer:
        """The jobs of one connection or of all, the newest first."""
        if _OF_ALL in asked and not self.lists_all:
            return 404, {"message": "Object not found."}
        about = asked.get("configId") or asked.get("connectionId")
        of = (_known(about),) if about else CONNECTIONS
        numbers = sorted((n + 1 for one, n in JOBS.items() if one in of and (self.started or one in self.syncs)))
        numbers = sorted([*numbers, *(JOBS[one] for one in of)], reverse=True)
        if public:
            return 200, {"data": [self._public_job(number) for number in numbers], "next": "", "previous": ""}
        return 200, {"jobs": [self._job(number) for number in numbers], "totalJobCount": len(numbers)}

    def _ended(self, number: int) -> datetime | None:
        return self._end(self.syncs.get(_owner(number), self.started))

    def _status(self, number: int) -> str:
        if number in JOBS.values() and not self.running_before:
            return "succeeded"
        return "cancelled" if self.cancelled else "succeeded" if self._ended(number) else "running"

    def _job(self, number: int) -> dict[str, Any]:
        connection = _owner(number)
        before, now = number in JOBS.values(), int(self.now().timestamp())
        began, end = self.syncs.get(connection, self.started), self._ended(number)
        start = int(began.timestamp()) if began and not before else now - 5000
        updated = start + 60 if before else int(end.timestamp()) if end else now
        job = {"id": number, "configType": "sync", "configId": connection, "createdAt": start, "startedAt": start}
        stats = {"recordsCommitted": 10, "bytesCommitted": 100, "recordsEmitted": 10, "bytesEmitted": 100}
        job |= {"updatedAt": updated, "status": self._status(number), "aggregatedStats": stats}
        return {"job": job, "attempts": []}

    def _public_job(self, number: int) -> dict[str, Any]:
        job = self._job(number)["job"]
        moments = [datetime.fromtimestamp(job[key], timezone.utc).isoformat() for key in ("startedAt", "updatedAt")]
        found = {"jobId": number, "status": job["status"], "jobType": "sync", "startTime": moments[0]}
        found |= {"connectionId": job["configId"], "lastUpdatedAt": moments[1], "duration": "PT20S"}
        return {**found, "rowsSynced": 10, "bytesSynced": 100}
