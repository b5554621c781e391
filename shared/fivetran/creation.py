"""Create a connector. After a lost answer, search for it in its group."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.confirmation import create_once
from shared.errors import RequestRefused, SlipwayError, UnknownId
from shared.fivetran.answers import data
from shared.fivetran.connect_card import CardSettings
from shared.fivetran.connector import Connector
from shared.fivetran.endpoints.administration import Administration
from shared.fivetran.parameter_check import Part
from shared.fivetran.setup_tests import TrustSettings
from shared.fivetran.update import ONCE_A_DAY, UpdateSettings, holds_masked_value
from shared.http.response import Answer
from shared.program.run import Run
from shared.redaction import HIDDEN, text_leaves
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, GROUP, IDENTIFIER, select
from shared.settings.objects import JSON_ALL_SECRET, JSON_WITH_SECRETS
from shared.terminal.heartbeat import heartbeat


class CreateSettings(CardSettings, TrustSettings, Settings):
    """The fields of a new connector. Those that are not given have the API's default."""

    group_id = Variable("FIVETRAN_GROUP_ID", GROUP, "the group to create it in: its id or its name")
    service = Variable("FIVETRAN_SERVICE", IDENTIFIER, "the service, as in postgres; list_connector_types has them")
    config = Variable(
        "FIVETRAN_CONFIG",
        JSON_WITH_SECRETS,
        "the service's config, with the schema's name in it; get_connector_type shows its fields",
        None,
    )
    auth = Variable("FIVETRAN_AUTH", JSON_ALL_SECRET, "the service's auth, if it takes one", None)
    schedule_type = UpdateSettings.schedule_type
    sync_frequency = UpdateSettings.sync_frequency
    daily_sync_time = UpdateSettings.daily_sync_time
    paused = Variable("FIVETRAN_PAUSED", BOOLEAN, "TRUE creates it paused", None)
    run_setup_tests = Variable(
        "FIVETRAN_RUN_SETUP_TESTS",
        BOOLEAN,
        "TRUE runs the setup tests at once; not given: TRUE, but FALSE with a Connect Card",
        None,
    )
    destination_schema_names = Variable(
        "FIVETRAN_DESTINATION_SCHEMA_NAMES",
        select("fivetran_naming", "source_naming"),
        "naming of schemas, tables and columns in the destination; the API is going to require it",
        None,
    )
    check_parameters = Variable(
        "FIVETRAN_CHECK_PARAMETERS",
        BOOLEAN,
        "TRUE compares config and auth with the service's parameters before they are sent; FALSE does not",
        True,
    )
    custom_fields = Variable(
        "FIVETRAN_CUSTOM_FIELDS",
        JSON_WITH_SECRETS,
        "further fields of the API's create call, as in networking_method; the variables above take precedence",
        None,
    )

    def body(self, group_id: str) -> dict[str, Any]:
        """Return the body of the request."""
        naming = self.destination_schema_names
        custom = self.custom_fields or {}
        tests = self.run_setup_tests
        if tests is None and "run_setup_tests" not in custom:
            tests = not self.card()
        fields = {
            "group_id": group_id,
            "service": self.service,
            "config": self.config,
            "auth": self.auth,
            "schedule_type": self.schedule_type,
            "sync_frequency": self.sync_frequency,
            "daily_sync_time": self.daily_sync_time,
            "paused": self.paused,
            "destination_schema_names": naming.upper() if naming else None,
            "connect_card_config": self.card() or None,
            "run_setup_tests": tests,
            **self.trust(),
        }
        return {**custom, **{name: value for name, value in fields.items() if value is not None}}

    def parts(self) -> list[Part]:
        """Return config and auth as they are sent, each with its variable."""
        custom = self.custom_fields or {}
        own = (Part("config", "FIVETRAN_CONFIG", self.config), Part("auth", "FIVETRAN_AUTH", self.auth))
        return [
            Part(one.name, "FIVETRAN_CUSTOM_FIELDS", custom[one.name])
            if one.given is None and custom.get(one.name) is not None
            else one
            for one in own
        ]

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        custom = self.custom_fields or {}
        if self.daily_sync_time and (self.sync_frequency or custom.get("sync_frequency")) != ONCE_A_DAY:
            yield Problem("FIVETRAN_DAILY_SYNC_TIME", "goes only with FIVETRAN_SYNC_FREQUENCY=1440 (once a day)")
        fields = (("FIVETRAN_CONFIG", self.config), ("FIVETRAN_AUTH", self.auth))
        for name, value in (*fields, ("FIVETRAN_CUSTOM_FIELDS", self.custom_fields)):
            if holds_masked_value(value):
                yield Problem(name, f"holds {HIDDEN!r}, the API's mask and not the value; give the real value")
        if "connect_card_config" in custom:  # the answer would contain a card that is not kept private
            text = "has connect_card_config; use FIVETRAN_REDIRECT_URI, FIVETRAN_HIDE_SETUP_GUIDE, FIVETRAN_ALL_FIELDS"
            yield Problem("FIVETRAN_CUSTOM_FIELDS", text)

    def secrets(self) -> list[str]:
        return [*super().secrets(), *text_leaves((self.custom_fields or {}).get("auth"))]


def create(run: Run, api: Administration, body: Mapping[str, Any]) -> Connector:
    """Create a connector once. After a lost answer search for it among the group's connectors.

    Raise TriggerUnknown (202) if it is not found there, UnknownId if the service is unknown.
    """
    known = _ids(api, body)

    def send() -> Answer:
        with heartbeat(run, f"Fivetran: creating a {body['service']} connector"):
            return api.create_connector(body)

    unknown = (
        "unknown whether the connector was created, and it was not sent again: check with list_connectors before you do"
    )
    try:
        return create_once(
            run,
            api,
            send,
            lambda answer: Connector(data(answer), answer=answer),
            lambda api: _appeared(api, body, known),
            unknown,
        )
    except RequestRefused as error:
        _check_service(api, str(body["service"]), error)
        raise


def _ids(api: Administration, body: Mapping[str, Any]) -> set[str]:
    """Return the ids of the group's connectors that may be the one that ``body`` creates."""
    pages = api.list_connectors(str(body["group_id"]))
    rows = (row for page in pages for row in page.items if _may_be_ours(row, body))
    return {row["id"] for row in rows if isinstance(row.get("id"), str)}


def _may_be_ours(row: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Return whether a row has the service and, if ``body`` names one, the schema of the new connector."""
    if row.get("service") != body["service"]:
        return False
    config = body.get("config")
    named = [config.get(key) for key in ("schema_prefix", "schema")] if isinstance(config, Mapping) else []
    schema = str(row.get("schema") or "").casefold()
    wanted = [name.casefold() for name in named if isinstance(name, str) and name]
    return not wanted or any(schema == name or schema.startswith(f"{name}.") for name in wanted)


def _appeared(api: Administration, body: Mapping[str, Any], known: set[str]) -> Connector | None:
    """Return the new connector. Return None if there is none, or several: then it is not known which is ours."""
    new = _ids(api, body) - known
    return api.get_connector(new.pop()) if len(new) == 1 else None


def _check_service(api: Administration, service: str, error: RequestRefused) -> None:
    """Raise UnknownId with similar services if the refusal was because the service is unknown."""
    try:
        api.get_connector_type(service)
    except UnknownId as unknown:
        raise UnknownId(unknown.reason, error.answer, vendor="Fivetran") from error
    except SlipwayError:  # if this read fails, the API's refusal still counts
        return
