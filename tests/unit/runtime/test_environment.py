"""A function's environment is read once, and what is wrong names its variable."""

from dataclasses import dataclass

import pytest

from shared.runtime.environment import BadEnvironment, read, variables


@dataclass(frozen=True, slots=True)
class Settings:
    table: str
    seconds: int
    loopback: bool


GOOD = {"TABLE": "accounts", "SECONDS": "10", "LOOPBACK": "false", "PATH": "/bin"}


def test_variables_are_what_read_reads() -> None:
    settings = Settings("accounts", 10, loopback=False)

    assert read(Settings, GOOD) == settings
    assert read(Settings, variables(settings)) == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [("TABLE", ""), ("SECONDS", "ten"), ("SECONDS", "-1"), ("SECONDS", "\u0661"), ("LOOPBACK", "yes")],
)
def test_a_bad_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(BadEnvironment, match=name):
        read(Settings, {**GOOD, name: value})


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(BadEnvironment, match="TABLE is not set"):
        read(Settings, {})
