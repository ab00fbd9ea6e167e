"""Whatever JSON stands where a document should: it is parsed or refused, and nothing else."""

import contextlib
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.accounts.values import Json
from shared.rules.errors import DocumentRefused
from shared.tiers.evaluation import evaluate
from shared.tiers.model import FRESH
from shared.tiers.model_document import parse_tiers
from shared.tiers.policy_document import FRESH_POLICY, parse_policy
from tests.support.builders import CATALOGUE, NOW
from tests.unit.rules.documents import errors, parse
from tests.unit.tiers.builders import rulebook

WORDS = (
    *("all", "any", "not", "always", "field", "op", "value", "times", "over", "window"),
    *("rules", "id", "tier", "when", "otherwise", "requires", "precedence", "stability", "demote", "demote_after"),
    *("account", "tiers", "policy", "condition", "history", "now", "last_known", "override", "expires_at", "since"),
    *("name", "options", "type", "fields", "rank", "targets", "definition", "number", "enum", "manual", "0d"),
    *("=", ">=", "in", "missing", "mrr", "plan", "seats", "products", "tier-1", "time_zone", "UTC"),
    *("renewal_date", "last_login_at", "within_next", "beyond_last", "90d", "today", "today+3d", "now-36h"),
)
_numbers = st.integers() | st.just(10_000).map(lambda digits: 10**digits) | st.decimals() | st.just(Decimal("1e999999"))
_scalars = st.none() | st.booleans() | _numbers | st.sampled_from(WORDS) | st.text(max_size=5) | st.just("\ud800")
_keys = st.sampled_from(WORDS) | st.text(max_size=3)
anything: st.SearchStrategy[Any] = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=5),
    max_leaves=25,
)
MANY = settings(max_examples=200)


@MANY
@given(anything)
def test_any_condition_is_parsed_or_refused(document: Json) -> None:
    found = errors(document, "/when")
    assert all(error.pointer.startswith("/when") and error.message for error in found)
    if not found:
        parse(document)


@MANY
@given(anything)
def test_any_policy_is_parsed_or_refused(document: Json) -> None:
    with contextlib.suppress(DocumentRefused):
        parse_policy(document, FRESH, CATALOGUE)


@MANY
@given(st.sampled_from(sorted(FRESH_POLICY)), anything)
def test_any_part_of_a_policy_is_parsed_or_refused(key: str, part: Json) -> None:
    with contextlib.suppress(DocumentRefused):
        parse_policy({**FRESH_POLICY, key: part, "stability": part}, FRESH, CATALOGUE)


@MANY
@given(anything)
def test_any_tiers_are_parsed_or_refused(document: Json) -> None:
    with contextlib.suppress(DocumentRefused):
        parse_tiers(document)
    with contextlib.suppress(DocumentRefused):
        parse_tiers([{"id": "a", "name": "A", "targets": document, "rank": document}])


@MANY
@given(
    st.sampled_from(["", "account", "policy", "tiers", "fields", "condition", "now", "sources", "time_zone"]), anything
)
def test_any_trial_is_evaluated_or_refused(key: str, part: Json) -> None:
    with contextlib.suppress(DocumentRefused):
        evaluate({"account": {}, key: part} if key else part, rulebook(), NOW)


@MANY
@given(st.sampled_from(["fields", "history", "last_known", "tier", "pending", "synced_tier", "override"]), anything)
def test_any_account_of_a_trial_is_evaluated_or_refused(key: str, part: Json) -> None:
    with contextlib.suppress(DocumentRefused):
        evaluate({"account": {key: part}}, rulebook(), NOW)
