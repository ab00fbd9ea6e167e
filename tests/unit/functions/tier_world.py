"""tier_trigger on the twins of its ports: accounts to decide, rules in force, a queue that brings back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from functions.tier_trigger.bulk import Bulk
from functions.tier_trigger.handler import handle
from functions.tier_trigger.service import TierTrigger
from functions.tier_trigger.walk import RUN, Walk
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import Cause
from shared.accounts.store import AccountChange
from shared.accounts.values import Json
from shared.configuration.breaker import Breaker
from shared.configuration.documents import DocumentChange, Kind, policy_id
from shared.configuration.published import FIELDS, POLICY
from shared.configuration.reader import PublishedReader
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from shared.memory.documents import MemoryDocuments
from shared.memory.queues import MemoryQueue
from shared.memory.runs import MemoryRuns
from shared.runtime.messages import DecideAccounts, DecideAll, EditMany, Work, read, write
from shared.runtime.ports import Run, RunState
from shared.runtime.records import ISOLATION
from tests.support import builders
from tests.support.images import image

MAX_AGE = timedelta(seconds=10)


class Interrupted(MemoryAccounts):
    """A store on which something happens before each commit."""

    def __init__(self) -> None:
        super().__init__()
        self.before_commit: Callable[[Account], None] = lambda _: None
        self.before_read: Callable[[], None] = lambda: None
        self.read: list[AccountId] = []

    def get_many(self, account_ids: Sequence[AccountId], *, consistent: bool = True) -> dict[AccountId, Account]:
        self.before_read()
        self.read.extend(account_ids)
        return super().get_many(account_ids, consistent=consistent)

    def commit(self, change: AccountChange) -> Account:
        self.before_commit(change.account)
        return super().commit(change)


@dataclass
class World:
    now: datetime = builders.NOW
    left: timedelta = timedelta(seconds=40)
    """Of an invocation's time, until no page is begun any more."""
    accounts: Interrupted = field(default_factory=Interrupted)
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    notices: MemoryAlerts = field(default_factory=MemoryAlerts)
    queue: MemoryQueue = field(default_factory=MemoryQueue)

    def __post_init__(self) -> None:
        reader = PublishedReader(self.documents, MAX_AGE)
        trigger = TierTrigger(
            self.accounts, reader, self.queue, lambda: self.now, Breaker(self.documents, self.accounts)
        )
        self.walk = Walk(trigger, self.accounts, self.runs)
        self.bulk = Bulk(trigger, self.accounts, self.runs, self.notices)

    def keep(self, account: Account) -> Account:
        """Writes the account as others do, over what is stored."""
        stored = self.accounts.get(account.id)
        version = stored.version if stored else 0
        return MemoryAccounts.commit(self.accounts, AccountChange(replace(account, version=version), Cause.DATA))

    def catalogue(self, *fields: Json) -> None:
        change = DocumentChange(Kind.PUBLISHED, FIELDS, 0, {"fields": list(fields)})
        self.documents.commit([change], at=self.now, by="ann", audit=[])

    def publish(self, version: int, *, holds: Json = "keep", **policy: Json) -> None:
        known = self.documents.get(Kind.PUBLISHED, POLICY)
        body = {"version": version, "policy": {"rules": [], **policy}, "holds": holds}
        changes = [
            DocumentChange(Kind.PUBLISHED, POLICY, known.version if known else 0, body),
            DocumentChange(Kind.POLICY, policy_id(version), 0, body),
        ]
        self.documents.commit(changes, at=self.now, by="ann", audit=[])

    def tier(self, account_id: str = "acme") -> TierId | None:
        return self.accounts.accounts[AccountId(account_id)].standing.tier

    def stream(self, *told: str | Account, images: bool = True) -> dict[str, Any]:
        """Tells of each account as it is stored, or as given; or, without images, of its id alone."""
        records = [{"eventSource": "aws:dynamodb", "dynamodb": self._change(each, images=images)} for each in told]
        return handle({"Records": records}, self.walk, self.bulk, until=self.now + self.left)

    def _change(self, told: str | Account, *, images: bool) -> Mapping[str, Any]:
        known = self.accounts.accounts.get(AccountId(told)) if isinstance(told, str) else told
        return image(known, Cause.DATA) if images and known else {"Keys": {"id": {"S": told}}}

    def message(self, *works: Work) -> list[str]:
        """Brings each; answers with the numbers of those that failed."""
        records = [
            {"eventSource": "aws:sqs", "messageId": str(number), "body": write(work).body}
            for number, work in enumerate(works)
        ]
        return self._handled(records)

    def bring(self, *, isolated: bool = False) -> list[str]:
        """What is on the queue, now; answers with the numbers of the messages that failed."""
        queue = f"arn:aws:sqs:eu-central-1:123456789012:tierwright-prod-decide{ISOLATION if isolated else ''}"
        records = [
            {"eventSource": "aws:sqs", "eventSourceARN": queue, "messageId": str(number), "body": message.body}
            for number, message in enumerate(self.queue.take())
        ]
        return self._handled(records)

    def _handled(self, records: Sequence[Mapping[str, object]]) -> list[str]:
        answer = handle({"Records": records}, self.walk, self.bulk, until=self.now + self.left)
        return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]

    def order(self, version: int, *, segments: int = 1, run_id: str = "r1", holds: str | None = None) -> str:
        """A run over all accounts, as a publish orders it."""
        order = {} if holds is None else {"holds": holds}
        run = self.runs.save(Run(run_id, RUN, RunState.QUEUED, created_at=self.now, order=order))
        self.queue.send([write(DecideAll(run.id, version, number, segments, None)) for number in range(segments)])
        return run.id

    def overtake(self, account_id: str) -> None:
        """Another writes the account meanwhile."""
        self.keep(self.accounts.accounts[AccountId(account_id)])

    def queued(self) -> list[Work]:
        return [read(message.body, (DecideAccounts, DecideAll, EditMany)) for message in self.queue.sent]

    def taken(self) -> list[Work]:
        """What is on the queue, which has nothing then."""
        works = self.queued()
        self.queue.sent.clear()
        return works

    @property
    def run(self) -> Run:
        return self.runs.runs[RUN, "r1"]
