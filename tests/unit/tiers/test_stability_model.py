"""Over months and years an account moves as the model of stability says: at the same hour, and nowhere else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.contribution import RecordUpdate
from shared.accounts.identity import AccountId
from shared.accounts.merge import apply
from shared.accounts.version import Version
from shared.tiers.engine import decide
from shared.tiers.rulebook import Rulebook
from shared.tiers.settle import settled
from tests.support.builders import key, values, with_history
from tests.unit.tiers.builders import policy, rulebook
from tests.unit.tiers.stability_model import Event, Model, Move, changes, daily, utc

DAY = timedelta(days=1)
BEGIN = utc("2027-06-01T09:00:00")
CATALOGUE: Catalogue = with_history("mrr")


class Life:
    """An account that is decided when its data change and when it is due, as the functions do."""

    def __init__(self, model: Model) -> None:
        book = rulebook(policy(stability=dict(model.document)))
        self.book: Rulebook = replace(book, time_zone=model.zone)
        self.renewal = None if model.renewal is None else model.renewal.isoformat()
        self.account = Account(AccountId("acme"), BEGIN)
        self.moves: list[Move] = []

    def lived(self, events: Sequence[Event], until: datetime) -> list[Move]:
        for number, event in enumerate(events, start=1):
            self._wakes_up_to(event.at)
            given = values({"mrr": event.mrr, "renewal_date": self.renewal})
            update = RecordUpdate(key(), Version.of_number(number), given)
            self.account = apply(self.account, update, CATALOGUE, event.at).account
            self._decided(event.at)
        self._wakes_up_to(until + timedelta(seconds=1))
        return self.moves

    def _wakes_up_to(self, moment: datetime) -> None:
        while (due := self.account.due_at) is not None and due < moment:
            self._decided(due)
            assert self.account.due_at != due

    def _decided(self, now: datetime) -> None:
        decision = decide(self.account, self.book, now)
        assert decision.to_json() == decide(self.account, self.book, now).to_json()
        change = settled(self.account, decision, cause="data")
        if change is None:
            return
        self.account = replace(change.account, version=self.account.version + 1)
        if change.history is not None and change.history.after is not None:
            self.moves.append(Move(now, change.history.after))


def moved(model: Model, events: Sequence[Event], until: datetime) -> list[Move]:
    lived = Life(model).lived(events, until)
    assert lived == model.moves(events, until)
    return lived


STEADY = Model(demote_after=14 * 24, promote_after=24)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Africa/Cairo"])
@pytest.mark.parametrize("demote", ["at_once", "quarter_start"])
@pytest.mark.parametrize(("high", "low"), [("1200", "640"), ("1000", "999.99"), ("500", "100")])
def test_a_value_that_swings_every_day_for_a_year_moves_nothing(zone: str, demote: str, high: str, low: str) -> None:
    swings = daily(BEGIN, *[high, low] * 182)
    model = replace(STEADY, zone=zone, demote=demote)
    assert changes(moved(model, swings, swings[-1].at)) == []


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Africa/Cairo"])
@pytest.mark.parametrize("begins", ["2027-06-01T09:00:00", "2028-02-27T23:00:00", "2027-12-30T00:00:00"])
def test_a_value_that_stays_below_moves_once_on_the_right_day(zone: str, begins: str) -> None:
    events = daily(utc(begins), "1200", "640", "630", "620")
    moves = moved(replace(STEADY, zone=zone), events, utc(begins) + 365 * DAY)
    assert moves[1:] == [Move(utc(begins) + 15 * DAY, "tier-2")]


def test_a_demotion_that_waits_for_a_quarter_and_a_renewal_waits_for_the_quarter_after_both() -> None:
    model = replace(STEADY, demote="quarter_start", renewal=date(2027, 7, 4), hold_before_renewal=10)
    moves = moved(model, daily(BEGIN, "1200", "640"), BEGIN + 200 * DAY)
    assert moves[1:] == [Move(utc("2027-10-01T00:00:00"), "tier-2")]


def test_a_value_that_vanishes_and_returns_never_moved() -> None:
    events = daily(BEGIN, "1200", *[None] * 40, "1100", None, "1000")
    assert changes(moved(replace(STEADY, demote_after=0), events, BEGIN + 60 * DAY)) == []


def test_a_value_that_vanishes_while_it_waits_below_its_tier_waits_on() -> None:
    events = daily(BEGIN, "1200", "640", "630", None, "620")
    assert moved(STEADY, events, BEGIN + 60 * DAY)[1:] == [Move(BEGIN + 15 * DAY, "tier-2")]


def test_a_value_within_the_margin_starts_the_clock_anew() -> None:
    events = daily(BEGIN, "1200", "640", "640", "960", "640")
    model = replace(STEADY, margin=Fraction(1, 20))
    assert moved(model, events, BEGIN + 60 * DAY)[1:] == [Move(BEGIN + 18 * DAY, "tier-2")]


def test_a_value_that_crosses_both_ways_waits_for_each_way_by_itself() -> None:
    events = daily(BEGIN, "640", *["100", "1200"] * 30)
    assert changes(moved(STEADY, events, BEGIN + 30 * DAY)) == []
    assert changes(moved(replace(STEADY, promote_after=23), events, BEGIN + 30 * DAY)) == [("tier-2", "tier-1")]


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Europe/Berlin", "2027-03-20T09:00:00"),
        ("Europe/Berlin", "2027-10-25T09:00:00"),
        ("America/New_York", "2027-03-06T09:00:00"),
        ("UTC", "2028-02-20T00:00:00"),
        ("UTC", "2027-12-20T00:00:00"),
        ("Africa/Cairo", "2027-04-20T09:00:00"),
    ],
)
@pytest.mark.parametrize("demote", ["at_once", "month_start", "quarter_start"])
def test_over_clock_changes_leap_days_and_year_ends(zone: str, begins: str, demote: str) -> None:
    model = replace(STEADY, zone=zone, demote=demote)
    moves = moved(model, daily(utc(begins), "1200", "640"), utc(begins) + 120 * DAY)
    assert changes(moves) == [("tier-1", "tier-2")]


EDGES = ("1200", "1000", "999.99", "950", "949.99", "640", "500", "499.99", "475", "474.99", "0")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Africa/Cairo", "America/Sao_Paulo")
_BEGINS = (
    "2027-02-20T07:00:00",
    "2028-02-20T23:00:00",
    "2027-03-25T00:00:00",
    "2027-10-28T22:00:00",
    "2027-12-28T05:00:00",
)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Model, list[Event]]:
    at = utc(draw(st.sampled_from(_BEGINS)))
    hours = st.sampled_from([1, 5, 23, 24, 25, 47, 48, 100, 336, 400])
    some = draw(st.lists(st.tuples(hours, st.none() | st.sampled_from(EDGES)), min_size=1, max_size=15))
    events = [Event(at, draw(st.sampled_from(EDGES)))]
    for gap, value in some:
        events.append(Event(events[-1].at + timedelta(hours=gap), value))
    renews = draw(st.booleans())
    model = Model(
        zone=draw(st.sampled_from(ZONES)),
        promote_after=draw(st.sampled_from([0, 1, 24, 168])),
        demote_after=draw(st.sampled_from([0, 1, 24, 336])),
        margin=draw(st.sampled_from([Fraction(0), Fraction(1, 20)])),
        demote=draw(st.sampled_from(["at_once", "month_start", "quarter_start"])),
        renewal=draw(st.dates(date(2027, 2, 25), date(2028, 4, 1))) if renews else None,
        hold_before_renewal=draw(st.sampled_from([1, 10, 30])) if renews else 0,
    )
    return model, events


@settings(deadline=None, max_examples=150)
@given(_cases())
def test_an_account_moves_as_the_model_says(case: tuple[Model, list[Event]]) -> None:
    model, events = case
    moved(model, events, events[-1].at + 100 * DAY)


def test_the_model_knows_the_hours_at_which_months_begin() -> None:
    """So that it is not the same code asked twice."""
    model = Model(zone="America/Sao_Paulo", demote="month_start")
    begins = datetime(2027, 6, 10, tzinfo=UTC)
    moves = model.moves([Event(begins, "1200"), Event(begins + DAY, "640")], begins + 60 * DAY)
    assert moves[1:] == [Move(datetime(2027, 7, 1, 3, tzinfo=UTC), "tier-2")]
