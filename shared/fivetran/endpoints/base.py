"""The base class of all endpoints."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shared.fivetran.answers import Unknown
from shared.http.client import Client
from shared.http.response import Answer
from shared.redaction import text_leaves


class Endpoints:
    """A client with the account's paths, and messages for unknown ids."""

    client: Client
    _connections: str
    """``/connections``, or ``/connectors`` before Fivetran renamed the path."""
    _legacy: bool
    _hide: Callable[[str], None]
    """Registers a secret, which is then removed from all output."""

    _pages: dict[str, list[Mapping[str, Any]]]
    """First pages of lists, read to suggest an id for an unknown one."""

    def no_connector(self, connector_id: str, otherwise: str = "") -> Unknown:
        """Return the message of a 404 for a connector. ``otherwise`` is another possible meaning."""
        return self._unknown_id(
            connector_id,
            "FIVETRAN_CONNECTOR_ID",
            "connector",
            self._connections,
            "check the id on the connector's Setup tab" + (f", or {otherwise}" if otherwise else ""),
        )

    def no_longer(self, connector_id: str) -> str:
        """Return the message of a 404 for a connector that existed a moment before."""
        return f"{connector_id!r} (FIVETRAN_CONNECTOR_ID) names no connector any more that this key can see"

    def no_transformation(self, transformation_id: str) -> Unknown:
        """Return the message of a 404 for a transformation."""
        return self._unknown_id(
            transformation_id,
            "FIVETRAN_TRANSFORMATION_ID",
            "transformation",
            "/transformations",
            "list_transformations shows those that there are",
        )

    def _unknown_id(self, wanted: str, variable: str, noun: str, where: str, advice: str) -> Unknown:
        """Return the message of an unknown id, with a similar id from the list at ``where`` or else ``advice``."""

        def words(look: bool) -> str:
            from shared.fivetran.nearest import first_page, guess

            near = guess(wanted, lambda: first_page(self.client, where, self._pages)) if look else ""
            return f"{wanted!r} ({variable}) names no {noun} that this key can see; {near or advice}"

        return words

    @property
    def _types(self) -> str:
        """The path of connector types, which were called connectors before the rename."""
        return "/metadata/connectors" if self._legacy else "/metadata/connector-types"

    def without_card(self, answer: Answer) -> Answer:
        """Register the answer's Connect Card as secret, because details include an open card's token and URI."""
        if b"connect_card" in answer.body:
            self.hide_card(answer.json)
        return answer

    def hide_card(self, value: Any) -> None:
        """Register the Connect Cards in a parsed value as secret."""
        for secret in _cards(value):
            self._hide(secret)


def _cards(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from text_leaves(value.get("connect_card"))
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _cards(item)
