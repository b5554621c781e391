"""Switches for behaviour that is undocumented or differs between accounts."""

from __future__ import annotations

from dataclasses import dataclass

from emulator import scenario as read


@dataclass
class Switches:
    """The switches. Defaults are the documented or most likely behaviour; the emulator's README explains each."""

    # clocks and timestamps
    date_header: bool = True
    date_skew: float = 0.0  # seconds that the `Date` header is ahead of the emulator's time
    stamp_skew: float = 0.0  # the same for succeeded_at, failed_at, rescheduled_for, created_at
    timestamp_digits: int = 6
    missing_stamps: str = "null"
    # syncs
    syncing_delay: float = 0.0  # seconds after the trigger until `syncing` is shown
    force_false_while_syncing: int = 200
    restart_stamps_failed_at: bool = False
    reschedule_stamps_failed_at: bool = False
    failure_adds_task: bool = True
    sync_while_paused: int = 200
    sync_while_incomplete: int = 200
    resync_while_syncing: int = 200
    # answers
    messages: bool = True  # `message` in answers with data; optional in the OpenAPI document
    not_found_code: str = "NotFound_Connection"
    unauthorized_code: str = "AuthFailed"
    unknown_fields: str = "ignore"
    legacy_paths: bool = True  # /connectors, /metadata/connectors and /force
    # schema configuration
    schema_conflicts: int = 0  # number of schema changes that get 409 before one is accepted
    schema_enabled_required: bool = False
    # transformations
    transformation_delay: float = 1.0  # seconds after the trigger during which the old status is shown
    # rate limit
    rate_limit_headers: bool = True
    quota: int = 20_000  # calls per hour


CHECKS: dict[str, read.Check] = {
    "date_header": read.boolean,
    "date_skew": read.number,
    "stamp_skew": read.number,
    "timestamp_digits": read.one_of(0, 3, 6),
    "missing_stamps": read.one_of("null", "absent"),
    "syncing_delay": read.seconds,
    "force_false_while_syncing": read.one_of(200, 409),
    "restart_stamps_failed_at": read.boolean,
    "reschedule_stamps_failed_at": read.boolean,
    "failure_adds_task": read.boolean,
    "sync_while_paused": read.one_of(200, 409),
    "sync_while_incomplete": read.one_of(200, 409),
    "resync_while_syncing": read.one_of(200, 409),
    "messages": read.boolean,
    "not_found_code": read.text,
    "unauthorized_code": read.text,
    "unknown_fields": read.one_of("ignore", "refuse"),
    "legacy_paths": read.boolean,
    "schema_conflicts": read.whole,
    "schema_enabled_required": read.boolean,
    "transformation_delay": read.seconds,
    "rate_limit_headers": read.boolean,
    "quota": read.whole,
}
