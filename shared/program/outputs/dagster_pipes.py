"""Dagster Pipes: send the lines for people as a step's log, and the result as its materialization's metadata.

https://docs.dagster.io/guides/build/external-pipelines/dagster-pipes-details-and-customization
Dagster starts the process with two variables: base64 of zlib of JSON. One says where the step's context is, the other
where messages go. The protocol (version 0.1) is that of the package dagster-pipes, which need not be installed.
As everywhere in this folder, a failure is reported on stderr and never changes the exit code.
"""

import base64
import json
import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from shared.exit_codes import ExitCode
from shared.program.outputs import DAGSTER_PIPES
from shared.program.outputs.files import append
from shared.redaction import one_line
from shared.status import Status
from shared.terminal.screen import Piece
from shared.terminal.streams import say, write

CONTEXT, MESSAGES = DAGSTER_PIPES
VERSION = {"__dagster_pipes_version": "0.1"}
MOST_BYTES = 8 * 1024 * 1024
"""The most bytes of a decompressed variable, and of the context's file."""
STREAMS = ("stdio", "buffered_stdio")


class Pipes:
    """The messages of one process to Dagster. After the first failure nothing more is sent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._where: Mapping[str, Any] = {}
        self._assets: list[str] = []
        self._works = True
        self._try(lambda: self._read(environ))

    def open(self) -> "Pipes":
        """Send the message that the process has started. Return self."""
        self._send("opened", {"extras": {}})
        return self

    def heard(self, speak: Callable[..., None]) -> Callable[..., None]:
        """Return a function that calls ``speak`` and also sends each line to the step's log."""

        def both(*pieces: Piece) -> None:
            speak(*pieces)
            text = one_line("".join(piece if isinstance(piece, str) else piece.text for piece in pieces))
            self._log(text, "WARNING" if ": warning: " in text else "INFO")

        return both

    def close(self, result: Mapping[str, Any]) -> None:
        """Send the result. Exit code 0 materializes the assets of the step; any other is sent as an exception."""
        code, message = result["exit_code"], str(result["message"])
        self._log(message, "INFO" if code == ExitCode.DONE else "WARNING" if result["retry"] else "ERROR")
        self._send("report_custom_message", {"payload": result})
        if code != ExitCode.DONE:
            name = f"exit code {code} ({result['status']})"
            failure: Any = {"message": message, "stack": [], "name": name, "cause": None, "context": None}
            self._send("closed", {"exception": failure})
            return
        for asset in self._assets if result["status"] != Status.DRY_RUN else []:
            about = {"asset_key": asset, "data_version": None, "metadata": metadata(result)}
            self._send("report_asset_materialization", about)
        self._send("closed", {})

    def _read(self, environ: Mapping[str, str]) -> None:
        self._where = _decoded(environ, MESSAGES)
        if not any(isinstance(self._where.get(way), str) for way in ("path", *STREAMS)):
            raise ValueError(f"{MESSAGES} names neither a path nor a stream, which are the ways that Slipway has")
        context = _decoded(environ, CONTEXT)
        if isinstance(path := context.get("path"), str):
            with open(path, encoding="utf-8") as file:
                data = json.loads(file.read(MOST_BYTES))
        else:
            data = context.get("data")
        keys = data.get("asset_keys") if isinstance(data, dict) else None
        self._assets = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []

    def _log(self, text: str, level: str) -> None:
        self._send("log", {"message": text, "level": level})

    def _send(self, method: str, params: Mapping[str, Any]) -> None:
        self._try(lambda: self._write(_line({**VERSION, "method": method, "params": params})))

    def _write(self, line: str) -> None:
        if isinstance(path := self._where.get("path"), str):
            append(path, line)
            return
        stream = next(self._where[way] for way in STREAMS if way in self._where)
        write(sys.stdout if stream == "stdout" else sys.stderr, line)

    def _try(self, do: Callable[[], None]) -> None:
        if not self._works:
            return
        try:
            do()
        except Exception as error:  # in any case the operation's outcome stays
            self._works = False
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            say(f"Slipway: warning: nothing more is sent to Dagster Pipes: {reason}")


def _line(message: Mapping[str, Any]) -> str:
    """Return a message as one line of JSON. ``##`` is escaped, because CI runners take ``##[`` for a command."""
    return json.dumps(message).replace("##", "#\\u0023") + "\n"


def metadata(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result's fields as Dagster's metadata."""
    kinds = {"dashboard": "url"}
    found = {name: value for name, value in result.items() if value is not None}
    return {
        name: {"raw_value": value, "type": "json" if isinstance(value, dict | list) else kinds.get(name, "__infer__")}
        for name, value in found.items()
    }


def _decoded(environ: Mapping[str, str], name: str) -> Mapping[str, Any]:
    if not environ.get(name):
        raise ValueError(f"{name} is not set")
    try:
        unpacker = zlib.decompressobj()
        found = json.loads(unpacker.decompress(base64.b64decode(environ[name]), MOST_BYTES))
    except (ValueError, zlib.error, RecursionError) as error:
        raise ValueError(f"{name} is damaged: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{name} is no JSON object")
    return found
