"""An update of many connectors requires their number, FIVETRAN_CONFIRM_COUNT."""

import pytest

from shared.errors import InvalidInput
from shared.fivetran.batch.update import confirm
from tests.conftest import Blueprint, Emulator
from tests.fivetran.batch.account import TWO, rows


def test_an_update_of_many_needs_their_count(blueprint: Blueprint, emulator: Emulator) -> None:
    group = {"FIVETRAN_GROUP_ID": "Marketing", "FIVETRAN_PAUSED": "TRUE"}
    done = blueprint("fivetran/update_connector", **group)
    assert (done.code, "FIVETRAN_CONFIRM_COUNT=6" in done.result["message"]) == (206, True)
    done = blueprint("fivetran/update_connector", **group, FIVETRAN_CONFIRM_COUNT="5")
    assert done.code == 206
    assert not emulator.requests("PATCH")
    done = blueprint("fivetran/update_connector", **group, FIVETRAN_CONFIRM_COUNT="6")
    assert done.code == 0
    assert len(emulator.requests("PATCH")) == 6
    found = rows(blueprint, done.result)
    assert found["patient_turnstile"]["changed"] == {"paused": {"old": False, "new": True}}
    assert found["sleepy_lantern"]["changed"] == {}


def test_an_update_of_several_ids_needs_their_count_before_anything_is_asked(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    done = blueprint("fivetran/update_connector", FIVETRAN_CONNECTOR_ID=TWO, FIVETRAN_PAUSED="TRUE")
    assert done.code == 206
    assert not emulator.requests()


@pytest.mark.parametrize(("count", "said"), [(None, "is not given"), (2, "is 2")])
def test_an_update_of_many_wants_to_know_how_many(count: int | None, said: str) -> None:
    with pytest.raises(InvalidInput, match=rf"FIVETRAN_CONFIRM_COUNT {said}; nothing was changed.*CONFIRM_COUNT=3"):
        confirm(count, 3)
    confirm(3, 3)
