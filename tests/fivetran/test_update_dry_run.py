"""A dry run of an update prints what it would send."""

from tests.conftest import Emulator
from tests.fivetran.conftest import Play
from tests.fivetran.dry_run import ID, dry, planned

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)


def test_an_update_says_its_body_and_the_clash(play: Play, emulator: Emulator) -> None:
    custom = '{"paused": false, "schedule_type": "auto"}'
    done = dry(play, emulator, UPDATE, FIVETRAN_PAUSED="TRUE", FIVETRAN_CUSTOM_UPDATE=custom)
    body = {"run_setup_tests": False, "paused": True, "schedule_type": "auto"}
    assert planned(done) == [{"method": "PATCH", "url": f"{emulator.url}/v1/connections/{ID}", "body": body}]
    assert "FIVETRAN_CUSTOM_UPDATE gives paused too" in done.stderr
