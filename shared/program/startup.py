"""Start and exit fast, because a scheduler starts blueprints thousands of times a day.

Four things are left out that a blueprint does not need. docs/benchmarks.md has the time that each of them takes:

- Garbage collection during imports: an import makes no garbage.
- Modules that requests imports for features that are not used here.
- Compiling regular expressions that are not used: each is compiled at its first use.
- Finalizing the interpreter at the end: by then all files are closed and synced.

This module imports only what the interpreter has already loaded or built in.
"""

import atexit
import gc
import os
import sys

from shared.program import signals

TYPE_CHECKING = False  # typing would have to be imported for it
if TYPE_CHECKING:
    from collections.abc import Callable
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
"""Modules that requests imports for features not used here. They are imported at their first use."""
ABSENT = "chardet"
"""requests prefers this package to charset_normalizer. It is hidden while requests is imported."""
LAZY = sys.stdlib_module_names | {"requests", "urllib3", "certifi", "shared"}
"""The packages whose regular expressions are compiled at their first use. Those of a user's own hooks are not."""


class _State:
    """The state of this process. ``exit_code`` is None until its result is known."""

    prepared = False
    exit_code: "int | None" = None
    compile: "Any" = None
    """The real ``re.compile``."""


def prepare() -> None:
    """Call this before all other imports, ``loaded`` after them, and ``leave_with`` at the end.

    If a function is already registered with atexit, as by coverage, the interpreter exits normally, because that
    function must be called last.
    """
    signals.prepare()
    _State.prepared, _State.exit_code = True, None
    gc.disable()
    import re  # only now that a signal has a handler

    _State.compile = re.compile
    re.compile = _compile
    for name in LATER:
        sys.modules.setdefault(name, _Later(name))
    sys.modules.setdefault(ABSENT, None)  # type: ignore[arg-type]  # None makes an import fail, as documented
    if not atexit._ncallbacks():
        atexit.register(_leave)  # functions registered later are called earlier


def loaded() -> None:
    """Call after the imports: enable garbage collection, except of the imported modules; remove the placeholders."""
    if not _State.prepared:
        return
    import re

    re.compile = _State.compile
    for name in LATER:
        _forget(name)
    if sys.modules.get(ABSENT, sys) is None:
        del sys.modules[ABSENT]
    gc.freeze()
    gc.enable()


def leave_with(code: int) -> None:
    """Set the exit code. The process then exits without finalizing the interpreter, since the result is written."""
    _State.exit_code = code


class _Later(ModuleType):
    """A placeholder for a module until its first use."""

    __version__ = "3.0.0"
    """requests checks the version of charset_normalizer when it is imported."""

    def __getattr__(self, name: str) -> "Any":
        if name.startswith("__"):  # for the import system
            raise AttributeError(name)
        if name == "version":  # urllib3 imports importlib.metadata.version by name
            return lambda package: _real(self.__name__).version(package)
        return getattr(_real(self.__name__), name)


def _compile(*arguments: "Any", **options: "Any") -> "Any":
    """Return a regular expression: a ``_Pattern`` if one of the packages in ``LAZY`` asks for it."""
    package = sys._getframe(1).f_globals.get("__name__", "").partition(".")[0]
    return (_Pattern if package in LAZY else _State.compile)(*arguments, **options)


class _Pattern:
    """A regular expression that is compiled at its first use."""

    def __init__(self, *arguments: "Any", **options: "Any") -> None:
        self._compiled: Callable[[], Any] = lambda: _State.compile(*arguments, **options)

    @property  # type: ignore[misc]  # object has an attribute there; isinstance() reads either
    def __class__(self) -> "Any":
        return type(self._compiled())

    def __getattr__(self, name: str) -> "Any":
        if name == "_compiled":  # of an empty copy
            raise AttributeError(name)
        value = getattr(self._compiled(), name)
        setattr(self, name, value)  # found without this method from now on
        return value


def _real(name: str) -> "Any":
    """Import the real module and return it."""
    _forget(name)
    from importlib import import_module

    return import_module(name)


def _forget(name: str) -> None:
    """Remove a placeholder, so that the next import finds the real module."""
    if isinstance(sys.modules.get(name), _Later):
        del sys.modules[name]


def _leave() -> None:
    """Exit now. This is the last function of atexit. A stream that is closed or full does not change the code."""
    if _State.exit_code is None:
        return
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(_State.exit_code)
