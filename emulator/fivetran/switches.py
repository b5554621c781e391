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
    timestamp_digits: int = 6  # of succeeded_at and failed_at; created_at always has 6
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
    sync_while_blocked: int = 200  # schema_status is not ready, or the destination is not connected
    # changes
    change_stops_sync: bool = True  # a change of the connection or of its schemas stops a running sync
    sync_cannot_stop: bool = False  # such a change fails over a running sync; a pause does not
    update_seconds: float = 0.0  # seconds after which a change is answered, although it has taken effect before
    lost_updates: int = 0  # number of changes that take effect and are answered 500
    sync_frequency_text: bool = False  # whether sync_frequency may be a text
    creations_per_minute: int = 20
    # answers
    messages: bool = True  # `message` in answers with data; details of one object never have one
    not_found_code: str = "NotFound_Connection"
    unauthorized_code: str = "AuthFailed"
    unknown_fields: str = "ignore"
    legacy_paths: bool = True  # /connectors, /metadata/connectors and /force
    list_forbidden: bool = False  # 403 for the lists of connections and users
    unset_fields: str = "absent"  # how details show fields that are seldom set
    list_nulls: bool = True  # rows have `config` and `setup_tests`, which are null
    sync_history: int = 200
    history_hours: float = 24.0  # how long the sync history is kept
    connection_errors: int = 404  # in private preview
    type_details: int = 200
    type_required: bool = True  # whether a connector type says which parameters are required
    # schema configuration
    schema_conflicts: int = 0  # number of schema changes that get 409 before one is accepted
    schema_enabled_required: bool = False
    no_schema_config: int = 404
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
    "sync_while_blocked": read.one_of(200, 409),
    "change_stops_sync": read.boolean,
    "sync_cannot_stop": read.boolean,
    "update_seconds": read.seconds,
    "lost_updates": read.whole,
    "sync_frequency_text": read.boolean,
    "creations_per_minute": read.whole,
    "messages": read.boolean,
    "not_found_code": read.text,
    "unauthorized_code": read.text,
    "unknown_fields": read.one_of("ignore", "refuse"),
    "legacy_paths": read.boolean,
    "list_forbidden": read.boolean,
    "unset_fields": read.one_of("absent", "null"),
    "list_nulls": read.boolean,
    "sync_history": read.one_of(200, 403, 404),
    "history_hours": read.number,
    "connection_errors": read.one_of(200, 403, 404),
    "type_details": read.one_of(200, 403, 404),
    "type_required": read.boolean,
    "schema_conflicts": read.whole,
    "schema_enabled_required": read.boolean,
    "no_schema_config": read.one_of(200, 404),
    "transformation_delay": read.seconds,
    "rate_limit_headers": read.boolean,
    "quota": read.whole,
}
