"""Change a transformation once: pause or resume it, or set its schedule."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shared.confirmation import find_change
from shared.errors import NotArrived, Unreachable
from shared.fivetran.answers import data
from shared.fivetran.endpoints.transformation_administration import TransformationAdministration
from shared.fivetran.transformations.schedule import DBT, QUICKSTART, ScheduleSettings, dropped, fits, merged
from shared.fivetran.transformations.transformation import Transformation
from shared.program.run import Run
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, IDENTIFIER
from shared.settings.objects import JSON_OBJECT


class TransformationUpdateSettings(ScheduleSettings, Settings):
    """The fields that can be changed. Those that are not given stay as they are."""

    transformation_id = Variable("FIVETRAN_TRANSFORMATION_ID", IDENTIFIER, "the transformation to change")
    paused = Variable("FIVETRAN_PAUSED", BOOLEAN, "TRUE pauses it, FALSE resumes it", None)
    custom_update = Variable(
        "FIVETRAN_CUSTOM_UPDATE",
        JSON_OBJECT,
        "further fields of the API's update call, as in transformation_config; the variables above take precedence",
        None,
    )

    def changes(self, kind: str) -> dict[str, Any]:
        """Return the fields to send for a transformation of this kind."""
        own: dict[str, Any] = {} if self.paused is None else {"paused": self.paused}
        if schedule := self.schedule(kind):
            own["schedule"] = schedule
        if kind == QUICKSTART and self.run_after:
            own["transformation_config"] = {"connection_ids": list(self.run_after)}
        return merged(self.custom_update or {}, own)

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        misread = self.unusable & {variable.name for variable in TransformationUpdateSettings.variables()}
        if not self.changes(DBT) and not misread:
            text = "Nothing to change: set FIVETRAN_PAUSED, FIVETRAN_RUN_AFTER or another variable of its schedule"
            yield Problem("FIVETRAN_PAUSED", text, whole=True)


class Updated(NamedTuple):
    """The transformation afterwards. ``words``: a remark for the message if the answer was lost."""

    after: Transformation
    sent: bool
    words: str = ""


def update(run: Run, api: TransformationAdministration, before: Transformation, changes: Mapping[str, Any]) -> Updated:
    """Send the changes once, unless they are in effect already. After a lost answer read until they show.

    Raise Unreachable (223) if they are not in effect, TriggerUnknown (202) if that cannot be read.
    """
    if _is_applied(changes, before):
        return Updated(before, sent=False)
    try:
        answer = api.update_transformation(before.id, changes)
        return Updated(Transformation(data(answer), answer), sent=True)
    except NotArrived:
        raise
    except Unreachable as error:
        now = find_change(
            error,
            run,
            api,
            before.id,
            lambda view: view.get_transformation(before.id),
            lambda now: ("" if _is_applied(changes, now) else now.id, ""),
        )
        return Updated(now, sent=True, words="; the answer was lost, but the change is in effect")


def _is_applied(changes: Mapping[str, Any], now: Transformation) -> bool:
    return fits(dict(changes), now.data) and not dropped(now.kind, changes.get("schedule"), now.data.get("schedule"))


def sent_fields(changes: Mapping[str, Any], before: Transformation) -> dict[str, Any]:
    """Return the changes with dotted names. Fields that the new schedule drops have the value None."""
    gone = dropped(before.kind, changes.get("schedule"), before.data.get("schedule"))
    return {**flat(changes), **{f"schedule.{name}": None for name in gone}}


def flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with dotted names: ``schedule.schedule_type``."""
    found: dict[str, Any] = {}
    for field, one in fields.items():
        found.update(
            {f"{field}.{name}": value for name, value in one.items()} if isinstance(one, Mapping) else {field: one}
        )
    return found
