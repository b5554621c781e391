"""Cancel the run of a transformation, and read it until it has ended."""

from shared.confirmation import readings
from shared.errors import NotArrived, RequestRefused, SlipwayError, UnknownId, Unreachable
from shared.exit_codes import ExitCode
from shared.fivetran.endpoints.transformation_administration import TransformationAdministration
from shared.fivetran.transformations.transformation import Transformation
from shared.program.run import Outcome, ResponseFile, Run
from shared.status import Status

LONGEST = 60.0
"""Seconds. A cancelled run is read every 2 s until it has ended or this time is over."""


def cancel(run: Run, api: TransformationAdministration, before: Transformation, response: ResponseFile) -> Outcome:
    """Cancel the current run with one request, and read it until it has ended, for at most a minute.

    The readings decide, not the answer to the request. Raise the request's error if the run goes on after it.
    """
    response.save(before.answer)
    if not before.is_running:
        return Outcome(Status.NOTHING_RUNS, f"nothing to cancel: {before.id} is {before.status.lower()}")
    failed: SlipwayError | None = None
    if before.status != "TERMINATING":  # else somebody has cancelled it already
        try:
            response.save(api.cancel_transformation(before.id))
            run.achieved = f"the cancellation of the run of {before.id} was requested"
        except NotArrived:
            raise
        except (RequestRefused, UnknownId, Unreachable) as error:
            run.say(f"{error.message}; reading the transformation itself")
            failed = error
    status = before.status
    for now in readings(run, api, lambda view: view.get_transformation(before.id), LONGEST):
        status = now.status
        run.note(**now.facts())
        response.last = now.answer
        if now.status == "CANCELED":
            return Outcome(Status.CANCELLED, f"the run of {before.id} was cancelled")
        if not now.is_running:
            reason = f"it ended before it could be cancelled: {before.id} is {now.status.lower()}"
            return Outcome(Status.ENDED_BEFORE, reason)
        if failed and not isinstance(failed, Unreachable) and status != "TERMINATING":
            raise failed
    if failed and status != "TERMINATING":
        raise failed
    reason = f"cancellation of the run of {before.id} was requested, and it has not ended yet"
    return Outcome(Status.CANCELLING, reason, ExitCode.NOT_FINISHED)
