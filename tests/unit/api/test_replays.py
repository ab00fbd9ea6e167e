"""Idempotency-Key: a POST that is safe to send again."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.memory.documents import MemoryDocuments
from tests.unit.api.stage import Reply, Stage

NEW = {"id": "tier-4", "name": "Tier 4"}


def _add(stage: Stage, body: Mapping[str, object] = NEW, *, key: str = "k-1", role: str = "admin") -> tuple[int, str]:
    reply = stage.call("POST /v1/tiers", dict(body), role=role, idempotency_key=key)
    return reply.status, reply.text


def test_the_same_key_and_body_get_the_same_reply(stage: Stage) -> None:
    first = stage.call("POST /v1/tiers", NEW, idempotency_key="k-1")
    again = stage.call("POST /v1/tiers", NEW, idempotency_key="k-1")

    assert (again.status, again.json, again.etag) == (201, first.json, first.etag)
    assert len(stage.call("GET /v1/tiers").json["items"]) == 4
    assert len(stage.documents.audit) == 1


def test_a_location_comes_back_too(stage: Stage) -> None:
    first = stage.call("POST /v1/sources/recurly/sync", idempotency_key="k-1")
    again = stage.call("POST /v1/sources/recurly/sync", idempotency_key="k-1")

    assert (again.status, again.headers["Location"]) == (202, first.headers["Location"])
    assert len(stage.syncs.sent) == 1


def test_the_same_key_with_another_body_is_refused(stage: Stage) -> None:
    _add(stage)
    reply = stage.call("POST /v1/tiers", {**NEW, "id": "tier-5"}, idempotency_key="k-1")

    assert (reply.status, reply.problem) == (409, "key_reused")


def test_the_same_key_at_another_address_is_refused(stage: Stage) -> None:
    _add(stage)

    assert stage.call("POST /v1/sources/recurly/sync", NEW, idempotency_key="k-1").problem == "key_reused"


def test_keys_are_each_user_s_own(stage: Stage) -> None:
    _add(stage)

    assert _add(stage, {**NEW, "id": "tier-5", "name": "Tier 5"}, role="manager")[0] == 201


def test_a_refusal_is_not_kept(stage: Stage) -> None:
    assert _add(stage, {"id": "tier-4"})[0] == 422
    assert _add(stage)[0] == 201


def test_without_a_key_nothing_is_kept(stage: Stage) -> None:
    stage.call("POST /v1/tiers", NEW)

    assert stage.markers.records == {}


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(stage: Stage, key: str) -> None:
    reply = stage.call("POST /v1/tiers", NEW, idempotency_key=key)

    assert (reply.status, reply.problem) == (400, "malformed")


def test_a_request_still_being_worked_on_is_told_so() -> None:
    class Asking(MemoryDocuments):
        """Sends the same request again while the first is being worked on."""

        def commit(self, *args: Any, **kwargs: Any) -> None:
            replies.append(stage.call("POST /v1/tiers", NEW, idempotency_key="k-1"))
            super().commit(*args, **kwargs)

    replies: list[Reply] = []
    stage = Stage(documents=Asking())

    assert stage.call("POST /v1/tiers", NEW, idempotency_key="k-1").status == 201
    assert [(reply.status, reply.problem) for reply in replies] == [(409, "in_progress")]
