"""One customer's webhooks, each counted until all is done that follows from it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from time import time

from cost.counts import Counts, Kind
from tests.stack.customers import Customer, announce, reprice
from tests.stack.deployed import Deployed
from tests.stack.metering import Figures, Meter

_EVENT_BYTES = 26
"""What CloudWatch adds to each line."""
_PLATFORM = ("START RequestId: ", "END RequestId: ", "REPORT RequestId: ")
"""Lines that AWS does not write: the functions' system logs begin at WARN."""

_WEBHOOK = {("webhook", "http"): 1, ("ingest", "queue"): 1}
_VALUE = {**_WEBHOOK, ("tier_trigger", "stream"): 1}
_TIER = {**_VALUE, ("announce", "stream"): 1, ("alerts", "stream"): 1, ("notify", "stream"): 1}
_MAIL = {**_TIER, ("notify", "stream"): 2}
DONE: Mapping[Kind, Mapping[tuple[str, str], int]] = {
    Kind.NOT_NEWER: _WEBHOOK,
    Kind.VALUE: _VALUE,
    Kind.TIER: _TIER,
    Kind.TIER_AND_MAIL: _MAIL,
}
"""What the functions have been woken with, by function and source, once a webhook is done with. A raised tier is told
to the topic, and to its CSM in a digest; a lowered one to both at once.
"""


@dataclass(slots=True)
class Sum:
    """Of several webhooks of a kind."""

    webhooks: int = 0
    groups: dict[str, Counter[str]] = field(default_factory=dict)
    cpu_ms: dict[str, float] = field(default_factory=dict)

    def add(self, figures: Figures, log_bytes: Mapping[str, int]) -> None:
        self.webhooks += 1
        for group, numbers in _groups(figures, log_bytes).items():
            self.groups.setdefault(group, Counter()).update(numbers)
        for function, ms in figures.cpu_ms.items():
            self.cpu_ms[function] = self.cpu_ms.get(function, 0) + ms

    @property
    def a_webhook(self) -> Counts:
        """Read units are counted in halves."""
        return {
            group: {
                name: Decimal(number) / self.webhooks / (2 if group == "read_units" else 1)
                for name, number in numbers.items()
                if number
            }
            for group, numbers in self.groups.items()
        }


@dataclass(frozen=True, slots=True)
class Counting:
    deployed: Deployed
    meter: Meter
    customer: Customer
    sums: Mapping[Kind, Sum] = field(default_factory=lambda: {kind: Sum() for kind in Kind})

    def count(self, kind: Kind, mrr: Fraction | None) -> None:
        """A webhook after the customer's MRR became `mrr`, or of no change."""
        if mrr is not None:
            reprice(self.deployed, self.customer.code, mrr)
        self._next_second()
        self.deployed.wait("the functions' rest", lambda: self.meter.since(0).rests)
        logged, claims, mark = self._log_bytes(), self._claims(), self.meter.mark()
        assert announce(self.deployed, self.customer) == 200
        figures = self._done(kind.words, mark, DONE[kind])
        if kind is Kind.TIER_AND_MAIL:
            (claim,) = self._claims() - claims
            self._confirm(claim)
            figures = self._done("SES's word of the mail", mark, {**DONE[kind], ("notify", "queue"): 1})
        self.sums[kind].add(figures, self._logged_since(logged, figures))

    def _done(self, what: str, mark: int, records: Mapping[tuple[str, str], int]) -> Figures:
        def look() -> Figures | None:
            figures = self.meter.since(mark)
            come = all(figures.records[name] >= number for name, number in records.items())
            return figures if come and figures.rests else None

        return self.deployed.wait(what, look)

    def _next_second(self) -> None:
        """Recurly's times are whole seconds: what is read within the second of its change is read as newer later."""
        now = int(time())
        self.deployed.wait("the next second", lambda: int(time()) > now)

    def _claims(self) -> set[str]:
        """Of all mails so far: the tag that SES knows each by."""
        scan = self.deployed.running.clients("dynamodb").get_paginator("scan")
        items = scan.paginate(TableName="tierwright-local-alerts", ConsistentRead=True).build_full_result()["Items"]
        keys = (str(item["pk"]["S"]) for item in items)
        return {key.removeprefix("claim#") for key in keys if key.startswith("claim#")}

    def _confirm(self, claim: str) -> None:
        """As SES does on AWS, by way of the bus."""
        event = {"detail-type": "Email Sent", "detail": {"eventType": "Send", "mail": {"tags": {"notice": [claim]}}}}
        url = next(url for url in self.deployed.running.emulated.queues if url.endswith("-notify"))
        self.deployed.running.clients("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(event))

    def _log_bytes(self) -> Counter[str]:
        """By function, and how many of its invocations have been logged by `END name`."""
        found: Counter[str] = Counter()
        for group, lines in self.deployed.logs().items():
            name = group.rpartition("/tierwright-local-")[2].replace("-", "_")
            found[name] += sum(len(line.encode()) + _EVENT_BYTES for line in lines if not line.startswith(_PLATFORM))
            found[f"END {name}"] += sum(line.startswith("END RequestId: ") for line in lines)
        return found

    def _logged_since(self, before: Counter[str], figures: Figures) -> Mapping[str, int]:
        def look() -> Counter[str] | None:
            now = self._log_bytes()
            now.subtract(before)
            return now if all(now[f"END {name}"] >= ended for name, ended in figures.ended.items()) else None

        logged = self.deployed.wait("the logs", look)
        return {name: logged[name] for name in figures.ended}


def _groups(figures: Figures, log_bytes: Mapping[str, int]) -> Mapping[str, Mapping[str, int]]:
    return {
        "billed": figures.billed,
        "calls": {f"{function} {call}": number for (function, call), number in figures.calls.items()},
        "invocations": figures.invocations,
        "log_bytes": log_bytes,
        "read_units": figures.half_read_units,
        "records": {f"{function} {source}": number for (function, source), number in figures.records.items()},
        "vendor_requests": figures.vendor_requests,
        "write_units": figures.write_units,
    }
