"""What .env may set. It may not choose a server for credentials that come from elsewhere."""

import pytest

from tests.conftest import KEY, SECRET, Blueprint, Emulator
from tests.fivetran.refusal import refused

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)

ID = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}


def dotenv(blueprint: Blueprint, **values: str) -> None:
    path = blueprint.cwd / ".env"
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    path.chmod(0o600)


def server(blueprint: Blueprint) -> str:
    return blueprint.environ["FIVETRAN_API_URL"]


NO_SERVER: dict[str, str | None] = {"FIVETRAN_API_URL": None}
NOTHING: dict[str, str | None] = {**NO_SERVER, "FIVETRAN_API_KEY": None, "FIVETRAN_API_SECRET": None}
PLANTED = "comes from .env but the credentials do not"


def test_a_dotenv_may_set_everything_and_blanks_in_the_real_environment_ask_it(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    dotenv(blueprint, FIVETRAN_API_URL=server(blueprint), FIVETRAN_API_KEY=KEY, FIVETRAN_API_SECRET=SECRET)
    assert blueprint(WHO, **NOTHING).code == 0
    assert blueprint(WHO, **dict.fromkeys(NOTHING, "")).code == 0
    assert blueprint(WHO, **dict.fromkeys(NOTHING, "None")).code == 0


def test_a_dotenv_may_not_send_real_credentials_to_a_server_of_its_own(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    dotenv(blueprint, FIVETRAN_API_URL=server(blueprint))
    refused(blueprint(WHO, **NO_SERVER), 206, "FIVETRAN_API_URL", PLANTED)
    dotenv(blueprint, FIVETRAN_API_URL=server(blueprint), FIVETRAN_API_KEY=KEY, FIVETRAN_API_SECRET=SECRET)
    refused(blueprint(WHO, **NO_SERVER), 206, "FIVETRAN_API_URL", PLANTED)
    assert emulator.requests() == []


@pytest.mark.parametrize("real", ["FIVETRAN_API_KEY", "FIVETRAN_API_SECRET"])
def test_half_of_the_credentials_of_its_own_is_not_enough(real: str, blueprint: Blueprint, emulator: Emulator) -> None:
    dotenv(blueprint, FIVETRAN_API_URL=server(blueprint), FIVETRAN_API_KEY=KEY, FIVETRAN_API_SECRET=SECRET)
    refused(blueprint(WHO, **{**NOTHING, real: "real-credential"}), 206, PLANTED)
    (blueprint.cwd / "real").write_text("real-credential")
    refused(blueprint(WHO, **{**NOTHING, f"{real}_FILE": "real"}), 206, PLANTED)
    assert emulator.requests() == []


def test_a_dotenv_may_not_allow_plain_http_for_real_credentials(blueprint: Blueprint) -> None:
    dotenv(blueprint, FIVETRAN_ALLOW_HTTP="TRUE")
    refused(blueprint(WHO, FIVETRAN_API_URL="http://192.0.2.1"), 206, "FIVETRAN_ALLOW_HTTP comes from .env")


def test_a_server_of_the_real_environment_may_have_credentials_of_the_dotenv(blueprint: Blueprint) -> None:
    dotenv(blueprint, FIVETRAN_API_KEY=KEY, FIVETRAN_API_SECRET=SECRET)
    assert blueprint(WHO, FIVETRAN_API_KEY=None, FIVETRAN_API_SECRET=None).code == 0


def test_a_dotenv_that_others_may_write_stops_everything_first(blueprint: Blueprint, emulator: Emulator) -> None:
    dotenv(blueprint, FIVETRAN_FORCE="FALSE")
    (blueprint.cwd / ".env").chmod(0o666)
    refused(blueprint(TRIGGER, **ID), 206, ".env in the working directory can be written by others", "chmod go-w")
    (blueprint.cwd / ".env").unlink()
    (blueprint.cwd / ".env").mkdir()
    refused(blueprint(TRIGGER, **ID), 206, ".env in the working directory is not a file")
    assert emulator.requests() == []
