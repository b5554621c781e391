"""Collect only `test_table.py` if there is no folder of recorded answers. It says that the others are left out."""

from tests.recorded.bodies import ALL

collect_ignore = [] if ALL else ["test_parsers.py", "test_shapes.py"]
