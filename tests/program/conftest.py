"""Fixtures of other folders that these tests need too."""

from tests.terminal.conftest import run_in, terminal  # noqa: F401
