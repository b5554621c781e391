"""Start fast and leave fast. What a scheduler pays for a blueprint is its start, thousands of times a day.

Three things that most programs need and a blueprint does not; docs/benchmarks.md says what each of them is worth:

- Looking for garbage while modules are imported: nothing that an import makes is garbage.
- Modules that requests imports for programs that do something else with it.
- Taking the interpreter apart at the end: every file is closed and synced by then.

Imports only what the interpreter has loaded anyway, or has built in.
"""

import atexit
import gc
import os
import sys

from shared.program import signals

TYPE_CHECKING = False  # typing would have to be imported for it
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any
else:
    ModuleType = type(sys)

LATER = (
    "charset_normalizer",  # the encoding of ``response.text``; we decode UTF-8
    "importlib.metadata",  # the version of h2, for HTTP/2
    "bz2",
    "lzma",
    "zipfile",  # these three: CA certificates in a zip file
    "idna",  # host names beyond ASCII
    "mimetypes",  # uploads
    "linecache",
    "textwrap",  # these two: tracebacks
)
"""Modules that requests imports for others. They are imported when something of them is used, and not before."""
ABSENT = "chardet"
"""requests prefers it to charset_normalizer; while it is imported there is none."""


class _State:
    """Of this process. ``exit_code`` is None while its result is not known."""

    prepared = False
    exit_code: "int | None" = None


def prepare() -> None:
    """Call this before everything else is imported, ``loaded`` when it is, and ``leave_with`` at the end.

    Where somebody has registered a function for the exit before us, as coverage does, the interpreter ends as ever:
    that function has to come last.
    """
    signals.prepare()
    _State.prepared, _State.exit_code = True, None
    gc.disable()
    for name in LATER:
        sys.modules.setdefault(name, _Later(name))
    sys.modules.setdefault(ABSENT, None)  # type: ignore[arg-type]  # documented: None makes its import fail
    if not atexit._ncallbacks():
        atexit.register(_leave)  # what others register later is called earlier


def loaded() -> None:
    """All modules are imported: look for garbage again, but not among them, and let others find the real modules."""
    if not _State.prepared:
        return
    for name in LATER:
        _forget(name)
    if sys.modules.get(ABSENT, sys) is None:
        del sys.modules[ABSENT]
    gc.freeze()
    gc.enable()


def leave_with(code: int) -> None:
    """The result is written: when the program comes to its end, leave with this code and without further ado."""
    _State.exit_code = code


class _Later(ModuleType):
    """Stands for a module that somebody imports, until something of it is used."""

    __version__ = "3.0.0"
    """requests looks at that of charset_normalizer when it is imported."""

    def __getattr__(self, name: str) -> "Any":
        if name.startswith("__"):  # the import system asks for these
            raise AttributeError(name)
        if name == "version":  # urllib3 takes this function of importlib.metadata when it is imported
            return lambda package: _real(self.__name__).version(package)
        return getattr(_real(self.__name__), name)


def _real(name: str) -> "Any":
    """The module of that name, imported now unless it is there."""
    _forget(name)
    from importlib import import_module

    return import_module(name)


def _forget(name: str) -> None:
    """Let the next import of that name find the module itself."""
    if isinstance(sys.modules.get(name), _Later):
        del sys.modules[name]


def _leave() -> None:
    """The last function of those for the exit, so everybody has been told. Streams that take no more change no code."""
    if _State.exit_code is None:
        return
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(_State.exit_code)
