from decimal import Decimal
from pathlib import Path

import pytest

from cost import counts, model
from cost.counts import Counts, Kind
from cost.model import Line, Rates, bill, mixed, total

ROOT = Path(__file__).parents[3]
RATES = Rates(
    region="nowhere",
    read_on="2026-01-01",
    target=Decimal(5),
    mix={
        Kind.NOT_NEWER: Decimal("0.5"),
        Kind.VALUE: Decimal("0.5"),
        Kind.TIER: Decimal(0),
        Kind.TIER_AND_MAIL: Decimal(0),
    },
    prices={
        "http_request": Decimal(1),
        "lambda_request": Decimal(10),
        "lambda_gb_second": Decimal(100),
        "queue_request": Decimal(1_000),
        "write_unit": Decimal(10_000),
        "read_unit": Decimal(100_000),
        "bus_event": Decimal(2),
        "topic_message": Decimal(3),
        "mail": Decimal(7),
        "log_gigabyte": Decimal(5_000_000),
        "log_gigabyte_month": Decimal(1_000_000),
        "transfer_gigabyte": Decimal(1_000_000_000),
        "key_request": Decimal(1),
    },
    assumptions={
        "hints_in_a_batch": Decimal(5),
        "times_slower": Decimal(2),
        "vcpu_mb": Decimal(2_048),
        "call_ms": Decimal(10),
        "vendor_ms": Decimal(100),
        "vendor_rounds": Decimal(2),
        "access_log_bytes": Decimal(40),
        "transferred_bytes": Decimal(9),
        "config_reads": Decimal(0),
        "config_read_units": Decimal(1),
        "secret_reads": Decimal(0),
        "log_months": Decimal(1),
    },
    memory_mb={"webhook": Decimal(512), "ingest": Decimal(1_024), "notify": Decimal(512)},
    cpu_ms={"webhook": Decimal(5), "ingest": Decimal(20), "notify": Decimal(0)},
    threads=4,
)
"""Round numbers, each of another size, so that a sum shows what is in it."""
WEBHOOK: Counts = {
    "billed": {"sqs": Decimal(1)},
    "calls": {"webhook sqs.SendMessageBatch": Decimal(1), "ingest dynamodb.PutItem": Decimal(2)},
    "invocations": {"webhook": Decimal(1), "ingest": Decimal(1)},
    "log_bytes": {"webhook": Decimal(400), "ingest": Decimal(300)},
    "read_units": {"ingest": Decimal("0.5")},
    "records": {"webhook http": Decimal(1), "ingest queue": Decimal(1)},
    "vendor_requests": {"ingest": Decimal(3)},
    "write_units": {"ingest": Decimal(2)},
}


@pytest.mark.parametrize(
    ("line", "dollars"),
    [
        (Line.HTTP, "1"),
        (Line.LAMBDA_REQUESTS, "12"),  # 1 + 1/5 of 10
        (Line.LAMBDA_CPU, "10"),  # 25 ms, twice as slow, 2 GB for a vCPU: 0.1 GB-s of 100
        (Line.LAMBDA_WAITING, "10.5"),  # 10 ms of 0.5 GB; 20 ms and 2/5 turns of 200 ms of 1 GB
        (Line.QUEUES, "1400"),  # sent, and 2/5 taken
        (Line.WRITES, "20000"),
        (Line.READS, "50000"),
        (Line.LOGS, "3"),  # 400 + 300/5 + 40 bytes
        (Line.MAIL, "0"),
        (Line.TOLD, "0"),
        (Line.REFRESHES, "0"),
        (Line.TRANSFER, "9"),
    ],
)
def test_a_line_of_the_bill_is_exact(line: Line, dollars: str) -> None:
    assert bill(WEBHOOK, RATES)[line] == Decimal(dollars)


def test_a_mail_is_paid_with_the_word_of_it_and_what_is_told_with_it() -> None:
    mailed: Counts = {
        **WEBHOOK,
        "billed": {"sqs": Decimal(1), "events": Decimal(1), "sns": Decimal(2)},
        "calls": {**WEBHOOK["calls"], "notify sesv2.SendEmail": Decimal(1)},
        "invocations": {**WEBHOOK["invocations"], "notify": Decimal(2)},
        "records": {**WEBHOOK["records"], "notify queue": Decimal(1), "notify stream": Decimal(2)},
    }

    more = {line: dollars - bill(WEBHOOK, RATES)[line] for line, dollars in bill(mailed, RATES).items()}

    assert more[Line.MAIL] == 7
    assert more[Line.TOLD] == 8
    assert more[Line.QUEUES] == 3_000
    assert more[Line.LAMBDA_REQUESTS] == 20
    assert more[Line.LAMBDA_WAITING] == Decimal("0.5")


def test_what_comes_alone_is_paid_whole() -> None:
    alone = bill(WEBHOOK, RATES.with_batches_of(1))

    assert alone[Line.LAMBDA_REQUESTS] == 20
    assert alone[Line.QUEUES] == 3_000
    assert alone[Line.LAMBDA_WAITING] == Decimal("22.5")


def test_the_mix_is_each_kinds_share_of_a_million() -> None:
    bills = {kind: bill(WEBHOOK, RATES) for kind in Kind} | {Kind.VALUE: dict.fromkeys(Line, Decimal(0))}

    assert mixed(bills, RATES)[Line.MAIL] == 0
    assert mixed(bills, RATES)[Line.HTTP] == 500_000
    assert total(mixed(bills, RATES)) == 500_000 * total(bill(WEBHOOK, RATES))


def test_the_kept_rates_are_whole() -> None:
    rates = model.rates()

    assert sum(rates.mix.values()) == 1
    assert all(invoked in rates.cpu_ms for kept in counts.kept().values() for invoked in kept["invocations"])
    assert rates.cpu_ms.keys() == rates.memory_mb.keys()


def test_the_readme_says_what_a_million_webhooks_cost() -> None:
    rates = model.rates()
    dollars = total(mixed({kind: bill(kept, rates) for kind, kept in counts.kept().items()}, rates))

    assert f"${dollars:.2f} for a million webhooks" in (ROOT / "README.md").read_text()
