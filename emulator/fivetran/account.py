"""The emulated account: groups, connections and transformations, and how a scenario changes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import fields, replace
from typing import Any

from emulator import scenario as read
from emulator.clock import Clock
from emulator.fivetran import sync_lifecycle, transformation
from emulator.fivetran.connector import CHECKS as CONNECTOR_CHECKS
from emulator.fivetran.connector import Connector
from emulator.fivetran.generated_connections import GENERATED_GROUP, generated_connectors
from emulator.fivetran.group import CHECKS as GROUP_CHECKS
from emulator.fivetran.group import new_group
from emulator.fivetran.rate_limit import HOUR, MINUTE, RateLimit
from emulator.fivetran.sample_connections import account_connectors, account_groups
from emulator.fivetran.sample_special_connections import special_connectors
from emulator.fivetran.sample_transformations import account_projects, account_transformations
from emulator.fivetran.switches import CHECKS as SWITCH_CHECKS
from emulator.fivetran.switches import Switches
from emulator.fivetran.transformation import CHECKS as TRANSFORMATION_CHECKS
from emulator.fivetran.transformation import Transformation
from emulator.options import Options
from emulator.scenario import Json, ScenarioError

REVOKED_KEY = "revoked-key"
NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
Change = Callable[[], None]


class Account:
    """State that the endpoints read and change."""

    def __init__(self, options: Options, clock: Clock, connectors: int, sync_seconds: float) -> None:
        self._options, self.clock, self.sync_seconds = options, clock, sync_seconds
        self.switches = Switches()
        self.rate_limit = RateLimit(clock, HOUR, lambda: self.switches.quota)
        self.creations = RateLimit(clock, MINUTE, lambda: self.switches.creations_per_minute)
        now = clock.now()
        self.groups = account_groups(now)
        self.connectors = {one.id: one for one in (*account_connectors(now), *special_connectors(now))}
        self.projects = {one.id: one for one in account_projects(now)}
        self.transformations = {one.id: one for one in account_transformations(now)}
        if connectors:
            self.groups[GENERATED_GROUP.id] = replace(GENERATED_GROUP)
            taken = frozenset(self.connectors)
            self.connectors.update((one.id, one) for one in generated_connectors(connectors, now, taken))

    def at(self) -> sync_lifecycle.Moment:
        """Return the current moment."""
        stopped = frozenset(one.id for one in self.groups.values() if one.is_stopped)
        return sync_lifecycle.Moment(self.clock.now(), self.sync_seconds, self.switches, stopped)

    def find_connector(self, connection_id: str) -> Connector | None:
        """Return a connection, advanced to the current time, None if there is none."""
        found = self.connectors.get(connection_id)
        if found is not None:
            sync_lifecycle.advance(found, self.at())
        return found

    def advance(self, one: Transformation) -> None:
        """Advance a transformation to the current time. An integrated one starts after its connections' syncs."""
        transformation.advance(one, self.at())
        if one.run is None and one.follows:
            found = [self.find_connector(each) for each in one.follows]
            transformation.follow(one, self.at(), [None if each is None else each.succeeded_at for each in found])

    def accepts(self, key: str, secret: str) -> bool:
        """Return whether a pair of key and secret is accepted."""
        if not key or not secret or key == REVOKED_KEY:
            return False
        options = self._options
        return options.key is None or (key, secret) == (options.key, options.secret)

    def read(self, where: str, section: Any) -> Change:
        """Check a scenario's section and return a function that applies it."""
        found = read.an_object(where, section, ("switches", "groups", "connectors", "transformations"))
        switches = read.checked(f"{where}.switches", found.get("switches", {}), SWITCH_CHECKS)
        groups = {
            key: read.checked(f"{where}.groups.{key}", one, GROUP_CHECKS)
            for key, one in read.an_object(f"{where}.groups", found.get("groups", {})).items()
        }
        known = {*self.groups, *groups}
        changes = [
            self.read_connector(f"{where}.connectors.{key}", key, one, known)
            for key, one in read.an_object(f"{where}.connectors", found.get("connectors", {})).items()
        ]
        changes += [
            self.read_transformation(f"{where}.transformations.{key}", key, one)
            for key, one in read.an_object(f"{where}.transformations", found.get("transformations", {})).items()
        ]

        def apply() -> None:
            set_fields(self.switches, switches)
            for key, one in groups.items():
                self.groups.setdefault(key, new_group(key, one, self.clock.now()))
                set_fields(self.groups[key], one)
            for change in changes:
                change()

        return apply

    def read_connector(self, where: str, connector_id: str, value: Any, groups: Collection[str]) -> Change:
        """Check changes of one connector. With `service` and `group_id` an unknown id becomes a new one."""
        given = read.checked(where, value, CONNECTOR_CHECKS)
        if connector_id not in self.connectors and not {"service", "group_id"} <= given.keys():
            raise read.unknown(where, connector_id, self.connectors, "connector needs service and group_id")
        if not NAME.fullmatch(connector_id):
            raise ScenarioError(f"{where}: an id is letters, digits, - and _")
        if "group_id" in given and given["group_id"] not in groups:
            raise ScenarioError(f"{where}.group_id: there is no such group; known: {', '.join(sorted(groups))}")

        def apply() -> None:
            at = self.at()
            one = self.find_connector(connector_id) or self.new_connector(connector_id, given)
            set_fields(one, {key: found for key, found in given.items() if key not in ("sync_state", "paused")})
            if "paused" in given:
                sync_lifecycle.set_paused(one, at, given["paused"])
            is_new = bool(given.keys() & {"schedule_type", "daily_sync_time"}) and "next_run_at" not in given
            if is_new and one.schedule_type == "auto":
                one.next_run_at = sync_lifecycle.next_after(one, at.now)
            if "sync_state" in given:
                sync_lifecycle.put_into(one, at, given["sync_state"])

        return apply

    def new_connector(self, connector_id: str, given: Json) -> Connector:
        """Add a connector of a scenario."""
        now = self.at().stamp(self.clock.now())
        schema = given.get("schema", connector_id)
        found = Connector(connector_id, given["service"], schema, given["group_id"], created_at=now)
        self.connectors[connector_id] = found
        return found

    def read_transformation(self, where: str, transformation_id: str, value: Any) -> Change:
        """Check changes of one transformation. With `type` an unknown id becomes a new one."""
        given = read.checked(where, value, TRANSFORMATION_CHECKS)
        if transformation_id not in self.transformations and "type" not in given:
            raise read.unknown(where, transformation_id, self.transformations, "transformation needs a type")

        def apply() -> None:
            known = self.transformations.get(transformation_id)
            one = known or Transformation(transformation_id, created_at=self.clock.now())
            self.transformations[transformation_id] = one
            set_fields(one, given)

        return apply


def set_fields(one: Any, values: Json) -> None:
    """Set fields of a dataclass."""
    for key, value in values.items():
        setattr(one, key, value)


def raw_state(one: Connector, at: sync_lifecycle.Moment) -> Json:
    """Return every field of a connector as a scenario would set it, and the `sync_state` that the API shows."""
    found = {each.name: getattr(one, each.name) for each in fields(one)}
    found["sync_state"] = sync_lifecycle.shown_state(one, at)
    return found
