"""Why a call failed, out of the wrappers that requests and urllib3 put around it."""

from urllib3.exceptions import ConnectTimeoutError


def did_not_arrive(error: BaseException) -> bool:
    """True where no connection came about, so that the request cannot have been received."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    reason = getattr(reason, "original_error", reason)  # a proxy's error wraps the one that counts
    return isinstance(reason, ConnectTimeoutError)


def innermost(error: BaseException) -> str:
    """The cause in words, without the layers of wrappers around it."""
    seen: BaseException = error
    while isinstance(inner := getattr(seen, "reason", None) or next(iter(seen.args), None), BaseException):
        seen = inner
    return f"{type(seen).__name__}: {str(seen).rpartition('>: ')[2]}"
