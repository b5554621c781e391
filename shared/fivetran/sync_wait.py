"""Wait for the sync of one connector."""

from typing import NamedTuple

from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.earlier_syncs import ASK_AFTER, learn
from shared.fivetran.record import Record
from shared.fivetran.settings import WaitSettings
from shared.fivetran.sync_age import SyncAge
from shared.fivetran.sync_watch import WaitPolicy, Watch, start_again, stretch
from shared.past_runs import PastRuns
from shared.polling import Polled, Wait
from shared.program.run import ResponseFile, Run
from shared.terminal.progress import OneProgress
from shared.verdict import Verdict


class Ended(NamedTuple):
    """How a wait ended: the final verdict, and the connector that it was read from."""

    verdict: Verdict
    connector: Connector


class SyncWait:
    """One connector's wait."""

    def __init__(
        self,
        run: Run,
        settings: WaitSettings,
        api: Fivetran,
        connector_id: str,
        record: Record | None,
        response: ResponseFile,
    ) -> None:
        self.run = run
        self.quota_reserve = settings.quota_reserve
        self.response = response
        self.connector_id = connector_id
        self._progress = OneProgress(run, connector_id)
        self._age = SyncAge(record)
        self._past = PastRuns(run, connector_id)
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, self._progress, run.clock)
        self._asks = self._age.usual and settings.poll_interval is None and not self._past.known
        self._expect()
        self._watch = Watch(connector_id, record, WaitPolicy(settings, self._wait, self._is_cut_off), self._start_again)
        self.api = api.until(self._wait.deadline)

    def until_ended(self) -> Ended:
        """Poll until the verdict is final.

        Raises DeadlineReached (221), RateLimited (222), NotStarted (217), CredentialsRefused, UnknownId or
        RequestRefused.
        """
        with self._progress:
            ended = self._wait.until(self._poll)
        self._age.keep(ended.verdict, ended.connector, self._past)
        return ended

    def _poll(self) -> Polled[Ended]:
        connector = self.api.get_connector(self.connector_id)
        self.response.last = connector.answer
        self.run.note(**connector.facts())
        self._progress.state = connector.sync_state
        judged = self._watch.judge(connector)
        age = self._age.seen(connector, judged)
        if self._asks and age is not None and age > ASK_AFTER and not judged.final:
            self._asks = False
            learn(self.run, self.api, self.quota_reserve, connector, self._past)
            self._expect()
        usage = self.api.client.usage
        return Polled(
            Ended(judged.verdict, connector) if judged.final else None,
            f"Fivetran: {self.connector_id}: {judged.verdict.reason}",
            self._watch.must_start_in if judged.due_in is None else judged.due_in,
            usage.quota_share,
            stretch=stretch(usage.quota_remaining, self.quota_reserve),
            age=age,
        )

    def _expect(self) -> None:
        """Set the poll schedule and the progress line by the durations of earlier runs."""
        self._progress.last_took = self._past.last_took
        if self._age.usual:
            self._wait.schedule = self._past.schedule()

    def _is_cut_off(self, connector: Connector) -> bool:
        from shared.fivetran.destination import Destinations  # few syncs are given up

        return Destinations(self.api, self.run.say).explain(connector)

    def _start_again(self, connector_id: str) -> None:
        start_again(self.run, self.api, connector_id)
