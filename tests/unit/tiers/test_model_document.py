"""The tiers' document becomes the model and comes back the same, or is refused with all of its errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.values import Json
from shared.rules.errors import Code, DocumentRefused
from shared.tiers.model import FRESH, DeliveryModel, Tier, TierModel
from shared.tiers.model_document import parse_tiers, tiers_to_json

GOLD: dict[str, Json] = {"id": "gold", "name": "Gold"}


def refused(document: Json) -> list[tuple[str, Code]]:
    with pytest.raises(DocumentRefused) as caught:
        parse_tiers(document)
    return [(error.pointer, error.code) for error in caught.value.errors]


def test_the_fresh_tiers_come_back_the_same() -> None:
    assert parse_tiers(list(tiers_to_json(FRESH))) == FRESH
    assert parse_tiers({"tiers": list(tiers_to_json(FRESH))}) == FRESH


_targets = st.none() | st.dictionaries(st.text(min_size=1, max_size=5), st.integers() | st.text(max_size=5), max_size=3)
_tiers = st.builds(
    Tier,
    id=st.from_regex(r"\A[a-z0-9][a-zA-Z0-9._-]{0,10}\Z"),
    name=st.text(min_size=1, max_size=20),
    definition=st.text(max_size=20),
    delivery_model=st.none() | st.sampled_from(DeliveryModel),
    targets=_targets,
)


@given(st.lists(_tiers, min_size=1, max_size=6, unique_by=(lambda tier: tier.id, lambda tier: tier.name)))
def test_any_model_comes_back_the_same(tiers: list[Tier]) -> None:
    assert parse_tiers(list(tiers_to_json(TierModel(tuple(tiers))))) == TierModel(tuple(tiers))


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        ([], [("", Code.VALUE_NOT_FOR_TYPE)]),
        ("gold", [("", Code.VALUE_NOT_FOR_TYPE)]),
        ({"tiers": [], "x": 1}, [("/x", Code.UNKNOWN_KEY), ("/tiers", Code.VALUE_NOT_FOR_TYPE)]),
        ([{}], [("/0/id", Code.MISSING_KEY), ("/0/name", Code.MISSING_KEY)]),
        ([GOLD | {"id": "go ld"}], [("/0/id", Code.VALUE_NOT_FOR_TYPE)]),
        ([GOLD | {"id": "-gold"}], [("/0/id", Code.VALUE_NOT_FOR_TYPE)]),
        ([GOLD | {"id": "x" * 129}], [("/0/id", Code.VALUE_NOT_FOR_TYPE)]),
        ([GOLD | {"name": ""}], [("/0/name", Code.VALUE_NOT_FOR_TYPE)]),
        ([GOLD | {"colour": "red"}], [("/0/colour", Code.UNKNOWN_KEY)]),
        ([GOLD | {"delivery_model": "by_drone"}], [("/0/delivery_model", Code.NOT_IN_OPTIONS)]),
        ([GOLD | {"rank": 2}], [("/0/rank", Code.VALUE_NOT_FOR_TYPE)]),
        ([GOLD | {"rank": True}], [("/0/rank", Code.VALUE_NOT_FOR_TYPE)]),
        ([GOLD | {"targets": "many"}], [("/0/targets", Code.VALUE_NOT_FOR_TYPE)]),
        ([GOLD | {"targets": {"a": {"b": {"c": {"d": 1}}}}}], [("/0/targets/a/b/c", Code.TOO_DEEP)]),
        ([GOLD, GOLD], [("/1/id", Code.DUPLICATE_ID), ("/1/name", Code.DUPLICATE_ID)]),
        ([{"id": f"t{n}", "name": f"T{n}"} for n in range(100)], [("", Code.TOO_MANY)]),
    ],
)
def test_each_error_stands_at_its_place(document: Json, errors: list[tuple[str, Code]]) -> None:
    assert refused(document) == errors


def test_there_may_be_ninety_nine_tiers() -> None:
    assert len(parse_tiers([{"id": f"t{n}", "name": f"T{n}", "rank": n + 1} for n in range(99)]).tiers) == 99
