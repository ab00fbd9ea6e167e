"""The invariants, each checked on what is stored at the end against what the oracle expects: every breach in words."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from shared.accounts.account import Account
from shared.accounts.contribution import Contribution
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.standing import TierChange
from shared.alerts.notice import Channel, Notice
from tests.simulation import deployed, oracle
from tests.simulation.customers import Customer
from tests.simulation.deployment import Deployment
from tests.simulation.oracle import Expected
from tests.simulation.people import Crowd
from tests.simulation.senders import Senders

BILLION = 10**9
HELD_UP = 15 * 60
"""Seconds that a record on a stream waits at most: behind another that kills its reader too."""
TRUSTED = timedelta(seconds=deployed.CONFIG_AGE)
"""How long a worker may decide by what was published before."""


class Breach(Protocol):
    def __call__(self, invariant: str, what: str) -> None: ...


@dataclass
class Findings:
    """Breaches by invariant; of each a few are told."""

    counts: Counter[str] = field(default_factory=Counter)
    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def breach(self, invariant: str, what: str) -> None:
        self.counts[invariant] += 1
        if len(self.told[invariant]) < 5:
            self.told[invariant].append(what)


@dataclass
class World:
    """What is checked: the deployment, and what was done to it."""

    deployment: Deployment
    senders: Senders
    crowd: Crowd

    def __post_init__(self) -> None:
        self.people = self.crowd.did
        self.records = {
            name: oracle.fold(said) for name, said in self.senders.accepted.items() if name.startswith("generic:")
        }
        self.findings = Findings()

    def account(self, record: str) -> Account | None:
        accounts = self.deployment.accounts
        link = accounts.linked.get(RecordKey.parse(record))
        found = accounts.accounts.get(link.account_id) if link else None
        return accounts.accounts[found.merged_into] if found and found.merged_into else found


def check(world: World) -> Findings:
    breach = world.findings.breach
    _nothing_is_lost(world, breach)
    for customer in world.senders.customers:
        _tier(world, customer, breach)
    for account in world.deployment.accounts.accounts.values():
        _history(world, account, breach)
    for account_id in world.deployment.accounts.idle:
        breach("I2", f"{account_id}: written though nothing of it differed")
    for what in world.crowd.patience.breaches:
        breach("I11", what)
    _poison(world, breach)
    _ended(world, breach)
    _published(world, breach)
    _alerts(world, breach)
    _mails(world, breach)
    _strangers(world, breach)
    return world.findings


def _nothing_is_lost(world: World, breach: Breach) -> None:
    """I1, I2, I3: each record's contribution is what the fold of its accepted events says, to the version."""
    for name, expected in world.records.items():
        if name == world.crowd.left:
            continue
        account = world.account(name)
        known = account.records.get(RecordKey.parse(name)) if account else None
        if known is None:
            breach("I1", f"{name}: accepted, and no account has it")
        else:
            _contribution(name, known, expected, breach)
    for code, billed in world.deployment.vendor.customers.items():
        name = f"recurly:{code}"
        account = world.account(name)
        known = account.records.get(RecordKey.parse(name)) if account else None
        said = None if known is None else known.values.get("mrr")  # type: ignore[call-overload]
        if known is not None and known.archived is not None:
            breach("I12", f"{name}: archived, and the vendor has it")
        elif said != oracle.scaled(billed.mrr):
            breach("I1" if known is None else "I3", f"{name}: {said} where the vendor has {billed.mrr}")


def _poison(world: World, breach: Breach) -> None:
    """I1: what can't be digested is dead; I8: nothing else is, but what met a fault each time that it was alone."""
    waiting = {json.loads(held.body)["record"]["data"]["version"] for held in world.deployment.queues["hints"].dead}
    account = world.account(world.crowd.left)
    known = account.records[RecordKey.parse(world.crowd.left)].version.at // BILLION if account else 0
    for said in world.senders.accepted.get(world.crowd.left, ()):
        if said.version > known and said.version not in waiting:
            breach("I1", f"{world.crowd.left}: version {said.version} is neither applied nor dead")
    for name, stream in world.deployment.streams.items():
        if stream.waited > HELD_UP:
            breach("I8", f"a record waited {stream.waited:.0f} s on the stream of {name}")
    poison = [json.dumps(name.removeprefix("generic:")) for name in world.crowd.poisoned]
    for name, queue in world.deployment.queues.items():
        for held in queue.died:
            guilty = name == "hints" and any(text in held.body for text in poison)
            guilty = guilty or (name == "decide" and _asks_alone(held.body, world.crowd.fatal))
            if not guilty and held.unlucky < held.failed:
                breach(
                    "I8", f"{held.id} is dead: it failed {held.failed} times alone, {held.unlucky} of them by faults"
                )
            elif not guilty:
                world.deployment.dice.count("message dead of faults alone")


