"""A real Airflow 3 whose DAGs are the examples, and what its database has after a run."""

import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from tests.schedulers.examples import ROOT


class Task(NamedTuple):
    state: str
    tries: int


class Airflow:
    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self.binaries = binaries
        self.environ: dict[str, str] = {}

    def __call__(self, *arguments: str, dags: Path = ROOT / "schedulers") -> "subprocess.CompletedProcess[str]":
        settings = {
            "AIRFLOW_HOME": str(self.folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW_VAR_SLIPWAY_CONNECTORS": "speak_inexpensive,intrinsic_coolness",
        }
        command = [str(self.binaries / "airflow"), *arguments]
        return subprocess.run(command, env={**self.environ, **settings}, capture_output=True, text=True, timeout=600)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.folder / "airflow.db") as database:
            return database.execute(query).fetchall()

    def tasks(self) -> dict[str, Task]:
        """Return the task instances of the last run, by task id and map index."""
        rows = self.rows(
            "select task_id, map_index, state, try_number from task_instance"
            " where run_id = (select run_id from dag_run order by id desc limit 1)"
        )
        return {name if index < 0 else f"{name}[{index}]": Task(state, tries) for name, index, state, tries in rows}

    def xcom(self, task: str) -> Any:
        rows = self.rows(
            f"select value from xcom where task_id = '{task}' and key = 'return_value' "  # noqa: S608  # task: ours
            "order by dag_run_id desc limit 1"
        )
        return json.loads(rows[0][0]) if isinstance(rows[0][0], str | bytes) else rows[0][0]
