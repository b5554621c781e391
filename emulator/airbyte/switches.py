"""Switches for behaviour that is undocumented or differs between versions and editions."""

from __future__ import annotations

from dataclasses import dataclass, field

from emulator import scenario as read

AUTH = ("none", "basic", "bearer")


@dataclass
class Switches:
    """The switches. Defaults are those of a current self-managed server; the emulator's README explains each."""

    # authentication
    configuration_auth: str = "none"
    public_auth: str = "bearer"
    token_seconds: float = 900.0  # lifetime of an issued token
    token_expires_in: bool = True  # whether the public token endpoint shows the lifetime
    token_is_jwt: bool = True  # False: an opaque text
    form_tokens: bool = True  # token requests may be forms
    bad_credentials_status: int = 400  # 400 with a HAL body as Core answers, 401 as the Keycloak editions do
    static_token_seconds: float | None = None  # lifetime of a user's own token after its first use; None: unlimited
    # clocks
    date_header: bool = True
    date_skew: float = 0.0  # seconds that the `Date` header is ahead of the emulator's time
    # versions
    error_bodies: str = "new"  # since 2.0 errors of the Configuration API have only an errorId
    health_key: str | None = "available"  # "db" on very old servers
    healthy: bool = True
    light_jobs: bool = True  # /jobs/get_light and /jobs/get_without_logs
    jobs_of_workspaces: bool = True  # /jobs/list_for_workspaces
    job_types: list[str] = field(default_factory=lambda: ["sync", "reset_connection", "clear", "refresh"])
    unknown_job: int = 500  # of the Configuration API
    unknown_job_public: int = 409
    unknown_connection_forbidden: bool = False  # 403 instead of 404, as if the role were checked first
    refresh_answers_job: bool = True  # False: the refresh starts, but the answer is {}
    strict_json: bool = False  # unknown properties of a request body are 400
    cloud_under_v1: bool = True  # serve Airbyte Cloud's clients under /v1 as well
    load_shedding: int = 0  # number of calls to the public API that get 429 without Retry-After
    trigger_times_out: bool = False  # POST /jobs answers 409 state-conflict although the job has started
    failures_until_disabled: int = 30  # failed jobs in a row after which a connection becomes inactive
    phantom_conflict: bool = False  # 409 although nothing is running, as seen just after a reset
    light_stats: bool = False  # whether /jobs/get_light shows statistics
    largest_page: int = 100  # most rows of a page of the public API, even if `limit` is larger
    # jobs
    cancel_seconds: float = 0.0  # from a cancel request to its effect
    updated_at_ended_only: bool = True  # the public API shows `lastUpdatedAt` for ended jobs only


CHECKS: dict[str, read.Check] = {
    "configuration_auth": read.one_of(*AUTH),
    "public_auth": read.one_of(*AUTH),
    "token_seconds": read.seconds,
    "token_expires_in": read.boolean,
    "token_is_jwt": read.boolean,
    "form_tokens": read.boolean,
    "bad_credentials_status": read.one_of(400, 401),
    "static_token_seconds": read.optional(read.seconds),
    "date_header": read.boolean,
    "date_skew": read.number,
    "error_bodies": read.one_of("new", "old"),
    "health_key": read.one_of("available", "db"),
    "healthy": read.boolean,
    "light_jobs": read.boolean,
    "jobs_of_workspaces": read.boolean,
    "job_types": read.list_of(read.one_of("sync", "reset_connection", "clear", "refresh")),
    "unknown_job": read.one_of(404, 500),
    "unknown_job_public": read.one_of(404, 409),
    "unknown_connection_forbidden": read.boolean,
    "refresh_answers_job": read.boolean,
    "strict_json": read.boolean,
    "cloud_under_v1": read.boolean,
    "load_shedding": read.whole,
    "trigger_times_out": read.boolean,
    "failures_until_disabled": read.whole,
    "phantom_conflict": read.boolean,
    "light_stats": read.boolean,
    "largest_page": read.whole,
    "cancel_seconds": read.seconds,
    "updated_at_ended_only": read.boolean,
}
