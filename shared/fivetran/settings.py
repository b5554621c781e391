"""The variables that several Fivetran blueprints have."""

import base64
import binascii
from collections.abc import Iterator

from shared.secret_forms import SHORTEST
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, SECRET, URL, number_between, select
from shared.settings.run_settings import RunSettings
from shared.settings.server import plain_http, planted
from shared.settings.spans import seconds

DEFAULT_URL = "https://api.fivetran.com/v1"


class FivetranAccount(Settings):
    """The credentials of the account."""

    rank = 0
    api_key = Variable("FIVETRAN_API_KEY", SECRET, "API key, from the account's settings under API Config")
    api_secret = Variable(
        "FIVETRAN_API_SECRET",
        SECRET,
        "API secret of that key; not needed if the key is the base64 of key:secret",
        None,
    )

    @property
    def credentials(self) -> tuple[str, str]:
        """Key and secret. FIVETRAN_API_KEY may contain both: base64 of ``key:secret``, as for fivetran-cli."""
        if self.api_secret is not None:
            return self.api_key, self.api_secret
        return _pair(self.api_key) or (self.api_key, "")

    def secrets(self) -> list[str]:
        key, secret = self.credentials
        return [part for part in {*super().secrets(), key, secret, f"{key}:{secret}"} if part]

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        pair = None if self.api_secret else _pair(self.api_key)
        if not self.api_secret and not pair:
            yield Problem(
                "FIVETRAN_API_SECRET",
                f"is required (or FIVETRAN_API_SECRET_FILE): {_advice_on_missing_secret(self.api_key)}",
            )
        if pair and min(map(len, pair)) < SHORTEST:
            yield Problem("FIVETRAN_API_KEY", f"has a key or secret of less than {SHORTEST} characters")


class FivetranSettings(FivetranAccount, RunSettings):
    """The variables of every Fivetran blueprint."""

    rank = 2
    api_url = Variable("FIVETRAN_API_URL", URL, "the API's base URL", DEFAULT_URL)
    allow_http = Variable(
        "FIVETRAN_ALLOW_HTTP", BOOLEAN, "TRUE allows credentials over plain http to another host", False
    )
    legacy_api = Variable(
        "FIVETRAN_LEGACY_API", BOOLEAN, "TRUE uses the paths from before the rename: /connectors/... and /force", False
    )

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        yield from plain_http("FIVETRAN_API_URL", self.api_url or "", bool(self.allow_http), "FIVETRAN_ALLOW_HTTP")
        credentials = ["FIVETRAN_API_KEY", *(["FIVETRAN_API_SECRET"] if self.api_secret else [])]
        yield from planted(self.given, ("FIVETRAN_API_URL", "FIVETRAN_ALLOW_HTTP"), credentials)


class TriggerSettings(Settings):
    """What to do about a running, paused or broken connector before a sync is started."""

    force = Variable(
        "FIVETRAN_FORCE",
        BOOLEAN,
        "TRUE stops and restarts a running sync; FALSE does not interrupt it",
        True,
    )
    on_running = Variable(
        "FIVETRAN_ON_RUNNING",
        select("join", "fail"),
        "with FIVETRAN_FORCE=FALSE and a sync running: join it or fail (203)",
        "join",
    )
    on_paused = Variable(
        "FIVETRAN_ON_PAUSED",
        select("fail", "resume", "skip", also=("queue",)),
        "if the connector is paused: fail (216), resume it and sync, or skip it (0, and 217 for a check after it)",
        "fail",
    )
    on_broken = Variable(
        "FIVETRAN_ON_BROKEN",
        select("fail", "test", "sync"),
        "if its setup is broken or incomplete: fail (218), run the setup tests and read it again, or sync anyway",
        "fail",
    )


class QuotaSettings(Settings):
    """The part of the hourly quota that is left to other users of the account."""

    quota_reserve = Variable(
        "FIVETRAN_QUOTA_RESERVE",
        number_between(0, 1_000_000),
        "calls of the hourly quota to leave for others; below it, Slipway polls and triggers more slowly",
        None,
    )


class WaitSettings(QuotaSettings):
    """How to wait until a sync has ended."""

    wait = Variable("FIVETRAN_WAIT", BOOLEAN, "TRUE waits until the sync has ended", False)
    wait_timeout = Variable(
        "FIVETRAN_WAIT_TIMEOUT",
        seconds(1, 604800),
        "seconds to wait at most; then 221 (222: rate limited)",
        13800.0,
    )
    poll_interval: Variable[float | None] = Variable(
        "FIVETRAN_POLL_INTERVAL",
        seconds(1, 3600),
        "seconds between two polls; not given: based on earlier syncs, else 10 % of the time elapsed, 3 to 120",
        None,
    )
    start_timeout = Variable(
        "FIVETRAN_START_TIMEOUT",
        seconds(1, 604800),
        "seconds to wait for the sync to start; then 217",
        900.0,
    )
    on_rescheduled = Variable(
        "FIVETRAN_ON_RESCHEDULED",
        select("wait", "fail"),
        "if Fivetran postpones the sync: wait for it (and start it again under a manual schedule), or fail (217)",
        "wait",
    )


class ScheduledWaitSettings(WaitSettings):
    """How to wait for a sync that the connector's own schedule may start."""

    start_timeout = Variable(
        "FIVETRAN_START_TIMEOUT",
        WaitSettings.start_timeout.kind,
        "seconds to wait for the sync to start; then 217. If no trigger of an earlier step is known, they count from "
        "when the connector's own schedule is due",
        WaitSettings.start_timeout.default,
    )


def _advice_on_missing_secret(api_key: str | None) -> str:
    """Return advice on a missing secret, which may be part of the key."""
    if (api_key or "").lower().startswith("basic "):
        return "FIVETRAN_API_KEY begins with Basic; give only what comes after it"
    if ":" in (api_key or ""):
        return "FIVETRAN_API_KEY has a colon; the secret is what comes after it"
    return "the secret of the key"


def _pair(text: str | None) -> tuple[str, str] | None:
    """Decode the base64 of ``key:secret``. Return None for any other text."""
    try:
        key, colon, secret = base64.b64decode((text or "").encode(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return None
    return (key, secret) if colon and key and secret and (key + secret).isprintable() else None
