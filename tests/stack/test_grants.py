"""What the roles grant, beside what the functions asked for while all other tests ran: no more than has a reason."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.infra.assembled import Right
from tests.stack.granting import Grants, unmet
from tests.stack.metering import Meter

KEPT = tomllib.loads(Path(__file__).with_name("unused_grants.toml").read_text(encoding="utf-8"))
"""By function: rights that no test of this suite asks for, as `action resource`, with the reason why each stays."""


@pytest.fixture(scope="module")
def grants() -> Grants:
    return Grants()


def test_no_call_asks_for_more_than_its_role_grants(grants: Grants, meter: Meter) -> None:
    granted = grants.of_functions()

    assert {name: found for name, asked in meter.rights().items() if (found := unmet(asked, granted[name]))} == {}


def test_what_is_granted_and_never_asked_for_has_a_reason(grants: Grants, meter: Meter) -> None:
    asked = meter.rights()
    unused = {name: unmet(granted, asked.get(name, ())) for name, granted in grants.of_functions().items()}
    unexplained = {name: {*_written(rights)} - {*KEPT.get(name, {})} for name, rights in unused.items()}
    print("\n" + "\n".join(_table(unused)))  # noqa: T201 - the table is what the run is for

    assert {name: rights for name, rights in unexplained.items() if rights} == {}


def test_no_reason_is_kept_for_what_is_not_granted(grants: Grants) -> None:
    granted = grants.of_functions()

    assert {name: left for name, kept in KEPT.items() if (left := {*kept} - {*_written(granted.get(name, ()))})} == {}
    assert all(reason for kept in KEPT.values() for reason in kept.values())


def _written(rights: Iterable[Right]) -> list[str]:
    return sorted(f"{action} {resource.replace('tierwright-local-', '')}" for action, resource in rights)


def _table(unused: Mapping[str, Iterable[Right]]) -> Iterator[str]:
    yield "granted and never asked for:"
    for name, rights in unused.items():
        for right in _written(rights):
            yield f"  {name:<13} {right:<58} {KEPT.get(name, {}).get(right, 'NO REASON')}"
