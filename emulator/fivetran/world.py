"""The account: its groups, connections and transformations, and how a scenario changes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import fields
from typing import Any

from emulator import scenario as read
from emulator.clock import Clock
from emulator.fivetran import syncing
from emulator.fivetran.account import account_connectors, account_groups
from emulator.fivetran.account_transformations import account_transformations
from emulator.fivetran.connector import CHECKS as CONNECTOR_CHECKS
from emulator.fivetran.connector import Connector
from emulator.fivetran.generated import GENERATED_GROUP, generated_connectors
from emulator.fivetran.group import Group
from emulator.fivetran.quota import Quota
from emulator.fivetran.switches import CHECKS as SWITCH_CHECKS
from emulator.fivetran.switches import Switches
from emulator.fivetran.transformation import CHECKS as TRANSFORMATION_CHECKS
from emulator.fivetran.transformation import Transformation
from emulator.options import Options
from emulator.scenario import Json, ScenarioError

REVOKED_KEY = "revoked-key"
NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
Change = Callable[[], None]


class World:
    """All that the endpoints know."""

    def __init__(self, options: Options, clock: Clock, connectors: int, sync_seconds: float) -> None:
        self._options, self.clock, self.sync_seconds = options, clock, sync_seconds
        self.switches = Switches()
        self.quota = Quota(clock, self.switches)
        now = clock.now()
        self.groups = account_groups(now)
        self.connectors = {one.id: one for one in account_connectors(now)}
        self.transformations = {one.id: one for one in account_transformations(now)}
        if connectors:
            self.groups[GENERATED_GROUP.id] = GENERATED_GROUP
            taken = frozenset(self.connectors)
            self.connectors.update((one.id, one) for one in generated_connectors(connectors, now, taken))

    def at(self) -> syncing.Moment:
        """Now."""
        return syncing.Moment(self.clock.now(), self.sync_seconds, self.switches)

    def look(self, connection_id: str) -> Connector | None:
        """A connection as it stands now."""
        found = self.connectors.get(connection_id)
        if found is not None:
            syncing.advance(found, self.at())
        return found

    def knows(self, key: str, secret: str) -> bool:
        """Whether a pair of key and secret is let in."""
        if not key or not secret or key == REVOKED_KEY:
            return False
        options = self._options
        return options.key is None or (key, secret) == (options.key, options.secret)

    def read(self, where: str, section: Any) -> Change:
        """Check a scenario's section; what is returned applies it."""
        found = read.an_object(where, section, ("switches", "groups", "connectors", "transformations"))
        switches = read.checked(f"{where}.switches", found.get("switches", {}), SWITCH_CHECKS)
        groups = {
            key: read.checked(f"{where}.groups.{key}", one, {"name": read.text})
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
                self.groups[key] = Group(key, one.get("name", key), self.clock.now())
            for change in changes:
                change()

        return apply

    def read_connector(self, where: str, connector_id: str, value: Any, groups: Collection[str]) -> Change:
        """Changes of one connector; with `service` and `group_id` an unknown id becomes a new one."""
        given = read.checked(where, value, CONNECTOR_CHECKS)
        if connector_id not in self.connectors and not {"service", "group_id"} <= given.keys():
            raise read.unknown(where, connector_id, self.connectors, "connector needs service and group_id")
        if not NAME.fullmatch(connector_id):
            raise ScenarioError(f"{where}: an id is letters, digits, - and _")
        if "group_id" in given and given["group_id"] not in groups:
            raise ScenarioError(f"{where}.group_id: there is no such group; known: {', '.join(sorted(groups))}")

        def apply() -> None:
            at = self.at()
            one = self.look(connector_id) or self.new_connector(connector_id, given)
            set_fields(one, {key: found for key, found in given.items() if key not in ("sync_state", "paused")})
            if "paused" in given:
                syncing.set_paused(one, at, given["paused"])
            if "schedule_type" in given and one.schedule_type == "auto" and "next_run_at" not in given:
                one.next_run_at = at.now + syncing.period(one)
            if "sync_state" in given:
                syncing.put_into(one, at, given["sync_state"])

        return apply

    def new_connector(self, connector_id: str, given: Json) -> Connector:
        """A connector that a scenario adds."""
        now = self.at().stamp(self.clock.now())
        schema = given.get("schema", connector_id)
        found = Connector(connector_id, given["service"], schema, given["group_id"], created_at=now)
        self.connectors[connector_id] = found
        return found

    def read_transformation(self, where: str, transformation_id: str, value: Any) -> Change:
        """Changes of one transformation; with `type` an unknown id becomes a new one."""
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


def raw_state(one: Connector, at: syncing.Moment) -> Json:
    """Every field of a connector as a scenario would set it, with the state that shows."""
    found = {each.name: getattr(one, each.name) for each in fields(one)}
    found["sync_state"] = syncing.shown_state(one, at)
    return found
