"""What must hold once all is quiet: the deployed tables and queues beside a plain fold over what senders were told.

Nothing of the product decides here: only its readers of rows are used. The ids are those of ARCHITECTURE.md's
"What must hold", in its order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import pairwise

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, FieldName, RecordKey, RuleId
from shared.accounts.version import Version
from shared.alerts.notice import Channel, NoticeState
from shared.alerts.rule import Route
from tests.stack.deployed import Deployed
from tests.stack.storm import Said
from tests.stack.striking import Injector
from tests.support.stored import Stored, scanned

MRR = FieldName("mrr")
MONEY_UNITS = 10_000
TABLES = "tierwright-local-"
LADDER = ((Decimal(1000), "tier-1"), (Decimal(500), "tier-2"), (Decimal(0), "tier-3"))
"""The policy of a fresh deployment: each tier's least MRR, highest first; and so the tiers by rank."""
RANK = {tier: rank for rank, (_, tier) in enumerate(LADDER)}
ENDED = (NoticeState.SENT, NoticeState.SUPPRESSED, NoticeState.DEAD)


@dataclass(frozen=True, slots=True)
class Facts(Stored):
    """All that is there."""

    mailed: Sequence[str]
    """The claims of the mails that the provider took."""
    mails: int
    """How many came to the mailbox."""
    published: Sequence[str]
    """The ids of the events that the bus took."""
    dead: Sequence[str]
    """The bodies of the messages in dead-letter queues."""
    waiting: Mapping[str, int]
    """The messages on each other queue."""

    def account(self, record: str) -> Account | None:
        return self.accounts.get(self.owner(record))

    def owner(self, record: str) -> AccountId:
        link = self.links.get(record)
        return link.account_id if link else AccountId("")


def read(deployed: Deployed, injector: Injector) -> Facts:
    """As of no single moment: of use once all is quiet, or to see whether it is."""
    stored = scanned(deployed.running.clients("dynamodb"), lambda table: f"{TABLES}{table}")
    return Facts(
        **{each.name: getattr(stored, each.name) for each in fields(stored)},
        mailed=[said["claim"] for said in injector.told("mail")],
        mails=len(deployed.mails()),
        published=[said["id"] for said in injector.told("event")],
        dead=deployed.dead_letters(),
        waiting=deployed.waiting(),
    )


def unsettled(facts: Facts, taken: Iterable[Said], poison: Sequence[str] = ()) -> list[str]:
    """What can be looked at before anybody is told: empty once data, tiers and alerts have come to rest."""
    return [
        *_contributions(facts, taken, poison),
        *_tiers(facts, taken, poison),
        *_histories(facts),
        *_alerts(facts),
        *(f"notice {notice.id} is pending" for notice in facts.notices if notice.state is NoticeState.PENDING),
        *(f"{number} messages on {name}" for name, number in facts.waiting.items() if number),
    ]


def violations(
    facts: Facts, taken: Sequence[Said], poison: Sequence[str] = (), *, digests_too: bool = False
) -> list[str]:
    """Each broken invariant in words; `poison`: the records whose messages were to fail for good.

    `digests_too`: whether the hour of the digests has come.
    """
    ending = [notice for notice in facts.notices if digests_too or notice.route is Route.IMMEDIATE]
    return [
        *unsettled(facts, taken, poison),
        *_dead_letters(facts, poison),
        *_mails(facts),
        *(f"6: {notice.id} is {notice.state}" for notice in ending if notice.state not in ENDED),
        *(
            f"6: {notice.id} is {notice.state} for no reason"
            for notice in ending
            if notice.state in (NoticeState.SUPPRESSED, NoticeState.DEAD) and not notice.reason
        ),
    ]


def _newest(taken: Iterable[Said], poison: Sequence[str]) -> Mapping[str, Said]:
    newest: dict[str, Said] = {}
    for said in taken:
        if said.record not in poison and said.version >= newest.get(said.record, said).version:
            newest[said.record] = said
    return newest


