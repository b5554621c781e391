"""The Airbyte part of ``make run``, after Fivetran's chain: similar steps, with both of Airbyte's APIs."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
FAILING = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
INACTIVE = "9e8d7c6b-5a49-4838-b726-150f4e3d2c1b"

REAL_SERVER = """
On a server of your own (AIRBYTE_SERVER_HOST) or on Airbyte Cloud, with an application's client id and secret:

  export AIRBYTE_CLIENT_ID=...  AIRBYTE_CLIENT_SECRET=...  AIRBYTE_CONNECTION_ID=...
  {execute_sync}    # waits; AIRBYTE_WAIT=FALSE only starts
"""


class Stage(Protocol):
    """Runs blueprints. See ``demo.run.Stage``."""

    environ: dict[str, str]

    def step(self, name: str, expected: tuple[int, ...], **variables: str) -> int:
        """Run one blueprint and return its exit code. Fail if that is not one of ``expected``."""


def airbyte_chain(stage: Stage, url: str, say: Callable[[str], None], first: int = 1) -> None:
    """Run five steps, numbered from ``first``. ``url`` is the emulator's, without a path."""
    parts = urlsplit(url)
    own = {"AIRBYTE_SERVER_HOST": str(parts.hostname), "AIRBYTE_SERVER_PORT": str(parts.port)}
    public = {"AIRBYTE_API_URL": f"{url}/api/public/v1"}
    client = {"AIRBYTE_CLIENT_ID": "any-client-will-do", "AIRBYTE_CLIENT_SECRET": "any-secret-will-do"}
    say(f"{first}. Airbyte, on a server of your own without credentials: host and port are enough. It waits.")
    stage.step("airbyte/execute_sync", (0,), AIRBYTE_CONNECTION_ID=SHOP, AIRBYTE_POLL_INTERVAL="1", **own)
    say(f"{first + 1}. A sync that fails, after an attempt that Airbyte repeats: exit code 211, with the reason.")
    stage.step("airbyte/execute_sync", (211,), AIRBYTE_CONNECTION_ID=FAILING, AIRBYTE_POLL_INTERVAL="1", **own)
    say(f"{first + 2}. A connection that is switched off would never sync: exit code 216, and nothing is started.")
    stage.step("airbyte/execute_sync", (216,), AIRBYTE_CONNECTION_ID=INACTIVE, **own)
    stage.environ.update(client)  # like a scheduler's secrets: in the environment, not on the screen
    say(f"{first + 3}. The public API, with an application's credentials: the trigger returns at once.")
    stage.step("airbyte/execute_sync", (0,), AIRBYTE_CONNECTION_ID=SHOP, AIRBYTE_WAIT="FALSE", **public)
    say(f"{first + 4}. Ask how it went, without naming the job: the previous step has recorded it. This one waits.")
    stage.step("airbyte/check_sync_status", (0,), AIRBYTE_WAIT="TRUE", AIRBYTE_POLL_INTERVAL="1", **public)
