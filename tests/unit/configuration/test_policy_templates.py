"""Each policy template by the product's own parsers and engine: valid, without a warning, and with its edges where its
words say.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.accounts.account import Account
from shared.accounts.contribution import RecordUpdate
from shared.accounts.identity import RuleId, TierId
from shared.accounts.standing import Hold, Method, Standing
from shared.accounts.values import Json
from shared.accounts.version import Version
from shared.configuration.fields_document import parse_fields
from shared.configuration.policy_templates import FOLDER, IDS, PolicyTemplate, policy_templates
from shared.tiers.decision import Decision
from shared.tiers.engine import decide
from shared.tiers.lint import lint
from shared.tiers.model import FRESH
from shared.tiers.model_document import parse_tiers
from shared.tiers.policy_document import parse_policy
from shared.tiers.rulebook import Rulebook
from tests.support.builders import CATALOGUE, NOW, account, key, values

EACH = {template.id: template for template in policy_templates()}

every_template = pytest.mark.parametrize("template", EACH.values(), ids=EACH.keys())


def rulebook(template: PolicyTemplate) -> Rulebook:
    tiers = parse_tiers(list(template.tiers))
    catalogue = parse_fields({"fields": list(template.fields)}, CATALOGUE.currency)
    return Rulebook(parse_policy(template.policy, tiers, catalogue), 2, tiers, catalogue)


def having(given: Mapping[str, Json]) -> Account:
    return account("acme", RecordUpdate(key(), Version.of_number(1), values(given)))


def first_tier(template_id: str, given: Mapping[str, Json]) -> str | None:
    """The tier that a new account with these values gets."""
    book = rulebook(EACH[template_id])
    return decide(having(given), book, NOW).tier


def standing_in(tier: str, rule: str, given: Mapping[str, Json]) -> Account:
    since = datetime(2026, 9, 1, tzinfo=UTC)
    standing = Standing(TierId(tier), Method.RULES, RuleId(rule), since, policy_version=2, changes=1)
    return replace(having(given), standing=standing)


def decided(template_id: str, subject: Account) -> Decision:
    return decide(subject, rulebook(EACH[template_id]), NOW)


def test_every_file_is_a_template_that_is_shown() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{template_id}.json" for template_id in IDS}


@every_template
def test_a_template_has_no_error_and_no_warning(template: PolicyTemplate) -> None:
    book = rulebook(template)

    assert lint(book.policy, book) == []


@every_template
def test_a_template_keeps_the_ids_of_a_fresh_deployment_s_tiers(template: PolicyTemplate) -> None:
    ids = [tier["id"] for tier in template.tiers]

    assert ids[: len(FRESH.tiers)] == [tier.id for tier in FRESH.tiers]


@every_template
def test_each_tier_of_a_template_is_given_by_its_policy_and_says_what_the_team_aims_at(
    template: PolicyTemplate,
) -> None:
    book = rulebook(template)

    assert {*(rule.tier for rule in book.policy.rules), book.policy.otherwise} == set(book.tiers.by_id)
    for tier in book.tiers.tiers:
        assert tier.definition
        assert tier.delivery_model
        assert {"touch_cadence", "kpis"} <= set(tier.targets or {})


@every_template
def test_a_template_holds_demotions_for_some_days(template: PolicyTemplate) -> None:
    assert rulebook(template).policy.stability.demote_after.days >= 14


@pytest.mark.parametrize(
    ("mrr", "tier"),
    [
        ("1000.00", "tier-1"),
        ("1000.01", "tier-1"),
        ("999.99", "tier-2"),
        ("500.00", "tier-2"),
        ("499.99", "tier-3"),
        ("0.00", "tier-3"),
        ("-10.00", "tier-3"),
    ],
)
def test_touch_tiers_follow_mrr(mrr: str, tier: str) -> None:
    assert first_tier("touch-tiers", {"mrr": mrr}) == tier


def test_touch_tiers_hold_everyone_without_an_mrr_at_the_lowest() -> None:
    assert first_tier("touch-tiers", {"seats": 900}) == "tier-3"


@pytest.mark.parametrize(
    ("arr", "name"),
    [
        ("100000.01", "Enterprise"),
        ("100000.00", "Mid-Market"),
        ("99999.99", "Mid-Market"),
        ("5000.01", "Mid-Market"),
        ("5000.00", "Mid-Market"),
        ("4999.99", "SMB"),
        ("0.00", "SMB"),
    ],
)
def test_the_arr_ladder_follows_arr(arr: str, name: str) -> None:
    book = rulebook(EACH["arr-ladder"])

    assert book.tiers.name(decide(account(arr=arr), book, NOW).tier) == name


@pytest.mark.parametrize("given", [{}, {"seats": 5000}, {"arr": None}])
def test_the_arr_ladder_holds_everyone_without_an_arr_in_default(given: Mapping[str, Json]) -> None:
    book = rulebook(EACH["arr-ladder"])

    assert book.tiers.name(decide(having(given), book, NOW).tier) == "Default"


@pytest.mark.parametrize(("mrr", "tier"), [("416.66", "tier-3"), ("416.67", "tier-2"), ("8333.34", "tier-1")])
def test_the_arr_ladder_takes_twelve_times_mrr_where_no_source_gives_an_arr(mrr: str, tier: str) -> None:
    assert first_tier("arr-ladder", {"mrr": mrr}) == tier


@pytest.mark.parametrize(
    ("renewal", "arr", "hold"),
    [
        ("2027-01-21", "4000.00", Hold.BEFORE_RENEWAL),
        ("2027-03-01", "4000.00", Hold.DEMOTE_AFTER),
        ("2027-03-01", "4750.00", Hold.DEMOTE_MARGIN),
        ("2027-03-01", "4749.99", Hold.DEMOTE_AFTER),
    ],
)
def test_the_arr_ladder_demotes_nobody_near_a_renewal_or_within_5_percent(renewal: str, arr: str, hold: Hold) -> None:
    decision = decided("arr-ladder", standing_in("tier-2", "mid-market", {"arr": arr, "renewal_date": renewal}))

    assert (decision.tier, decision.result, decision.hold) == ("tier-2", "tier-3", hold)


@pytest.mark.parametrize(
    ("seats", "tier"),
    [
        (250, "tier-1"),
        ("249.9999", "tier-2"),
        (50, "tier-2"),
        (49, "tier-3"),
        (10, "tier-3"),
        (9, "tier-4"),
        (0, "tier-4"),
    ],
)
def test_the_seats_ladder_follows_seats(seats: Json, tier: str) -> None:
    assert first_tier("seats-ladder", {"seats": seats}) == tier


def test_the_seats_ladder_leaves_an_account_without_known_seats_as_it_is() -> None:
    new = decided("seats-ladder", account(mrr="9000.00"))
    old = decided("seats-ladder", standing_in("tier-2", "moderate", {"mrr": "9000.00"}))

    assert (new.tier, new.hold) == (None, Hold.MISSING_DATA)
    assert (old.tier, old.hold) == ("tier-2", Hold.MISSING_DATA)


def test_the_seats_ladder_waits_a_week_before_it_promotes() -> None:
    decision = decided("seats-ladder", standing_in("tier-3", "low", {"seats": 60}))

    assert (decision.tier, decision.result, decision.hold) == ("tier-3", "tier-2", Hold.PROMOTE_AFTER)


RECENT, LONG_AGO = "2026-11-08T07:00:00Z", "2026-11-08T06:59:59Z"
"""Fourteen days before NOW, and a second more."""


@pytest.mark.parametrize(
    ("given", "tier"),
    [
        ({"arr": "100000.00", "seats": 10, "seats_used": 8, "health_score": 70}, "tier-1"),
        ({"arr": "100000.00", "seats": 10, "seats_used": 8, "health_score": "69.9999"}, "tier-2"),
        ({"arr": "100000.00"}, "tier-2"),
        ({"arr": "99999.99", "health_score": 70, "nps": 30, "last_login_at": RECENT}, "tier-3"),
        ({"arr": "25000.00", "seats": 100}, "tier-2"),
        ({"arr": "24999.99", "seats": 100, "strategic": True}, "tier-4"),
        ({"arr": "25000.00", "strategic": True}, "tier-2"),
        ({"arr": "25000.00", "strategic": False}, "tier-4"),
        ({"seats": 10, "seats_used": 8, "last_login_at": RECENT}, "tier-3"),
        ({"seats": 10, "seats_used": 8, "last_login_at": LONG_AGO}, "tier-4"),
        ({"seats": 10, "seats_used": "7.9999", "last_login_at": RECENT, "nps": 30}, "tier-4"),
        ({"health_score": 90, "nps": 29, "last_login_at": RECENT}, "tier-4"),
        ({"seats_used": 8, "last_login_at": RECENT}, "tier-4"),
        ({}, "tier-4"),
    ],
)
def test_value_x_outcome_follows_both_scores(given: Mapping[str, Json], tier: str) -> None:
    assert first_tier("value-outcome", given) == tier


def test_value_x_outcome_demotes_at_the_start_of_a_month() -> None:
    decision = decided("value-outcome", standing_in("tier-1", "grow-high-touch", {"arr": "100000.00"}))

    assert (decision.result, decision.effective_at) == ("tier-2", datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("given", "tier"),
    [
        ({"stage": "onboarding", "mrr": "1000.00"}, "tier-1"),
        ({"stage": "onboarding", "mrr": "999.99"}, "tier-2"),
        ({"stage": "onboarding", "mrr": "499.99"}, "tier-2"),
        ({"stage": "onboarding", "mrr": "0.00"}, "tier-2"),
        ({"stage": "onboarding"}, "tier-2"),
        ({"stage": "adoption", "mrr": "1000.00"}, "tier-1"),
        ({"stage": "adoption", "mrr": "500.00"}, "tier-2"),
        ({"stage": "adoption", "mrr": "499.99"}, "tier-3"),
        ({"stage": "adoption"}, "tier-3"),
        ({"mrr": "499.99"}, "tier-3"),
        ({}, "tier-3"),
    ],
)
def test_the_onboarding_floor_lifts_who_would_be_below_it(given: Mapping[str, Json], tier: str) -> None:
    assert first_tier("onboarding-floor", given) == tier


@pytest.mark.parametrize(
    ("stage", "result", "hold"),
    [("onboarding", "tier-2", Hold.CONDITION), ("adoption", "tier-3", Hold.DEMOTE_AFTER)],
)
def test_the_onboarding_floor_demotes_nobody_before_onboarding_ends(stage: str, result: str, hold: Hold) -> None:
    decision = decided("onboarding-floor", standing_in("tier-1", "high", {"stage": stage, "mrr": "100.00"}))

    assert (decision.tier, decision.result, decision.hold) == ("tier-1", result, hold)
