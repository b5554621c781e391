"""``play``: another name of ``blueprint``."""

import pytest

from tests.conftest import Blueprint

Play = Blueprint


@pytest.fixture
def play(blueprint: Blueprint) -> Blueprint:
    return blueprint
