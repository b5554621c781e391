"""The text of ``--help``, made from the declaration and the table of exit codes."""

import os
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

from shared.exit_codes import ExitCode
from shared.settings.declaration import Settings, Variable

USUAL_WIDTH, NARROWEST, WIDEST = 80, 40, 100
MOST_LINES = 50
"""Lines of the short form, so that it fits on a screen."""
RARE = (
    *("_CONCURRENCY", "_QUOTA_RESERVE", "_START_TIMEOUT", "_ON_RESCHEDULED", "_ON_RUNNING", "_POLL_INTERVAL"),
    *("_ALL_FIELDS", "_HIDE_SETUP_GUIDE", "_REDIRECT_URI", "_TRUST_CERTIFICATES", "_TRUST_FINGERPRINTS"),
)
"""Endings of variables that few users change."""
NARROWING = ("_GROUP_ID", "_SERVICE", "_SCHEMA", "_NAME", "_TAG", "_WORKSPACE_ID")
"""Endings of variables that select several connectors. One connector is selected more often."""
EXAMPLES = {
    "FIVETRAN_CONNECTOR_ID": "speak_inexpensive",
    "FIVETRAN_GROUP_ID": "Warehouse",
    "FIVETRAN_SERVICE": "postgres",
    "FIVETRAN_WAIT": "TRUE",
    "FIVETRAN_CONFIRM_DELETE": "speak_inexpensive",
    "FIVETRAN_REDIRECT_URI": "https://example.com/done",
    "FIVETRAN_PAUSED": "TRUE",
    "FIVETRAN_MAX_AGE": "6h",
    "FIVETRAN_ENABLE": "sales.orders",
    "FIVETRAN_TRANSFORMATION_ID": "brave_window",
    "FIVETRAN_PROJECT_ID": "wooden_abacus",
    "FIVETRAN_TRANSFORMATION_NAME": "orders",
    "FIVETRAN_RUN_AFTER": "speak_inexpensive",
    "FIVETRAN_GIT_REMOTE_URL": "git@github.com:example/dbt.git",
    "FIVETRAN_DBT_VERSION": "1.9.4",
    "FIVETRAN_DEFAULT_SCHEMA": "analytics",
    "AIRBYTE_CONNECTION_ID": "0e4b0a7e-3d5c-4f5e-9a53-1b6f2f0f6c11",
    "AIRBYTE_WAIT": "TRUE",
}
"""Values of variables in the examples."""


def help_text(name: str, doc: str, declaration: type[Settings], width: int = USUAL_WIDTH) -> str:
    """Return the short form: required variables, common ones, the names of the others, two examples.

    If that is longer than a screen, common variables are moved to the names: those that select several, then the last;
    whether to wait stays.
    """
    groups = grouped(declaration)
    examples = _examples(name, groups, width)
    while True:
        text = _short(name, doc, groups, examples, width)
        if text.count("\n") < MOST_LINES or not groups["Common"]:
            return text
        common = groups["Common"]
        narrowing = [variable for variable in common if variable.name.endswith(NARROWING)]
        others = [variable for variable in common if not variable.name.endswith("_WAIT")]
        common.remove(least := (narrowing or others or common)[-1])
        groups["Rarely needed"].insert(0, least)


def full_help_text(name: str, doc: str, declaration: type[Settings], width: int = USUAL_WIDTH) -> str:
    """Return the long form: every variable with all its facts, and every exit code."""
    lines = [*_head(name, doc, width)]
    for title, variables in grouped(declaration).items():
        lines += ["", f"{title}:"] if variables else []
        for variable in variables:
            lines += [f"  {variable.name}", *_wrapped(describe(variable), width, " " * 6)]
    lines += ["", *_examples(name, grouped(declaration), width), "", "Exit codes (* = try again later):"]
    for code in ExitCode:
        lines += textwrap.wrap(
            f"{code:>5}{'*' if code.retry else ' '} {code.meaning}", width, subsequent_indent=" " * 7
        )
    return "\n".join(lines)


def terminal_width() -> int:
    """Return the columns of stdout, 80 if it is not a terminal."""
    try:
        columns = os.get_terminal_size(1).columns
    except OSError:
        columns = 0
    return min(max(columns or USUAL_WIDTH, NARROWEST), WIDEST)


def grouped(declaration: type[Settings]) -> dict[str, list[Variable[Any]]]:
    """Group the variables by how often they are used."""
    everywhere = {field for owner in declaration.__mro__ if vars(owner).get("rank") == 2 for field in vars(owner)}
    needed = declaration.needed()
    groups: dict[str, list[Variable[Any]]] = {"Needs": [], "Common": [], "Rarely needed": [], "Everywhere": []}
    for variable in declaration.variables():
        if variable.required or variable.rank == 0 or variable.field in needed:
            title = "Needs"
        elif variable.field in everywhere:
            title = "Everywhere"
        else:
            title = "Rarely needed" if variable.name.endswith(RARE) else "Common"
        groups[title].append(variable)
    return groups


