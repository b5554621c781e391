"""Find the records of the previous step, by run ids or else by names without a run id.

The order is: the upstream runs, this run's own id, and runs without an id (sidecar, pickle, then the files of the
vendor's official package). A run's sidecar is read, or its pickle if it left no sidecar.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import FOLDER, pickle_is_of_one, read_pickle, read_sidecar, sidecar_of
from shared.errors import ArtifactUnusable, InvalidInput, NotStarted
from shared.timestamps import EPOCH

if TYPE_CHECKING:
    from shared.artifacts.record_shape import Record, Shape

T = TypeVar("T", bound="Record")


class Lookup(Generic[T]):
    """The records that one run can find.

    For messages: ``noun`` names what was triggered, ``variable`` is the setting with its id, ``required`` names all
    settings of which one is needed.
    """

    def __init__(
        self,
        artifacts: Artifacts,
        shape: "Shape[T]",
        *,
        run_id: str | None,
        upstream_ids: Sequence[str],
        noun: str,
        variable: str,
        required: str,
    ) -> None:
        self._artifacts = artifacts
        self._shape = shape
        self._run_id = run_id
        self._upstream_ids = upstream_ids
        self._noun = noun
        self.variable = variable
        self._required = required
        self._folder = artifacts.path(FOLDER, "")

    def find(self, subject: str | None) -> T | None:
        """Return the record of ``subject``, or the only one that the previous step triggered; None if there is none.

        Raise InvalidInput (206) if no id is known, if several are possible, or if the files are about another id;
        ArtifactUnusable (207) if upstream runs left no file; NotStarted (217) if the previous step was a batch that
        could not read its selection.
        """
        found = self._upstream() if self._upstream_ids else self._own() or self._plain(subject)
        if not found and subject is None:
            raise InvalidInput(
                f"{self._required} is required: no earlier step left the record of a {self._noun} in {self._folder}; "
                f"give the id, or run after execute_sync in the same working directory{self._of_other_runs()}"
            )
        return self._chosen(found, subject)

    def several(self) -> list[T]:
        """Return the records of the previous step if it was a batch, else [].

        Several upstream runs are not combined: the user has to choose one.
        """
        if not self._upstream_ids and not (own := self._own()):
            return self._plain_batch()
        runs = self._of_runs() if self._upstream_ids else [own]
        return runs[0] if len(runs) == 1 and len(runs[0]) > 1 else []

    def of_each(self) -> dict[str, T]:
        """Return the newest record of each id that an earlier step triggered.

        Raise ArtifactUnusable if upstream runs left no file.
        """
        found = self._upstream() if self._upstream_ids else self._own() or self._plain_batch() or self._plain(None)
        return {str(one.subject): one for one in sorted(found, key=_moment)}

    def _upstream(self) -> list[T]:
        """Return the upstream runs' records. Raise ArtifactUnusable if they left none: older files are not used."""
        found = [record for records in self._of_runs() for record in records]
        if not found:
            raise ArtifactUnusable(
                f"none of the upstream runs {', '.join(self._upstream_ids)} left a file in {self._folder}; "
                "did the trigger run, and in this working directory?"
            )
        return found

    def _of_runs(self) -> list[list[T]]:
        """Return the records of the upstream runs, skipping runs without files.

        Raise NotStarted if none has any and one recorded a failed selection.
        """
        found: list[list[T]] = []
        failed: NotStarted | None = None
        for run_id in self._upstream_ids:
            try:
                found.append(self._of_run(run_id))
            except NotStarted as error:
                failed = error
        if failed and not any(found):
            raise failed
        return [records for records in found if records]

    def _own(self) -> list[T]:
        return self._of_run(self._run_id) if self._run_id else []

    def _of_run(self, run_id: str) -> list[T]:
        name = sidecar_of(self._shape, run_id)
        return self._sidecar(name) or self._pickle(run_id) or self._failed_selection(name)

    def _of_other_runs(self) -> str:
        """Return advice for a message if runs with other ids left records. Only their pickles are named so."""
        ending = f"_{self._shape.stem}.pickle"
        runs = [name.removesuffix(ending) for name in self._artifacts.names(FOLDER) if name.endswith(ending)]
        if not runs:
            return ""
        return (
            f". Runs with other ids left one: to follow such a run name it, as in SLIPWAY_UPSTREAM_RUN_IDS={runs[-1]}"
        )

    def _failed_selection(self, name: str) -> list[T]:
        """Return [] if a run left no sidecar. Raise NotStarted for an empty one: its selection could not be read."""
        if self._artifacts.read(FOLDER, name) is None:
            return []
        where = self._artifacts.path(FOLDER, name)
        raise NotStarted(
            f"the step before could not read which {self._noun}s it was about and started nothing ({where})"
        )

    def _plain(self, subject: str | None) -> list[T]:
        """Return the records of runs without a run id."""
        if subject:
            own = self._sidecar(sidecar_of(self._shape, subject))
            return own or self._plain_batch() or self._pickle(None) or self._shape.official(self._artifacts)
        if last := self._pickle(None):
            return [self._best(record) for record in last]
        if self._shape.also and (theirs := self._shape.official(self._artifacts)):
            return theirs  # a later run of Slipway's that was refused would have removed it
        # No pickle: the last trigger was refused or stopped early. Its sidecar is named after its subject.
        names = [name for name in self._artifacts.names(FOLDER) if name.endswith(f"_{self._shape.stem}.json")]
        found = [(name, record) for name in names for record in self._sidecar(name)]
        named = [record for name, record in found if name == sidecar_of(self._shape, record.subject)]
        return named or self._shape.official(self._artifacts)

    def _plain_batch(self) -> list[T]:
        """Return the records of a batch without a run id: of its sidecar, or else of its pickle.

        A pickle with a single pair that is not in the sidecar was left later, by another program's trigger.
        """
        found = self._sidecar(sidecar_of(self._shape, None))
        if len(found) > 1 and not pickle_is_of_one(self._artifacts, self._shape):
            return found
        pairs = self._pickle(None)
        known = {(one.subject, one.execution_time) for one in found}
        if len(pairs) == 1 and (pairs[0].subject, pairs[0].execution_time) not in known:
            return []
        return found or pairs or self._failed_selection(sidecar_of(self._shape, None))

    def _best(self, pickled: T) -> T:
        """Return the sidecar's record of a pickled trigger, or the pickle's own if the sidecar is about another one."""
        beside = self._sidecar(sidecar_of(self._shape, pickled.subject))
        return next((one for one in beside if one.execution_time == pickled.execution_time), pickled)

    def _sidecar(self, name: str) -> list[T]:
        return read_sidecar(self._artifacts, self._shape, name)

    def _pickle(self, run_id: str | None) -> list[T]:
        return read_pickle(self._artifacts, self._shape, run_id)

    def _chosen(self, found: Iterable[T], subject: str | None) -> T | None:
        records = list(found)
        names = sorted({one.subject for one in records if one.subject is not None})
        if subject:
            if names and subject not in names:
                raise InvalidInput(
                    f"{self.variable} is {subject!r}, but the step before triggered {', '.join(names)}; "
                    "leave it blank to check that, or run this step apart from it"
                )
            records = [one for one in records if one.subject in (None, subject)]
        elif len(names) > 1:
            raise InvalidInput(
                f"{self.variable} is required: several came before, {', '.join(names)}; give one of them"
            )
        return max(records, key=_moment, default=None)


def _moment(record: "Record") -> datetime:
    return record.execution_time or EPOCH
