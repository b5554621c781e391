"""Airbyte's guesses that reading can settle. Each is the row of docs/unverified.md with its name, in its order."""

from live.airbyte import access, content  # the checks register themselves
from live.airbyte.account import Account, check, reachable

__all__ = ["Account", "access", "check", "content", "reachable"]
