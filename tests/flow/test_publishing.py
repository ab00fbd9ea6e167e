"""An admin publishes a policy: what it decides otherwise is held as before, or moves at once where they say so."""

from datetime import timedelta
from typing import Any

import pytest

from shared.access.people import User, UserId
from shared.accounts.values import Json
from shared.memory.directory import MemoryDirectory
from tests.support.desk import Desk
from tests.support.world import World

CSM = User(UserId("csm-1"), "csm@example.com", "Chris Csm")


def patient(high: int) -> dict[str, Json]:
    rule: Json = {"id": "high", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": high}}
    return {"rules": [rule], "otherwise": "tier-3", "stability": {"demote_after": "14d"}}


def says(world: World, *amounts: str, version: int = 1) -> None:
    for number, mrr in enumerate(amounts):
        fields: Json = {"mrr": mrr, "owner": CSM.email}
        world.send_generic({"external_id": f"c-{number}", "version": version, "fields": fields})
    world.settle()


def published(world: World, policy: Json, **given: str) -> Any:
    """The run, once it has come to its end."""
    desk = Desk(world)
    saved = desk.call("admin", "PUT /v1/policy/draft", policy)
    reply = desk.call("admin", "POST /v1/policy/publish", {"draft_etag": saved.etag, **given})
    assert reply.status == 202, reply.text
    world.now += timedelta(minutes=1)
    world.settle()
    return desk.done("viewer", f"GET {reply.headers['Location']}")


@pytest.mark.parametrize(
    ("given", "counts", "mails"),
    [({}, {"held": 2, "unchanged": 1}, 0), ({"holds": "skip"}, {"changed": 1, "held": 1, "unchanged": 1}, 1)],
)
def test_a_publish_moves_its_own_differences_at_once_where_it_says_so(
    given: dict[str, str], counts: dict[str, int], mails: int
) -> None:
    world = World(directory=MemoryDirectory([CSM]))
    published(world, patient(500))
    says(world, "2000.00", "700.00", "900.00")
    says(world, "2000.00", "700.00", "10.00", version=2)
    assert len(world.mail.sent) == 0

    run = published(world, patient(1000), **given)

    assert (run["state"], run["counts"]) == ("succeeded", counts)
    assert world.account("generic:c-2").standing.tier == "tier-1"
    assert len(world.mail.sent) == mails
