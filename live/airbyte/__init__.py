"""Guesses about Airbyte that reads can test. Each is a row of docs/unverified.md or docs/verified.md."""

from live.airbyte import access, content  # the checks register themselves
from live.airbyte.account import Account, check, reachable

__all__ = ["Account", "access", "check", "content", "reachable"]
