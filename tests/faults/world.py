"""The answers of both vendors without a fault, to every request of a blueprint.

They are few and written by hand. They share no code with Slipway or its emulator, and so none of their mistakes.
``state`` has what both need, ``fivetran`` and ``airbyte`` have a vendor's answers each.
"""

import json
from urllib.parse import parse_qsl

from tests.faults.airbyte import OF_ALL, Airbyte
from tests.faults.fivetran import Fivetran
from tests.faults.state import Answer


class World(Fivetran, Airbyte):
    """Both vendors, and what was done to them: ``effects`` counts each write."""

    def untouched(self) -> "World":
        """Return a copy from before anything was done. A write to it does not change this world."""
        found = World()
        found.many, found.lists_all = self.many, self.lists_all
        return found

    @staticmethod
    def asked(method: str, path: str, body: bytes) -> str:
        """Return a request as a text. The id that Airbyte's requests have in their body is put behind the path."""
        fields = json.loads(body) if body and path.startswith("/api/") else {}
        about = next((fields[name] for name in ("connectionId", "configId", "id", OF_ALL) if name in fields), "")
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
