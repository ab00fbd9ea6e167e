"""What hostile JSON costs: counted in calls and in bytes of memory, and never more than in step with its length."""

import sys
import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from shared.accounts.strict_json import JsonRefused, loads
from tests.support.bombs import KB, bombs, heavy

SIZE = 64 * KB
CALLS_A_BYTE = 2
"""Of Python's and of C's functions, at most: a fraction of three digits and a comma takes seven."""
MEMORY_A_BYTE = 130
"""At most: an empty object of two characters and its comma takes 64 bytes, its place in a list 8, twice over."""


def read(document: bytes) -> bool:
    try:
        loads(document, max_bytes=1024 * KB)
    except JsonRefused:
        return False
    return True


def calls(work: Callable[[], object]) -> int:
    """How many functions `work` calls, of Python and of C."""
    number = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    known: Any = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(known)
    return number


def memory(work: Callable[[], object]) -> int:
    """The most bytes that `work` has at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", bombs(SIZE))
def test_a_bomb_is_refused(name: str) -> None:
    assert not read(bombs(SIZE)[name])


@pytest.mark.parametrize("name", heavy(SIZE))
def test_what_is_only_wide_is_read(name: str) -> None:
    assert read(heavy(SIZE)[name])


@pytest.mark.parametrize(("name", "made"), [(name, made) for made in (bombs, heavy) for name in made(KB)])
def test_it_costs_no_more_than_in_step_with_its_length(name: str, made: Callable[[int], Mapping[str, bytes]]) -> None:
    once, twice = made(SIZE)[name], made(2 * SIZE)[name]
    read(b"{}")

    few, many = calls(lambda: read(once)), calls(lambda: read(twice))

    assert many <= 2.2 * few + 50
    assert many <= CALLS_A_BYTE * len(twice) + 50
    assert memory(lambda: read(twice)) <= MEMORY_A_BYTE * len(twice) + 16 * KB


def test_a_document_that_is_too_long_is_not_read_at_all() -> None:
    long = heavy(1024 * KB + SIZE)["digits"]

    assert not read(long)
    assert calls(lambda: read(long)) < 100
