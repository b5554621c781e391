"""A report that somebody can send us: which guess holds, and what was seen. No id, no name, no secret is in it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from shared.errors import SlipwayError
from shared.http.response import Answer

WORDS = {True: "holds", False: "does not hold", None: "not seen"}


class Finding(NamedTuple):
    """What became of one guess. ``holds`` is None where this account has nothing that could tell."""

    guess: str
    holds: bool | None
    seen: str


class NothingThere(Exception):
    """The account has nothing that could settle a guess. The text is ours and names nothing of the account."""


Seen = tuple[bool | None, str]
"""Whether a guess holds, and what was seen, as in Finding."""
Check = Callable[[Any], Seen]


class Checks:
    """A vendor's checks by the guess that they settle, in order. Each is a row of docs/unverified.md or verified.md."""

    def __init__(self) -> None:
        self.by_guess: dict[str, Check] = {}

    def __call__(self, guess: str) -> Callable[[Check], Check]:
        """Register a check: it takes the account and gives ``(holds, what was seen)``."""

        def register(check: Check) -> Check:
            self.by_guess[guess] = check
            return check

        return register

    def findings(self, account: Any) -> Iterator[Finding]:
        """Each check's finding; one that could not be made says why, without the message, which may name things."""
        for guess, check in self.by_guess.items():
            try:
                yield Finding(guess, *check(account))
            except NothingThere as nothing:
                yield Finding(guess, None, str(nothing))
            except SlipwayError as error:
                yield Finding(guess, None, f"could not be read: {error.status}, {seen_of(error.answer)}")
            except (AttributeError, LookupError, TypeError, ValueError) as error:  # what may be the guess's own end
                yield Finding(guess, False, f"the answer has another form ({type(error).__name__})")


def seen_of(answer: Answer | None) -> str:
    """Status and code of an answer (Airbyte calls it a title), nothing else of it."""
    if answer is None:
        return "no answer"
    code = (answer.json.get("code") or answer.json.get("title")) if isinstance(answer.json, dict) else None
    shown = re.sub(r"[^A-Za-z0-9_-]", "", str(code))[:60] if code else "no code"
    return f"{answer.status} {shown}"


def markdown(vendor: str, version: str, findings: Iterable[Finding]) -> str:
    """The report as a table."""
    rows = [f"| `{guess}` | {WORDS[holds]} | {seen} |" for guess, holds, seen in findings]
    about = "Each guess is a row of docs/unverified.md or verified.md. Read only, without ids, names and secrets."
    head = f"# {vendor}: which guesses hold\n\nSlipway {version}. {about}\n"
    return "\n".join([head, "| guess | | seen |", "|---|---|---|", *rows]) + "\n"
