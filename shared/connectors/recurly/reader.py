"""Reads whole accounts from Recurly's API: the account, its subscriptions and their plans, several at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

from shared.connectors.ports import RecordGone
from shared.connectors.recurly.api import Api, Got, Page, listing
from shared.connectors.recurly.documents import Document, required
from shared.connectors.recurly.mapping import Read
from shared.connectors.transport import CONNECTIONS

PLAN_AGE = timedelta(minutes=10)
"""How long a plan is kept. Its interval, all that MRR needs of it, can't be changed once it exists (PlanUpdate)."""


class Reader:
    """Keeps the plans between calls; its methods are called by one thread at a time."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._plans: dict[str, tuple[datetime, Document]] = {}

    def whole(self, account_ids: Sequence[str], now: datetime) -> list[Read | None]:
        """Each account as it is now, all requests in parallel; None where there is none of that id."""
        with _workers() as workers:
            accounts = [workers.submit(self._api.get, "accounts", account_id, now) for account_id in account_ids]
            lists = [workers.submit(self._subscriptions, account_id, now) for account_id in account_ids]
            return self._joined([_unless_gone(account) for account in accounts], lists, now)

    def completed(self, accounts: Sequence[Got], now: datetime) -> list[Read | None]:
        """Accounts that a list gave, each with its subscriptions; None where an account is gone since. Raises BadRecord
        where one has no id.
        """
        with _workers() as workers:
            lists = [workers.submit(self._subscriptions, required(one.document, "id"), now) for one in accounts]
            return self._joined(accounts, lists, now)

    def _joined(
        self, accounts: Sequence[Got | None], lists: Sequence[Future[list[Page]]], now: datetime
    ) -> list[Read | None]:
        pairs = zip(accounts, map(_unless_gone, lists), strict=True)
        return [
            None if account is None or pages is None else self._read(account, pages, now) for account, pages in pairs
        ]

    def _read(self, account: Got, pages: Sequence[Page], now: datetime) -> Read:
        subscriptions = [row for page in pages for row in page.rows]
        return Read(
            account=account.document,
            subscriptions=subscriptions,
            plans=self._plans_of(subscriptions, now),
            began=min([account.at, *(page.at for page in pages)]),
        )

    def _subscriptions(self, account_id: str, now: datetime) -> list[Page]:
        """All of an account's, by the time of their creation: an order that no change moves."""
        return list(self._api.pages(listing(f"/accounts/{account_id}/subscriptions", sort="created_at"), now))

    def _plans_of(self, subscriptions: Iterable[Document], now: datetime) -> Mapping[str, Document]:
        """Those of the plans that Recurly has: a subscription without one, or of another form, is refused when it is
        read, with its own account alone.
        """
        mentioned = [plan.get("id") for one in subscriptions if isinstance(plan := one.get("plan"), Mapping)]
        ids = sorted({plan_id for plan_id in mentioned if isinstance(plan_id, str)})
        found = {plan_id: self._plan(plan_id, now) for plan_id in ids}
        return {plan_id: plan for plan_id, plan in found.items() if plan is not None}

    def _plan(self, plan_id: str, now: datetime) -> Document | None:
        kept = self._plans.get(plan_id)
        if kept is None or now - kept[0] >= PLAN_AGE:
            try:
                kept = (now, self._api.get("plans", plan_id, now).document)
            except RecordGone:
                return None
            self._plans[plan_id] = kept
        return kept[1]


@contextmanager
def _workers() -> Iterator[ThreadPoolExecutor]:
    """Threads as many as there are connections; the first failure drops what has not begun."""
    workers = ThreadPoolExecutor(CONNECTIONS)
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)


def _unless_gone[T](future: Future[T]) -> T | None:
    try:
        return future.result()
    except RecordGone:
        return None
