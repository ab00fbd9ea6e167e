"""The red button: what it stops, who pressed it and why, and what happens when it is let go."""

from datetime import timedelta

import pytest

from shared.runtime import messages
from shared.runtime.messages import DecideAll
from tests.support.builders import NOW
from tests.unit.api.stage import Stage

REASON = {"reason": "Recurly says that everybody pays nothing"}
SHOWN = {"scope": "tiers", **REASON, "author": "manager-1", "since": "2026-11-22T07:00:00Z", "until": None}


def held(stage: Stage) -> list[str]:
    return [item["scope"] for item in stage.call("GET /v1/pauses", role="viewer").json["items"]]


def test_a_pause_says_who_ordered_it_when_and_why(stage: Stage) -> None:
    reply = stage.call("PUT /v1/pauses/tiers", REASON, role="manager")

    assert (reply.status, reply.json, reply.etag) == (200, SHOWN, '"1"')
    assert stage.call("GET /v1/pauses", role="viewer").json == {"items": [SHOWN], "next_cursor": None}


@pytest.mark.parametrize("scope", ["tiers", "mail", "writeback", "source:recurly", "source:generic"])
def test_each_scope_is_paused_by_itself(stage: Stage, scope: str) -> None:
    stage.call(f"PUT /v1/pauses/{scope}", REASON)

    assert held(stage) == [scope]
    assert stage.call(f"DELETE /v1/pauses/{scope}").status == 204
    assert held(stage) == []


@pytest.mark.parametrize("scope", ["source:manual", "source:", "everything", "TIERS"])
def test_a_scope_that_there_is_not_is_not_found(stage: Stage, scope: str) -> None:
    reply = stage.call(f"PUT /v1/pauses/{scope}", REASON)

    assert (reply.status, reply.problem) == (404, "not_found")
    assert "source:recurly" in reply.json["detail"]


def test_what_is_not_paused_can_t_be_ended(stage: Stage) -> None:
    assert stage.call("DELETE /v1/pauses/mail").status == 404
    stage.call("PUT /v1/pauses/mail", REASON)
    stage.call("DELETE /v1/pauses/mail")

    assert stage.call("DELETE /v1/pauses/mail").status == 404


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {("/reason", "missing_key")}),
        ({"reason": " "}, {("/reason", "value_not_for_type")}),
        ({"reason": 7}, {("/reason", "value_not_for_type")}),
        ({"reason": "x" * 501}, {("/reason", "too_long")}),
        ({**REASON, "until": "tomorrow"}, {("/until", "value_not_for_type")}),
        ({**REASON, "until": 7}, {("/until", "value_not_for_type")}),
        ({**REASON, "until": "2026-11-22T07:00:00Z"}, {("/until", "value_not_for_type")}),
        ({**REASON, "author": "me"}, {("/author", "unknown_key")}),
    ],
)
def test_a_pause_that_can_t_be_is_told(stage: Stage, body: dict[str, object], errors: set[tuple[str, str]]) -> None:
    reply = stage.call("PUT /v1/pauses/tiers", body)

    assert (reply.status, reply.errors) == (422, errors)
    assert held(stage) == []


def test_a_pause_ends_by_itself_at_its_moment(stage: Stage) -> None:
    stage.call("PUT /v1/pauses/mail", {**REASON, "until": "2026-11-22T08:00:00Z"})

    stage.now = NOW + timedelta(minutes=59)
    assert held(stage) == ["mail"]
    stage.now = NOW + timedelta(minutes=60)
    assert held(stage) == []


def test_a_pause_that_lasts_keeps_its_beginning_when_it_is_put_again(stage: Stage) -> None:
    stage.call("PUT /v1/pauses/mail", REASON)
    stage.now = NOW + timedelta(hours=1)

    again = stage.call("PUT /v1/pauses/mail", {"reason": "still broken"}).json

    assert (again["since"], again["reason"]) == ("2026-11-22T07:00:00Z", "still broken")
    stage.call("DELETE /v1/pauses/mail")
    assert stage.call("PUT /v1/pauses/mail", REASON).json["since"] == "2026-11-22T08:00:00Z"


def walks(stage: Stage) -> list[DecideAll]:
    works = [messages.read(message.body, (DecideAll,)) for message in stage.decide.take()]
    return [work for work in works if isinstance(work, DecideAll)]


def test_the_end_of_a_pause_of_tiers_has_every_account_decided_again_as_data_say(stage: Stage) -> None:
    stage.call("PUT /v1/pauses/tiers", REASON)
    assert walks(stage) == []

    stage.call("DELETE /v1/pauses/tiers")

    assert [(walk.segment, walk.cause) for walk in walks(stage)] == [(0, "data"), (1, "data"), (2, "data"), (3, "data")]


def test_accounts_learn_of_another_end(stage: Stage) -> None:
    stage.call("PUT /v1/pauses/tiers", REASON)
    stage.call("PUT /v1/pauses/tiers", {"reason": "another reason"})
    assert walks(stage) == []

    stage.call("PUT /v1/pauses/tiers", {**REASON, "until": "2026-11-22T08:00:00Z"})

    assert len(walks(stage)) == 4


def test_a_pause_of_mail_moves_no_account(stage: Stage) -> None:
    stage.call("PUT /v1/pauses/mail", REASON)
    stage.call("DELETE /v1/pauses/mail")

    assert walks(stage) == []


def test_a_red_button_needs_no_reading_first_but_heeds_what_was_read(stage: Stage) -> None:
    read = stage.call("GET /v1/pauses").etag
    assert stage.call("PUT /v1/pauses/mail", REASON).status == 200

    assert stage.call("PUT /v1/pauses/tiers", REASON, if_match=read).status == 412
    assert stage.call("DELETE /v1/pauses/mail", if_match=read).status == 412
    assert stage.call("DELETE /v1/pauses/mail", if_match="*").status == 204


def test_pauses_are_audited(stage: Stage) -> None:
    stage.call("PUT /v1/pauses/mail", REASON)
    stage.call("DELETE /v1/pauses/mail", role="manager")

    begun, ended = stage.documents.audit
    assert [(entry.actor, entry.action, entry.target) for entry in (begun, ended)] == [
        ("admin-1", "pause.put", "pause/mail"),
        ("manager-1", "pause.end", "pause/mail"),
    ]
    assert (begun.before, ended.after) == (None, {**(begun.after or {}), "until": "2026-11-22T07:00:00Z"})


def test_a_deployment_that_begins_paused_sends_nothing_until_a_person_ends_it() -> None:
    stage = Stage(begins_paused=True)
    assert [(item["scope"], item["author"]) for item in stage.call("GET /v1/pauses").json["items"]] == [
        ("mail", "deployment"),
        ("writeback", "deployment"),
    ]

    assert stage.call("DELETE /v1/pauses/mail").status == 204

    assert held(stage) == ["writeback"]
