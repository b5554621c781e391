"""What a batch asks of the allocator."""

import sys
from types import SimpleNamespace

import pytest

from shared.batch.allocator import frugal


class _Other:
    """A C library without mallopt."""

    def __init__(self, name: None) -> None:
        assert name is None  # the process's own library


class _Glibc(_Other):
    asked: list[tuple[int, int]] = []  # noqa: RUF012  # emptied by the test

    def mallopt(self, parameter: int, value: int) -> int:
        self.asked.append((parameter, value))
        return 1


def test_all_threads_allocate_from_one_area_and_large_pieces_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    _Glibc.asked.clear()
    monkeypatch.setitem(sys.modules, "ctypes", SimpleNamespace(CDLL=_Glibc))
    frugal()
    assert _Glibc.asked == [(-8, 1), (-3, 131072)]


@pytest.mark.parametrize("ctypes", [None, SimpleNamespace(CDLL=_Other)])
def test_without_ctypes_or_mallopt_nothing_is_changed(monkeypatch: pytest.MonkeyPatch, ctypes: object) -> None:
    monkeypatch.setitem(sys.modules, "ctypes", ctypes)
    frugal()
