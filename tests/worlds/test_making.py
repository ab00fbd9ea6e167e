"""The scenario: the same for the same seed, with all in it that it is to show."""

from collections import Counter

from tests.worlds.making import DELIVERIES, TROUBLES, make
from tests.worlds.scenario import DELETED, Poison


def test_a_seed_makes_one_scenario() -> None:
    assert make("1") == make("1")
    assert make("1") != make("2")


def test_a_scenario_has_as_many_deliveries_and_duplicates_as_it_should() -> None:
    figures = make("1").figures

    assert figures["deliveries"] == DELIVERIES
    assert figures["duplicates"] >= DELIVERIES // 6
    assert figures["hints"] >= DELIVERIES // 10


def test_a_scenario_has_poison_of_both_kinds_some_of_it_repaired() -> None:
    waves = make("1").waves
    poison = {record: how for wave in waves for record, how in wave.poison.items()}

    assert Counter(poison.values()) == {Poison.RAISES: 2, Poison.DIES: 2}
    assert Counter(poison[record] for wave in waves for record in wave.repaired) == {Poison.RAISES: 1, Poison.DIES: 1}


def test_a_scenario_has_every_kind_of_fault_of_a_vendor() -> None:
    assert {trouble.kind for wave in make("1").waves for trouble in wave.troubles} == {one.kind for one in TROUBLES}


def test_a_scenario_has_what_is_not_newer_deleted_clashing_or_of_a_used_id() -> None:
    known: dict[str, int] = {}
    bodies: dict[str, set[str]] = {}
    seen: Counter[str] = Counter()
    said: dict[tuple[str, int], set[str]] = {}
    for delivery in make("1").deliveries:
        bodies.setdefault(delivery.id, set()).add(str(delivery.data))
        if delivery.source == "generic":
            said.setdefault((delivery.record, delivery.version), set()).add(str(delivery.data))
            seen["not newer"] += delivery.version <= known.get(delivery.record, 0)
            seen["deleted"] += delivery.kind == DELETED
            known[delivery.record] = max(delivery.version, known.get(delivery.record, 0))
    seen["used id"] = sum(len(each) > 1 for each in bodies.values())
    seen["clashing"] = sum(len(each) > 1 for each in said.values())

    assert all(seen[kind] >= 8 for kind in ("not newer", "deleted", "used id", "clashing"))
