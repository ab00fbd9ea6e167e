"""From counts to dollars, exactly: what one webhook of a kind costs, line by line, and a million of the mix."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from cost.counts import Counts, Kind
from functions.ingest.fetching import THREADS

FILE = Path(__file__).parent / "prices.toml"
MILLION = 1_000_000
_GIGA = 1_000_000_000
_MB_OF_A_GB = 1_024
_MS = 1_000
BATCHED = "ingest"
"""The one function whose batches are reckoned with; a change on a stream is reckoned to come alone."""


class Line(StrEnum):
    """Of the bill."""

    HTTP = "HTTP API"
    LAMBDA_REQUESTS = "Lambda requests"
    LAMBDA_CPU = "Lambda time, at work"
    LAMBDA_WAITING = "Lambda time, waiting"
    QUEUES = "queues"
    WRITES = "DynamoDB writes"
    READS = "DynamoDB reads"
    LOGS = "logs"
    MAIL = "mail"
    TOLD = "bus and topic"
    REFRESHES = "configuration and secrets"
    TRANSFER = "transfer"


type Bill = Mapping[Line, Decimal]
"""Dollars by line."""


@dataclass(frozen=True, slots=True)
class Rates:
    """prices.toml, number by number."""

    region: str
    read_on: str
    target: Decimal
    """Dollars for a million webhooks of the mix."""
    mix: Mapping[Kind, Decimal]
    prices: Mapping[str, Decimal]
    assumptions: Mapping[str, Decimal]
    memory_mb: Mapping[str, Decimal]
    cpu_ms: Mapping[str, Decimal]
    threads: int = THREADS
    """Subjects that ingest fetches at once."""

    def with_batches_of(self, hints: int) -> "Rates":
        return replace(self, assumptions={**self.assumptions, "hints_in_a_batch": Decimal(hints)})

    def batch(self, function: str) -> Decimal:
        return self.assumptions["hints_in_a_batch"] if function == BATCHED else Decimal(1)


def rates(file: Path = FILE) -> Rates:
    document = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
    return Rates(
        region=document["list"]["region"],
        read_on=document["list"]["read_on"].isoformat(),
        target=Decimal(document["target"]["dollars_per_million"]),
        mix={Kind(kind): Decimal(share) for kind, share in document["mix"].items()},
        prices=_decimals(document["prices"]),
        assumptions=_decimals(document["assumptions"]),
        memory_mb=_decimals(document["memory_mb"]),
        cpu_ms=_decimals(document["cpu_ms"]),
    )


def bill(counts: Counts, rates: Rates) -> Bill:
    """Of one webhook."""
    prices, assumed = rates.prices, rates.assumptions
    invocations, mails = counts["invocations"], counts["calls"].get("notify sesv2.SendEmail", Decimal(0))
    woken = sum((number / rates.batch(function) for function, number in invocations.items()), Decimal(0))
    logged = sum((number / rates.batch(function) for function, number in counts["log_bytes"].items()), Decimal(0))
    log_gigabytes = (logged + assumed["access_log_bytes"]) / _GIGA
    return {
        Line.HTTP: prices["http_request"],
        Line.LAMBDA_REQUESTS: woken * prices["lambda_request"],
        Line.LAMBDA_CPU: _working(invocations, rates) * prices["lambda_gb_second"],
        Line.LAMBDA_WAITING: _waiting(counts, rates) * prices["lambda_gb_second"],
        Line.QUEUES: _queue_requests(counts, mails, rates) * prices["queue_request"],
        Line.WRITES: _total(counts["write_units"]) * prices["write_unit"],
        Line.READS: _total(counts["read_units"]) * prices["read_unit"],
        Line.LOGS: log_gigabytes * (prices["log_gigabyte"] + assumed["log_months"] * prices["log_gigabyte_month"]),
        Line.MAIL: mails * prices["mail"],
        Line.TOLD: counts["billed"].get("events", Decimal(0)) * prices["bus_event"]
        + counts["billed"].get("sns", Decimal(0)) * prices["topic_message"],
        Line.REFRESHES: assumed["config_reads"] * assumed["config_read_units"] * prices["read_unit"]
        + assumed["secret_reads"] * prices["key_request"],
        Line.TRANSFER: assumed["transferred_bytes"] / _GIGA * prices["transfer_gigabyte"],
    }


def mixed(bills: Mapping[Kind, Bill], rates: Rates) -> Bill:
    """Of a million webhooks."""
    return {line: MILLION * sum((rates.mix[kind] * bills[kind][line] for kind in Kind), Decimal(0)) for line in Line}


def total(bill: Bill) -> Decimal:
    return sum(bill.values(), Decimal(0))


def _working(invocations: Mapping[str, Decimal], rates: Rates) -> Decimal:
    """GB-seconds of CPU time: as many at any size of memory, since its share of a vCPU grows with its price."""
    of_a_vcpu = rates.assumptions["times_slower"] * rates.assumptions["vcpu_mb"] / _MB_OF_A_GB / _MS
    return of_a_vcpu * sum((number * rates.cpu_ms[name] for name, number in invocations.items()), Decimal(0))


def _waiting(counts: Counts, rates: Rates) -> Decimal:
    """GB-seconds of waiting for answers: those of AWS one after the other, a vendor's for a batch at once."""
    assumed, batch = rates.assumptions, rates.batch(BATCHED)
    ms = {name: Decimal(0) for name in counts["invocations"]}
    for call, number in counts["calls"].items():
        ms[call.partition(" ")[0]] += number * assumed["call_ms"]
    if counts["vendor_requests"]:
        turns = (batch / rates.threads).to_integral_value(ROUND_CEILING) / batch
        ms[BATCHED] += turns * assumed["vendor_rounds"] * assumed["vendor_ms"]
    return sum((number * rates.memory_mb[name] for name, number in ms.items()), Decimal(0)) / _MB_OF_A_GB / _MS


def _queue_requests(counts: Counts, mails: Decimal, rates: Rates) -> Decimal:
    """Each message is sent (SES's word of a mail by the bus), and each batch received and deleted."""
    taken = (
        2 * number / rates.batch(name.partition(" ")[0])
        for name, number in counts["records"].items()
        if name.endswith(" queue")
    )
    return counts["billed"]["sqs"] + mails + sum(taken, Decimal(0))


def _total(numbers: Mapping[str, Decimal]) -> Decimal:
    return sum(numbers.values(), Decimal(0))


def _decimals(numbers: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(number) for name, number in numbers.items()}
