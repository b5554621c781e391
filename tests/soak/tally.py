"""A pytest plugin for ``make soak``. It counts the tests that passed and reports the others."""

import pytest

from tests.soak import tell


class Tally:
    """Hooks of pytest's main process, to which the workers report."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            tell({"tests passed": 1})
        elif not report.passed:
            lines = report.longreprtext.splitlines()
            errors = [line for line in lines if line.startswith("E ")] or lines[-1:]
            told = "assert figures.wrong == []" in report.longreprtext
            tell({"tests failed": 1}, [] if told else [f"{report.nodeid}: {' '.join(errors)[:500]}"])


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally())
