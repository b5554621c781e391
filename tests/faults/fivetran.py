"""Fivetran's answers without a fault: one connector, one transformation. See ``World``."""

from datetime import timedelta
from typing import Any

from tests.faults.state import CONNECTOR, CREATED, GROUP, MANY, REPOSITORY, START, TRANSFORMATION, Answer, State


class Fivetran(State):
    """Fivetran's part of the state, as its API shows it."""

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
