"""Routes: which requests get a played answer instead of what the world would say."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from emulator import scenario as read
from emulator.played import Answer, read_answer
from emulator.scenario import ScenarioError

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "*")


@dataclass
class Route:
    """The queue of next answers of the requests that match."""

    method: str
    path: str
    answers: list[Answer]

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is meant; `*` in the pattern stands for anything, slashes included."""
        return self.method in ("*", method) and fnmatchcase(path.rstrip("/"), self.path.rstrip("/"))

    def take(self) -> Answer:
        """The next answer, used once more."""
        answer = self.answers[0]
        if answer.times is not None:
            answer.times -= 1
            if answer.times == 0:
                self.answers.pop(0)
        return answer


class Routes:
    """The routes in the order in which they were given; the first with an answer left is asked."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def next(self, method: str, path: str) -> Answer | None:
        """What this request gets instead, or None."""
        for route in self.all:
            if route.answers and route.matches(method, path):
                return route.take()
        return None

    def left(self) -> list[dict[str, Any]]:
        """The routes that have answers left, for the control endpoint."""
        return [
            {"method": one.method, "path": one.path, "answers": len(one.answers)} for one in self.all if one.answers
        ]


def read_routes(where: str, value: Any) -> list[Route]:
    """`routes` of a scenario."""
    return [read_route(f"{where}[{n}]", one) for n, one in enumerate(read.a_list(where, value))]


def read_route(where: str, value: Any) -> Route:
    """`{"method": "POST", "path": "/v1/*/sync", "answers": [...]}`; without a method any is meant."""
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
    """A path as it is sent, without the query."""
    if not read.text(where, value).startswith(("/", "*")) or "?" in value:
        raise ScenarioError(
            f"{where}: a path is wanted that begins with / or * and has no query, not {read.shown(value)}"
        )
    return str(value)
