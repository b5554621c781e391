"""The emulated server: connections, jobs and access tokens, and how a scenario changes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from itertools import chain
from typing import Any

from emulator import scenario as read
from emulator.airbyte.connection import CHECKS as CONNECTION_CHECKS
from emulator.airbyte.connection import UUID, Connection
from emulator.airbyte.job import Job, Outcome, start
from emulator.airbyte.jobs import Jobs
from emulator.airbyte.sample_connections import (
    WORKSPACE_NAMES,
    account_connections,
    account_jobs,
    generated_connections,
    named,
)
from emulator.airbyte.switches import CHECKS as SWITCH_CHECKS
from emulator.airbyte.switches import Switches
from emulator.airbyte.tokens import Tokens
from emulator.clock import Clock
from emulator.options import Options
from emulator.scenario import Json, ScenarioError

Change = Callable[[], None]


class ServerState:
    """State that the endpoints read and change."""

    def __init__(self, options: Options, clock: Clock, connectors: int, sync_seconds: float) -> None:
        self.options, self.clock, self.sync_seconds = options, clock, sync_seconds
        self.switches = Switches()
        self.tokens = Tokens(options, clock, self.switches)
        now = clock.now()
        own = account_connections(now)
        self.connections = {one.id: one for one in chain(own, generated_connections(connectors, now))}
        self.jobs = Jobs(account_jobs(now, own))

    def running(self, connection_id: str) -> Job | None:
        """Return the connection's job that has not ended, None if there is none."""
        now = self.clock.now()
        return next((one for one in self.jobs.of(connection_id) if not one.ended(now)), None)

    def find(self, connection_id: str) -> Connection | None:
        """Return a connection, None if there is none. Disable it first if too many jobs in a row have failed.

        See https://docs.airbyte.com/ on connections that are disabled automatically.
        """
        found = self.connections.get(connection_id)
        limit, now = self.switches.failures_until_disabled, self.clock.now()
        if found is not None and found.status == "active" and limit:
            ended = [one.status(now) for one in self.jobs.of(connection_id) if one.ended(now)][:limit]
            if ended == ["failed"] * limit:
                found.status = "inactive"
        return found

    def workspaces(self) -> list[str]:
        """Return the ids of the workspaces that have connections."""
        return list(dict.fromkeys(one.workspace_id for one in self.connections.values()))

    def workspace_name(self, workspace_id: str) -> str:
        """Return a workspace's name."""
        return WORKSPACE_NAMES.get(workspace_id, f"Workspace {workspace_id[:8]}")

    def tags_of(self, workspace_id: str) -> list[str]:
        """Return the names of a workspace's tags."""
        rows = (one.tags for one in self.connections.values() if one.workspace_id == workspace_id)
        return sorted({name for tags in rows for name in tags})

    def start(
        self, connection: Connection, kind: str, outcome: Outcome | None = None, streams: Sequence[str] = ()
    ) -> Job:
        """Start a job. The caller has checked that none is running. A queued refresh replaces a sync."""
        if kind == "sync" and connection.refresh_streams is not None:
            kind, streams, connection.refresh_streams = "refresh", connection.refresh_streams, None
        if outcome is None:
            outcome = connection.outcomes.pop(0) if connection.outcomes else connection.default_outcome
        job = start(self.jobs.next_id, connection.id, kind, self.clock.now(), outcome, self.sync_seconds)
        job.streams = list(streams)
        self.jobs.add(job)
        return job

    def reset(self, connection: Connection, streams: Sequence[str] = ()) -> Job:
        """Start a reset, even of an inactive connection. A running job fails first."""
        running = self.running(connection.id)
        if running is not None:
            running.end(self.clock.now(), "failed")
        return self.start(connection, "reset", streams=streams)

    def cancel(self, connection_id: str) -> None:
        """Cancel the connection's current job, if there is one."""
        job = self.running(connection_id)
        if job is not None:
            job.end(self.clock.now() + self.switches.cancel_seconds, "cancelled")

    def read(self, where: str, section: Any) -> Change:
        """Check a scenario's section and return a function that applies it.

        The key `connectors`, which the control endpoints use, means `connections`.
        """
        found = read.an_object(where, section, ("switches", "connections", "connectors"))
        switches = read.checked(f"{where}.switches", found.get("switches", {}), SWITCH_CHECKS)
        changes = [
            self.read_connection(f"{where}.{noun}.{key}", key, one)
            for noun in ("connections", "connectors")
            for key, one in read.an_object(f"{where}.{noun}", found.get(noun, {})).items()
        ]

        def apply() -> None:
            for key, value in switches.items():
                setattr(self.switches, key, value)
            for change in changes:
                change()

        return apply

    def read_connection(self, where: str, connection_id: str, value: Any) -> Change:
        """Check changes of one connection. With `name` and `workspace_id` an unknown id becomes a new one."""
        given = read.checked(where, value, CONNECTION_CHECKS)
        if connection_id not in self.connections and not {"name", "workspace_id"} <= given.keys():
            raise read.unknown(where, connection_id, self.connections, "connection needs name and workspace_id")
        if not UUID.fullmatch(connection_id) or connection_id != connection_id.lower():
            raise ScenarioError(f"{where}: the id of a connection is a UUID in lower case")

        def apply() -> None:
            one = self.connections.get(connection_id) or self.new_connection(connection_id, given)
            for key, found in given.items():
                if key != "start":
                    setattr(one, key, found)
            if "start" in given:
                kind, outcome = given["start"]
                self.start(one, kind, outcome)

        return apply

    def new_connection(self, connection_id: str, given: Json) -> Connection:
        """Add a connection of a scenario."""
        source, destination = named(f"source/{connection_id}"), named(f"destination/{given['workspace_id']}")
        one = Connection(
            connection_id, given["name"], given["workspace_id"], source, destination, created_at=self.clock.now()
        )
        self.connections[connection_id] = one
        return one

    def raw_state(self, connection_id: str) -> Json | None:
        """Return every field of a connection as a scenario would set it, and its jobs, newest first."""
        one = self.connections.get(connection_id)
        if one is None:
            return None
        now = self.clock.now()
        found: Json = {each.name: getattr(one, each.name) for each in fields(one)}
        found["outcomes"] = [asdict(outcome) for outcome in one.outcomes]
        found["default_outcome"] = asdict(one.default_outcome)
        found["jobs"] = [
            {"id": job.id, "kind": job.kind, "status": job.status(now), "created_at": job.created_at}
            for job in self.jobs.of(connection_id)
        ]
        return found
