"""A tier goes while accounts, overrides, drafts and other admins still speak of it: nothing is lost half way."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.listing import AccountFilter, Page
from shared.accounts.standing import Hold, Method, Override, Pending
from shared.accounts.store import AccountChange, AccountMoved
from shared.configuration.documents import DocumentChange, Kind
from shared.memory.accounts import MemoryAccounts
from shared.memory.documents import MemoryDocuments
from shared.runtime.failures import Retryable
from shared.runtime.messages import DecideAll, read
from shared.runtime.ports import RunState
from tests.support.builders import NOW, account
from tests.support.faults import Crash, Fault
from tests.unit.api.deciding import walked
from tests.unit.api.stage import Stage

NEW = {"id": "tier-4", "name": "Tier 4: Digital"}
MOVE = "DELETE /v1/tiers/tier-4?move_to=tier-2"
PORTS = ("accounts", "documents", "runs", "decide")
MANY = 450
"""More than one request moves."""


class Lagging(MemoryAccounts):
    """Its index by tier has not caught up yet; the accounts themselves are there."""

    def page(self, where: AccountFilter, *, limit: int, cursor: str | None) -> Page[Account]:
        return Page() if where.tier else super().page(where, limit=limit, cursor=cursor)

    def in_tier(self, tier: TierId, *, at_most: int) -> int:  # noqa: ARG002 - the port's names
        return 0


class Failing(MemoryAccounts):
    """Once, an account can't be written."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    def commit(self, change: AccountChange) -> Account:
        if change.audit is not None and self.error is not None:
            error, self.error = self.error, None
            raise error
        return super().commit(change)


class Contested(MemoryDocuments):
    """Another admin is quicker, once."""

    meanwhile: Callable[[], object] | None = None

    def commit(self, changes: Sequence[DocumentChange], *, at: object, by: str, audit: Sequence[AuditEntry]) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        super().commit(changes, at=at, by=by, audit=audit)  # type: ignore[arg-type]  # as it came


def with_tier(stage: Stage) -> Stage:
    assert stage.call("POST /v1/tiers", NEW).status == 201
    stage.decide.take()
    return stage


def tiers_of(stage: Stage) -> set[tuple[str | None, Method | None]]:
    return {(each.standing.tier, each.standing.method) for each in stage.accounts.accounts.values()}


def test_more_accounts_than_one_request_moves_follow_by_a_run(stage: Stage) -> None:
    with_tier(stage)
    for number in range(MANY):
        stage.put(account(f"a{number}", mrr="1.00", tier="tier-4"))

    reply = stage.call(MOVE, if_match="*")

    assert (reply.status, reply.json["state"]) == (202, "queued")
    assert "tier-4" not in {tier["id"] for tier in stage.call("GET /v1/tiers").json["items"]}
    walked(stage)
    run = stage.call(f"GET {reply.headers['Location']}").json
    assert (run["state"], run["progress"]["done"]) == (RunState.SUCCEEDED, MANY)
    assert tiers_of(stage) == {("tier-2", Method.MANUAL)}
    assert {row.cause for rows in stage.accounts.rows.values() for row in rows} == {"tiers"}
    assert {(entry.action, entry.actor) for entry in stage.accounts.audit} == {("override.set", "admin-1")}
    assert len(stage.accounts.audit) == MANY


def test_what_a_walk_has_moved_it_does_not_move_again(stage: Stage) -> None:
    with_tier(stage)
    for number in range(MANY):
        stage.put(account(f"a{number}", mrr="1.00", tier="tier-4"))
    stage.call(MOVE, if_match="*")
    again = list(stage.decide.sent)
    walked(stage)
    writes = stage.accounts.writes

    stage.decide.send(again)
    walked(stage)

    assert stage.accounts.writes == writes


def test_few_accounts_are_moved_when_the_reply_comes(stage: Stage) -> None:
    with_tier(stage)
    stage.put(account("a", mrr="1.00", tier="tier-4"))

    assert stage.call(MOVE, if_match="*").status == 204

    assert tiers_of(stage) == {("tier-2", Method.MANUAL)}
    walked(stage)
    assert len(stage.accounts.rows[AccountId("a")]) == 1


