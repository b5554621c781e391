"""Airbyte's answers without a fault, of both its APIs: one connection and its jobs. See ``World``."""

from datetime import datetime, timezone
from typing import Any

from tests.faults.state import CONNECTION, CONNECTIONS, JOBS, WORKSPACE, Answer, State

OF_ALL = "workspaceIds"
"""The field of a request about the jobs of all connections."""


def _known(connection: Any) -> str:
    """Return a known connection's id, the first one's for an unknown value."""
    return connection if connection in JOBS else CONNECTION


def _owner(number: int) -> str:
    """Return the id of the connection to which a job belongs."""
    return next((one for one, old in JOBS.items() if number in (old, old + 1)), CONNECTION)


class Airbyte(State):
    """Airbyte's part of the state, as its APIs show it."""

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
        if OF_ALL in asked and not self.lists_all:
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
