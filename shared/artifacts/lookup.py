"""Which earlier trigger is asked about: the records of the step before, found by run ids, else by plain names.

Of each run its sidecar is read, else its contract pickle. Runs are looked for in this order: the upstream runs, this
run's own id, and runs without an id (their sidecar, the pickle, then what the vendor's official package left).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import FOLDER, Record, Shape, read_pickle, read_sidecar, sidecar_of
from shared.errors import ArtifactUnusable, InvalidInput, NotStarted
from shared.timestamps import EPOCH

T = TypeVar("T", bound=Record)


class Lookup(Generic[T]):
    """The records that one run can see.

    For messages: ``noun`` is what they are about, ``variable`` the one that names it, ``required`` all that may.
    """

    def __init__(
        self,
        artifacts: Artifacts,
        shape: Shape[T],
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
        self._variable = variable
        self._required = required
        self._folder = artifacts.path(FOLDER, "")

    def find(self, subject: str | None) -> T | None:
        """The record of ``subject``, or of the only one that the step before triggered; None where there is none.

        Raises InvalidInput (206) where nothing or more than one comes into question, or the files are about something
        else than ``subject``; ArtifactUnusable (207) where upstream runs left nothing; NotStarted (217) where the step
        before was about several and could not even read which.
        """
        found = self._upstream() if self._upstream_ids else self._own() or self._plain(subject)
        if not found and subject is None:
            raise InvalidInput(
                f"{self._required} is required: no earlier step left the record of a {self._noun} in {self._folder}; "
                "give the id, or run after execute_sync in the same working directory"
            )
        return self._chosen(found, subject)

    def several(self) -> list[T]:
        """The records of one earlier run that was about several; [] where it was about one, or there is none.

        Several upstream runs are not taken together: which of them is meant is for the user to say.
        """
        if not self._upstream_ids and not (own := self._own()):
            return self._plain_batch()
        runs = self._of_runs() if self._upstream_ids else [own]
        return runs[0] if len(runs) == 1 and len(runs[0]) > 1 else []

    def of_each(self) -> dict[str, T]:
        """The newest record of each that an earlier step triggered, by its id.

        Raises ArtifactUnusable where upstream runs left nothing.
        """
        found = self._upstream() if self._upstream_ids else self._own() or self._plain_batch() or self._plain(None)
        return {str(one.subject): one for one in sorted(found, key=_moment)}

    def _upstream(self) -> list[T]:
        """Those runs' records. Where none left a file there is no verdict, rather than one about some other run."""
        found = [record for records in self._of_runs() for record in records]
        if not found:
            raise ArtifactUnusable(
                f"none of the upstream runs {', '.join(self._upstream_ids)} left a file in {self._folder}; "
                "did the trigger run, and in this working directory?"
            )
        return found

    def _of_runs(self) -> list[list[T]]:
        """The records of the upstream runs, without those that left none.

        Raises NotStarted where none has any and one could not even read what it was about.
        """
        found: list[list[T]] = []
        nobody: NotStarted | None = None
        for run_id in self._upstream_ids:
            try:
                found.append(self._of_run(run_id))
            except NotStarted as error:
                nobody = error
        if nobody and not any(found):
            raise nobody
        return [records for records in found if records]

    def _own(self) -> list[T]:
        return self._of_run(self._run_id) if self._run_id else []

    def _of_run(self, run_id: str) -> list[T]:
        name = sidecar_of(self._shape, run_id)
        return self._sidecar(name) or self._pickle(run_id) or self._nobody(name)

    def _nobody(self, name: str) -> list[T]:
        """[] of a run that left no sidecar. One without a record says NotStarted: no older run's may answer then."""
        if self._artifacts.read(FOLDER, name) is None:
            return []
        where = self._artifacts.path(FOLDER, name)
        raise NotStarted(
            f"the step before could not read which {self._noun}s it was about and started nothing ({where})"
        )

    def _plain(self, subject: str | None) -> list[T]:
        """The records of runs without a run id."""
        if subject:
            own = self._sidecar(sidecar_of(self._shape, subject))
            return own or self._plain_batch() or self._pickle(None) or self._shape.official(self._artifacts)
        if last := self._pickle(None):
            return [self._best(record) for record in last]
        if self._shape.also and (theirs := self._shape.official(self._artifacts)):
            return theirs  # a run of ours that was refused since would have removed it
        # No pickle: the last trigger was refused, or never came so far. Its sidecar is named after its subject.
        names = [name for name in self._artifacts.names(FOLDER) if name.endswith(f"_{self._shape.stem}.json")]
        found = [(name, record) for name in names for record in self._sidecar(name)]
        named = [record for name, record in found if name == sidecar_of(self._shape, record.subject)]
        return named or self._shape.official(self._artifacts)

    def _plain_batch(self) -> list[T]:
        """The files of a run about several and without a run id: its sidecar, else its pickle.

        A pickle of one that the sidecar does not tell of is a later run's, which somebody else's trigger left.
        """
        pairs, found = self._pickle(None), self._sidecar(sidecar_of(self._shape, None))
        told = {(one.subject, one.execution_time) for one in found}
        if len(pairs) == 1 and (pairs[0].subject, pairs[0].execution_time) not in told:
            return []
        return found or pairs or self._nobody(sidecar_of(self._shape, None))

    def _best(self, pickled: T) -> T:
        """The sidecar's record of a pickled trigger where it tells of the same one, else the pickle's own."""
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
                    f"{self._variable} is {subject!r}, but the step before triggered {', '.join(names)}; "
                    "leave it blank to check that, or run this step apart from it"
                )
            records = [one for one in records if one.subject in (None, subject)]
        elif len(names) > 1:
            raise InvalidInput(
                f"{self._variable} is required: several came before, {', '.join(names)}; give one of them"
            )
        return max(records, key=_moment, default=None)


def _moment(record: Record) -> datetime:
    return record.execution_time or EPOCH
