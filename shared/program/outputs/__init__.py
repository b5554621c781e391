"""Write the result to the places where schedulers read it, if such a place exists or is configured.

Each place has a module, imported only if it is needed, to keep start-up short. ``result`` is plain data and already
redacted. A failure is reported on stderr and never changes the exit code.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from shared.settings.environment import Environment
from shared.settings.kinds import TRUE
from shared.settings.run_settings import KESTRA_OUTPUTS, OUTPUT_DIRECTORY, TERMINATION_LOG
from shared.terminal.streams import say

DAGSTER_PIPES = ("DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES")
"""Variables of a process that Dagster started by Pipes."""
Result = Mapping[str, Any]


def deliver(result: Result, given: Environment, root: str = "/") -> None:
    """Write ``result`` to each place of this environment. ``root`` is the root of the fixed paths."""
    for module, place in places(given, root):
        try:
            write: Callable[[Result, str], None] = import_module(f"shared.program.outputs.{module}").write
            write(result, place)
        except Exception as error:  # in any case the operation's outcome stays
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            say(f"Slipway: warning: the result did not reach {place}: {reason}")


def places(given: Environment, root: str = "/") -> Iterator[tuple[str, str]]:
    """Yield the module and the path of each place that exists or is configured."""
    xcom = os.path.join(root, "airflow/xcom")
    if os.path.isdir(xcom):
        yield "airflow", os.path.join(xcom, "return.json")
    if outputs := given.text("GITHUB_OUTPUT"):
        yield "github_output", outputs
    if summary := given.text("GITHUB_STEP_SUMMARY"):
        yield "github_summary", summary
    log = given.text(TERMINATION_LOG) or os.path.join(root, "dev/termination-log")
    if given.text(TERMINATION_LOG) or os.path.exists(log):
        yield "kubernetes", os.path.expanduser(log)
    if (given.text(KESTRA_OUTPUTS) or "").lower() in TRUE:
        yield "kestra", "stderr"
    directory = os.path.expanduser(given.text(OUTPUT_DIRECTORY) or "")
    if directory and not directory.startswith("~"):  # of an unknown user: the settings have refused it
        yield "parameters", directory
