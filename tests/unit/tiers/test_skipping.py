"""A publish that skips holds moves what it decides otherwise, and nothing that was on its way before."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from shared.accounts.identity import AccountId
from shared.accounts.values import Json
from shared.tiers.skipping import differs
from tests.support.builders import NOW, account
from tests.unit.tiers.builders import overridden, policy, rule, rulebook, synced


def by_mrr(high: int, *, tier: str = "tier-1", **parts: Json) -> Mapping[str, Json]:
    return policy(rule("high", tier, {"field": "mrr", "op": ">=", "value": high}), otherwise="tier-3", **parts)


@pytest.mark.parametrize(("mrr", "differing"), [("499", False), ("500", True), ("999.99", True), ("1000", False)])
def test_what_lies_between_the_old_threshold_and_the_new_differs(mrr: str, *, differing: bool) -> None:
    raised, before = rulebook(by_mrr(1000)), rulebook(by_mrr(500))
    assert differs(account(mrr=mrr), raised, before, NOW) is differing
    assert differs(account(mrr=mrr), before, raised, NOW) is differing


def test_another_rule_for_the_same_tier_is_no_difference() -> None:
    renamed = policy(rule("large", "tier-1", {"always": True}))
    assert not differs(account(mrr="1200"), rulebook(renamed), rulebook(by_mrr(1000)), NOW)


def test_other_stability_is_no_difference() -> None:
    patient = by_mrr(1000, stability={"demote_after": "14d"})
    assert not differs(account(mrr="10"), rulebook(by_mrr(1000)), rulebook(patient), NOW)


def test_another_order_of_methods_differs_where_they_disagree() -> None:
    by_rules, by_crm = rulebook(by_mrr(1000, precedence=["rules", "synced"])), rulebook(by_mrr(1000))
    assert differs(synced(account(mrr="10"), "tier-2"), by_rules, by_crm, NOW)
    assert not differs(synced(account(mrr="10"), "tier-3"), by_rules, by_crm, NOW)


def test_what_a_person_set_decides_under_both() -> None:
    assert not differs(overridden(account(mrr="700"), "tier-1"), rulebook(by_mrr(1000)), rulebook(by_mrr(500)), NOW)


def test_an_archived_account_stays_under_both() -> None:
    gone = replace(account(mrr="700"), merged_into=AccountId("other"))
    assert not differs(gone, rulebook(by_mrr(1000)), rulebook(by_mrr(500)), NOW)
