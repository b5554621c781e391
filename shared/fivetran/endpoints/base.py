"""What every topic's endpoints stand on."""

from shared.http import Client


class Endpoints:
    """A client, and how this account's API is asked."""

    client: Client
    _connections: str
    """``/connections``, or ``/connectors`` as the path was called before the rename."""
    _legacy: bool

    @property
    def _types(self) -> str:
        """Connector types were called connectors before the rename, as connections were."""
        return "/metadata/connectors" if self._legacy else "/metadata/connector-types"
