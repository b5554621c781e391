"""Keep the memory of a batch small where the allocator is glibc's: 3 MiB less at 5,000 connectors."""

from contextlib import suppress

ARENA_MAX, MMAP_THRESHOLD = -8, -3
"""The numbers that <malloc.h> gives to these options."""
LARGE = 128 * 1024
"""Bytes. Larger pieces are returned to the system when freed. glibc raises this limit unless it was set."""


def frugal() -> None:
    """Let all threads allocate from one area, and give back at once what a page of a list took.

    By itself glibc has an area for each thread, and keeps in each what was freed. Other C libraries have no
    ``mallopt``, and a Python may lack ``ctypes``.
    """
    with suppress(ImportError, OSError, AttributeError):
        import ctypes  # takes 2 ms and 0.4 MiB, too much for a run of one connector

        mallopt = ctypes.CDLL(None).mallopt
        mallopt(ARENA_MAX, 1)
        mallopt(MMAP_THRESHOLD, LARGE)
