"""Act on what keeps a connector from syncing: resume it, test its setup, or say why no sync runs.

Only triggers that meet an obstacle import this module.
"""

from shared.errors import Paused, SetupBroken
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.destination import Destinations
from shared.fivetran.health import findings
from shared.fivetran.policy import Policy
from shared.fivetran.update_confirmation import resume as send_resume
from shared.program.run import Run


def resume(run: Run, api: Fivetran, policy: Policy, connector: Connector) -> None:
    """Resume a paused connector. Raise Paused if FIVETRAN_ON_PAUSED does not ask for that."""
    if policy.on_paused in ("fail", "queue"):
        raise Paused(f"{connector.id} is paused, {policy.why_not_paused()}", vendor="Fivetran")
    run.say(f"Fivetran: {connector.id} is paused; resuming it as FIVETRAN_ON_PAUSED says")
    send_resume(run, api, connector.id)


def handle_broken_setup(run: Run, api: Fivetran, policy: Policy, connector: Connector) -> None:
    """Act on a broken or incomplete setup as FIVETRAN_ON_BROKEN says: fail, run the setup tests, or go on.

    Raise SetupBroken to fail, and if the setup is still broken or incomplete after the tests.
    """
    state = f"the setup of {connector.id} is {connector.setup_state}"
    if policy.on_broken == "fail":
        why = f"{connector.why()}; or set FIVETRAN_ON_BROKEN=test or sync"
        raise SetupBroken(f"{state}: {why}", vendor="Fivetran")
    if policy.on_broken == "sync":
        run.say(f"Fivetran: {state}; triggering anyway, as FIVETRAN_ON_BROKEN says")
        return
    run.say(f"Fivetran: {state}; running its setup tests, as FIVETRAN_ON_BROKEN says")
    answer = api.run_setup_tests(connector.id)
    tested = Connector(data(answer))
    if tested.broken:
        why = f"{state} and its setup tests did not mend it: {tested.why()}"
        raise SetupBroken(why, answer, vendor="Fivetran")


def what_stops(run: Run, api: Fivetran, connector: Connector) -> str:
    """Return what stops all syncs of a connector although its own state is good, "" if nothing is known."""
    if not connector.waits_for_approval and not Destinations(api, run.say).explain(connector):
        return ""
    found = next(findings(connector))
    return f"{found.fact}; {found.meaning}"
