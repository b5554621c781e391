"""Slipway for other Python programs: ``slipway.run("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="...")``.

The command ``slipway`` is in slipway/command.py. It must start fast, so ``run`` is imported only when it is used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slipway.processes import Ended as Ended
    from slipway.processes import Failed as Failed
    from slipway.processes import Result as Result
    from slipway.processes import TryAgain as TryAgain
    from slipway.processes import run as run

__all__ = ["Ended", "Failed", "Result", "TryAgain", "run"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from slipway import processes

    return getattr(processes, name)
