"""Fixtures of another folder that these tests use, too."""

from tests.terminal.conftest import run_in, terminal  # noqa: F401
