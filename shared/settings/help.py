"""What ``--help`` prints, made from the declaration and the exit-code table."""

import textwrap
from typing import Any

from shared.exit_codes import ExitCode
from shared.settings.declaration import Settings, Variable

WIDTH = 100


def help_text(name: str, doc: str, declaration: type[Settings]) -> str:
    """What the blueprint does, its variables in order, and its ways out."""
    usage = [f"usage: slipway {name} [--help | --version]", f"   or: python blueprints/{name}.py [--help | --version]"]
    lines = [*usage, "", doc.strip(), "", "Variables:"]
    for variable in declaration.variables():
        lines += _wrapped(f"  {variable.name}", describe(variable))
    lines += ["", "Exit codes (* = try again later):"]
    lines += [f"  {code:>3}{'*' if code.retry else ' '} {code.meaning}" for code in ExitCode]
    return "\n".join(lines)


def describe(variable: Variable[Any]) -> str:
    """The help text with kind, options and default."""
    facts = ["required" if variable.required else "optional", variable.kind.label]
    if variable.secret:
        facts.append(f"or a file named by {variable.name}_FILE")
    if variable.kind.options:
        facts.append("one of " + ", ".join(variable.kind.options))
    if default := default_text(variable):
        facts.append(f"default {default}")
    return f"{variable.help} ({'; '.join(facts)})"


def default_text(variable: Variable[Any]) -> str:
    """The default as a user would write it, empty where there is none."""
    value = None if variable.required else variable.default
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _wrapped(label: str, text: str) -> list[str]:
    return [label, *textwrap.wrap(text, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)]
