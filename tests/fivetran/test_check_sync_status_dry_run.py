"""A dry run of a check reads and leaves no file."""

from tests.conftest import Emulator
from tests.fivetran.conftest import Play
from tests.fivetran.dry_run import DRY, ID, dry, planned

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)


def test_a_check_reads_and_leaves_no_file(play: Play, emulator: Emulator) -> None:
    assert dry(play, emulator, CHECK).code == 0
    assert dry(play, emulator, WHO).code == 0


def test_a_check_that_waits_does_not_trigger_what_was_put_off(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "rescheduled", "after": 60, "seconds": 5})
    play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID)
    emulator.advance(10)
    emulator.forget_requests()
    done = play(CHECK, **DRY, FIVETRAN_WAIT="TRUE")
    assert [one["body"] for one in planned(done)] == [{"force": False}]
    assert emulator.requests("POST") == []
