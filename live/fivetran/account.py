"""The Fivetran account to check, and the answers that several checks use."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from live.report import Checks, NothingThere
from live.shapes import Shapes
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.paging import LARGEST_PAGE
from shared.fivetran.settings import FivetranSettings
from shared.http.response import Answer
from shared.http.urls import path
from shared.program.run import Run

NO_SUCH = "no_such_connection_of_slipway"
STAMPS = ("succeeded_at", "failed_at", "created_at")

check = Checks()


class Account:
    """Answers that are read once and used by several checks. It is a dry run: a write would not be sent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.settings = FivetranSettings({**environ, "SLIPWAY_DRY_RUN": "TRUE"})
        self.run = Run("fivetran/check_live", self.settings, environ)
        self.api = Fivetran(self.run, self.settings)
        self.client = self.api.client
        self.shapes = Shapes()
        self.client.on_answer = self.shapes.add

    @cached_property
    def account(self) -> Answer:
        return self.api.get_account()

    @cached_property
    def page(self) -> Answer:
        """The first page of connectors, with the largest page size."""
        return self.client.get("/connections", {"limit": LARGEST_PAGE})

    @cached_property
    def rows(self) -> list[Mapping[str, Any]]:
        items = data(self.page).get("items")
        return [row for row in items if isinstance(row, Mapping)] if isinstance(items, list) else []

    @cached_property
    def details(self) -> Answer:
        """The details of the first connector. Raise NothingThere if there is none."""
        if not self.rows:
            raise NothingThere("this account has no connector")
        return self.client.get("/connections" + path(str(self.rows[0].get("id"))))


def reachable(account: Account) -> None:
    """Raise an error if nothing can be checked: credentials refused, unreachable, rate limited."""
    data(account.account)