def _contributions(facts: Facts, taken: Iterable[Said], poison: Sequence[str]) -> Iterator[str]:
    """1, 2 and 3: no record is lost, each contributes what its highest version said; a forged one is never seen."""
    for record, said in _newest(taken, poison).items():
        account = facts.account(f"generic:{record}")
        found = account and account.records.get(RecordKey.parse(f"generic:{record}"))
        if found is None:
            yield f"1: {record} is lost"
        elif (found.version, found.values.get(MRR)) != (Version.of_number(said.version), _scaled(said.mrr)):
            yield f"3: {record} has {found.values.get(MRR)} of {found.version}, and was told {said}"


def _tiers(facts: Facts, taken: Iterable[Said], poison: Sequence[str]) -> Iterator[str]:
    """2: nothing counts twice, so the sum is the records', and the tier is what the policy gives for it."""
    sums: Counter[AccountId] = Counter()
    for record, said in _newest(taken, poison).items():
        sums[facts.owner(f"generic:{record}")] += _scaled(said.mrr)
    for account_id, scaled in sums.items():
        account = facts.accounts.get(account_id)
        wanted = next(tier for least, tier in LADDER if scaled >= _scaled(least))
        if (
            account is not None
            and account_id not in poison
            and (account.values.get(MRR), account.standing.tier) != (scaled, wanted)
        ):
            yield f"2: {account_id} has {account.values.get(MRR)}, {account.standing.tier}; not {scaled}, {wanted}"


def _histories(facts: Facts) -> Iterator[str]:
    """4: gapless from no tier to the account's own, each row a change, each published, and nothing else published."""
    for account in facts.accounts.values():
        rows = facts.history.get(account.id, ())
        if [row.version for row in rows] != list(range(1, account.standing.changes + 1)):
            yield f"4: {account.id} has rows {[row.version for row in rows]} of {account.standing.changes}"
        steps = [None, *(row.after for row in rows)]
        if [row.before for row in rows] != steps[:-1] or steps[-1] != account.standing.tier:
            yield f"4: {account.id} went through {steps} to {account.standing.tier}"
        if any(before == after for before, after in pairwise(steps)):
            yield f"4: {account.id} has a change that changes nothing: {steps}"
    rows_there = {f"{row.account_id}#{row.version}" for rows in facts.history.values() for row in rows}
    yield from (f"4: {key} is a row or an event alone" for key in rows_there ^ set(facts.published))


def _alerts(facts: Facts) -> Iterator[str]:
    """Each change but an account's first raises one alert: of the fresh rules one is for falls and one for rises."""
    raised = Counter((alert.account_id, alert.history_version, alert.rule) for alert in facts.alerts)
    wanted = Counter(
        (row.account_id, row.version, _rule_of(row.before, row.after))
        for rows in facts.history.values()
        for row in rows
        if row.before is not None and row.after is not None
    )
    yield from (f"{number} alerts too few of {what}" for what, number in (wanted - raised).items())
    yield from (f"{number} alerts too many of {what}" for what, number in (raised - wanted).items())


def _rule_of(before: str, after: str) -> RuleId:
    return RuleId("tier-lowered" if RANK[after] > RANK[before] else "tier-raised")


def _mails(facts: Facts) -> Iterator[str]:
    """5: each notice is in one mail at most, and what is said to be sent by mail was."""
    mailed = Counter(notice for claim in facts.mailed for notice in facts.claims.get(claim, frozenset({claim})))
    yield from (f"5: {notice} was mailed {number} times" for notice, number in mailed.items() if number > 1)
    sent = {
        notice.id for notice in facts.notices if notice.channel is Channel.MAIL and notice.state is NoticeState.SENT
    }
    yield from (f"5: {notice} is sent or mailed alone" for notice in sent ^ set(mailed))
    if facts.mails != len(facts.mailed):
        yield f"5: {facts.mails} mails in the mailbox, {len(facts.mailed)} sent"


def _dead_letters(facts: Facts, poison: Sequence[str]) -> Iterator[str]:
    """1 and 6: nothing is put aside but what is poison, and all of that is."""
    yield from (f"6: a dead letter of an innocent: {body}" for body in facts.dead if not any(p in body for p in poison))
    yield from (f"1: {name} is in no dead-letter queue" for name in poison if not any(name in b for b in facts.dead))


def _scaled(amount: str | Decimal) -> int:
    return int(Decimal(amount) * MONEY_UNITS)
