"""Fivetran's guesses that reading can settle. Each is the row of docs/unverified.md with its name, in its order."""

from live.fivetran import answers, content  # the checks register themselves
from live.fivetran.account import Account, check, reachable

__all__ = ["Account", "answers", "check", "content", "reachable"]
