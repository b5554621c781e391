"""update_connector for a batch, which the user confirms by the number of connectors."""

from collections.abc import Mapping
from typing import Any

from shared.errors import InvalidInput
from shared.exit_codes import ExitCode
from shared.fivetran.answers import data
from shared.fivetran.batch.batch import Batch
from shared.fivetran.batch.reading import Reading
from shared.fivetran.batch.row import Row
from shared.fivetran.connector import Connector
from shared.fivetran.rows import numbers
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.update import UpdateSettings, changed, check_against, in_words
from shared.fivetran.update_confirmation import send
from shared.program.run import Outcome, Run
from shared.status import Status


def update(
    run: Run,
    account: FivetranSettings,
    selection: SelectionSettings,
    *,
    changing: UpdateSettings,
    confirm_count: int | None,
) -> Outcome:
    """Send the same change to every selected connector, if FIVETRAN_CONFIRM_COUNT says how many there are."""
    batch = Batch(run, account, selection)
    if selection.connector_ids:
        confirm(confirm_count, len(selection.connector_ids))
    confirm(confirm_count, len(batch.select()))
    for clash in changing.clashes():
        run.say(f"Slipway: warning: {clash}")
    try:
        batch.each(batch.read(), "update", lambda reading: _updated(batch, reading, changing.changes()))
        return batch.conclude()
    finally:
        batch.progress.close()


def confirm(count: int | None, selected: int) -> None:
    """Raise InvalidInput unless ``count`` is the number of selected connectors."""
    if count == selected:
        return
    given = "is not given" if count is None else f"is {count}"
    raise InvalidInput(
        f"this would change {selected} connectors and FIVETRAN_CONFIRM_COUNT {given}; nothing was changed. "
        f"If you mean all of them, set FIVETRAN_CONFIRM_COUNT={selected}"
    )


def _updated(batch: Batch, reading: Reading, changes: Mapping[str, Any]) -> Row:
    connector = reading.found
    check_against(connector, changes)
    sent = send(batch.run, batch.api, reading.subject, changes)
    after = Connector(data(sent.answer))
    found = changed(numbers(connector.data), after.data, changes)
    row = Row(reading.subject, ExitCode.DONE, Status.UPDATED, f"updated: {in_words(found)}{sent.words}").about(after)
    row.answer, row.more = sent.answer, {"changed": found}
    return row
