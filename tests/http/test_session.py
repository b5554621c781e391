"""Sessions: no two parallel requests share the session of a write, which begins without a connection."""

from shared.http.session import Sessions


def test_two_writes_at_a_time_have_a_session_each_and_a_later_one_takes_one_of_them() -> None:
    sessions = Sessions("http://127.0.0.1:9", "*/*")
    with sessions.of(reads=False) as one, sessions.of(reads=False) as other, sessions.of(reads=True) as reads:
        assert len({id(one), id(other), id(reads)}) == 3
    with sessions.of(reads=False) as later:
        assert later in (one, other)