@pytest.mark.parametrize("error", [AccountMoved("others"), Retryable("throttled")])
def test_an_account_that_can_t_be_moved_at_once_follows(error: Exception) -> None:
    stage = with_tier(Stage(accounts=Failing(error)))
    for name in ("a", "b", "c"):
        stage.put(account(name, mrr="1.00", tier="tier-4"))

    assert stage.call(MOVE, if_match="*").status == 202

    walked(stage)
    assert tiers_of(stage) == {("tier-2", Method.MANUAL)}


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_point_moves_every_account_or_none(*, after: bool) -> None:
    fault = Fault()
    while fault.struck or not fault.calls:
        stage, fault = with_tier(Stage()), Fault(at=fault.at + 1, after=after)
        for name in ("a", "b"):
            stage.put(account(name, mrr="1.00", tier="tier-4"))
        struck = Stage(**{name: fault.port(getattr(stage, name)) for name in PORTS})

        with suppress(Crash):
            struck.call(MOVE, if_match="*")
        while messages := [*stage.decide.sent]:
            try:
                walked(struck)
            except Crash:
                stage.decide.sent[:] = messages

        saved = stage.documents.get(Kind.PUBLISHED, "tiers")
        gone = saved is not None and "gone" in saved.body
        by_hand = [each.override is not None for each in stage.accounts.accounts.values()]
        assert by_hand == [gone] * 2
        assert not gone or tiers_of(stage) == {("tier-2", Method.MANUAL)}
        assert [len(rows) for rows in stage.accounts.rows.values() if gone] == [1] * (2 if gone else 0)


def test_an_account_that_the_index_does_not_show_yet_is_moved_all_the_same() -> None:
    stage = with_tier(Stage(accounts=Lagging()))
    stage.put(account("a", mrr="1.00", tier="tier-4"))

    stage.call(MOVE, if_match="*")

    walked(stage)
    assert tiers_of(stage) == {("tier-2", Method.MANUAL)}


def test_a_deletion_that_another_admin_forestalls_moves_nobody() -> None:
    documents = Contested()
    stage = with_tier(Stage(documents=documents))
    stage.put(account("a", mrr="1.00", tier="tier-4"))
    documents.meanwhile = lambda: stage.call("PATCH /v1/tiers/tier-1", {"name": "Top"}, if_match="*")

    reply = stage.call(MOVE, if_match=stage.call("GET /v1/tiers").etag)

    assert (reply.status, reply.problem) == (412, "precondition_failed")
    assert tiers_of(stage) == {("tier-4", Method.RULES)}


def test_of_two_admins_who_read_the_same_list_one_saves_it(stage: Stage) -> None:
    read_by_both = stage.call("GET /v1/tiers")
    tiers = read_by_both.json["items"]

    first = stage.call("PUT /v1/tiers", [*tiers, NEW], if_match=read_by_both.etag)
    second = stage.call("PUT /v1/tiers", tiers, if_match=read_by_both.etag, role="manager")

    assert (first.status, second.status) == (200, 412)


def test_an_override_that_names_the_tier_beside_a_tier_of_the_crm_moves_too(stage: Stage) -> None:
    with_tier(stage)
    dormant = replace(account("a", mrr="1.00", tier="tier-1"), override=Override(TierId("tier-4"), "pilot", "ann", NOW))
    stage.put(dormant)

    stage.call(MOVE, if_match="*")

    walked(stage)
    kept = stage.accounts.accounts[AccountId("a")].override
    assert kept is not None
    assert (kept.tier, kept.reason, kept.author) == ("tier-2", "pilot", "ann")


def test_a_tier_that_a_crm_still_names_is_its_accounts_no_longer(stage: Stage) -> None:
    with_tier(stage)
    kept = account("a", mrr="1.00", synced_tier="tier-4", tier="tier-4")
    stage.put(replace(kept, standing=replace(kept.standing, method=Method.SYNCED, rule=None)))
    assert stage.call("DELETE /v1/tiers/tier-4", if_match="*").problem == "in_use"

    stage.call(MOVE, if_match="*")

    walked(stage)
    tier = stage.call("GET /v1/accounts/a").json["tier"]
    assert (tier["id"], tier["method"], tier["shadow"]["synced"]) == ("tier-2", Method.MANUAL, None)


def test_what_is_pending_to_the_tier_is_pending_no_longer(stage: Stage) -> None:
    with_tier(stage)
    kept = account("a", mrr="2000.00", tier="tier-1")
    standing = replace(kept.standing, pending=Pending(TierId("tier-4"), NOW), hold=Hold.DEMOTE_AFTER)
    stage.put(replace(kept, standing=standing))

    stage.call("DELETE /v1/tiers/tier-4", if_match="*")

    walked(stage)
    after = stage.accounts.accounts[AccountId("a")].standing
    assert (after.tier, after.pending, after.hold) == ("tier-1", None, None)


