"""Create a dbt project once. One that exists, or was created by a request whose answer was lost, is found again."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.confirmation import create_once
from shared.errors import Unreachable
from shared.exit_codes import ExitCode
from shared.fivetran.answers import data
from shared.fivetran.endpoints.transformation_administration import TransformationAdministration, variable_values
from shared.fivetran.setup_tests import failures
from shared.fivetran.transformations.schedule import DBT, fits, merged
from shared.http.response import Answer
from shared.program.run import Run
from shared.redaction import one_line
from shared.settings.declaration import Settings, Variable
from shared.settings.kinds import BOOLEAN, GROUP, TEXT
from shared.settings.objects import JSON_WITH_SECRETS
from shared.status import Status
from shared.verdict import Verdict


class ProjectSettings(Settings):
    """The fields of a new dbt project. Those that are not given have the API's default."""

    group_id = Variable("FIVETRAN_GROUP_ID", GROUP, "the group whose destination it transforms: its id or its name")
    git_remote_url = Variable(
        "FIVETRAN_GIT_REMOTE_URL", TEXT, "the repository, by SSH, as in git@github.com:example/dbt.git"
    )
    git_branch = Variable("FIVETRAN_GIT_BRANCH", TEXT, "the branch of the repository", None)
    git_folder = Variable("FIVETRAN_GIT_FOLDER", TEXT, "the folder of the repository that has the project", None)
    dbt_version = Variable("FIVETRAN_DBT_VERSION", TEXT, "the version of dbt that runs it, as in 1.9.4")
    default_schema = Variable("FIVETRAN_DEFAULT_SCHEMA", TEXT, "the schema of the destination that it writes to")
    run_setup_tests = Variable(
        "FIVETRAN_RUN_SETUP_TESTS",
        BOOLEAN,
        "TRUE tests it at once; that fails until the repository accepts the project's public key",
        False,
    )
    custom_fields = Variable(
        "FIVETRAN_CUSTOM_FIELDS",
        JSON_WITH_SECRETS,
        "further fields of the API's create call, as in project_config; the variables above take precedence",
        None,
    )

    def body(self, group_id: str) -> dict[str, Any]:
        """Return the body of the request."""
        config = {
            "git_remote_url": self.git_remote_url,
            "git_branch": self.git_branch,
            "folder_path": self.git_folder,
            "dbt_version": self.dbt_version,
            "default_schema": self.default_schema,
        }
        own = {
            "group_id": group_id,
            "type": DBT,
            "run_tests": self.run_setup_tests,
            "project_config": {name: value for name, value in config.items() if value is not None},
        }
        return merged(self.custom_fields or {}, own)

    def secrets(self) -> list[str]:
        return [*super().secrets(), *variable_values((self.custom_fields or {}).get("project_config"))]


class Project(NamedTuple):
    """``data`` of a project's details, and the answer that has it."""

    data: Mapping[str, Any]
    answer: Answer
    created: bool = True

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def config(self) -> Mapping[str, Any]:
        found = self.data.get("project_config")
        return found if isinstance(found, Mapping) else {}

    def verdict(self) -> Verdict:
        """Return the verdict: 218 if the setup has failed, else 0."""
        errors = self.data.get("errors")
        failed = failures(self.data) or ([str(one) for one in errors] if isinstance(errors, list) else [])
        status = one_line(str(self.data.get("status") or "in no known state"), 60)
        if failed or status == "ERROR":
            words = one_line("; ".join(failed), 1000) or "its status is ERROR"
            return Verdict(ExitCode.SETUP_BROKEN, Status.TESTS_FAILED, f"its setup failed: {words}")
        made = Status.CREATED if self.created else Status.UNCHANGED
        ready = "it is ready" if status == "READY" else f"it is {status.lower().replace('_', ' ')} yet"
        return Verdict(ExitCode.DONE, made, ready)


def project_of(answer: Answer, *, created: bool = True) -> Project:
    """Parse a project from an answer. Raise Unreachable if the answer has none."""
    found = data(answer)
    if not found.get("id"):
        raise Unreachable("the answer has no dbt project", answer, vendor="Fivetran")
    return Project(found, answer, created)


def create(run: Run, api: TransformationAdministration, body: Mapping[str, Any]) -> Project:
    """Create a project, unless the group has one with the same repository, branch and folder.

    Raise TriggerUnknown (202) if none is found after a lost answer.
    """
    if found := _existing(api, body):
        return found
    created = create_once(
        run,
        api,
        lambda: api.create_project(body),
        project_of,
        lambda api: _existing(api, body),
        "unknown whether the project was created, and it was not sent again: run this again, which checks first",
    )
    return created._replace(created=True)


def _existing(api: TransformationAdministration, body: Mapping[str, Any]) -> Project | None:
    """Return the group's project with the same repository. The list does not show repositories, so each is read."""
    names = ("git_remote_url", "git_branch", "folder_path")
    wanted = {name: body["project_config"][name] for name in names if name in body["project_config"]}
    for page in api.list_projects():
        for row in page.items:
            if row.get("group_id") == body["group_id"] and row.get("id"):
                found = project_of(api.get_project(str(row["id"])), created=False)
                if fits(wanted, found.config):
                    return found
    return None
