"""Read many connectors: by list, 1,000 per page, if that needs fewer calls than one per connector."""

import copy
import math
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from shared.batch.extent import refuses_all
from shared.doubts import is_a_page
from shared.errors import CredentialsRefused, InvalidInput, RequestRefused, SlipwayError, UnknownId, Unreachable
from shared.fivetran.api import Fivetran
from shared.fivetran.batch.reading import ListRow, Reading, is_id, reading_of
from shared.fivetran.paging import LARGEST_PAGE, Page, Read
from shared.fivetran.rows import streamed
from shared.fivetran.selection import SelectionSettings
from shared.http.retry import Unusable
from shared.parallel import side_by_side
from shared.redaction import one_line

if TYPE_CHECKING:
    from shared.fivetran.unchanged import Unchanged

FEW = 200
"""Connectors that are read together before they are triggered or changed. With more, the data would be too old."""


class Reader:
    """Read the connectors of a selection, as often as needed. ``say`` is called if a list is unusable.

    ``failure`` turns an exception from reading one connector, even a bug, into that connector's error.
    """

    def __init__(
        self,
        api: Fivetran,
        settings: SelectionSettings,
        say: Callable[[str], None],
        failure: Callable[[Exception], SlipwayError],
    ) -> None:
        self._failure = failure
        self.api = api
        self.settings = settings
        self.say = say
        self.group_id: str | None = None
        self._pages: int | None = None  # how many pages of 1,000 have all wanted connectors; None if not known
        self._list = True
        self._refused: SlipwayError | None = None

    def through(self, api: Fivetran) -> "Reader":
        """Return a reader of the same connectors through ``api``, a view of the account with a deadline."""
        view = copy.copy(self)
        view.api = api
        return view

    def new_poll(self) -> None:
        """Forget that the key was refused if that was a proxy's page: the next poll may meet the API."""
        if self._refused and is_a_page(self._refused):
            self._refused = None

    def selected(self, few: float = math.inf) -> Iterator[Reading]:
        """Yield each connector of the group, or of the account without a group, that matches the patterns.

        After so many as ``few`` those whose row names them come without a value: it would be too old when it is used.
        A row without an id becomes an error named ``(row N)``, so that no connector is left out silently. If a row
        lacks a field that a pattern needs, the connector's details are read. Raises UnknownId or InvalidInput if the
        group does not exist or is not unique, InvalidInput if nothing matches.
        """
        settings = self.settings
        self.group_id = self.group_id or settings.group(self.api)
        found: set[str] = set()
        unclear: list[str] = []
        passed = place = count = 0
        for count, page in enumerate(self.api.list_connectors(self.group_id, read=streamed), 1):  # noqa: B007  # used below
            for row in page.items:
                place += 1
                one = row.get("id")
                if not isinstance(one, str) or not one:
                    unclear.append(f"(row {place})")
                    continue
                kept = _kept(settings, row)
                if kept is False:
                    passed += 1
                    continue
                reading = None
                if kept and len(found) < few:
                    reading = self._in(row, page)
                elif kept and is_id(one):
                    reading = Reading(one)
                if reading is None:
                    unclear.append(one)
                elif reading.subject not in found:
                    found.add(reading.subject)
                    yield self._hidden(reading, row)
        self._pages = count
        for reading in self._asked(set(unclear) - found):
            if reading.value and (reading := self._meant(reading, reading.value.data)) is None:
                passed += 1
                continue
            found.add(reading.subject)
            yield reading
        if not found:
            raise InvalidInput(self._nothing(passed))

    def _meant(self, reading: Reading, row: ListRow) -> Reading | None:
        """Return a reading by its details: None if the patterns do not match, an error if that is still not known."""
        try:
            return reading if self.settings.keeps(row) else None
        except Unreachable as error:
            return Reading(reading.subject, error=error)

    def _nothing(self, passed: int) -> str:
        settings = self.settings
        where = f"the group {one_line(settings.group_id, 100)!r}" if settings.group_id else "the account"
        if not passed:
            return f"nothing is selected: {where} has no connectors that this key can see"
        patterns = {"FIVETRAN_SERVICE": settings.service, "FIVETRAN_SCHEMA": settings.schema}
        given = " and ".join(f"{name} {one_line(text, 100)!r}" for name, text in patterns.items() if text)
        return f"nothing is selected: of the {passed} connectors of {where} none matches {given} (case-sensitive)"

    def read(
        self, wanted: Collection[str], limit: int = LARGEST_PAGE, unchanged: "Unchanged | None" = None
    ) -> Iterator[Reading]:
        """Yield each of ``wanted``, by list if that costs fewer calls. Read the details where a row does not suffice.

        ``limit``: rows per page. Connectors whose row ``unchanged`` skips are left out.
        """
        left = dict.fromkeys(wanted)  # half the size of a set
        if self._list and len(left) > (self._pages or 1) * (LARGEST_PAGE // limit):
            yield from self._listed(left, limit, unchanged.read(left) if unchanged else streamed)
        yield from self._asked(left)

    def _listed(self, left: dict[str, None], limit: int, read: Read) -> Iterator[Reading]:
        """Yield the connectors of ``left`` that the list has, and remove them from ``left``.

        Stop if a call for each of the others has become cheaper than more pages.
        """
        budget = len(left) // 2 if self._pages is None else len(left)
        count = 0
        try:
            for count, page in enumerate(self.api.list_connectors(self.group_id, limit=limit, read=read), 1):
                for row in page.items:
                    connector_id = row.get("id")
                    if not isinstance(connector_id, str) or connector_id not in left:
                        continue
                    if reading := self._in(row, page):
                        del left[connector_id]
                        yield self._hidden(reading, row)
                if not left:
                    break
                if count >= budget:
                    self._list = self._pages is not None
                    return
        except (RequestRefused, UnknownId, CredentialsRefused, Unusable) as error:
            if refuses_all(error):
                raise
            self.say(f"{error.message}; reading each connector by itself instead of the list")
            self._list = is_a_page(error)
            return
        if limit == LARGEST_PAGE:
            self._pages = count

    def _in(self, row: ListRow, page: Page) -> Reading | None:
        """Return a connector from a row, see ``reading_of``. An exception becomes the connector's error."""
        try:
            return reading_of(row, page)
        except Exception as raised:
            return Reading(str(row["id"]), error=self._failure(raised))

    def _hidden(self, reading: Reading, row: ListRow) -> Reading:
        """Return ``reading``. If its row has a Connect Card, hide that from all output."""
        if row.get("connect_card"):
            self.api.hide_card(row)
        return reading

    def _asked(self, ids: Collection[str]) -> Iterator[Reading]:
        return side_by_side(sorted(ids), self._ask, self.settings.concurrency)

    def _ask(self, connector_id: str) -> Reading:
        if not is_id(connector_id):
            error = Unreachable("the list has a connector whose id is invalid; see the dashboard", vendor="Fivetran")
            return Reading(one_line(connector_id, 60), error=error)
        try:
            if self._refused:
                raise self._refused  # the key itself was refused, so the next call would be, too
            connector = self.api.get_connector(connector_id)
            if connector.id != connector_id:  # even if only the case differs: everything is stored under the exact id
                raise UnknownId(
                    f"asked about {connector_id!r} (FIVETRAN_CONNECTOR_ID), the API answered about "
                    f"{one_line(connector.id, 128)!r}; if that is the one, give this id",
                    connector.answer,
                    vendor="Fivetran",
                )
            return Reading(connector_id, connector)
        except Exception as raised:
            refused = self._failure(raised)
            if refuses_all(refused):
                self._refused = refused
            return Reading(connector_id, error=refused)


def _kept(settings: SelectionSettings, row: ListRow) -> bool | None:
    """Return whether the patterns match a row, None if the row does not say enough."""
    try:
        return settings.keeps(row)
    except Unreachable:
        return None
