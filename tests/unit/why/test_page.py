"""The why page: complete, readable, and nothing but text."""

import base64
import hashlib
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import AccountId, FieldName, RuleId, TierId
from shared.accounts.standing import Method
from shared.rules.condition import Always
from shared.rules.finding import Finding
from shared.tiers.decision import Decision, RuleTrace, Status
from shared.tiers.model import FRESH
from shared.tiers.policy import Policy, TierRule
from shared.tiers.rulebook import Rulebook
from shared.tiers.shortfall import Gap, Shortfall
from shared.why.page import MOST_CHANGES, MOST_RULES, Page, render
from tests.support import builders
from tests.unit.alerts.builders import MET, NOW, SHORT, change
from tests.unit.alerts.test_message import Visible

RULES = (TierRule(RuleId("high"), TierId("tier-1"), Always()), TierRule(RuleId("mid"), TierId("tier-2"), Always()))
RULEBOOK = Rulebook(Policy(RULES), 7, FRESH, Catalogue.fresh(), "Europe/Berlin")
LACKING = Shortfall(
    TierId("tier-1"),
    "Tier 1: High touch",
    RuleId("high"),
    (
        Gap(FieldName("mrr"), "MRR", "at least 1,000.00", "640.00", "360.00"),
        Gap(FieldName("seats"), "Seats", "at least 10", None, None),
    ),
)


def finding(of: dict[str, object]) -> Finding:
    return Finding(**of)  # type: ignore[arg-type]  # the builders' JSON has a finding's fields


DECISION = Decision(
    account_id=AccountId("acme"),
    tier=TierId("tier-2"),
    previous_tier=TierId("tier-2"),
    result=TierId("tier-2"),
    method=Method.RULES,
    rule=RuleId("mid"),
    policy_version=7,
    decided_at=NOW,
    status=Status.UNCHANGED,
    hold=None,
    shadow={Method.SYNCED: TierId("tier-1")},
    why="MRR is 640.00: below 1000 (rule high), at least 500 (rule mid).",
    rules=(
        RuleTrace(RuleId("high"), matched=False, conditions=(finding(SHORT),)),
        RuleTrace(RuleId("mid"), matched=True, conditions=(finding(MET),)),
    ),
    effective_at=NOW,
    pending=None,
    next_review_at=None,
    due_at=None,
)


def page(decision: Decision = DECISION, *, name: str = "Acme Inc", lacking: Shortfall | None = LACKING) -> Page:
    account = builders.account(tier="tier-2", name=name)
    return render(account, decision, [change(2), change(1, None, "tier-1")], RULEBOOK, lacking)


def test_the_page_tells_the_whole_story() -> None:
    text = Visible(page().html).text

    for said in (
        "Acme Inc",
        "Tier 2: Moderate touch",
        "since 23 Oct 2026, 09:00 CEST, by rule mid",
        "MRR is 640.00: below 1000 (rule high), at least 500 (rule mid).",
        "The CRM says: Tier 1: High touch",
        "MRR at least 1,000.00: 360.00 short",
        "Seats at least 10 (not known)",
        "Rule high for Tier 1: High touch not matched",
        "short by 360.00 ✗ no",
        "Rule mid for Tier 2: Moderate touch matched",
        "at least 500.00 640.00 ✓ yes",
        "22 Nov 2026, 07:59 CET",
        "As it is at 22 Nov 2026, 08:00 CET",
    ):
        assert said in text


def test_a_first_tier_has_nothing_before_it() -> None:
    assert Visible(page().html).text.count("→") == 1


def test_every_way_to_a_tier_is_put_in_words() -> None:
    said = {
        method: Visible(page(replace(DECISION, method=method, rule=None)).html).text
        for method in (Method.MANUAL, Method.SYNCED, Method.RULES, None)
    }

    assert "set by a person" in said[Method.MANUAL]
    assert "as the CRM has it" in said[Method.SYNCED]
    assert "for everyone whom none of them matches" in said[Method.RULES]
    assert "by no method" in said[None]


def test_the_highest_tier_lacks_nothing() -> None:
    assert "To reach" not in page(lacking=None).html


def test_a_long_policy_says_how_much_is_left_out() -> None:
    traces = tuple(RuleTrace(RuleId(f"r{n}"), n == MOST_RULES + 2, ()) for n in range(MOST_RULES + 3))

    text = Visible(page(replace(DECISION, rules=traces)).html).text

    assert "3 earlier rules that did not match are left out" in text
    assert "Rule r2 " not in text
    assert f"Rule r{MOST_RULES + 2} " in text


def test_only_the_last_changes_are_listed() -> None:
    rows = [change(version) for version in range(40, 1, -1)]

    html = render(builders.account(tier="tier-2"), DECISION, rows, RULEBOOK, None).html

    assert html.count("<li>") == MOST_CHANGES


def test_the_policy_admits_the_pages_own_style_and_nothing_else() -> None:
    shown = page()

    style = re.search(r"<style>(.*?)</style>", shown.html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in shown.content_security_policy
    assert "default-src 'none'" in shown.content_security_policy
    assert 'style="' not in shown.html
    assert "<script" not in shown.html
    assert not Visible(shown.html).links


@given(st.text(), st.text())
def test_nothing_that_a_source_sends_is_more_than_text(name: str, actual: str) -> None:
    told = replace(DECISION, rules=(RuleTrace(RuleId("high"), False, (finding({**SHORT, "actual": actual}),)),))

    assert Visible(page(told, name=name).html).tags <= Visible(page().html).tags
