"""What nobody outside knows, or what differs between versions and editions: each can be played either way."""

from __future__ import annotations

from dataclasses import dataclass, field

from emulator import scenario as read

AUTH = ("none", "basic", "bearer")


@dataclass
class Switches:
    """The defaults are those of a server of one's own today; the emulator's README explains each."""

    # who may call
    configuration_auth: str = "none"
    public_auth: str = "bearer"
    token_seconds: float = 900.0  # how long a fetched token lives
    token_expires_in: bool = True  # whether the public token endpoint says so
    token_is_jwt: bool = True  # otherwise an opaque text
    bad_credentials_status: int = 400  # 400 with HAL as Core has it, 401 as the Keycloak editions
    static_token_seconds: float | None = None  # how long a token that nobody fetched lives after its first use
    # clocks
    date_header: bool = True
    date_skew: float = 0.0  # seconds that the `Date` header is ahead of the emulator's time
    # versions
    error_bodies: str = "new"  # since 2.0 errors of the Configuration API are an errorId and nothing more
    health_key: str | None = "available"  # "db" on very old servers
    healthy: bool = True
    light_jobs: bool = True  # /jobs/get_light and /jobs/get_without_logs
    job_types: list[str] = field(default_factory=lambda: ["sync", "reset_connection", "clear", "refresh"])
    unknown_job: int = 500  # of the Configuration API
    unknown_job_public: int = 409
    unknown_connection_forbidden: bool = False  # 403 before 404 where the role check comes first
    refresh_answers_job: bool = True
    phantom_conflict: bool = False  # 409 although nothing runs, as just after a reset
    light_stats: bool = False  # whether /jobs/get_light says how many rows there were
    largest_page: int = 100  # rows of a page of the public API, whatever `limit` says; `next` leads on
    # jobs
    cancel_seconds: float = 0.0  # from a cancel to its effect
    updated_at_ended_only: bool = True  # `lastUpdatedAt` of the public API


CHECKS: dict[str, read.Check] = {
    "configuration_auth": read.one_of(*AUTH),
    "public_auth": read.one_of(*AUTH),
    "token_seconds": read.seconds,
    "token_expires_in": read.boolean,
    "token_is_jwt": read.boolean,
    "bad_credentials_status": read.one_of(400, 401),
    "static_token_seconds": read.optional(read.seconds),
    "date_header": read.boolean,
    "date_skew": read.number,
    "error_bodies": read.one_of("new", "old"),
    "health_key": read.one_of("available", "db"),
    "healthy": read.boolean,
    "light_jobs": read.boolean,
    "job_types": read.list_of(read.one_of("sync", "reset_connection", "clear", "refresh")),
    "unknown_job": read.one_of(404, 500),
    "unknown_job_public": read.one_of(404, 409),
    "unknown_connection_forbidden": read.boolean,
    "refresh_answers_job": read.boolean,
    "phantom_conflict": read.boolean,
    "light_stats": read.boolean,
    "largest_page": read.whole,
    "cancel_seconds": read.seconds,
    "updated_at_ended_only": read.boolean,
}
