"""A deleted tier's accounts are shown where they move, and edited as that, before the walk comes by."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import Hold, Method, Override, Pending
from shared.why import link
from tests.support.builders import NOW, account
from tests.unit.api.deciding import walked
from tests.unit.api.stage import Stage

MANY = 201
"""More than a request moves."""
DELETED = "Tier 4: Digital was deleted"
TOLD = ("tier", "previous_tier", "result", "method", "rule", "status", "hold", "pending", "shadow", "why")


@pytest.fixture
def here(stage: Stage) -> Stage:
    """Its fourth tier has more accounts than a request moves."""
    stage.call("POST /v1/tiers", {"id": "tier-4", "name": "Tier 4: Digital"})
    walked(stage)
    for number in range(MANY):
        stage.put(account(f"a{number}", mrr="1.00", tier="tier-4"))
    return stage


def keep(here: Stage, kept: Account) -> None:
    """In the place of the first of them."""
    del here.accounts.accounts[kept.id]
    here.accounts.rows.pop(kept.id, None)
    here.put(kept)


def delete(here: Stage) -> None:
    assert here.call("DELETE /v1/tiers/tier-4?move_to=tier-2", if_match="*").status == 202
    assert here.accounts.accounts[AccountId("a0")].standing.tier == "tier-4"


def test_the_decision_of_now_is_what_the_walk_writes(here: Stage) -> None:
    delete(here)

    told = here.call("GET /v1/accounts/a0/decision").json

    walked(here)
    (row,) = here.accounts.rows[AccountId("a0")]
    assert (told["tier"], told["method"], told["status"]) == ("tier-2", "manual", "changed")
    assert {name: told[name] for name in TOLD} == {name: row.decision[name] for name in TOLD}


def test_the_views_of_an_account_show_it_as_the_walk_will_leave_it(here: Stage) -> None:
    delete(here)

    one = here.call("GET /v1/accounts/a0")
    (listed,) = here.call("GET /v1/accounts?external_id=recurly:acme-1").json["items"]

    walked(here, later=timedelta())
    assert (one.json["tier"]["id"], one.json["tier"]["override"]["reason"]) == ("tier-2", DELETED)
    after = here.call("GET /v1/accounts/a0").json
    assert one.json == listed == {**after, "version": after["version"] - 1}
    assert len(here.accounts.rows[AccountId("a0")]) == 1


def test_an_edit_is_answered_with_the_account_as_it_is_shown_and_the_walk_moves_it_all_the_same(here: Stage) -> None:
    delete(here)

    edited = here.call("PATCH /v1/accounts/a0", {"fields": {"csm_score": 3}}, if_match='"0"')

    assert (edited.status, edited.etag, edited.json["tier"]["id"]) == (200, '"1"', "tier-2")
    walked(here)
    assert here.accounts.accounts[AccountId("a0")].standing.tier == "tier-2"


def test_an_override_that_names_the_deleted_tier_is_shown_with_the_one_it_moves_to(here: Stage) -> None:
    kept = account("a0", mrr="1.00", tier="tier-4")
    keep(here, replace(kept, override=Override(TierId("tier-4"), "a pilot", "ann", NOW)))
    delete(here)

    override = here.call("GET /v1/accounts/a0").json["tier"]["override"]

    assert (override["tier"], override["reason"], override["author"]) == ("tier-2", "a pilot", "ann")


def test_what_moves_an_account_is_cleared_before_the_walk_as_after_it(here: Stage) -> None:
    delete(here)
    shown = here.call("GET /v1/accounts/a0")

    cleared = here.call("DELETE /v1/accounts/a0/tier", if_match=shown.etag)

    assert (cleared.status, cleared.json["tier"]["id"], cleared.json["tier"]["override"]) == (200, "tier-3", None)
    walked(here)
    after = here.accounts.accounts[AccountId("a0")]
    assert (after.standing.tier, after.standing.method, after.override) == ("tier-3", Method.RULES, None)
    (entry,) = [each for each in here.accounts.audit if each.target == "account/a0"]
    assert (entry.action, entry.before and entry.before["reason"], entry.after) == ("override.clear", DELETED, None)


@pytest.mark.parametrize(("answer", "body"), [("approve", {}), ("reject", {"reason": "a dip"})])
def test_a_demotion_out_of_the_deleted_tier_waits_for_nobody_any_more(
    here: Stage, answer: str, body: dict[str, str]
) -> None:
    kept = account("a0", mrr="1.00", tier="tier-4")
    standing = replace(kept.standing, pending=Pending(TierId("tier-3"), NOW), hold=Hold.APPROVAL)
    keep(here, replace(kept, standing=standing))
    delete(here)

    tier = here.call("GET /v1/accounts/a0").json["tier"]
    reply = here.call(f"POST /v1/accounts/a0/tier/{answer}", body)

    assert (tier["id"], tier["hold"], tier["pending"]) == ("tier-2", None, None)
    assert (reply.status, reply.problem) == (409, "nothing_waits")


def test_the_page_that_explains_a_tier_explains_the_one_it_moves_to(here: Stage) -> None:
    delete(here)
    token = link.sign(AccountId("a0"), here.now + link.LASTS, here.secrets.current("why")[0])

    page = here.call(f"GET /why/{token}", role=None)

    assert page.status == 200
    assert "Tier 2: Moderate touch" in page.text
    assert "set by a person" in page.text
