from datetime import UTC, datetime
from typing import Any

from local.outcome import Need, Outcome, mail_after, need_of, post, sentence, since

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def outcome(**fields: Any) -> Outcome:
    given = {
        "account": "Acme",
        "mrr_before": "1225.00",
        "mrr_after": "640.00",
        "before": "Tier 1",
        "after": "Tier 2",
        "seconds": 0.23,
        "need": Need("Tier 1", "1000.00", "360.00"),
        "mail_url": "http://127.0.0.1:8025/mails/a",
        "mail_seconds": 0.31,
        "no_mail": None,
    }
    return Outcome(**{**given, **fields})


def finding(**fields: Any) -> dict[str, Any]:
    return {"field": "mrr", "op": ">=", "expected": "1000.00", "actual": "640.00", "met": False, **fields}


def mail(sent_at: str, subject: str = "Acme: lowered") -> dict[str, Any]:
    return {"sent_at": sent_at, "subject": subject}


def test_tells_a_change_with_its_figures() -> None:
    assert sentence(outcome()) == (
        "Acme: Tier 1 → Tier 2 in 0.2 s. MRR 1,225.00 → 640.00; Tier 1 needs 1,000.00 (360.00 short)."
    )


def test_tells_that_a_tier_stays() -> None:
    told = sentence(outcome(before="Tier 2", after="Tier 2", seconds=None, need=None, mrr_after="700"))
    assert told == "Acme: stays Tier 2. MRR 1,225.00 → 700."


def test_tells_where_the_mail_is_or_why_there_is_none() -> None:
    assert post(outcome()) == "Mail: http://127.0.0.1:8025/mails/a (0.3 s)"
    assert post(outcome(mail_url=None, no_mail="the tier stayed")) == "No mail: the tier stayed."


def test_the_need_is_what_the_nearest_better_rule_asks_for() -> None:
    rules = [
        {"id": "high", "matched": False, "conditions": [finding(short_by="360.00")]},
        {"id": "mid", "matched": True, "conditions": [finding(met=True)]},
    ]
    assert need_of({"rules": rules}, {"high": "Tier 1"}) == Need("Tier 1", "1000.00", "360.00")


def test_nothing_is_needed_in_the_best_tier() -> None:
    rules = [{"id": "high", "matched": True, "conditions": [finding(met=True)]}]
    assert need_of({"rules": rules}, {"high": "Tier 1"}) is None


def test_the_mail_is_the_first_since_then_that_names_the_account() -> None:
    first, second = mail("2026-11-22T12:00:01Z"), mail("2026-11-22T12:00:02Z")
    others = [mail("2026-11-22T12:00:03Z", "Initech: lowered"), mail("2026-11-22T11:59:59Z")]
    assert mail_after([others[0], second, first, others[1]], NOON, "Acme") == first
    assert mail_after(others, NOON, "Acme") is None


def test_seconds_are_counted_from_the_change() -> None:
    assert since("2026-11-22T12:00:00.25Z", NOON) == 0.25
