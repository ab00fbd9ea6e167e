"""What an open breaker shows, and what a person makes of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import Method, TierChange
from shared.configuration.breaker import Breaker
from shared.memory.accounts import MemoryAccounts
from shared.runtime import messages
from shared.runtime.messages import DecideAll
from shared.tiers.breaker import Limits
from tests.support.builders import NOW
from tests.unit.api.stage import Stage

FOUND = {"field": "mrr", "source": None, "met": False}
DEMOTION = TierChange(
    account_id=AccountId("acme"),
    version=2,
    before=TierId("tier-1"),
    after=TierId("tier-2"),
    at=NOW,
    method=Method.RULES,
    rule=None,
    policy_version=1,
    cause="data",
    why="",
    decision={"rules": [{"id": "high", "matched": False, "conditions": [FOUND]}]},
)


class Twenty(MemoryAccounts):
    def number(self) -> int:
        return 20


def tripped(stage: Stage) -> Mapping[str, Any]:
    """One of twenty goes through, the second trips it."""
    breaker = Breaker(stage.documents, Twenty())
    assert [breaker.admit(DEMOTION, Limits(), stage.now) for _ in range(2)] == [True, False]
    shown: Mapping[str, Any] = stage.call("GET /v1/breaker", role="viewer").json
    return shown


def test_a_breaker_that_never_tripped_is_closed(stage: Stage) -> None:
    assert stage.call("GET /v1/breaker", role="viewer").json == {
        "state": "closed",
        "last": None,
        "limits": {"max_demotions_pct": 5, "min_accounts": 20, "within": "1h"},
    }


def test_an_open_breaker_says_what_went_through_and_what_it_hangs_on(stage: Stage) -> None:
    shown = tripped(stage)

    assert (shown["state"], shown["last"]) == (
        "open",
        {
            "id": "1",
            "tripped_at": "2026-11-22T07:00:00Z",
            "demoted": 1,
            "accounts": 20,
            "suspects": [{"field": "mrr", "source": None, "accounts": 2}],
            "resolution": None,
            "resolved_at": None,
            "resolved_by": None,
        },
    )


@pytest.mark.parametrize(("verb", "resolution"), [("release", "released"), ("discard", "discarded")])
def test_a_person_ends_it_and_every_account_is_decided_again(stage: Stage, verb: str, resolution: str) -> None:
    tripped(stage)
    stage.now = NOW + timedelta(minutes=5)

    reply = stage.call(f"POST /v1/breaker/1/{verb}", role="manager")

    assert (reply.status, reply.json["resolution"], reply.json["resolved_by"]) == (200, resolution, "manager-1")
    assert stage.call("GET /v1/breaker").json == {**stage.call("GET /v1/breaker").json, "state": "closed"}
    walks = [messages.read(message.body, (DecideAll,)) for message in stage.decide.sent]
    assert [(walk.segment, walk.cause) for walk in walks if isinstance(walk, DecideAll)] == [
        (segment, "data") for segment in range(4)
    ]
    assert [(entry.actor, entry.action) for entry in stage.documents.audit] == [
        ("breaker", "breaker.trip"),
        ("manager-1", f"breaker.{verb}"),
    ]


def test_what_somebody_ended_is_not_ended_again(stage: Stage) -> None:
    tripped(stage)
    stage.call("POST /v1/breaker/1/discard")

    reply = stage.call("POST /v1/breaker/1/release")

    assert (reply.status, reply.problem) == (409, "resolved")
    assert len(stage.decide.sent) == 4


@pytest.mark.parametrize("breaker_id", ["2", "0", "x" * 128])
def test_another_breaker_is_not_found(stage: Stage, breaker_id: str) -> None:
    tripped(stage)

    assert stage.call(f"POST /v1/breaker/{breaker_id}/release").status == 404
    assert stage.call("GET /v1/breaker").json["state"] == "open"


def test_after_it_was_ended_the_count_begins_anew(stage: Stage) -> None:
    tripped(stage)
    stage.call("POST /v1/breaker/1/discard")

    assert tripped(stage)["last"]["id"] == "2"
