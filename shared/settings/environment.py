"""Read a variable's text from the real environment, ``.env`` or a secret's file (``secret_file``).

A variable counts as not given if it is absent, empty, blank or ``None``.
"""

import io
import os
import re
import stat
from collections.abc import Iterable, Mapping

from shared.settings.unknown_names import IGNORE, PREFIXES, UnknownNames

POKE_INTERVALS = {
    "FIVETRAN_POKE_INTERVAL": "FIVETRAN_POLL_INTERVAL",
    "AIRBYTE_POKE_INTERVAL": "AIRBYTE_POLL_INTERVAL",
}
"""The official Shipyard programs' poke intervals (minutes), and our poll intervals (seconds)."""
_MOST_BYTES = 1 << 20


def given(text: str | None) -> str | None:
    """Return ``text``, or None if it is absent, empty, blank or ``None``."""
    return None if text is None or text.strip().lower() in ("", "none") else text


class Environment:
    """The texts of the declared variables. The real environment wins over ``.env`` in the working directory.

    ``os.environ`` is not changed; values of ``.env`` are not interpolated. ``refused`` says why an existing ``.env``
    was not read, for example because another user can write to it and so could send credentials elsewhere.
    """

    def __init__(self, environ: Mapping[str, str], names: Iterable[str], secrets: Iterable[str] = ()) -> None:
        """``names`` are all declared variables. Those that are also in ``secrets`` may come from a file."""
        self._real = environ
        self._files = {name: name + "_FILE" for name in secrets}
        self._names = {*names, *self._files.values()}
        self._dotenv: Mapping[str, str | None] = {}
        self.refused: str | None = None
        try:
            self._dotenv = read_dotenv()
        except ValueError as error:
            self.refused = str(error)

    def text(self, name: str) -> str | None:
        """Return the variable's text without surrounding white space, None if it is not given.

        Names that are not declared are not read from ``.env``.
        """
        found = given(self._real.get(name)) or (given(self._dotenv.get(name)) if name in self._names else None)
        return None if found is None else found.strip()

    def secret(self, name: str) -> str | None:
        """Return the secret, or the content of the file that ``{name}_FILE`` names without one trailing newline.

        Raise ValueError if both are given or the file cannot be read.
        """
        for source in (self._real, self._dotenv):
            value, path = given(source.get(name)), given(source.get(name + "_FILE"))
            if value and path:
                raise ValueError(f"and {name}_FILE are both given; keep one of them")
            if value:
                return value
            if path:
                from shared.settings.secret_file import read_secret  # imported only if it is used

                if content := given(read_secret(path.strip(), name)):
                    return content
        return None

    def is_given(self, name: str) -> bool:
        """Return whether a secret or its file is given, without reading the file."""
        return any(self._given(form) for form in (name, name + "_FILE"))

    def from_dotenv(self, name: str) -> bool:
        """Return whether the value in use comes from ``.env``."""
        forms = (name, self._files.get(name, name))
        return not any(given(self._real.get(f)) for f in forms) and any(given(self._dotenv.get(f)) for f in forms)

    def warnings(self) -> list[str]:
        """Return warnings: names without effect here (files of what is no secret, poke intervals), an open ``.env``."""
        may = f"only {', '.join(self._files)} may come from files" if self._files else "nothing here comes from a file"
        files = [
            f"{name}_FILE is not read: {may}; set {name} itself"
            for name in sorted(self._names)
            if name + "_FILE" not in self._names and self._given(name + "_FILE")
        ]
        if held := [name for name in self._files if given(self._dotenv.get(name))]:
            from shared.settings import exposure  # few have a secret in .env

            files += exposure.warnings(held, self._real)
        return files + [
            f"{old} is not read here: it counted minutes; {advice}"
            for old, new in POKE_INTERVALS.items()
            if new in self._names and not self.text(new) and (advice := self._in_seconds(old, new))
        ]

    def _given(self, name: str) -> str | None:
        """Return the text of any name, declared or not."""
        return given(self._real.get(name)) or given(self._dotenv.get(name))

    def _in_seconds(self, old: str, new: str) -> str | None:
        minutes = self._given(old)
        if minutes is None:
            return None
        if re.fullmatch(r"\s*\d{1,2}\s*", minutes, re.ASCII) and 1 <= int(minutes) <= 60:
            return f"use {new}={int(minutes) * 60} for the same pause, in seconds"
        return f"use {new} with 1 to 3600 seconds"

    def unknown_names(self, *, writes: bool) -> UnknownNames:
        """Return the given names that are not declared here, as errors and warnings. ``writes``: see ``Settings``."""
        others = {one for name in (self.text(IGNORE) or "").split(",") if (one := name.strip())}
        ignored = {*others, *POKE_INTERVALS, IGNORE}
        named = [
            name
            for name in {**self._dotenv, **self._real}
            if name not in ignored and self._may_be_meant(name) and self._given(name)
        ]

        def value(name: str) -> str:
            return self._given(name) or ""

        return UnknownNames(named, self._names, writes=writes, value=value, ignored=others)

    def _may_be_meant(self, name: str) -> bool:
        """Return False for ``*_FILE`` names that ``warnings`` reports already."""
        return name in self._names or name.removesuffix("_FILE") not in self._names


def read_dotenv() -> Mapping[str, str | None]:
    """Return the values of ``.env`` in the working directory, {} if there is no such file.

    python-dotenv is imported here because it costs start-up time. Raise ValueError if the file is refused. That
    includes a line that is not NAME=value, and a setting with two values: ignoring either could ignore a wish such as
    not to interrupt a sync.
    """
    try:
        content = _own_file(".env")
        from dotenv.parser import parse_stream

        lines = list(parse_stream(io.StringIO(content.decode("utf-8-sig"))))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ValueError(f"in the working directory cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError("in the working directory is not UTF-8 text; save it as such") from None
    except ModuleNotFoundError as error:
        raise ValueError(f"is read by python-dotenv, which is missing ({error}); pip install python-dotenv") from None
    if wrong := [str(line.original.line) for line in lines if line.error][:5]:
        places = f"line {wrong[0]} is" if len(wrong) == 1 else f"lines {', '.join(wrong)} are"
        raise ValueError(f"in the working directory: {places} not NAME=value; correct that, or put a # before it")
    pairs = [(line.key, line.value) for line in lines if line.key is not None]
    found = dict(pairs)
    if twice := [name for name, value in pairs if name.upper().startswith(PREFIXES) and found[name] != value]:
        raise ValueError(f"in the working directory sets {twice[0]} twice and differently; keep one of them")
    return found


def _own_file(name: str) -> bytes:
    """Return the content of a file that only this user or root can write. Raise ValueError for any other."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        own = {os.geteuid(), 0}
        state = os.fstat(descriptor)
        if state.st_uid not in own or os.lstat(name).st_uid not in own:
            raise ValueError("in the working directory belongs to another user; run elsewhere, or own it")
        if not stat.S_ISREG(state.st_mode):
            raise ValueError("in the working directory is not a file; remove it")
        if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise ValueError("in the working directory can be written by others; run: chmod go-w .env")
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(_MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"in the working directory is larger than {_MOST_BYTES} bytes; that is no .env")
    return content
