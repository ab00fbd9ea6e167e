"""Whom the deletion of a tier moves, where to, in whose name and for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.accounts.standing import Override
from shared.rules.errors import Code, DocumentRefused
from shared.tiers.model import FRESH, MAX_GONE, GoneTier, Tier, TierModel
from shared.tiers.model_document import model_to_json, parse_model
from shared.tiers.succession import moved
from tests.support.builders import NOW, account, update

GONE = GoneTier(TierId("pilot"), "Pilot", TierId("tier-2"), "ann", NOW)
MODEL = TierModel(FRESH.tiers, (GONE,))
LATER = NOW + timedelta(days=1)


def override(tier: str, *, until: timedelta | None = None) -> Override:
    return Override(TierId(tier), "a trial", "ben", NOW, None if until is None else NOW + until)


def overridden(tier: str, *, until: timedelta | None = None, standing: str = "tier-1") -> Account:
    return replace(account(mrr=1, tier=standing), override=override(tier, until=until))


def gone(tier_id: str, move_to: str) -> GoneTier:
    return GoneTier(TierId(tier_id), tier_id.title(), TierId(move_to), "ann", NOW)


def tiers(*ids: str) -> list[Tier]:
    return [Tier(TierId(one), one.title()) for one in ids]


def test_an_account_in_the_tier_moves_by_an_override_of_whoever_deleted_it() -> None:
    found = moved(account(mrr=1, tier="pilot"), MODEL, 90, LATER)

    assert found is not None
    assert found.account.override == Override(
        TierId("tier-2"), "Pilot was deleted", "ann", NOW, NOW + timedelta(days=90)
    )
    assert found.account.edits == 1
    assert (found.audit.at, found.audit.actor, found.audit.target) == (LATER, "ann", "account/acme")
    assert found.audit.before is None


def test_without_a_usual_expiry_the_move_lasts() -> None:
    found = moved(account(mrr=1, tier="pilot"), MODEL, None, LATER)

    assert found is not None
    assert found.account.override is not None
    assert found.account.override.expires_at is None


def test_an_override_in_the_tier_keeps_all_but_its_tier() -> None:
    found = moved(overridden("pilot", until=timedelta(days=30)), MODEL, 90, LATER)

    assert found is not None
    assert found.account.override == replace(override("pilot", until=timedelta(days=30)), tier=TierId("tier-2"))


def test_an_override_that_has_expired_is_no_word_on_the_account() -> None:
    found = moved(overridden("tier-1", until=timedelta(hours=1), standing="pilot"), MODEL, 90, LATER)

    assert found is not None
    assert found.account.override is not None
    assert found.account.override.reason == "Pilot was deleted"


@pytest.mark.parametrize(
    "untouched",
    [
        account(mrr=1),
        account(mrr=1, tier="tier-1"),
        account(mrr=1, tier="never-was"),
        overridden("tier-3", standing="pilot"),
        overridden("pilot", until=timedelta(hours=1)),
        account("gone", update(mrr=1), update(version=2, deleted=True), tier="pilot"),
    ],
    ids=["new", "elsewhere", "unknown", "set by hand", "expired", "archived"],
)
def test_others_stay(untouched: Account) -> None:
    assert moved(untouched, MODEL, 90, LATER) is None


def test_a_move_that_would_have_ended_by_now_is_none() -> None:
    assert moved(account(mrr=1, tier="pilot"), MODEL, 90, NOW + timedelta(days=90)) is None


def test_who_has_moved_stays() -> None:
    found = moved(account(mrr=1, tier="pilot"), MODEL, 90, LATER)

    assert found is not None
    assert moved(found.account, MODEL, 90, LATER) is None


def test_a_deletion_moves_on_what_had_moved_to_the_deleted_tier() -> None:
    model = TierModel(tiers("a", "b"), (gone("c", "b"),))

    after = model.followed_by(tiers("a"), gone("b", "a"))

    assert {one.id: one.move_to for one in after.gone} == {"c": "a", "b": "a"}


def test_a_tier_that_nothing_moves_to_is_forgotten_with_what_moved_there() -> None:
    model = TierModel(tiers("a", "b"), (gone("c", "b"),))

    assert model.followed_by(tiers("a")).gone == ()


def test_a_tier_that_is_there_again_is_gone_no_longer() -> None:
    assert TierModel(tiers("a"), (gone("b", "a"),)).followed_by(tiers("a", "b")).gone == ()


def test_the_oldest_is_forgotten_first() -> None:
    model = TierModel(tiers("a"), tuple(gone(f"t{n}", "a") for n in range(MAX_GONE)))

    after = model.followed_by(tiers("a"), gone("last", "a"))

    assert [after.gone[0].id, after.gone[-1].id, len(after.gone)] == ["t1", "last", MAX_GONE]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=12))
def test_after_any_deletions_what_is_gone_moves_to_a_tier_that_is_there(steps: list[tuple[str, str]]) -> None:
    model = TierModel(tuple(tiers(*"abcdef")))
    for going, to in steps:
        left = [tier for tier in model.tiers if tier.id != going]
        if left and any(tier.id == to for tier in left):
            model = model.followed_by(left, gone(going, to))
    assert {one.move_to for one in model.gone} <= set(model.by_id)
    assert not {one.id for one in model.gone} & set(model.by_id)
    assert parse_model(model_to_json(model)) == model


@pytest.mark.parametrize(
    ("deletions", "falls", "rises"),
    [
        (["a"], [("a", "b"), ("a", "d"), ("a", None)], []),
        (["b"], [("a", "b"), ("b", "c"), ("b", None)], [("b", "a"), ("c", "b")]),
        (["d"], [("a", "d"), ("c", "d"), ("d", None)], [("d", "c")]),
        (["b", "c"], [("b", "d"), ("c", "d"), ("a", "b"), ("a", "c")], []),
        (["c", "d"], [("b", "c"), ("b", "d"), ("c", None)], [("d", "b")]),
    ],
)
def test_a_deleted_tier_stays_where_it_stood(
    deletions: list[str], falls: list[tuple[str, str | None]], rises: list[tuple[str, str]]
) -> None:
    model = TierModel(tuple(tiers(*"abcd")))
    for going in deletions:
        left = [tier for tier in model.tiers if tier.id != going]
        model = model.followed_by(left, gone(going, left[0].id))

    known = parse_model(model_to_json(model))

    assert all(known.falls(TierId(one), None if other is None else TierId(other)) for one, other in falls)
    assert all(known.falls(TierId(other), TierId(one)) for one, other in rises)
    assert not any(known.falls(TierId(one), TierId(other)) for one, other in rises)
    assert not known.falls(TierId(deletions[0]), TierId(deletions[0]))


def test_people_read_the_name_of_a_tier_that_was_deleted() -> None:
    assert (MODEL.name(TierId("pilot")), MODEL.name(TierId("never-was"))) == ("Pilot", "never-was")


def test_a_stored_model_is_refused_with_every_error_at_its_place() -> None:
    body = {"tiers": [{"id": "a"}], "gone": [{"id": "b", "name": "B", "move_to": "a", "deleted_by": "ann"}], "more": 1}

    with pytest.raises(DocumentRefused) as caught:
        parse_model(body)  # type: ignore[arg-type]  # as JSON comes

    assert {(error.pointer, error.code) for error in caught.value.errors} >= {
        ("/more", Code.UNKNOWN_KEY),
        ("/tiers/0/name", Code.MISSING_KEY),
        ("/gone/0/deleted_at", Code.MISSING_KEY),
    }
