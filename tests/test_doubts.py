"""Pages of a proxy or an ingress in a wait: 401, 403 and 404 that are not the API's own."""

from typing import Any

import pytest

from shared.doubts import BELIEVED_AFTER, Doubts
from shared.errors import CredentialsRefused, RequestRefused, SlipwayError, UnknownId, Unreachable
from shared.http.response import Answer
from tests.conftest import Blueprint, Emulator
from tests.fivetran.batch.account import statuses
from tests.fivetran.batch.test_freshness_wait import LATE, OLD
from tests.test_polling import ENDED, RUNS, Watch

PAGE = b"<html>\n<head><title>404 Not Found</title></head>\n"
ID, OTHER = "speak_inexpensive", "gratuitous_bounty"
WAIT = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "5"}
PAGES = [{"status": status, "html": "<h1>no</h1>"} for status in (401, 403, 404)]


def page(status: int, body: bytes = PAGE) -> SlipwayError:
    kind = UnknownId if status == 404 else CredentialsRefused
    return kind(f"Fivetran: {status}", Answer(status, {}, body))


OWN = b'{"code": "NotFound_Connection"}'
BAD = Unreachable("Fivetran: 502", Answer(502, {}, PAGE))


@pytest.mark.parametrize("body", [PAGE, b"", b"default backend - 404", b"{}", b"[]", b"null", b'"no"'])
def test_a_page_once_ends_no_wait_and_twice_it_does(body: bytes) -> None:
    for status in (401, 403, 404):
        once = Watch(600, 5.0, RUNS, page(status, body), RUNS, page(status, body), ENDED)
        assert once.until() == "ended"
        assert once.time.slept == [5.0, BELIEVED_AFTER, 5.0, BELIEVED_AFTER]
        twice = Watch(600, 5.0, RUNS, page(status, body), page(status, body), ENDED)
        with pytest.raises((CredentialsRefused, UnknownId)):
            twice.until()
        assert len(twice.polled_at) == 3


@pytest.mark.parametrize("between", [BAD, page(401), RUNS])
def test_only_the_same_page_again_confirms_it(between: Any) -> None:
    assert Watch(600, 5.0, RUNS, page(404), between, page(404), ENDED).until() == "ended"


def test_the_apis_own_word_ends_a_wait_at_once() -> None:
    for script in ([page(404, OWN)], [RUNS, page(401), page(401, OWN)], [BAD, page(403, OWN)]):
        with pytest.raises((CredentialsRefused, UnknownId)):
            Watch(600, 5.0, *script, ENDED).until()


def test_what_is_doubted_is_doubted_by_itself_and_for_one_poll() -> None:
    doubts = Doubts()
    doubts.new_poll()
    assert [doubts.of("a", page(404)), doubts.of("b", BAD), doubts.of("c", RequestRefused("no"))] == [
        True,
        False,
        False,
    ]
    assert doubts.not_before == BELIEVED_AFTER
    doubts.new_poll()
    assert doubts.not_before is None
    assert [doubts.of("b", page(404)), doubts.of("a", page(404))] == [True, False]
    doubts.new_poll()
    doubts.new_poll()
    assert doubts.of("a", page(404))


@pytest.mark.parametrize("fault", PAGES)
@pytest.mark.parametrize("times", [1, "always"])
def test_a_sync_is_waited_for_through_a_restart(
    blueprint: Blueprint, emulator: Emulator, fault: dict[str, Any], times: Any
) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 60})
    emulator.answers("GET", f"/v1/connections/{ID}", {"pass": True, "times": 3}, {**fault, "times": times})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=ID, **WAIT)
    assert done.code == (0 if times == 1 else 204 if fault["status"] == 404 else 200)
    assert blueprint.slept.count(BELIEVED_AFTER) == 1


@pytest.mark.parametrize("fault", PAGES)
@pytest.mark.parametrize("by_list", [False, True])
@pytest.mark.parametrize("times", [1, "always"])
def test_so_are_the_syncs_of_a_batch(
    blueprint: Blueprint, emulator: Emulator, fault: dict[str, Any], times: Any, *, by_list: bool
) -> None:
    for one in (ID, OTHER):
        emulator.outcomes(one, {"result": "success", "seconds": 60})

    def restart() -> None:
        emulator.answers("GET", f"/v1/connections/{OTHER}", {**fault, "times": times})
        if by_list:
            emulator.answers("GET", "/v1/connections", {**fault, "times": times})
        else:
            emulator.answers(
                "GET", "/v1/connections", {"status": 403, "json": {"code": "Forbidden"}, "times": "always"}
            )

    blueprint.during = {2: restart}
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=f"{ID},{OTHER}", **WAIT)
    code = 0 if times == 1 else 204 if fault["status"] == 404 else 200
    found = statuses(blueprint, done)
    assert (done.code, found[OTHER] == "succeeded") == (code, code == 0), done.stderr
    if fault["status"] != 401:
        assert found[ID] == "succeeded"
    # A 401 is every connector's: the one whose turn comes after it is doubted as well, one poll later.
    both = fault["status"] == 401 and times == "always"
    assert blueprint.slept.count(BELIEVED_AFTER) in ([1, 2] if both else [1])
    listed = [row for row in emulator.requests() if row["path"] == "/v1/connections"]
    assert (len(listed) > 6) is (by_list and code == 0)


@pytest.mark.parametrize("fault", PAGES)
def test_so_is_fresh_data(blueprint: Blueprint, emulator: Emulator, fault: dict[str, Any]) -> None:
    emulator.set(LATE, succeeded_at=OLD)
    emulator.answers("GET", f"/v1/connections/{LATE}", {"pass": True}, fault)
    done = blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID=LATE, FIVETRAN_WAIT_UNTIL_FRESH="TRUE")
    assert (done.code, done.result["status"]) == (0, "fresh"), done.stderr
