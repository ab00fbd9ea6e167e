"""The checker of the local stack under faults: it finds nothing in what the product did, and each thing amiss."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.accounts.identity import TierId
from shared.accounts.version import Version
from shared.alerts.notice import NoticeState
from tests.stack.invariants import MRR, Facts, violations
from tests.stack.storm import Said
from tests.support.world import ANNA, World

TAKEN = [Said("x", 1, "1200.00"), Said("x", 2, "640.00")]


@pytest.fixture(scope="module")
def facts() -> Facts:
    """Of an account that came in Tier 1 and was lowered, with the mail of that."""
    world = World()
    for said in TAKEN:
        fields = {"mrr": said.mrr, "owner": ANNA.email}
        assert world.send_generic({"external_id": said.record, "version": said.version, "fields": fields}) == 200
        world.settle()
    notices = list(world.alerts.noticed.values())
    claims = {claim: frozenset(n.id for n in notices if n.claim == claim) for claim in {n.claim for n in notices}}
    return Facts(
        accounts=world.accounts.accounts,
        links={str(record): link for record, link in world.accounts.linked.items()},
        history=world.accounts.rows,
        alerts=list(world.alerts.alerts.values()),
        notices=notices,
        claims={claim: ids for claim, ids in claims.items() if claim},
        mailed=[tag for _, tag in world.mail.sent],
        mails=len(world.mail.sent),
        published=[event.id for event in world.bus.events],
        dead=[],
        waiting={"hints": 0},
    )


def test_nothing_is_amiss_in_what_the_product_did(facts: Facts) -> None:
    assert len(facts.mailed) == 1
    assert violations(facts, TAKEN, digests_too=True) == []


def _account(facts: Facts, **parts: Any) -> Mapping[str, object]:
    return {"accounts": {name: replace(account, **parts) for name, account in facts.accounts.items()}}


def _record(facts: Facts, **parts: Any) -> Mapping[str, object]:
    (account,) = facts.accounts.values()
    return _account(facts, records={key: replace(record, **parts) for key, record in account.records.items()})


def _tier(facts: Facts, tier: str) -> Mapping[str, object]:
    (account,) = facts.accounts.values()
    return _account(facts, standing=replace(account.standing, tier=TierId(tier)))


def _notices(facts: Facts, **parts: Any) -> Mapping[str, object]:
    return {"notices": [replace(notice, **parts) for notice in facts.notices]}


def _rows(facts: Facts, place: slice) -> Mapping[str, object]:
    return {"history": {name: rows[place] for name, rows in facts.history.items()}}


AMISS: Mapping[str, tuple[Callable[[Facts], Mapping[str, object]], str]] = {
    "a delivery is lost": (lambda _: {"links": {}}, "1: x is lost"),
    "an older version won": (lambda facts: _record(facts, version=Version.of_number(1)), "3: x has"),
    "another value than its version's": (lambda facts: _record(facts, values={MRR: 1}), "3: x has"),
    "a forged version": (lambda facts: _record(facts, version=Version.of_number(9)), "3: x has"),
    "an effect counts twice": (lambda facts: _account(facts, values={MRR: 12_800_000}), "2: "),
    "another tier than the policy's": (lambda facts: _tier(facts, "tier-1"), "2: "),
    "a row is missing": (lambda facts: _rows(facts, slice(1)), "4: "),
    "the first row is missing": (lambda facts: _rows(facts, slice(1, None)), "4: "),
    "a change is not published": (lambda facts: {"published": facts.published[1:]}, "4: "),
    "what is published never was": (lambda facts: {"published": [*facts.published, "x#3"]}, "4: x#3"),
    "an alert is not raised": (lambda _: {"alerts": []}, "1 alerts too few"),
    "an alert is raised twice": (lambda facts: {"alerts": [*facts.alerts] * 2}, "1 alerts too many"),
    "a notice is mailed twice": (lambda facts: {"mailed": [*facts.mailed] * 2}, "5: "),
    "a notice is not mailed": (lambda _: {"mailed": [], "mails": 0}, "5: "),
    "a mail of nobody's": (lambda facts: {"mails": facts.mails + 1}, "5: 2 mails"),
    "a notice waits": (lambda facts: _notices(facts, state=NoticeState.CLAIMED), "6: "),
    "a notice is dropped for no reason": (lambda facts: _notices(facts, state=NoticeState.DEAD), "6: "),
    "an innocent is put aside": (lambda _: {"dead": ["y"]}, "6: a dead letter of an innocent: y"),
    "a queue does not drain": (lambda _: {"waiting": {"hints": 1}}, "1 messages on hints"),
}


@pytest.mark.parametrize("name", AMISS)
def test_what_is_amiss_is_found(name: str, facts: Facts) -> None:
    break_it, told = AMISS[name]
    broken: Any = break_it(facts)

    found = violations(replace(facts, **broken), TAKEN, digests_too=True)

    assert [line for line in found if line.startswith(told)], found


def test_poison_that_is_nowhere_is_lost(facts: Facts) -> None:
    assert violations(facts, [*TAKEN, Said("p", 1, "1.00")], ["p"]) == ["1: p is in no dead-letter queue"]
    assert violations(replace(facts, dead=["p"]), TAKEN, ["p"]) == []
