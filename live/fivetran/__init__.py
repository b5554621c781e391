"""Guesses about Fivetran that reads can test. Each is a row of docs/unverified.md or docs/verified.md."""

from live.fivetran import answers, content, newer  # the checks register themselves
from live.fivetran.account import Account, check, reachable

__all__ = ["Account", "answers", "check", "content", "newer", "reachable"]
