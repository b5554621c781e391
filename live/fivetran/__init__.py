"""Fivetran's guesses that reading can settle. Each is a row of docs/unverified.md or docs/verified.md."""

from live.fivetran import answers, content, newer  # the checks register themselves
from live.fivetran.account import Account, check, reachable

__all__ = ["Account", "answers", "check", "content", "newer", "reachable"]
