"""Show a schema configuration as a tree, with the source's columns if wanted."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from shared.fivetran.endpoints.schemas import Schemas
from shared.fivetran.listing import LONGEST
from shared.fivetran.schemas.config import SchemaConfig
from shared.fivetran.schemas.paths import Path, written
from shared.fivetran.schemas.update import columns_of
from shared.http.response import Answer
from shared.listing import MOST_SHOWN
from shared.program.run import Run
from shared.redaction import one_line
from shared.terminal.table import MOST_ROWS, tree

Tree = dict[str, Any]


def show(run: Run, config: SchemaConfig, only: Iterable[Path] | None) -> list[str]:
    """Write the tree of all tables, or of those in ``only``. Return the first twenty paths for the result."""
    wanted = None if only is None else set(only)
    tables = [path for path, _ in config.tables() if wanted is None or path in wanted]
    lines = list(islice(tree(_labels(config, tables, every=only is None)), MOST_ROWS + 1))
    for line in lines[:MOST_ROWS]:
        run.say(line)
    if len(lines) > MOST_ROWS:
        run.say("| and more, in the response file")
    return [one_line(written(path), LONGEST) for path in tables[:MOST_SHOWN]]


def _labels(config: SchemaConfig, tables: Iterable[Path], every: bool) -> Tree:
    schemas: Tree = {_label(name, one): {} for name, one in config.below(()).items()}
    for schema, table in tables:
        node = schemas[_label(schema, config.find((schema,)) or {})]
        columns = config.below((schema, table))
        node[_label(table, config.find((schema, table)) or {})] = {_label(n, one): {} for n, one in columns.items()}
    return {label: below for label, below in schemas.items() if below or every}


def _label(name: str, node: Mapping[str, Any]) -> str:
    """Return a label such as ``orders: enabled, SOFT_DELETE`` or ``email: enabled, hashed``."""
    words = ["enabled" if node.get("enabled") is True else "disabled"]
    words += [str(node["sync_mode"])] if node.get("sync_mode") else []
    words += [word for word, field in (("hashed", "hashed"), ("primary key", "is_primary_key")) if node.get(field)]
    settings = node.get("enabled_patch_settings")
    if isinstance(settings, Mapping) and settings.get("allowed") is False:
        why = settings.get("reason") or settings.get("reason_code")
        words.append(f"fixed ({why})" if why else "fixed")
    return f"{name}: {', '.join(words)}"


def live_columns(run: Run, api: Schemas, connector_id: str, tables: Iterable[Path]) -> dict[Path, Any]:
    """Read the tables' columns from the source and save all answers in one file."""
    answers = {}
    for path in dict.fromkeys(tables):
        run.say(f"Fivetran: asking the source of {connector_id} for the columns of {written(path)}")
        answers[path] = api.get_columns(connector_id, *path)
    run.save_response(_together(answers), f"columns_{connector_id}")
    return {path: columns_of(answer) for path, answer in answers.items()}


def _together(answers: Mapping[Path, Answer]) -> Answer:
    """Return one answer: ``{"sales.orders": <the unchanged answer>, ...}``."""
    from json import dumps

    parts = [f"{dumps(written(path))}: {answer.text}" for path, answer in answers.items()]
    return Answer(200, {}, f"{{{', '.join(parts)}}}".encode())
