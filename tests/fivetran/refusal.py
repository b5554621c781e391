"""The form of a refusal."""

import base64

from tests.conftest import KEY, SECRET, Finished


def refused(done: Finished, code: int, *says: str) -> None:
    """Assert that a run was refused: the exit code, one result line, and the same message on stderr."""
    assert done.code == code, done.stderr
    assert done.result["exit_code"] == code
    assert done.result["retry"] is False
    message = done.result["message"]
    for text in says:
        assert text in message
    last = done.stderr.splitlines()[-1]
    assert last == f"Slipway: exit {code}: {message}".replace("##", "## ")
    assert "Traceback" not in done.stderr
    for secret in (KEY, SECRET, base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()):
        assert secret not in done.stdout + done.stderr
