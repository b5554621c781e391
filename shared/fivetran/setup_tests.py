"""Judge the outcome of setup tests. The API answers 200 even if they fail.

https://fivetran.com/docs/rest-api/api-reference/connections/run-setup-tests
"""

from collections.abc import Mapping
from typing import Any

from shared.exit_codes import ExitCode
from shared.fivetran.answers import plain_text
from shared.fivetran.connector import Connector
from shared.fivetran.listing import small
from shared.program.run import Outcome
from shared.settings.declaration import Settings, Variable
from shared.settings.kinds import BOOLEAN
from shared.status import Status
from shared.verdict import Verdict

COLUMNS = ("test", "status", "message")
_PASSED = frozenset({"PASSED", "SKIPPED", "WARNING"})
_FAILED = frozenset({"FAILED", "JOB_FAILED"})


class TrustSettings(Settings):
    """Whether the setup tests trust certificates and fingerprints without approval. The API's default is false."""

    trust_certificates = Variable(
        "FIVETRAN_TRUST_CERTIFICATES", BOOLEAN, "TRUE trusts the TLS certificate that the source presents", None
    )
    trust_fingerprints = Variable(
        "FIVETRAN_TRUST_FINGERPRINTS", BOOLEAN, "TRUE trusts the fingerprint that the SSH server presents", None
    )

    def trust(self) -> dict[str, bool]:
        """Return the given fields under the API's names."""
        flags = {"trust_certificates": self.trust_certificates, "trust_fingerprints": self.trust_fingerprints}
        return {name: value for name, value in flags.items() if value is not None}


def rows(found: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return a connection's ``setup_tests`` as table rows: title, status, message."""
    tests = found.get("setup_tests")
    known = [test for test in tests if isinstance(test, Mapping)] if isinstance(tests, list) else []
    return [(_text(test, "title"), _text(test, "status"), _text(test, "message")) for test in known]


def _text(test: Mapping[str, Any], field: str) -> str:
    return plain_text(test.get(field))


def failures(found: Mapping[str, Any]) -> list[str]:
    """Return the failed ones of ``setup_tests``, each with its message."""
    return [f"{title}: {message or status}" for title, status, message in rows(found) if status in _FAILED]


def tested(connector: Connector) -> Verdict:
    """Return the verdict: 0 if no test failed and the setup works, 218 if not, 215 for an unknown status."""
    found = rows(connector.data)
    failed = failures(connector.data)
    unknown = sorted({status for _, status, _ in found} - _PASSED - _FAILED)
    counted = f"none of {len(found)} setup tests failed"  # used only if that is true
    if failed:
        reason = f"{len(failed)} of {len(found)} setup tests failed: {'; '.join(failed)}; see {connector.dashboard}"
        return Verdict(ExitCode.SETUP_BROKEN, Status.TESTS_FAILED, reason)
    if unknown:
        reason = f"setup tests ended as {', '.join(unknown)}, which this version of Slipway does not know"
        return Verdict(ExitCode.STATE_UNKNOWN, Status.UNKNOWN_STATE, reason)
    if connector.setup_state != "connected":
        reason = f"{counted}, but the setup is {connector.setup_state or 'in no known state'}; {connector.why()}"
        return Verdict(ExitCode.SETUP_BROKEN, Status.SETUP_BROKEN, reason)
    return Verdict(ExitCode.DONE, Status.TESTED, counted if found else "the setup works")


def outcome(judged: Verdict, connector: Connector) -> Outcome:
    """Return the verdict as a blueprint's outcome."""
    found = rows(connector.data)
    return Outcome(
        judged.status, f"{connector.id}: {judged.reason}", judged.code, {"setup_tests": small(COLUMNS, found)}
    )
