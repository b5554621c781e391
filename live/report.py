"""A report that users can send us: which guesses hold, and what was seen. It has no id, name or secret."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from shared.errors import SlipwayError
from shared.http.response import Answer

WORDS = {True: "holds", False: "does not hold", None: "not seen"}


class Finding(NamedTuple):
    """The result of one guess. ``holds`` is None if this account has no data to test it."""

    guess: str
    holds: bool | None
    seen: str


class NothingThere(Exception):
    """The account has no data to test a guess. The text is our own and names nothing in the account."""


Seen = tuple[bool | None, str]
"""Whether a guess holds, and what was seen. See ``Finding``."""
Check = Callable[[Any], Seen]


class Checks:
    """A vendor's checks by the guess that they test. Each guess is a row of docs/unverified.md or verified.md."""

    def __init__(self) -> None:
        self.by_guess: dict[str, Check] = {}

    def __call__(self, guess: str) -> Callable[[Check], Check]:
        """Register a check, a function that takes the account and returns ``(holds, what was seen)``."""

        def register(check: Check) -> Check:
            self.by_guess[guess] = check
            return check

        return register

    def findings(self, account: Any) -> Iterator[Finding]:
        """Yield each check's finding. A failed check gives the reason without the message, which may contain names."""
        for guess, check in self.by_guess.items():
            try:
                yield Finding(guess, *check(account))
            except NothingThere as nothing:
                yield Finding(guess, None, str(nothing))
            except SlipwayError as error:
                yield Finding(guess, None, f"could not be read: {error.status}, {seen_of(error.answer)}")
            except (
                AttributeError,
                LookupError,
                TypeError,
                ValueError,
            ) as error:  # perhaps the guess is wrong
                yield Finding(guess, False, f"the answer has another form ({type(error).__name__})")


def seen_of(answer: Answer | None) -> str:
    """Return the status and code (Airbyte: title) of an answer, and nothing else of it."""
    if answer is None:
        return "no answer"
    code = (answer.json.get("code") or answer.json.get("title")) if isinstance(answer.json, dict) else None
    shown = re.sub(r"[^A-Za-z0-9_-]", "", str(code))[:60] if code else "no code"
    return f"{answer.status} {shown}"


def markdown(vendor: str, version: str, findings: Iterable[Finding]) -> str:
    """Return the report as a Markdown table."""
    rows = [f"| `{guess}` | {WORDS[holds]} | {seen} |" for guess, holds, seen in findings]
    about = "Each guess is a row of docs/unverified.md or verified.md. Read only, without ids, names and secrets."
    head = f"# {vendor}: which guesses hold\n\nSlipway {version}. {about}\n"
    return "\n".join([head, "| guess | | seen |", "|---|---|---|", *rows]) + "\n"
