"""Run a blueprint as a process of its own and return its result, for schedulers that are written in Python.

A blueprint's contract is its process: variables in; an exit code, one line of JSON and files out. Nothing of Slipway
but this module is imported into the calling program.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from difflib import get_close_matches
from typing import IO, Any, NamedTuple

from slipway.layout import home

if sys.version_info < (3, 10):  # noqa: UP036  # pip checks this only where it installs the package
    raise ImportError("Slipway needs Python 3.10 or newer; %s is %d.%d" % (sys.executable, *sys.version_info[:2]))  # noqa: UP031

TO_END = 10.0
"""Seconds that an interrupted blueprint has to write its result before it is killed."""


class Result(NamedTuple):
    """How a blueprint ended.

    ``fields`` has all fields of the result line, as in ``fields["execution_time"]``. It is empty if the process wrote
    no result, because Python could not start it or it was killed.
    """

    code: int
    status: str
    retry: bool
    """Whether the same step, run again later, may end differently."""
    message: str
    fields: dict[str, Any]


class Ended(Exception):
    """A blueprint did not exit with 0. With ``check=True`` raised as TryAgain or as Failed."""

    def __init__(self, blueprint: str, result: Result) -> None:
        super().__init__(blueprint, result)
        self.blueprint = blueprint
        self.result = result

    def __str__(self) -> str:
        return f"{self.blueprint} exited with {self.result.code}: {self.result.message}"

    def __repr__(self) -> str:
        """Return a short text, because schedulers log it."""
        return f"{type(self).__name__}({str(self)!r})"


class TryAgain(Ended):
    """The same step, run again later, may end differently: not finished yet, unreachable, interrupted."""


class Failed(Ended):
    """The same step, run again, would fail again."""


def run(
    blueprint: str,
    /,
    *,
    check: bool = False,
    cwd: "str | os.PathLike[str] | None" = None,
    log: Callable[[str], object] | None = None,
    python: str = sys.executable,
    **variables: str | int | float | None,
) -> Result:
    """Run a blueprint, as in ``run("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive")``.

    ``variables`` are added to this process's environment. True and False become TRUE and FALSE; None removes one.
    ``cwd`` is the working directory, in which steps find each other's files. What the blueprint says on stderr goes to
    this process's stderr, or line by line to ``log``. ``python`` is an interpreter that has requests and python-dotenv.

    Raises ValueError for a blueprint that does not exist, TypeError for a variable whose name is not in upper case, and
    with ``check`` TryAgain or Failed unless the blueprint exits with 0 and a result. If an exception ends the wait
    (KeyboardInterrupt, or whatever a scheduler raises to cancel a task), the blueprint is terminated before the
    exception goes on; a sync that it started keeps running.
    """
    command = [python, _script(blueprint)]
    environ = _environment(variables)
    with tempfile.TemporaryFile() as stdout:
        stderr = None if log is None else subprocess.PIPE
        with subprocess.Popen(command, cwd=cwd, env=environ, stdout=stdout, stderr=stderr) as process:
            try:
                if log is not None:
                    _pass_on(process, log)
                process.wait()
            except BaseException:
                _end(process)
                raise
        stdout.seek(0)
        result = _result(process.returncode, stdout)
    if check and (result.code or not result.fields):
        raise (TryAgain if result.retry else Failed)(blueprint, result)
    return result


def _script(blueprint: str) -> str:
    folder = os.path.join(home(), "blueprints")
    if not os.path.isdir(folder):
        raise RuntimeError(f"slipway.run() needs an installed package or a checkout, and {folder} is no folder")
    vendors = [entry.name for entry in os.scandir(folder) if entry.is_dir() and entry.name[0] not in "_."]
    scripts = {
        f"{vendor}/{os.path.splitext(file)[0]}": os.path.join(folder, vendor, file)
        for vendor in vendors
        for file in os.listdir(os.path.join(folder, vendor))
        if file.endswith(".py") and not file.startswith("_")
    }
    if blueprint not in scripts:
        near = " or ".join(get_close_matches(blueprint, scripts, cutoff=0))
        raise ValueError(f"there is no blueprint {blueprint!r}; did you mean {near}?")
    return scripts[blueprint]


CALLERS_OWN = frozenset({"DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES"})
"""Variables that are not passed on: Dagster reads messages from the calling program, not from its blueprints."""


def _environment(variables: dict[str, str | int | float | None]) -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if name not in CALLERS_OWN}
    for name, value in variables.items():
        if not name.isupper():
            raise TypeError(f"run() has no argument {name!r}, and names of variables are in upper case")
        if value is None:
            environ.pop(name, None)
        else:
            environ[name] = str(value).upper() if isinstance(value, bool) else str(value)
    return environ


def _pass_on(process: "subprocess.Popen[bytes]", log: Callable[[str], object]) -> None:
    """Pass each line of stderr to ``log`` in this thread, because a scheduler's logger belongs to the task's thread."""
    for line in process.stderr or ():
        log(line.decode("utf-8", "replace").rstrip("\r\n"))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Terminate the process; kill it if that takes long. Its stderr is closed, so that nothing can block it."""
    process.terminate()
    if process.stderr:
        process.stderr.close()
    try:
        process.wait(TO_END)
    except subprocess.TimeoutExpired:
        process.kill()


def _result(code: int, stdout: IO[bytes]) -> Result:
    text = stdout.read().decode("utf-8", "replace")
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if isinstance(fields, dict) and fields.get("exit_code") == code:
        return Result(code, str(fields["status"]), bool(fields["retry"]), str(fields["message"]), fields)
    if code < 0:
        name = signal.Signals(-code).name
        return Result(128 - code, "killed", True, f"{name} killed the process; a sync that it started goes on", {})
    return Result(code, "no_result", False, f"the process left no result; stderr says why: {text[:200]!r}", {})
