"""What accounts keep of the past is at least what the published rules read."""

from collections.abc import Mapping

import pytest

from shared.accounts.identity import FieldName
from shared.accounts.kept import Kept
from shared.accounts.values import Json
from shared.configuration.published import Published, fresh, parse

COUNTRY, ACV, MRR = FieldName("country"), FieldName("acv"), FieldName("mrr")


def published(
    when: Json, *, requires: tuple[str, ...] = (), held: Json = None, fields: tuple[Json, ...] = ()
) -> Published:
    policy: Mapping[str, Json] = {
        "rules": [{"id": "high", "tier": "tier-1", "when": when}],
        "requires": list(requires),
        "stability": {"hold_demotion_when": held},
    }
    return parse({"fields": {"fields": list(fields)}, "policy": {"version": 2, "policy": policy}})


def test_on_a_fresh_deployment_changes_are_kept_of_what_people_ask_about() -> None:
    found = fresh().catalogue.kept

    assert set(found.values()) == {Kept.CHANGES}
    assert set(found) == {
        *("mrr", "arr", "plan", "seats", "seats_used", "renewal_date", "customer_status", "payment_status"),
        *("stage", "owner", "csm_score", "health_score", "nps", "csat"),
    }


@pytest.mark.parametrize(
    "when",
    [
        {"field": "acv", "op": ">", "value": 5},
        {"any": [{"not": {"field": "acv", "op": "missing"}}]},
        {"field": "mrr", "op": "<", "value": {"field": "acv", "times": "0.1"}},
    ],
)
def test_the_last_value_is_kept_of_what_a_tier_rule_reads(when: Json) -> None:
    found = published(when)

    assert found.catalogue.kept[ACV] is Kept.LAST
    assert found.rulebook.catalogue is found.catalogue
    assert COUNTRY not in found.catalogue.kept


AVERAGE: Json = {"fn": "avg", "of": "30d"}


@pytest.mark.parametrize(
    ("when", "kept"),
    [
        ({"field": "acv", "op": "changed"}, Kept.CHANGES),
        ({"field": "acv", "op": "same_for", "value": "45d"}, Kept.CHANGES),
        ({"field": "acv", "op": "dropped_by_pct", "value": 20, "over": "30d"}, Kept.CHANGES),
        ({"field": "acv", "op": ">", "value": 5, "window": AVERAGE}, Kept.DAILY),
        ({"not": {"field": "acv", "op": "rose_by", "value": 5, "window": AVERAGE}}, Kept.DAILY),
        (
            {
                "any": [
                    {"field": "acv", "op": "<", "value": 5, "window": AVERAGE},
                    {"field": "acv", "op": "changed"},
                    {"field": "acv", "op": "present"},
                ]
            },
            Kept.DAILY,
        ),
        ({"field": "mrr", "op": "<", "value": {"field": "acv"}, "window": AVERAGE}, Kept.LAST),
    ],
)
def test_what_is_kept_is_the_most_that_any_leaf_reads(when: Json, kept: Kept) -> None:
    assert published(when).catalogue.needs[ACV] is kept


def test_the_last_value_is_kept_of_what_the_policy_requires() -> None:
    assert published({"always": True}, requires=("country",)).catalogue.kept[COUNTRY] is Kept.LAST


def test_the_condition_that_holds_demotions_is_asked_like_a_rule() -> None:
    held: Json = {
        "any": [{"field": "country", "op": "=", "value": "US"}, {"field": "acv", "op": "changed", "over": "30d"}]
    }

    found = published({"always": True}, held=held).catalogue

    assert (found.needs, found.kept[COUNTRY]) == ({ACV: Kept.CHANGES, COUNTRY: Kept.LAST}, Kept.LAST)


def test_a_setting_has_more_kept_and_never_less() -> None:
    when: Json = {"field": "mrr", "op": ">", "value": 5}

    more = published(when, fields=({"name": "mrr", "history": "daily"},))
    less = published(when, fields=({"name": "mrr", "history": "none"},))

    assert (more.catalogue.kept[MRR], less.catalogue.kept[MRR]) == (Kept.DAILY, Kept.LAST)
    assert less.catalogue.fields[MRR].history is Kept.NONE


def test_what_a_score_reads_is_kept_while_a_rule_reads_the_score() -> None:
    rise: Json = {"field": "acv", "op": "rose_by", "value": 10, "over": "30d"}
    score: Json = {
        "name": "momentum",
        "type": "number",
        "score": [{"when": rise, "points": 1}, {"when": {"field": "country", "op": "=", "value": "DE"}, "points": 1}],
    }

    read = published({"field": "momentum", "op": ">=", "value": 1}, fields=(score,)).catalogue
    unread = published({"always": True}, fields=(score,)).catalogue

    assert (read.kept[ACV], read.kept[COUNTRY]) == (Kept.CHANGES, Kept.LAST)
    assert not {ACV, COUNTRY, FieldName("momentum")} & unread.kept.keys()
    assert "momentum" not in read.kept