def test_who_came_into_a_tier_as_it_went_is_decided_by_the_rules() -> None:
    stage = with_tier(Stage(accounts=Lagging()))
    stage.put(account("a", mrr="1.00"))
    stage.call("PUT /v1/accounts/a/tier", {"tier": "tier-4", "reason": "a pilot"}, if_match="*")

    assert stage.call("DELETE /v1/tiers/tier-4", if_match="*").status == 204

    walked(stage)
    assert tiers_of(stage) == {("tier-3", Method.RULES)}


def test_a_word_of_a_person_on_the_account_is_not_moved_over(stage: Stage) -> None:
    with_tier(stage)
    stage.put(account("a", mrr="1.00", tier="tier-4"))
    stage.put(replace(account("b", mrr="1.00", tier="tier-4"), override=Override(TierId("tier-1"), "logo", "ann", NOW)))

    stage.call(MOVE, if_match="*")

    walked(stage)
    kept = stage.accounts.accounts[AccountId("b")]
    assert (kept.standing.tier, kept.override and kept.override.reason) == ("tier-1", "logo")


def test_a_refusal_names_the_rules_and_counts_the_accounts(stage: Stage) -> None:
    for name in ("a", "b", "c"):
        stage.put(account(name, mrr="2000.00", tier="tier-1"))

    reply = stage.call("DELETE /v1/tiers/tier-1", if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "rule high" in reply.json["detail"]
    assert "at least 3 accounts" in reply.json["detail"]


def test_a_list_that_leaves_out_a_tier_in_use_is_refused_with_rules_and_accounts(stage: Stage) -> None:
    stage.put(account("a", mrr="2000.00", tier="tier-1"))
    listed = stage.call("GET /v1/tiers").json["items"]
    without = [{key: value for key, value in tier.items() if key != "rank"} for tier in listed[1:]]

    reply = stage.call("PUT /v1/tiers", without, if_match="*")

    assert "rule high" in reply.json["detail"]
    assert "at least 1 account" in reply.json["detail"]


def test_a_tier_that_accounts_are_on_their_way_to_is_in_use(stage: Stage) -> None:
    with_tier(stage)
    stage.call("POST /v1/tiers", {"id": "tier-5", "name": "Tier 5"})
    for number in range(MANY):
        stage.put(account(f"a{number}", mrr="1.00", tier="tier-4"))
    stage.call("DELETE /v1/tiers/tier-4?move_to=tier-5", if_match="*")

    reply = stage.call("DELETE /v1/tiers/tier-5", if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert f"at least {MANY} accounts" in reply.json["detail"]


def test_where_the_tier_moved_to_goes_in_its_turn_all_end_where_that_moved(stage: Stage) -> None:
    with_tier(stage)
    stage.call("POST /v1/tiers", {"id": "tier-5", "name": "Tier 5"})
    for number in range(MANY):
        stage.put(account(f"a{number}", mrr="1.00", tier="tier-4"))
    stage.call("DELETE /v1/tiers/tier-4?move_to=tier-5", if_match="*")

    stage.call("DELETE /v1/tiers/tier-5?move_to=tier-1", if_match="*")

    walked(stage)
    assert tiers_of(stage) == {("tier-1", Method.MANUAL)}


def test_a_tier_that_comes_again_under_its_id_keeps_its_new_accounts(stage: Stage) -> None:
    with_tier(stage)
    stage.call(MOVE, if_match="*")
    with_tier(stage)
    stage.put(account("a", mrr="1.00"))
    stage.call("PUT /v1/accounts/a/tier", {"tier": "tier-4", "reason": "a pilot"}, if_match="*")

    stage.call("PATCH /v1/tiers/tier-1", {"name": "Top"}, if_match="*")

    walked(stage)
    assert tiers_of(stage) == {("tier-4", Method.MANUAL)}


def test_what_of_a_gone_tier_is_kept_is_not_for_clients_to_say(stage: Stage) -> None:
    with_tier(stage)
    stage.call(MOVE, if_match="*")
    tiers = stage.call("GET /v1/tiers").json["items"]

    assert stage.call("PUT /v1/tiers", {"tiers": tiers}, if_match="*").status == 200
    reply = stage.call("PUT /v1/tiers", {"tiers": tiers, "gone": []}, if_match="*")
    assert (reply.status, reply.errors) == (422, {("/gone", "unknown_key")})


def test_a_draft_that_names_a_deleted_tier_can_t_be_published_and_stands_in_no_other_way() -> None:
    documents = Contested()
    stage = with_tier(Stage(documents=documents))
    documents.meanwhile = lambda: stage.call("DELETE /v1/tiers/tier-4", if_match="*")

    draft = stage.call("PUT /v1/policy/draft", {"rules": [], "otherwise": "tier-4"}, if_match="*")

    assert (draft.status, stage.documents.get(Kind.DRAFT, "policy") is not None) == (200, True)
    published = stage.call("POST /v1/policy/publish", {"draft_etag": draft.etag})
    assert (published.status, published.errors) == (422, {("/otherwise", "unknown_tier")})
    assert stage.call("GET /v1/policy").json["version"] == 1
    assert stage.call("PATCH /v1/tiers/tier-1", {"name": "Top"}, if_match="*").status == 200
    assert stage.call("POST /v1/tiers", {"id": "tier-5", "name": "Tier 5"}).status == 201
    assert stage.call("DELETE /v1/tiers/tier-5", if_match="*").status == 204


def test_a_tier_that_goes_while_a_policy_naming_it_is_published_stays_or_refuses_the_policy() -> None:
    documents = Contested()
    stage = with_tier(Stage(documents=documents))
    draft = stage.call("PUT /v1/policy/draft", {"rules": [], "otherwise": "tier-4"}, if_match="*")
    replies = []
    documents.meanwhile = lambda: replies.append(stage.call("DELETE /v1/tiers/tier-4", if_match="*"))

    published = stage.call("POST /v1/policy/publish", {"draft_etag": draft.etag})

    assert [reply.status for reply in replies] == [409]
    assert published.status == 202


def test_an_earlier_policy_that_names_a_deleted_tier_is_not_restored(stage: Stage) -> None:
    with_tier(stage)
    for policy in ({"rules": [], "otherwise": "tier-4"}, {"rules": [], "otherwise": "tier-3"}):
        draft = stage.call("PUT /v1/policy/draft", policy, if_match="*")
        assert stage.call("POST /v1/policy/publish", {"draft_etag": draft.etag}).status == 202
    assert stage.call("DELETE /v1/tiers/tier-1?move_to=tier-2", if_match="*").status == 204
    assert stage.call(MOVE, if_match="*").status == 204

    reply = stage.call("POST /v1/policy/versions/2/restore")

    assert (reply.status, reply.problem, reply.errors) == (409, "outdated", {("/otherwise", "unknown_tier")})


@pytest.mark.parametrize("part", [{"scope": {"tiers": ["tier-4"]}}, {"from": ["tier-4"]}, {"to": ["tier-4"]}])
def test_a_tier_that_an_alert_rule_names_can_t_go(stage: Stage, part: dict[str, object]) -> None:
    with_tier(stage)
    change = {"direction": "any", **{key: value for key, value in part.items() if key != "scope"}}
    rule = {"id": "watch", "name": "Watch", "type": "churn", "severity": "low", "on_tier_change": change}
    body = {"alert_rules": [{**rule, "scope": part.get("scope", {})}]}
    stage.documents.commit(
        [DocumentChange(Kind.PUBLISHED, "alert_rules", 0, body)],
        at=NOW,
        by="admin-1",
        audit=(),
    )

    reply = stage.call("DELETE /v1/tiers/tier-4?move_to=tier-2", if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "alert rule watch" in reply.json["detail"]


def test_a_new_order_is_what_led_to_what_follows_from_it(stage: Stage) -> None:
    tiers = stage.call("GET /v1/tiers").json["items"]
    listed = [{key: value for key, value in tier.items() if key != "rank"} for tier in tiers]

    stage.call("PUT /v1/tiers", listed[::-1], if_match="*")

    walks = [read(message.body, [DecideAll]) for message in stage.decide.sent]
    assert {walk.cause for walk in walks if isinstance(walk, DecideAll)} == {"tiers"}


def test_a_tier_to_move_to_that_is_none_is_told_whatever_else_is_in_the_way(stage: Stage) -> None:
    reply = stage.call("DELETE /v1/tiers/tier-1?move_to=tier-9", if_match="*")

    assert (reply.status, reply.errors) == (400, {("/query/move_to", "unknown_tier")})
