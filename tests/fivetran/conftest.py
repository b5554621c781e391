"""``play`` is another name of the fixture ``blueprint``."""

import pytest

from tests.conftest import Blueprint

Play = Blueprint


@pytest.fixture
def play(blueprint: Blueprint) -> Blueprint:
    return blueprint
