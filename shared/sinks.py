"""The result, a second time, where the scheduler looks for it: only where that place exists or was asked for."""

from collections.abc import Callable, Mapping
from typing import Any


def deliver(result: Mapping[str, Any], environ: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Write ``result`` to each sink that this environment has. A sink that fails says so and changes nothing else."""