def describe(variable: Variable[Any]) -> str:
    """Return a variable's help text with kind, options and default."""
    facts = ["required" if variable.required else "optional", variable.kind.label]
    if variable.secret:
        facts.append(f"or a file named by {variable.name}_FILE")
    if variable.kind.options:
        facts.append("one of " + ", ".join(variable.kind.options))
    if default := default_text(variable):
        facts.append(f"default {default}")
    return f"{variable.help} ({'; '.join(facts)})"


def default_text(variable: Variable[Any]) -> str:
    """Return the default as a user would write it, empty if there is none."""
    value = None if variable.required else variable.default
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short(name: str, doc: str, groups: dict[str, list[Variable[Any]]], examples: list[str], width: int) -> str:
    lines = _head(name, doc, width)
    for title in ("Needs", "Common"):
        lines += ["", f"{title}:"] if groups[title] else []
        for variable in groups[title]:
            lines += textwrap.wrap(
                f"{variable.name}  {_brief(variable)}",
                width,
                initial_indent="  ",
                subsequent_indent="      ",
                break_on_hyphens=False,
            )
    lines.append("")
    for title in ("Rarely needed", "Everywhere"):
        if groups[title]:
            names = ", ".join(variable.name for variable in groups[title])
            lines += _wrapped(f"{title}: {names}", width, "", "  ")
    again = ", ".join(str(int(code)) for code in ExitCode if code.retry)
    lines += ["", *examples, ""]
    lines += _wrapped(
        f"Exit codes: 0 done; try again later after {again}; after any other, put something right.", width
    )
    lines += _wrapped("--help all explains every setting, with its default, and every exit code.", width)
    return "\n".join(lines)


def _head(name: str, doc: str, width: int) -> list[str]:
    """Return the usage line and the blueprint's docstring, wrapped to ``width``."""
    lines = [
        *_wrapped(f"usage: slipway {name} [--help [all] | --version]", width, "", " " * 7),
        *_wrapped(f"   or: python blueprints/{name}.py [--help [all] | --version]", width, "", " " * 7),
    ]
    for paragraph in doc.strip().split("\n\n"):
        lines += ["", *_wrapped(" ".join(paragraph.split()), width)]
    return lines


def _brief(variable: Variable[Any]) -> str:
    default = default_text(variable)
    return variable.help + (f" (default {default})" if default else "")


def _examples(name: str, groups: dict[str, list[Variable[Any]]], width: int) -> list[str]:
    """Return two commands, with the credentials in ``.env``: required variables only, and one common variable more."""
    given = [variable for variable in groups["Needs"] if variable.rank != 0 and variable.name in EXAMPLES]
    common = [
        variable
        for variable in groups["Common"]
        if variable not in given and EXAMPLES.get(variable.name, "") not in ("", default_text(variable))
    ]
    often = sorted(common, key=lambda variable: not variable.name.endswith(("_WAIT", "_PAUSED", "_MAX_AGE", "_ENABLE")))
    alone, more = _assigned(given), _assigned([*given, *often[:1]])
    first = more if "/update_" in name else alone  # an update needs a change
    dry = f"{first}SLIPWAY_DRY_RUN=TRUE "
    second = more if more != first else dry
    if "/delete_" in name:  # deleting cannot be undone, so the dry run comes first
        first, second = dry, first
    is_script = os.path.basename(sys.argv[0]) == os.path.basename(name) + ".py"
    program = f"python blueprints/{name}.py" if is_script else f"slipway {name}"
    shown = [_command(assigned, program, width) for assigned in (first, second)]
    return ["Examples (credentials in .env):", *shown[0], *shown[1]]


def _command(assigned: str, program: str, width: int) -> list[str]:
    """Return a command on one line, or with one line for each word if it is too long. A shell accepts both."""
    line = f"  {assigned}{program}"
    if len(line) <= width:
        return [line]
    first, *others = assigned.split()
    return [f"  {first} \\", *(f"    {one} \\" for one in others), f"    {program}"]


def _assigned(variables: Iterable[Variable[Any]]) -> str:
    return "".join(f"{variable.name}={EXAMPLES[variable.name]} " for variable in variables)


def _wrapped(text: str, width: int, indent: str = "", further: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent if further is None else further,
        break_on_hyphens=False,
        break_long_words=False,
    )
