"""The settings of a historical sync."""

from collections.abc import Iterator

from shared.fivetran.policy import Policy
from shared.fivetran.scope import SCOPE
from shared.fivetran.settings import TriggerSettings, WaitSettings
from shared.settings.declaration import Problem, Variable
from shared.settings.kinds import select


class ResyncSettings(WaitSettings):
    """The tables to sync again, and what to do about a paused connector."""

    scope = Variable("FIVETRAN_SCOPE", SCOPE, 'tables by schema, as in {"sales": ["orders"]}; blank: everything', None)
    on_paused = Variable(
        "FIVETRAN_ON_PAUSED",
        select("fail", "queue", "resume", "skip"),
        "if the connector is paused: fail (216), queue the re-sync until it is resumed (0), resume it, or skip it (0)",
        "fail",
    )
    on_broken = TriggerSettings.on_broken

    @property
    def policy(self) -> Policy:
        return Policy(
            on_running="fail", on_paused=self.on_paused, on_broken=self.on_broken, resync=True, scope=self.scope
        )

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.wait and self.on_paused == "queue":
            text = "queue and FIVETRAN_WAIT=TRUE: a paused connector may never be resumed; give only one of them"
            yield Problem("FIVETRAN_ON_PAUSED", text)
