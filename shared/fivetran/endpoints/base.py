"""What every topic's endpoints stand on."""

from collections.abc import Callable, Iterator
from typing import Any

from shared.http.client import Client
from shared.http.response import Answer
from shared.redaction import text_leaves


class Endpoints:
    """A client, and how this account's API is asked."""

    client: Client
    _connections: str
    """``/connections``, or ``/connectors`` as the path was called before the rename."""
    _legacy: bool
    _hide: Callable[[str], None]
    """Keeps a text out of everything that the run writes and says."""

    @property
    def _types(self) -> str:
        """Connector types were called connectors before the rename, as connections were."""
        return "/metadata/connectors" if self._legacy else "/metadata/connector-types"

    def without_card(self, answer: Answer) -> Answer:
        """``answer``, its Connect Card kept secret: details show token and URI of one that is open."""
        if b"connect_card" in answer.body:
            self.hide_card(answer.json)
        return answer

    def hide_card(self, value: Any) -> None:
        """The same for what has been parsed already, a row of a list for one."""
        for secret in _cards(value):
            self._hide(secret)


def _cards(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from text_leaves(value.get("connect_card"))
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _cards(item)
