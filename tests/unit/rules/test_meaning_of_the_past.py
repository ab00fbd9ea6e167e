"""What a leaf that asks of the past means: closure, trace and an independent reading of the language agree."""

from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from shared.accounts import exact_json, strict_json
from shared.accounts.history import History
from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType
from shared.rules import vocabulary
from shared.rules.compile import compile_condition
from shared.rules.condition import Leaf, Operator
from shared.rules.facts import Facts
from shared.rules.moment import seconds_of
from shared.rules.trace import findings
from shared.rules.turning import next_turn
from shared.rules.vocabulary import OF_EVERY_TYPE
from shared.tiers.policy_document import MAX_BYTES
from tests.unit.rules.documents import FIELDS, moment, parse, values
from tests.unit.rules.oracle import Scene
from tests.unit.rules.oracle_of_the_past import Past
from tests.unit.rules.strategies import FOUND, MICROSECOND, OPERATORS, PRESENCE
from tests.unit.rules.strategies_of_the_past import BESIDE, PastCase, forms, past_cases

FORMS = [(field, *form) for field in OPERATORS for form in forms(field)]


def history(field: str, past: Past) -> History:
    of = FIELDS.types[FieldName(field)]
    return History(tuple((seconds_of(at), of.parse(value)) for at, value in past))


def past_facts(case: PastCase, scene: Scene) -> Facts:
    name = FieldName(case.leaf["field"])
    return Facts(values(case.values), {name: history(name, case.past)}, moment(*scene))


def held(case: PastCase) -> bool:
    """What the closure says, which trace and language say too."""
    condition, facts = parse(case.leaf), past_facts(case, case.scene)
    (found,) = findings(condition, facts, lambda _: None)
    holds = compile_condition(condition)(facts)
    assert holds is found.met is case.holds
    return holds


@pytest.mark.parametrize(("field", "op", "fn", "over"), FORMS)
@pytest.mark.parametrize("expected", [True, False])
def test_each_form_can_be_true_and_false(field: str, op: str, fn: str | None, *, over: bool, expected: bool) -> None:
    find(past_cases(field, op, fn, over=over), lambda case: held(case) is expected, settings=FOUND)


@pytest.mark.parametrize("form", [{}, {"times": "0.9"}, {"times": "-1"}])
@pytest.mark.parametrize("field", sorted(BESIDE))
@pytest.mark.parametrize("expected", [True, False])
def test_a_window_beside_another_field_can_be_above_and_not(
    form: dict[str, str], field: str, *, expected: bool
) -> None:
    """Both of them known."""
    beside = {"field": BESIDE[field], **form}

    def known(case: PastCase) -> bool:
        asked = case._replace(leaf={**case.leaf, "value": beside})
        return all(case.values.values()) and held(asked) is expected

    find(past_cases(field, ">", "avg"), known, settings=FOUND)


def test_every_operator_of_every_type_is_seen_here_or_beside_what_is_present() -> None:
    """So that a pair which the language gets is not forgotten here."""
    seen = {(FIELDS.types[FieldName(field)].type, op) for field, ops in OPERATORS.items() for op in (*PRESENCE, *ops)}
    seen |= {(FIELDS.types[FieldName(field)].type, op) for field, op, _, _ in FORMS}
    known = {(kind, op) for kind in FieldType for op in Operator if op in (*OF_EVERY_TYPE, *vocabulary.OPERATORS[kind])}
    assert seen == known
    assert len(known) == 106


_any: st.SearchStrategy[Any] = st.sampled_from(FORMS).flatmap(
    lambda form: past_cases(form[0], form[1], form[2], over=form[3])
)


@given(_any)
def test_any_form_means_what_the_language_says(case: PastCase) -> None:
    held(case)


@given(_any)
def test_a_leaf_that_went_through_json_is_the_same(case: PastCase) -> None:
    assert parse(strict_json.loads(exact_json.write(case.leaf), max_bytes=MAX_BYTES)) == parse(case.leaf)


@given(_any, st.lists(st.integers(0, 999_999), max_size=20))
def test_a_leaf_turns_at_the_moment_that_is_told_and_nowhere_before(case: PastCase, between: list[int]) -> None:
    scene, present = case.scene, case.holds
    asked = parse(case.leaf)
    assert isinstance(asked, Leaf)
    found = next_turn([asked], past_facts(case, scene))
    until = found or scene.now.replace(year=scene.now.year + 20, day=1)
    assert until > scene.now
    for share in between:
        later = scene.now + (until - scene.now) // 1_000_000 * share
        assert case._replace(scene=scene._replace(now=later)).holds is present
    assert case._replace(scene=scene._replace(now=max(scene.now, until - MICROSECOND))).holds is present
    if found is not None:
        assert case._replace(scene=scene._replace(now=found)).holds is not present
