"""Measure what a process costs: CPU (user and system) and peak memory."""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

KIB_IN_MIB = 1024
MILLI = 1000.0


def new_folder() -> str:
    """Return a new folder, which is removed when this process ends.

    Not earlier: for one to six minutes ext4 without a journal does not use the inodes of deleted files again, and its
    search for others would count as CPU time of the next process that creates files (``recently_deleted`` in
    fs/ext4/ialloc.c). So delete no files before a benchmark of many either.
    """
    return tempfile.mkdtemp(dir=_all_folders().name)


@cache
def _all_folders() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory()


class Case(NamedTuple):
    """One program to measure. ``floor``: the name of the case that it is compared with, "" for none.

    ``empty``: empty its working directory before each start, as in a container without a volume.
    """

    name: str
    command: Sequence[str]
    floor: str = ""
    environ: Mapping[str, str] = {}
    empty: bool = False


def cost(case: Case, environ: Mapping[str, str], cwd: Path) -> tuple[float, float]:
    """Run a process in the working directory ``cwd``. Return its CPU milliseconds and peak MiB. It must succeed."""
    if case.empty:
        shutil.rmtree(cwd, ignore_errors=True)
    cwd.mkdir(parents=True, exist_ok=True)
    with (cwd / "output").open("w+b") as output:
        process = subprocess.Popen(
            list(case.command), env={**environ, **case.environ}, cwd=cwd, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        assert process.returncode == 0, f"{case.name}: {output.read().decode()}"
    return (usage.ru_utime + usage.ru_stime) * MILLI, peak(usage)


def peak(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / KIB_IN_MIB
