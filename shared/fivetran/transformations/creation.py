"""Create a transformation once. One that exists, or that a request with a lost answer created, is found by its name."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.confirmation import create_once
from shared.errors import RequestRefused
from shared.fivetran.answers import data
from shared.fivetran.endpoints.transformation_administration import TransformationAdministration
from shared.fivetran.transformations.schedule import DBT, QUICKSTART, ScheduleSettings, dropped, fits, lines, merged
from shared.fivetran.transformations.transformation import Transformation
from shared.program.run import Run
from shared.redaction import one_line
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, IDENTIFIER, TEXT, Kind
from shared.settings.objects import JSON_WITH_SECRETS


class TransformationSettings(ScheduleSettings, Settings):
    """The fields of a new transformation."""

    project_id = Variable(
        "FIVETRAN_PROJECT_ID", IDENTIFIER, "the dbt project that it runs, or FIVETRAN_PACKAGE_NAME instead", None
    )
    name = Variable("FIVETRAN_TRANSFORMATION_NAME", TEXT, "its name, unique in the project; a package has none", None)
    commands = Variable(
        "FIVETRAN_DBT_COMMANDS",
        Kind("text", lines),
        "the project's dbt commands, with semicolons between several; not given: dbt run",
        None,
    )
    package_name = Variable(
        "FIVETRAN_PACKAGE_NAME", TEXT, "the Quickstart package to run instead of a dbt project, as in google_ads", None
    )
    paused = Variable("FIVETRAN_PAUSED", BOOLEAN, "TRUE creates it paused", None)
    custom_fields = Variable(
        "FIVETRAN_CUSTOM_FIELDS",
        JSON_WITH_SECRETS,
        "further fields of the API's create call, as in transformation_config; the variables above take precedence",
        None,
    )

    @classmethod
    def needed(cls) -> frozenset[str]:
        return super().needed() | {"project_id", "name", "run_after"}

    def body(self) -> dict[str, Any]:
        """Return the body of the request."""
        kind = DBT if self.project_id else QUICKSTART
        config: dict[str, Any] = {"package_name": self.package_name, "connection_ids": list(self.run_after or ())}
        if self.project_id:
            steps = [{"name": command, "command": command} for command in self.commands or ("dbt run",)]
            config = {"project_id": self.project_id, "name": self.name, "steps": steps}
        own = {"type": kind, "transformation_config": config, "schedule": self.schedule(kind), "paused": self.paused}
        return merged(self.custom_fields or {}, {name: value for name, value in own.items() if value not in (None, {})})

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if bool(self.project_id) == bool(self.package_name):
            text = "and FIVETRAN_PACKAGE_NAME are both given; keep one of them"
            yield Problem("FIVETRAN_PROJECT_ID", text if self.project_id else "is required, or FIVETRAN_PACKAGE_NAME")
        if self.project_id and not self.name:
            yield Problem("FIVETRAN_TRANSFORMATION_NAME", "is required with FIVETRAN_PROJECT_ID")
        if self.package_name and self.name:
            yield Problem("FIVETRAN_TRANSFORMATION_NAME", "cannot go with FIVETRAN_PACKAGE_NAME: a package has no name")
        timed = self.run_interval or self.run_time or self.run_cron
        if not self.run_after and (self.package_name or not (timed or "schedule" in (self.custom_fields or {}))):
            otherwise = "" if self.package_name else "; or give a time, an interval or cron"
            yield Problem("FIVETRAN_RUN_AFTER", f"is required: the connectors after whose syncs it runs{otherwise}")


def create(run: Run, api: TransformationAdministration, body: Mapping[str, Any]) -> tuple[Transformation, bool]:
    """Return the transformation, and whether it was created: False if an equal one exists already.

    Raise RequestRefused (201) if one of that name differs, TriggerUnknown (202) if none is found after a lost answer.
    """
    if found := _existing(api, body):
        run.note(**found.facts())
        replaced = dropped(found.kind, body.get("schedule"), found.data.get("schedule"))
        fit = {name: fits(body[name], found.data.get(name)) for name in body if name != "type"}
        if wrong := [name for name, as_wanted in fit.items() if not as_wanted or (name == "schedule" and replaced)]:
            text = f"{found.id} exists already under this name and differs in {', '.join(wrong)}"
            raise RequestRefused(f"{text}; update_transformation changes it", found.answer, vendor="Fivetran")
        return found, False
    created = create_once(
        run,
        api,
        lambda: api.create_transformation(body),
        lambda answer: Transformation(data(answer), answer),
        lambda api: _existing(api, body),
        "unknown whether the transformation was created, and it was not sent again: run this again, which checks first",
    )
    return created, True


def _existing(api: TransformationAdministration, body: Mapping[str, Any]) -> Transformation | None:
    """Return the transformation that has the new one's project and name, or its package and connections."""
    config = body["transformation_config"]
    names = ("project_id", "name") if body["type"] == DBT else ("package_name", "connection_ids")
    wanted = {name: config[name] for name in names}
    for page in api.list_transformations(project_id=config.get("project_id")):
        for row in page.items:
            if fits(wanted, row.get("transformation_config")) and row.get("id"):
                return api.get_transformation(str(row["id"]))
    return None


def described(body: Mapping[str, Any]) -> str:
    """Return a sentence that says when the transformation runs."""
    schedule = body.get("schedule", {})
    after = schedule.get("connection_ids") or body["transformation_config"].get("connection_ids") or []
    how = str(schedule.get("schedule_type"))
    if how == "INTEGRATED":
        return f"it runs after the syncs of {one_line(' and '.join(map(str, after)), 200)}"
    return f"its schedule is {one_line(how, 40).lower()}"
