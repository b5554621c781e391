"""Compare a new connector's config and auth with the parameters of its service, before anything is sent.

A missing required parameter, a value of another type, and a name that is nearly a parameter's are refused. Any other
unknown name is only a warning, because the metadata may be incomplete. If the metadata cannot be read, nothing is
compared; Fivetran checks the request itself.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from shared.errors import InvalidInput, SlipwayError
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.parameters import DEEPEST, properties, required
from shared.http.deadline import Deadline
from shared.program.run import Run
from shared.redaction import one_line

LONGEST = 10.0
"""Seconds that reading the metadata may take: a connector can be created without it."""
MOST = 10
"""How many problems or warnings are shown."""
COMPARED = 100
"""How many unknown names are compared with the parameters' names, which takes a millisecond each."""
DESTINATION_NAMES = ("schema", "schema_prefix", "table", "table_group_name")
"""Fields of ``config`` that name the schema in the destination. The metadata may leave them out."""
_TAKES: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "string": ("a text, in quotes", str),
    "integer": ("a whole number, without quotes", int),
    "number": ("a number, without quotes", (int, float)),
    "boolean": ("true or false, without quotes", bool),
    "array": ("a list", list),
    "object": ("an object", dict),
}


class Part(NamedTuple):
    """``config`` or ``auth`` of a request, None if it has none. ``source`` is the variable that it comes from."""

    name: str
    source: str
    given: Any


def check_parameters(run: Run, api: Fivetran, body: Mapping[str, Any], parts: Collection[Part]) -> None:
    """Raise InvalidInput (206) for errors in ``parts`` of ``body``, and write warnings for doubtful names.

    A required parameter may be missing if a secrets manager has it, or if no setup tests run now, because somebody
    completes the connector later, as by a Connect Card.
    """
    keys = body.get("external_secrets_keys_config")
    whole = body.get("run_setup_tests") is not False and "connect_card_config" not in body
    found = Comparison(str(body["service"]), whole, keys if isinstance(keys, Mapping) else ())
    try:
        metadata = data(api.until(Deadline(LONGEST, run.clock)).get_connector_type(found.service))
    except SlipwayError as error:
        run.say(f"{error.message}; config and auth are not compared with the service's parameters")
        return
    for part in parts:
        found.of_part(part, metadata.get(part.name))
    for warning in _first(found.warnings):
        run.say(f"Slipway: warning: {warning}")
    if found.problems:
        advice = "get_connector_type shows the parameters; FIVETRAN_CHECK_PARAMETERS=FALSE sends it as it is"
        raise InvalidInput("; ".join([*_first(found.problems), advice]))


class Comparison:
    """The problems and the warnings, as sentences. None contains a value, because it may be a secret.

    ``whole``: required parameters must not be missing. ``elsewhere``: names of parameters that a secrets manager has.
    """

    def __init__(self, service: str, whole: bool, elsewhere: Collection[str] = ()) -> None:
        self.service = service
        self.whole = whole
        self.elsewhere = elsewhere
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def of_part(self, part: Part, schema: Any) -> None:
        """Compare a part with its parameters. An ``auth`` that is not given may come later, by a Connect Card."""
        if part.name == "auth" and part.given is None:
            if self.whole and (lacking := required(schema)):
                text = f"{part.source} is not given, and {self.service} requires {', '.join(lacking)} in it"
                self.warnings.append(f"{text}; until somebody authorizes the connector it stays incomplete")
            return
        prefix = f"{part.name}." if part.source == "FIVETRAN_CUSTOM_FIELDS" else ""
        if properties(schema):
            also = DESTINATION_NAMES if part.name == "config" else ()
            self._object(part.source, prefix, schema, {} if part.given is None else part.given, also)

    def _object(
        self, source: str, prefix: str, schema: Any, given: Any, also: Collection[str] = (), deepest: int = DEEPEST
    ) -> None:
        """Compare an object. ``also`` are names that are allowed although they are no parameters."""
        if not isinstance(given, Mapping):
            self.problems.append(f"{source} has {_words(given)} in {prefix.rstrip('.')}, which takes an object")
            return
        known = properties(schema)
        absent = {name.casefold(): name for name in (*known, *also) if given.get(name) is None}
        meant = set()
        for name, value in given.items():
            path = one_line(f"{prefix}{name}", 100)
            if name in known:
                self._value(source, path, known[name], value, deepest - 1)
            elif name not in also and (near := self._nearest(name, absent)):
                meant.add(near)
                text = f"{source} has {path}, which {self.service} does not know"
                self.problems.append(f"{text}; did you mean {one_line(near, 100)}?")
            elif name not in also:
                text = f"{source} has {path}, which is none of {self.service}'s parameters"
                self.warnings.append(f"{text} that Fivetran lists; it is sent all the same")
        lacking = [
            name for name in required(schema) if name in absent.values() and name not in {*meant, *self.elsewhere}
        ]
        if lacking and self.whole:
            text = one_line(", ".join(f"{prefix}{name}" for name in lacking), 300)
            self.problems.append(f"{source} lacks {text}, which {self.service} requires")

    def _nearest(self, name: str, absent: Mapping[str, str]) -> str | None:
        """Return the parameter that was probably meant, None if none is similar. ``absent`` maps lower case to name."""
        from difflib import get_close_matches

        if len(self.problems) + len(self.warnings) >= COMPARED:
            return None
        near = get_close_matches(name.casefold(), absent, 1, 0.8)
        return absent[near[0]] if near else None

    def _value(self, source: str, path: str, schema: Any, value: Any, deepest: int) -> None:
        if value is None or not isinstance(schema, Mapping) or not deepest:
            return
        options = schema.get("enum")
        kind = schema.get("type")
        if isinstance(options, list) and options and kind != "array":  # the API calls these values objects
            self._choice(source, path, [one for one in options if one is not None], value)
        elif properties(schema) and kind != "array":
            self._object(source, f"{path}.", schema, value, deepest=deepest)
        elif kind != "object" and not _has_type(value, kind):
            takes, _ = _TAKES[str(kind)]
            self.problems.append(f"{source} has {_words(value)} in {path}, which takes {takes}")
        elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
            for number, one in enumerate(value):
                self._value(source, f"{path}[{number}]", schema["items"], one, deepest - 1)

    def _choice(self, source: str, path: str, options: list[Any], value: Any) -> None:
        if value in options:
            return
        one_of = one_line(" or ".join(map(str, options)), 300)
        if isinstance(value, str) or not all(isinstance(one, str) for one in options):
            text = f"{source} has a value in {path} that is none of those that Fivetran lists"
            self.warnings.append(f"{text} ({one_of}); it is sent all the same")
        else:
            self.problems.append(f"{source} has {_words(value)} in {path}, which takes {one_of}")


def _has_type(value: Any, kind: Any) -> bool:
    """Return whether a value has this JSON Schema type. Return True for an unknown type."""
    if not isinstance(kind, str) or kind not in _TAKES:
        return True
    _, python = _TAKES[kind]
    return isinstance(value, python) and (kind == "boolean" or not isinstance(value, bool))


def _words(value: Any) -> str:
    """Describe the type of a value, as in ``a number``."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "a text"
    return "a number" if isinstance(value, int | float) else "a list" if isinstance(value, list) else "an object"


def _first(texts: list[str]) -> list[str]:
    return texts if len(texts) <= MOST else [*texts[:MOST], f"and {len(texts) - MOST} more of the kind"]
