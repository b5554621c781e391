"""What every topic's endpoints stand on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shared.fivetran.answers import Unknown
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

    _pages: dict[str, list[Mapping[str, Any]]]
    """First pages of lists, read to guess what was meant by an unknown id."""

    def no_connector(self, connector_id: str, otherwise: str = "") -> Unknown:
        """What a 404 means where a connector was asked for. ``otherwise`` is what it may mean as well."""
        return self._unknown_id(
            connector_id,
            "FIVETRAN_CONNECTOR_ID",
            "connector",
            self._connections,
            "check the id on the connector's Setup tab" + (f", or {otherwise}" if otherwise else ""),
        )

    def no_longer(self, connector_id: str) -> str:
        """What a 404 means of a connector that was there when it was read just before."""
        return f"{connector_id!r} (FIVETRAN_CONNECTOR_ID) names no connector any more that this key can see"

    def no_transformation(self, transformation_id: str) -> Unknown:
        """What a 404 means where a transformation was asked for."""
        return self._unknown_id(
            transformation_id,
            "FIVETRAN_TRANSFORMATION_ID",
            "transformation",
            "/transformations",
            "list_transformations shows those that there are",
        )

    def _unknown_id(self, wanted: str, variable: str, noun: str, where: str, advice: str) -> Unknown:
        """That there is no such ``noun``, with a guess out of the list at ``where``, or the advice."""

        def words(look: bool) -> str:
            from shared.fivetran.nearest import first_page, guess

            near = guess(wanted, lambda: first_page(self.client, where, self._pages)) if look else ""
            return f"{wanted!r} ({variable}) names no {noun} that this key can see; {near or advice}"

        return words

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