def _asks_alone(body: str, accounts: Sequence[AccountId]) -> bool:
    """Whether a message asks for one of the accounts, and for no other."""
    ids = json.loads(body).get("account_ids", ())
    return len(ids) == 1 and ids[0] in accounts


def _ended(world: World, breach: Breach) -> None:
    """I9: what was ordered was done, or ended for a reason; a sync may always be under way."""
    for run in world.deployment.runs.runs.values():
        if run.finished_at is None and not run.kind.startswith("sync:"):
            breach("I9", f"run {run.kind}/{run.id} is still {run.state}")
        elif run.error == "given_up":
            breach("I9", f"run {run.kind}/{run.id} was given up")


def _contribution(name: str, known: Contribution, expected: Expected, breach: Breach) -> None:
    if known.version.at != expected.version * BILLION:
        breach("I1", f"{name}: at version {known.version.at // BILLION} of {expected.version}")
        return
    values = {each: (known.version_of(each).at // BILLION, value) for each, value in known.values.items()}
    wanted = {each: (version, _kept(each, value)) for each, (version, value) in expected.values.items()}
    for word, said in wanted.items():
        found = values.get(word)  # type: ignore[call-overload]
        if word != "owner" and found != said:
            breach("I3", f"{name}: {word} is {found} instead of {said}")


def _kept(field: str, value: Any) -> Any:
    return oracle.scaled(value) if field == "mrr" else value


def _tier(world: World, customer: Customer, breach: Breach) -> None:
    """I3 and I11: the account's value is what its records come to, and its tier what that and people's word say."""
    name = oracle.named(customer)[0]
    if name not in world.records or name == world.crowd.left:
        return
    account = world.account(name)
    if account is None:
        return
    mrr = oracle.mrr(customer, world.records, world.deployment.vendor.customers)
    if account.values.get("mrr") != mrr:  # type: ignore[call-overload]
        breach("I3", f"{name}: the account's MRR is {account.values.get('mrr')}, its records say {mrr}")  # type: ignore[call-overload]
    tier = world.people.overridden(name, world.deployment.loop.micros)
    if tier is None and (mrr is None or account.archived):
        return
    if account.standing.tier != (tier or world.people.ladder.tier(mrr)):
        breach(
            "I11", f"{name}: {account.standing.tier} at an MRR of {mrr}, overridden: {tier}, {account.standing.hold}"
        )


def _history(world: World, account: Account, breach: Breach) -> None:
    rows = world.deployment.accounts.rows.get(account.id, [])
    tier: str | None = None
    for number, row in enumerate(rows, 1):
        if row.version != number or row.before != tier:
            breach("I4", f"{account.id}: row {number} is version {row.version} from {row.before}, after {tier}")
        if row.after == row.before:
            breach("I5", f"{account.id}: row {number} changes nothing")
        _row(world, account, row, breach)
        tier = row.after
    if account.standing.tier != tier or account.standing.changes != len(rows):
        breach("I4", f"{account.id}: stands at {account.standing.tier} after {len(rows)} rows up to {tier}")


def _row(world: World, account: Account, row: TierChange, breach: Breach) -> None:
    """I11: each change follows from the values that it names, by the ladder of the policy that it names."""
    if row.method == "manual":
        known = {
            each.tier for record in account.records for each in world.people.overrides.get(str(record), ()) if each
        }
        if row.after not in known:
            breach("I11", f"{account.id}: {row.after} by hand, which nobody set")
    elif row.method == "rules":
        seen = [found["actual"] for rule in row.decision["rules"] for found in rule["conditions"]]  # type: ignore[attr-defined]
        mrr = None if not seen or seen[0] is None else oracle.scaled(str(seen[0]))
        ladder = world.people.ladders.get(row.policy_version or 0)
        if ladder is None or row.after != ladder.tier(mrr):
            breach("I11", f"{account.id}: {row.after} at {mrr} under policy {row.policy_version}")
    later = world.deployment.documents.in_force.get((row.policy_version or 0) + 1)
    if later is not None and row.at > later + TRUSTED:
        breach("I11", f"{account.id}: decided by policy {row.policy_version} {row.at - later} after the next")


def _published(world: World, breach: Breach) -> None:
    """I5: what is published is what the history has, all of it."""
    rows = {f"{key}#{row.version}" for key, rows in world.deployment.accounts.rows.items() for row in rows}
    events = {event.id for event in world.deployment.bus.events}
    for lost in rows - events:
        breach("I5", f"{lost}: changed, and never published")
    for invented in events - rows:
        breach("I5", f"{invented}: published, and never changed")


def _alerts(world: World, breach: Breach) -> None:
    """Each move down or up of an account that is still there raised one alert, and each alert has its notices; I7."""
    deployment = world.deployment
    wanted = {
        f"{key}.{'tier-lowered' if oracle.fell(row.before, row.after) else 'tier-raised'}.{row.version}": account
        for key, account in deployment.accounts.accounts.items()
        for row in deployment.accounts.rows.get(key, ())
        if row.before is not None
    }
    for alert_id in set(deployment.alerts.alerts) - set(wanted):
        breach("I7", f"{alert_id}: an alert of nothing")
    for alert_id, account in wanted.items():  # type: ignore[assignment]  # the oracle writes ids as texts
        if alert_id not in deployment.alerts.alerts and account.merged_into is None:
            breach("I7", f"{alert_id}: the tier moved, and no alert was raised")
    told = Counter((notice.alert_id, notice.channel) for notice in deployment.alerts.noticed.values())
    for alert_id in deployment.alerts.alerts:
        for channel in Channel:
            if told[alert_id, channel] != 1:
                breach("I7", f"{alert_id}: {told[alert_id, channel]} notices by {channel}")
    for notice in deployment.alerts.noticed.values():
        if notice.state.value not in ("sent", "suppressed", "dead") or (
            notice.state.value != "sent" and not notice.reason
        ):
            breach("I7", f"{notice.id}: ends as {notice.state}, {notice.reason}")


def _mails(world: World, breach: Breach) -> None:
    """I6: how often a notice was mailed, by the claims that mails were tagged with."""
    deployment = world.deployment
    mailed: dict[str, list[str]] = defaultdict(list)
    for sent in deployment.mail.mails:
        notices = deployment.alerts.claims.get(sent.tag)
        if not notices:
            breach("I6", f"mail {sent.mail.subject!r} of {sent.tag}, which no notice was claimed under")
        for notice_id in notices or ():
            mailed[notice_id].append(sent.tag)
    for notice in deployment.alerts.noticed.values():
        if notice.channel is Channel.MAIL:
            _mailed(notice, mailed.get(notice.id, []), deployment, breach)


def _mailed(notice: Notice, tags: Sequence[str], deployment: Deployment, breach: Breach) -> None:
    """All but the last mail need a SEND event that never came, or came too late."""
    excused = sum(tag in deployment.mail.unconfirmed for tag in tags)
    if len(tags) > 1 + excused:
        breach("I6", f"{notice.id}: mailed {len(tags)} times, {excused} of them unconfirmed")
    elif len(tags) > 1:
        deployment.dice.count("mailed again for want of a SEND event")
    if notice.state.value == "sent" and not tags:
        breach("I6", f"{notice.id}: sent, and never mailed")


def _strangers(world: World, breach: Breach) -> None:
    """I10: what forged deliveries name does not exist, and none was answered as if it were true."""
    if world.account("generic:forged") is not None:
        breach("I10", "a forged delivery made an account")
    for status in world.senders.refused:
        breach("I10", status)
