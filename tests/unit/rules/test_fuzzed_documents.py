"""A few of the hostile documents that `make fuzz-rules` makes many of."""

from tests.fuzz.rules import run

MOST_CODES = 12


def test_a_hostile_policy_is_refused_where_it_is_wrong_or_decided_by_in_bounded_steps() -> None:
    report = run(500, seed=7)
    assert report.not_json + report.refused + report.accepted == report.documents
    assert min(report.not_json, report.refused, report.accepted) > 0
    assert len(report.codes) >= MOST_CODES
