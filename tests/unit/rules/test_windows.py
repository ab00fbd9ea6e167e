"""A window comes to the same whether its days are kept in runs or one by one."""

from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.days import NO_DAYS, Days
from shared.accounts.history import History, day_of
from shared.rules.changes import old_amount
from shared.rules.condition import Aggregate, Window
from shared.rules.windows import DAY_SECONDS, over_window, start_of

FIRST = day_of(1_795_305_600)


@st.composite
def _days(draw: st.DrawFn) -> Days:
    days, day = NO_DAYS, FIRST
    for gap, value in draw(st.lists(st.tuples(st.integers(1, 3), st.integers(-1, 1)), min_size=1, max_size=12)):
        day += gap
        days = days.put(day, value)
    return days


_moments = st.builds(
    lambda days, beside: start_of(FIRST + days) + beside, st.integers(-1, 40), st.sampled_from([-1, 0, 1, 40_000])
)
_spans = st.builds(
    lambda days, beside: days * DAY_SECONDS + beside, st.integers(1, 20), st.sampled_from([-60, 0, 60, 3_600])
)


@given(_days(), _moments, _spans, st.none() | _spans, st.sampled_from(Aggregate))
def test_runs_come_to_what_their_days_do(days: Days, now: int, of: int, over: int | None, fn: Aggregate) -> None:
    in_runs = History(((0, 1),), days=days)
    entries = ((start_of(day), run.value) for run in in_runs.days.runs for day in range(run.first, run.last + 1))
    one_by_one, window = History(tuple(entries)), Window(fn, of)
    assert over_window(in_runs, window, now) == over_window(one_by_one, window, now)
    assert old_amount(in_runs, over, window, now) == old_amount(one_by_one, over, window, now)


def test_a_day_begins_with_its_first_second() -> None:
    assert [day_of(start_of(day) + beside) for day in (1, 719_163) for beside in (0, DAY_SECONDS - 1)] == [
        1,
        1,
        719_163,
        719_163,
    ]
