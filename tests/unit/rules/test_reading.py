"""All errors of a document are told, up to what one answer can hold."""

import json

import pytest

from shared.accounts.catalogue import Field
from shared.accounts.identity import FieldName
from shared.accounts.values import FieldType, Json
from shared.rules.errors import Code, DocumentRefused
from shared.rules.reading import MAX_TOLD, Reading
from shared.tiers.model import FRESH
from shared.tiers.policy_document import parse_policy
from tests.support.builders import CATALOGUE
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import policy, rule

LARGEST_ANSWER = 6 * 1024 * 1024
"""Bytes that Lambda returns."""
WIDE = CATALOGUE.with_field(
    Field(FieldName("region"), FieldType.ENUM, "Region", options=tuple(f"{n:0900}" for n in range(200)), custom=True)
)


def test_a_thousand_wrong_values_are_told_one_by_one() -> None:
    reading = Reading()
    for number in range(1_000):
        reading.refuse(f"/rules/0/when/value/{number}", Code.NOT_IN_OPTIONS, "it is none of the options: free, pro")
    assert len(reading.errors) == reading.refusals == 1_000


@pytest.mark.parametrize(
    "document",
    [
        policy(stability={f"{n:x}": 1 for n in range(24_000)}),
        policy(rule("a", None, {"any": [leaf("region", "in", ["x"] * 1_000)] * 60})),
        policy(rule("a", None, {"any": [leaf("region", "in", ["\U0001f4a5" * 200] * 100)] * 3})),
        policy(rule("a", None, leaf("region", "in", ["x", "\U0001f4a5" * 70_000]))),
    ],
    ids=["unknown keys", "no options", "long texts", "one long text"],
)
def test_of_more_errors_than_an_answer_holds_the_first_are_told_and_that_there_are_more(document: Json) -> None:
    with pytest.raises(DocumentRefused) as caught:
        parse_policy(document, FRESH, WIDE)
    errors = caught.value.errors
    assert len(json.dumps([error.to_json() for error in errors])) < LARGEST_ANSWER
    assert sum(len(error.pointer) + len(error.message) for error in errors) < MAX_TOLD + 1_000
    if len(errors) > 100:
        assert (errors[-1].pointer, errors[-1].code) == ("", Code.TOO_MANY)
