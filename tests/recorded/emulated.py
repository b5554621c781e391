"""The emulator's answers to the calls of the recorded ones: several for each, so that nullable fields are null once."""

from collections.abc import Callable, Iterator
from typing import Any

from emulator.options import Options
from tests.emulator.conftest import Emulated

SHOP, GROUP = "/v1/connections/speak_inexpensive", "projected_sickle"
CHEAP = {"run_setup_tests": False}
CONNECTION = "749c19dc-4f97-4f30-bb0f-126e53506960"
WITHOUT_STREAMS = {"connectionId": CONNECTION}
Asked = tuple[str, str, Any]
TILL = {"group_id": GROUP, "service": "stripe", "config": {"schema": "till", "api_key": "sk_live"}}
FILES = {
    "group_id": GROUP,
    "service": "s3",
    "config": {"schema": "files", "table_group_name": "daily", "bucket": "b", "role_arn": "arn", "is_public": False},
}

ADS = {
    "group_id": GROUP,
    "service": "google_ads",
    "config": {"schema": "ads", "accounts": ["1"], "conversion_window_size": 30},
}


class Answers:
    """Collects answers of an emulator."""

    def __init__(self) -> None:
        self.emulated = Emulated(Options())
        self.found: list[Any] = []

    def ask(self, method: str, path: str, json: Any = None, **more: Any) -> None:
        """Send a request and keep its answer."""
        self.found.append(self.emulated.ask(method, path, json=json, **more))

    def airbyte(self, method: str, path: str, json: Any = None) -> None:
        """Send a request to Airbyte with a token."""
        self.ask(method, path, json, auth=None, headers={"Authorization": "Bearer token-of-the-tests"})

    def switch(self, **switches: Any) -> None:
        """Set switches of Airbyte."""
        self.emulated.control("POST", "scenario", {"airbyte": {"switches": switches}})

    def digits(self) -> Iterator[None]:
        """Produce both forms of timestamps, one after the other."""
        for digits in (6, 3):
            self.emulated.switch(timestamp_digits=digits)
            yield


def details(to: Answers) -> None:
    for _ in to.digits():
        for each in to.emulated.app.extensions["fivetran"].account.connectors:
            to.ask("GET", f"/v1/connections/{each}")


def creation(to: Answers) -> None:
    to.ask("POST", "/v1/connections", {**TILL, "paused": True})
    to.ask("POST", "/v1/connections", FILES)
    to.ask("POST", "/v1/connections", ADS)


def update(to: Answers) -> None:
    for _ in to.digits():
        for each in ("speak_inexpensive", "cautious_handshake", "nightly_lighthouse"):
            to.ask("PATCH", f"/v1/connections/{each}", {"paused": False, **CHEAP})


def group_connections(to: Answers) -> None:
    for _ in to.digits():
        to.ask("GET", f"/v1/groups/{GROUP}/connections")
        to.ask("GET", f"/v1/groups/{GROUP}/connections?limit=1")


def too_many_creations(to: Answers) -> None:
    to.emulated.switch(creations_per_minute=0)
    to.ask("POST", "/v1/connections", TILL)


def no_users(to: Answers) -> None:
    to.emulated.switch(list_forbidden=True)
    to.ask("GET", "/v1/users")


def plain(*calls: Asked) -> Callable[[Answers], None]:
    """Return a function that sends calls to Fivetran which need nothing else."""

    def ask(to: Answers) -> None:
        for call in calls:
            to.ask(*call)

    return ask


def by_token(*calls: Asked) -> Callable[[Answers], None]:
    """Return the same for Airbyte."""

    def ask(to: Answers) -> None:
        for call in calls:
            to.airbyte(*call)

    return ask


def public_job(to: Answers) -> None:
    started(to)
    number = to.found.pop().json["jobId"]
    to.emulated.wait(49)
    to.airbyte("GET", f"/api/public/v1/jobs/{number}")


def public_jobs(to: Answers) -> None:
    public_job(to)
    to.found.clear()
    to.airbyte("GET", "/api/public/v1/jobs?status=succeeded")


def started(to: Answers) -> None:
    to.emulated.wait(10)  # seconds that are zero are left out
    to.airbyte("POST", "/api/public/v1/jobs", {**WITHOUT_STREAMS, "jobType": "sync"})


def state_conflict(to: Answers) -> None:
    to.switch(trigger_times_out=True)
    started(to)


def sync(to: Answers) -> None:
    to.airbyte("POST", "/api/v1/connections/sync", WITHOUT_STREAMS)


def old_conflict(to: Answers) -> None:
    to.switch(error_bodies="old", phantom_conflict=True)
    sync(to)


def bug(to: Answers) -> None:
    to.switch(error_bodies="old")
    to.airbyte("POST", "/api/v1/jobs/get", {"id": 1})


def behind_basic(to: Answers) -> None:
    to.switch(public_auth="basic")
    to.airbyte("GET", "/api/public/v1/connections")


def token(path: str) -> Callable[[Answers], None]:
    """Return a function that asks for a token with wrong credentials."""
    body = {"client_id": "revoked-client", "client_secret": "x"}
    return lambda to: to.ask("POST", f"{path}/applications/token", body, auth=None)


CALLS: dict[str, Callable[[Answers], None]] = {
    "details": details,
    "creation": creation,
    "update": update,
    "group connections": group_connections,
    "groups": plain(("GET", "/v1/groups", None)),
    "destination": plain(("GET", f"/v1/destinations/{GROUP}", None)),
    "connector types": plain(("GET", "/v1/metadata/connectors", None)),
    "deletion": plain(("DELETE", SHOP, None)),
    "force": plain(("POST", f"{SHOP}/force", None)),
    "table resync": plain(("POST", f"{SHOP}/schemas/tables/resync", {"sales": ["orders"]})),
    "users forbidden": no_users,
    "nothing to update": plain(("PATCH", SHOP, CHEAP)),
    "unsupported service": plain(("PATCH", SHOP, {"service": "share_point"})),
    "private link": plain(("PATCH", SHOP, {"private_link_id": "a"})),
    "invalid creation": plain(("POST", "/v1/connections", {**TILL, "config": {}})),
    "too many creations": too_many_creations,
    "no such path": plain(("GET", f"{SHOP}/schema", None)),
    "columns unsupported": plain(
        (
            "PATCH",
            "/v1/connections/intrinsic_coolness/schemas/salesforce/tables/api_call_log/columns/id",
            {"enabled": False},
        )
    ),
    "reload while incomplete": plain(("POST", "/v1/connections/unwritten_letter/schemas/reload", None)),
    "public job": public_job,
    "public jobs": public_jobs,
    "public job started": started,
    "configuration sync": sync,
    "configuration conflict, old": old_conflict,
    "configuration bug, old": bug,
    "configuration health": by_token(("GET", "/api/v1/health", None)),
    "configuration token refused": token("/api/v1"),
    "public token refused": token("/api/public/v1"),
    "public unauthorized": plain(("GET", "/api/public/v1/workspaces", None)),
    "public invalid": by_token(("POST", "/api/public/v1/jobs", {**WITHOUT_STREAMS, "jobType": "mix"})),
    "public unprocessable": by_token(("POST", "/api/public/v1/jobs", {**WITHOUT_STREAMS, "jobType": "refresh"})),
    "public problem": state_conflict,
    "gateway": by_token(("POST", "/cloud/v1/no/such/path", {})),
    "proxy with passwords": behind_basic,
}


def answers(call: str) -> list[Any]:
    """Return the emulator's answers to a call."""
    to = Answers()
    CALLS[call](to)
    return to.found
