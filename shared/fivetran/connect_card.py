"""Connect Cards: pages on which somebody else enters the credentials of a source.

https://fivetran.com/docs/rest-api/api-reference/connections/connect-card
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from shared.errors import Unreachable
from shared.fivetran.answers import about, data
from shared.http.response import Answer
from shared.program.run import Run
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, Kind


def _redirect(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and " " not in text
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("is no http or https URL; use one like https://app.example.com/connected?id=7")
    return text


REDIRECT = Kind("URL", _redirect)


class CardSettings(Settings):
    """The settings of a Connect Card."""

    redirect_uri = Variable(
        "FIVETRAN_REDIRECT_URI", REDIRECT, "where the browser goes when the Connect Card is done", None
    )
    hide_setup_guide = Variable(
        "FIVETRAN_HIDE_SETUP_GUIDE", BOOLEAN, "TRUE shows the Connect Card without the setup guide beside it", None
    )
    all_fields = Variable(
        "FIVETRAN_ALL_FIELDS", BOOLEAN, "TRUE shows every field of the connector, not only the login", None
    )

    def card(self) -> dict[str, Any]:
        """Return the given fields of ``connect_card_config``, {} if no card is wanted."""
        fields = {
            "redirect_uri": self.redirect_uri,
            "hide_setup_guide": self.hide_setup_guide,
            "all_fields": self.all_fields,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.card() and not self.redirect_uri:
            yield Problem("FIVETRAN_REDIRECT_URI", "is required for a Connect Card: where the browser goes next")


def check_card(answer: Answer, connector_id: str) -> None:
    """Raise Unreachable if an answer lacks its Connect Card, or has another connector's."""
    found = data(answer)
    about(connector_id, str(found.get("connector_id") or connector_id), answer)
    card = found.get("connect_card")
    try:
        REDIRECT.parse(card["uri"] if isinstance(card, Mapping) else "")
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Unreachable("the answer has no Connect Card", answer, vendor="Fivetran") from None


def card_is(run: Run, found: Mapping[str, Any], where: str) -> str:
    """Return a sentence that says where a new connector's card is. After a lost answer there may be none."""
    card = found.get("connect_card")
    uri = str(card.get("uri") or "") if isinstance(card, Mapping) else ""
    if uri and run.redactor.text(uri) == uri:
        return f"the Connect Card's URI is in {where}, readable by you alone; it is good for a day"
    return "the Connect Card's URI did not come with the answer; create_connect_card makes another"
