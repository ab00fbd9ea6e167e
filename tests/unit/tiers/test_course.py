"""Under any policy an account goes the way that the language says, and is looked at when that has a turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.catalogue import SYNCED_TIER, Catalogue
from shared.accounts.contribution import Contribution
from shared.accounts.identity import AccountId, FieldName, RecordKey, RuleId, SourceName, TierId
from shared.accounts.standing import Hold, Method, Override, Standing
from shared.accounts.standing import Pending as Waiting
from shared.accounts.values import Json
from shared.accounts.version import Version
from shared.configuration.fields_document import parse_fields
from shared.tiers.decision import Decision
from shared.tiers.engine import decide
from shared.tiers.freshness import Freshness
from shared.tiers.model import FRESH
from shared.tiers.policy_document import parse_policy
from shared.tiers.rulebook import Rulebook
from shared.tiers.settle import settled
from tests.support.builders import CATALOGUE, values
from tests.unit.rules.documents import leaf
from tests.unit.rules.oracle import Scene
from tests.unit.rules.oracle_of_the_past import Past
from tests.unit.rules.strategies import MICROSECOND
from tests.unit.rules.test_meaning_of_the_past import history
from tests.unit.tiers.builders import rule
from tests.unit.tiers.course_model import HOUR, Course, Pending, Stands, Told

HORIZON = 8 * 24
"""In hours."""
STEP = 6
"""Hours from one look to the next, beside those at which it is due; whatever is missed is seen then."""
INTERVAL = timedelta(hours=5)
SOURCES = {
    "mrr": "recurly",
    "seats": "recurly",
    "renewal_date": "salesforce",
    "last_login_at": "salesforce",
    "strategic": "salesforce",
}
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Africa/Cairo", "America/Sao_Paulo", "Asia/Kolkata")
_BEGINS = (
    "2026-10-23T09:00:00Z",  # clocks go back in Berlin, and in Cairo on the 29th
    "2027-03-10T22:00:00Z",  # clocks go forward in New York
    "2028-02-27T05:00:00Z",  # a leap day
    "2026-12-28T00:00:00Z",  # a year and a quarter begin
)


@dataclass(frozen=True)
class Case:
    course: Course
    stands: Stands
    now: datetime

    @property
    def account(self) -> Account:
        known = {name: value for name, value in values(self.course.values).items() if value is not None}
        if self.course.synced:
            known[SYNCED_TIER.name] = self.course.synced
        override, waits = self.course.override, self.stands.pending
        return Account(
            AccountId("acme"),
            self.now,
            version=1,
            records={
                RecordKey(SourceName(source), "account"): Contribution(
                    Version.of_number(1),
                    self.now,
                    {name: value for name, value in values(self.course.values).items() if SOURCES[name] == source},
                )
                for source in set(SOURCES.values())
            },
            values=known,
            histories={FieldName(name): history(name, past) for name, past in self.course.pasts.items()},
            standing=Standing(
                tier=_tier(self.stands.tier),
                method=Method(self.stands.method) if self.stands.method else None,
                rule=RuleId("before"),
                since=self.now - 99 * HOUR,
                changes=int(self.stands.ever),
                pending=Waiting(_tier(waits.tier), waits.since) if waits else None,
            ),
            override=Override(TierId(override[0]), "why", "ann", self.now, override[1]) if override else None,
        )

    @property
    def rulebook(self) -> Rulebook:
        rules: list[Json] = [rule(f"r{i}", tier, dict(when)) for i, (tier, when) in enumerate(self.course.rules)]
        document: Json = {"rules": rules, "otherwise": "tier-3", "stability": dict(self.course.stability)}
        fields = _with_scores(self.course)
        stale = {SourceName(name): Freshness(at, INTERVAL) for name, at in self.course.stale_at.items()}
        return Rulebook(parse_policy(document, FRESH, fields), 7, FRESH, fields, self.course.zone, stale)


def _tier(text: str | None) -> TierId | None:
    return None if text is None else TierId(text)


def _with_scores(course: Course) -> Catalogue:
    entries: list[Json] = [
        {
            "name": name,
            "type": "number",
            "label": "Score",
            "score": [{"when": dict(when), "points": points} for when, points in terms],
        }
        for name, terms in course.scores.items()
    ]
    return parse_fields({"fields": entries}, CATALOGUE.currency)


_tiers = st.sampled_from(["tier-1", "tier-2", "tier-3", None])
_amounts = st.sampled_from(["0", "95", "100", "105", "150"])
_hours = st.sampled_from(["0h", "1h", "30h", "72h"])


@st.composite
def _leaves(draw: st.DrawFn, fields: Sequence[str]) -> dict[str, Any]:
    name = draw(st.sampled_from(fields))
    if draw(st.integers(0, 9)) == 0:
        return leaf(name, draw(st.sampled_from(["missing", "present"])))
    match name:
        case "renewal_date":
            days = draw(st.integers(1, 4))
            relative = [leaf(name, op, f"today{by:+d}d") for op in ("<", ">=", "=") for by in (-1, 0, days)]
            return draw(st.sampled_from([*relative, leaf(name, "within_next", f"{days}d")]))
        case "last_login_at":
            hours = draw(st.sampled_from([1, 24, 49]))
            ops = ("within_last", "beyond_last", "within_next", "beyond_next")
            return draw(st.sampled_from([*(leaf(name, op, f"{hours}h") for op in ops), leaf(name, "<", "now")]))
        case "strategic":
            return leaf(name, "=", draw(st.booleans()))
        case "value_score":
            return leaf(name, draw(st.sampled_from([">", ">=", "<", "="])), draw(st.integers(-1, 4)))
        case _:
            return draw(_of_numbers(name))


@st.composite
def _of_numbers(draw: st.DrawFn, name: str) -> dict[str, Any]:
    span = st.sampled_from(["1h", "24h", "50h", "4d"])
    asked = {"window": {"fn": draw(st.sampled_from(["avg", "min", "max", "sum"])), "of": draw(span)}}
    ordered = leaf(name, draw(st.sampled_from([">=", "<", ">", "<=", "="])), draw(_amounts))
    forms = [
        *[ordered] * 4,
        {**ordered, **asked},
        leaf(name, "same_for", draw(span)),
        {**leaf(name, "changed"), "over": draw(span)},
        {**leaf(name, draw(st.sampled_from(["rose_by_pct", "dropped_by_pct"])), 5), "over": draw(span)},
        {**leaf(name, draw(st.sampled_from(["rose_by", "dropped_by"])), 5), "over": draw(span), **asked},
    ]
    return draw(st.sampled_from(forms))


def _conditions(fields: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    some = _leaves(fields)
    members = st.lists(some, min_size=1, max_size=2)
    return st.one_of(
        some,
        some.map(lambda one: {"not": one}),
        members.map(lambda found: {"all": found}),
        members.map(lambda found: {"any": [*found, {"not": found[0]}] if len(found) > 1 else found}),
        members.map(lambda found: {"not": {"any": found}}),
    )


@st.composite
def _pasts(draw: st.DrawFn, now: datetime) -> Past:
    ages = sorted(draw(st.sets(st.integers(0, 120), min_size=1, max_size=4)), reverse=True)
    return [(now - age * HOUR, draw(_amounts)) for age in ages]


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    now = datetime.fromisoformat(draw(st.sampled_from(_BEGINS)))
    scene = Scene(now, draw(st.sampled_from(ZONES)))
    pasts = {name: draw(_pasts(now)) for name in ("mrr", "seats")}
    gone = st.sampled_from([False, False, False, True])
    known: dict[str, Any] = {name: None if draw(gone) else past[-1][1] for name, past in pasts.items()}
    known["renewal_date"] = draw(
        st.none() | st.integers(-2, 7).map(lambda days: (scene.today + timedelta(days=days)).isoformat())
    )
    known["last_login_at"] = draw(st.none() | st.integers(-72, 72).map(lambda hours: (now + hours * HOUR).isoformat()))
    known["strategic"] = draw(st.none() | st.booleans())
    fields = tuple(known)
    scores = draw(
        st.just({}) | st.lists(st.tuples(_conditions(fields), st.integers(-1, 3)), min_size=1, max_size=3)
        .map(lambda terms: {"value_score": terms})
    )  # fmt: skip
    readable = ("mrr", *fields, *scores, *scores)
    soon = st.integers(1, HORIZON).map(lambda hours: now + hours * HOUR)
    past_or_soon = st.integers(-24, HORIZON).map(lambda hours: now + hours * HOUR)
    before = draw(_tiers)
    method = draw(st.sampled_from(["rules", "rules", "rules", "manual"])) if before else "rules"
    waits = st.builds(
        Pending, _tiers.filter(lambda tier: tier != before), st.integers(0, 80).map(lambda h: now - h * HOUR)
    )
    course = Course(
        zone=scene.zone,
        values=known,
        pasts=pasts,
        rules=draw(st.lists(st.tuples(_tiers | st.just(before), _conditions(readable)), min_size=1, max_size=4)),
        stability=draw(_stabilities(readable)),
        scores=scores,
        override=draw(st.none() | st.none() | st.tuples(st.sampled_from(["tier-1", "tier-3"]), soon)),
        synced=draw(st.sampled_from([None, None, None, None, "tier-2"])),
        sources=SOURCES,
        stale_at=draw(st.just({}) | st.dictionaries(st.sampled_from(["recurly", "salesforce"]), past_or_soon)),
    )
    stands = Stands(before, method, ever=True, pending=draw(st.none() | waits) if method == "rules" else None)
    return Case(course, stands, now)


@st.composite
def _stabilities(draw: st.DrawFn, fields: Sequence[str]) -> Mapping[str, Any]:
    return {
        "promote_after": draw(_hours),
        "demote_after": draw(_hours),
        "demote_margin_pct": draw(st.sampled_from([0, 5, 50])),
        "hold_before_renewal": draw(st.sampled_from(["0d", "0d", "1d", "3d"])),
        "hold_demotion_when": draw(st.none() | st.none() | _conditions(fields)),
        "demote": draw(st.sampled_from(["at_once", "at_once", "approval", "month_start", "quarter_start"])),
    }


def told(decision: Decision) -> Told:
    met = [found.met for traced in decision.rules for found in traced.conditions]
    return Told(decision.tier, decision.result, decision.status.value, met, decision.hold and decision.hold.value)


class Life:
    """An account that is decided when it is due, and nowhere else."""

    def __init__(self, case: Case) -> None:
        self.account, self.book = case.account, case.rulebook
        self.decide(case.now)

    def decide(self, now: datetime) -> Told:
        decision = decide(self.account, self.book, now)
        assert decision.to_json() == decide(self.account, self.book, now).to_json()
        change = settled(self.account, decision, cause="data")
        if change is not None:
            self.account = change.account
        self.review, self.due = decision.next_review_at, self.account.due_at
        self.since, self.known = now, self.look(now)
        assert self.review is None or self.due is not None
        return told(decision)

    def look(self, now: datetime) -> Told:
        """What a decision would say, which nobody keeps."""
        return told(decide(self.account, self.book, now))


@settings(deadline=None, max_examples=60)
@given(_cases())
def test_an_account_goes_the_way_that_the_language_says(case: Case) -> None:
    _lived(case)


def test_every_hold_that_data_and_time_bring_about_is_met_on_the_way() -> None:
    """So that the cases above are no empty ones; the same on every run."""
    met: set[str | None] = set()

    @settings(deadline=None, max_examples=500, derandomize=True, database=None)
    @given(_cases())
    def look(case: Case) -> None:
        met.update(told.hold for told in _lived(case))

    look()
    assert met == {None, *Hold} - {Hold.MASS_CHANGE, Hold.PAUSED}


def _lived(case: Case) -> list[Told]:
    """What was seen of it on the way."""
    life, stands = Life(case), case.stands
    expected, stands = case.course.decided(stands, case.now)
    assert told(decide(case.account, case.rulebook, case.now)) == expected
    way = [expected]
    for hours in range(STEP, HORIZON, STEP):
        at = case.now + hours * HOUR
        while life.due is not None and life.due <= at:
            stands = _woken(life, case.course, stands)
        expected, stands = case.course.decided(stands, at)
        seen = life.look(at)
        assert seen == expected
        assert _seen(seen) == _seen(life.known)
        way.append(seen)
    return way


def _woken(life: Life, course: Course, stands: Stands) -> Stands:
    """The account is decided as it is due: where that is its next review something differs, and not a moment before."""
    due, reviewed, known = life.due, life.review, life.known
    assert due is not None
    assert life.since < due
    eve = max(life.since, due - MICROSECOND)
    assert _seen(life.look(eve)) == _seen(known)
    expected, stands = course.decided(stands, eve)
    assert _seen(life.look(eve)) == _seen(expected)
    now_told = life.decide(due)
    expected, stands = course.decided(stands, due)
    assert now_told == expected
    looked_again = known.hold == Hold.STALE_SOURCE
    if due == reviewed and not looked_again:
        assert _seen(now_told) != _seen(known)
    elif not looked_again:
        assert _seen(now_told) == _seen(known)
    return stands


def _seen(what: Told) -> tuple[object, ...]:
    return what.tier, what.result, what.status, what.met
