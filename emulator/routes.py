"""Routes of a scenario: which requests get a scripted answer."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from emulator import scenario as read
from emulator.scenario import ScenarioError
from emulator.scripted_answer import ScriptedAnswer, read_answer

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "*")


MOST_ROUTES = 10_000


@dataclass
class Route:
    """The queue of scripted answers for matching requests."""

    method: str
    path: str
    answers: list[ScriptedAnswer]

    def matches(self, method: str, path: str) -> bool:
        """Return whether a request matches; `*` in the pattern matches anything, slashes included."""
        return self.method in ("*", method) and fnmatchcase(path.rstrip("/"), self.path.rstrip("/"))

    def take(self) -> ScriptedAnswer:
        """Return the next answer and count its use."""
        answer = self.answers[0]
        if answer.times is not None:
            answer.times -= 1
            if answer.times == 0:
                self.answers.pop(0)
        return answer


class Routes:
    """All routes in the order of the scenarios; the first match with an answer left wins."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def add(self, routes: list[Route]) -> None:
        """Add routes after the existing ones, without those that have no answers left."""
        self.all = [one for one in self.all if one.answers] + routes

    def next(self, method: str, path: str) -> ScriptedAnswer | None:
        """Return the scripted answer of a request, None if there is none."""
        for route in self.all:
            if route.answers and route.matches(method, path):
                return route.take()
        return None

    def left(self) -> list[dict[str, Any]]:
        """List the routes that have answers left, for the control endpoint."""
        return [
            {"method": one.method, "path": one.path, "answers": len(one.answers)} for one in self.all if one.answers
        ]


def read_routes(where: str, value: Any) -> list[Route]:
    """Check the `routes` of a scenario."""
    return [read_route(f"{where}[{n}]", one) for n, one in enumerate(read.a_list(where, value))]


def read_route(where: str, value: Any) -> Route:
    """Check `{"method": "POST", "path": "/v1/*/sync", "answers": [...]}`. Without a method any method matches."""
    found = read.an_object(where, value, ("method", "path", "answers"))
    for key in ("path", "answers"):
        if key not in found:
            raise ScenarioError(f"{where}: the key {key} is missing")
    answers = read.a_list(f"{where}.answers", found["answers"])
    return Route(
        read.one_of(*METHODS)(f"{where}.method", read.text(f"{where}.method", found.get("method", "*")).upper()),
        path_pattern(f"{where}.path", found["path"]),
        [read_answer(f"{where}.answers[{n}]", one) for n, one in enumerate(answers)],
    )


def path_pattern(where: str, value: Any) -> str:
    """Check a path pattern, which has no query."""
    if not read.text(where, value).startswith(("/", "*")) or "?" in value:
        raise ScenarioError(
            f"{where}: a path is wanted that begins with / or * and has no query, not {read.shown(value)}"
        )
    return str(value)
