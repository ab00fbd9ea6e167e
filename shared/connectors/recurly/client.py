"""The connector to Recurly: what a hint leads to, and the scheduled pull of all that changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from shared.accounts.money import Rates
from shared.configuration.records import SourceRecord
from shared.connectors.ports import BadRecord, Hint, PulledPage, RecordGone, VendorRefused
from shared.connectors.recurly.api import Api, BadRequest, Got, Page
from shared.connectors.recurly.documents import Document, child, required
from shared.connectors.recurly.mapping import RECURLY, Read, to_record
from shared.connectors.recurly.reader import Reader
from shared.connectors.recurly.walk import ACCOUNTS, SUBSCRIPTIONS, Walk
from shared.connectors.transport import Host, Limits

HOSTS = ("https://v3.recurly.com", "https://v3.eu.recurly.com")
"""Where Recurly's API is; the key is sent nowhere else."""


class Recurly:
    """A Connector. Keeps its connections and the plans between calls; one thread uses it at a time."""

    def __init__(self, host: Host, key: str) -> None:
        self._host = host
        self._api = Api(host, key)
        self._reader = Reader(self._api)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._host.close()

    def fetch(self, hint: Hint, *, rates: Rates, now: datetime) -> Sequence[SourceRecord]:
        """The account that the hint leads to, with all its subscriptions."""
        kind, _, object_id = hint.subject.partition("/")
        if kind == "account":
            return [to_record(self._account(object_id, now), rates=rates, now=now)]
        if kind not in ("subscription", "invoice"):
            raise BadRecord(f"a {kind} leads to no account")
        led_by = self._api.get(f"{kind}s", object_id, now)
        read = self._account(_account_id(led_by.document), now)
        began = min(led_by.at, read.began)
        return [to_record(replace(read, led_by=led_by.document, began=began), rates=rates, now=now)]

    def _account(self, account_id: str, now: datetime) -> Read:
        read = self._reader.whole([account_id], now)[0]
        if read is None:
            raise RecordGone(f"Recurly has no account {account_id}")
        return read

    def pull(self, cursor: Mapping[str, str], *, rates: Rates, now: datetime) -> PulledPage:
        """The accounts that one page of the walk touches, each with all its subscriptions."""
        walk, page = self._next_page(Walk.resumed(cursor, now), now)
        try:
            moved = walk.past(page)
            reads = self._touched(walk.phase, page, now)
        except BadRecord as error:
            raise VendorRefused(f"a page of Recurly's {walk.phase} can't be read: {error}") from error
        records: list[SourceRecord] = []
        rejects: list[Mapping[str, str]] = []
        for read in reads:
            try:
                records.append(to_record(read, rates=rates, now=now))
            except BadRecord as error:
                rejects.append({"record": f"{RECURLY}:{read.account.get('code')}", "reason": str(error)})
        done = walk.phase == SUBSCRIPTIONS and page.next is None
        return PulledPage(
            records=records,
            cursor=moved.checkpoint() if done else moved.cursor(),
            done=done,
            rejects=rejects,
            total=walk.total,
        )

    def _next_page(self, walk: Walk, now: datetime) -> tuple[Walk, Page]:
        """Where the vendor no longer knows its own cursor (a walk taken up days later), from the checkpoint."""
        if walk.next is None:
            if walk.phase == ACCOUNTS:
                walk = replace(walk, total=self._total(walk, now))
            return walk, self._api.page(walk.first(), now)
        try:
            return walk, self._api.page(walk.next, now)
        except (BadRequest, RecordGone):
            return walk, self._api.page(walk.first(), now)

    def _total(self, walk: Walk, now: datetime) -> int | None:
        counts = [self._api.count(walk.first(phase), now) for phase in (ACCOUNTS, SUBSCRIPTIONS)]
        return sum(count for count in counts if count is not None) if None not in counts else None

    def _touched(self, phase: str, page: Page, now: datetime) -> list[Read]:
        if phase == ACCOUNTS:
            reads = self._reader.completed([Got(row, page.at) for row in page.rows], now)
        else:
            reads = self._reader.whole(list(dict.fromkeys(_account_id(row) for row in page.rows)), now)
        return [read for read in reads if read is not None]


def _account_id(document: Document) -> str:
    return required(child(document, "account"), "id")


def connect(key: str, *, base_url: str | None = None, loopback: bool = False, limits: Limits | None = None) -> Recurly:
    """A connector with the site's private API key. `loopback` (a developer's machine) admits a stand-in at
    http://127.0.0.1. Raises VendorRefused for an address that is not Recurly's.
    """
    url = base_url or HOSTS[0]
    if url not in HOSTS and not (loopback and url.startswith("http://")):
        raise VendorRefused(f"{url} is not Recurly's API: {' or '.join(HOSTS)}")
    return Recurly(Host(url, loopback=loopback, limits=limits), key)
