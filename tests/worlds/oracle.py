"""What a scenario must end in, step by step: a plain fold over what was sent, with none of the product's code."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.simulation import oracle
from tests.simulation.oracle import Ladder
from tests.simulation.senders import Said
from tests.worlds.scenario import DELETED, Customer, Delivery, Scenario, Wave, Wish
from tests.worlds.state import EndState
from tests.worlds.world import A_DAY, AFTERWARDS

LADDER = Ladder(1_000, 500)
"""The policy of a fresh deployment; each of its rules by the tier that it gives."""
RULES = {"tier-1": "high", "tier-2": "mid"}
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Step:
    """A tier that an account came to."""

    tier: str
    owner: str
    """Its CSM then, or NOBODY."""
    method: str
    cause: str


@dataclass(slots=True)
class Ended:
    """One account."""

    chain: list[Step] = field(default_factory=list)
    wish: Wish | None = None
    """The override that it has; one that is over stays until it is cleared."""
    over: bool = False
    merged_into: str | None = None


@dataclass
class Oracle:
    scenario: Scenario
    said: dict[str, dict[int, Said]] = field(default_factory=dict)
    """By record, by version: what is not newer than what is known says nothing."""
    billed: dict[str, str] = field(default_factory=dict)
    """What customers were charged when a hint last led to them, by code."""
    named: set[str] = field(default_factory=set)
    """Records that another one named as its customer's."""
    dead: dict[tuple[str, int], Delivery] = field(default_factory=dict)
    accounts: dict[str, Ended] = field(default_factory=dict)
    """By the record that founded each."""

    def plays(self, wave: Wave) -> None:
        charges = {billed.code: mrr for billed, mrr in wave.charges.items()}
        for delivery in wave.deliveries:
            if delivery.record in wave.poison:
                self.dead[delivery.record, delivery.version] = delivery
            elif delivery.source == "recurly":
                code = delivery.record.partition(":")[2]
                self.billed[code] = charges[code]
            else:
                self._said(delivery)
        self._decided()

    def repairs(self, records: Sequence[str]) -> None:
        for key in [key for key in self.dead if key[0] in records]:
            self._said(self.dead.pop(key))
        self._decided()

    def wishes(self, wishes: Sequence[Wish]) -> None:
        for wish in wishes:
            account = self.accounts[wish.record]
            account.wish, account.over = wish if wish.tier else None, False
        self._decided("override")

    def passes(self, span: timedelta) -> None:
        """Overrides that end at all are over after a day."""
        if span >= A_DAY:
            for account in self.accounts.values():
                account.over = account.wish is not None and account.wish.hours is not None
            self._decided("expiry")

    def _said(self, delivery: Delivery) -> None:
        data = delivery.data
        known = self.said.setdefault(delivery.record, {})
        fields = {**data.get("fields", {}), **({"name": data["name"]} if "name" in data else {})}
        known.setdefault(delivery.version, Said(delivery.version, fields, deleted=delivery.kind == DELETED))
        self.named.update(f"generic:{other}" for other in data.get("external_ids", {}).get("generic", ()))

    def _decided(self, cause: str = "data") -> None:
        for customer in self.scenario.customers:
            lead, *others = _records(customer)
            for other in others:
                if other in self.accounts and other in self.named:
                    self.accounts[other].merged_into = lead
                elif other in self.said and other not in self.named:
                    self._stands(other, [other], customer, cause)
            if lead in self.said:
                self._stands(lead, [lead, *(other for other in others if other in self.named)], customer, cause)

    def _stands(self, founder: str, records: Sequence[str], customer: Customer, cause: str) -> None:
        account = self.accounts.setdefault(founder, Ended())
        mrr = self._mrr(records, customer)
        if mrr is None:
            return  # deleted: it keeps its tier
        owner = self._value(founder, "owner")
        by_hand = account.wish.tier if account.wish and not account.over else None
        tier = by_hand or LADDER.tier(mrr)
        if not account.chain or account.chain[-1].tier != tier:
            reader = owner if owner in self.scenario.owners else NOBODY
            account.chain.append(Step(tier, reader, "manual" if by_hand else "rules", cause))

    def _mrr(self, records: Sequence[str], customer: Customer) -> int | None:
        if customer.billed and customer.billed.code in self.billed:
            return oracle.scaled(self.billed[customer.billed.code])
        known = [value for record in records if (value := self._value(record, "mrr")) is not None]
        return sum(map(oracle.scaled, known)) if known else None

    def _value(self, record: str, name: str) -> Any:
        if record not in self.said:
            return None
        return oracle.fold(self.said[record].values()).values.get(name, (0, None))[1]

    def state(self, *, told: bool = True) -> EndState:
        """What it has a word for, of each account; `told`: what people and the topic were told too."""
        state: dict[str, Mapping[str, object]] = {
            "dead letters": {f"hints: {record} version {version}": "there" for record, version in self.dead}
        }
        for customer in self.scenario.customers:
            for founder in _records(customer):
                if founder in self.accounts:
                    state[founder] = dict(self._fields(founder, customer, told=told))
        return state

    def _fields(self, founder: str, customer: Customer, *, told: bool) -> Iterator[tuple[str, object]]:
        account = self.accounts[founder]
        yield from _history(account, told=told)
        if account.merged_into is not None:
            yield "merged_into", account.merged_into
            return
        own = _records(customer) if founder == _records(customer)[0] else [founder]
        records = [record for record in own if record == founder or record in self.named]
        for record in records:
            yield f"link {record} stated", record != founder
            if record in self.said:
                yield from self._record(record)
        if customer.billed and customer.billed.code in self.billed:
            yield f"records recurly:{customer.billed.code} values mrr", oracle.scaled(self.billed[customer.billed.code])
        if (mrr := self._mrr(records, customer)) is not None:
            yield "values mrr", mrr

    def _record(self, record: str) -> Iterator[tuple[str, object]]:
        expected = oracle.fold(self.said[record].values())
        yield f"records {record} version", f"{expected.version} revision 0"
        for name, (version, value) in expected.values.items():
            kept: Callable[[Any], object] = oracle.scaled if name == "mrr" else lambda value: value
            yield f"records {record} values {name}", "null" if value is None else kept(value)
            if version != expected.version:
                yield f"records {record} older {name}", f"{version} revision 0"


def _records(customer: Customer) -> Sequence[str]:
    return [f"generic:{record}" for record in customer.records]


def _history(account: Ended, *, told: bool) -> Iterator[tuple[str, object]]:
    before: str | None = None
    for number, step in enumerate(account.chain, 1):
        tier, owner = step.tier, step.owner
        yield f"history {number} after", tier
        yield f"history {number} method", step.method
        yield f"history {number} cause", step.cause
        yield f"published {number}", True
        if before is not None:
            yield f"history {number} before", before
            rule = f"tier-{'lowered' if tier > before else 'raised'}"
            yield f"alert {rule} {number} state", "open"
            if told:
                yield f"notice {rule}.{number} topic alerts state", "sent"
                yield f"notice {rule}.{number} mail {owner} state", "suppressed" if owner == NOBODY else "sent"
                yield f"notice {rule}.{number} mail {owner} mailed", owner != NOBODY
        before = tier
    if before is not None:
        yield "standing tier", before
        yield "standing changes", len(account.chain)
        by_hand = account.wish is not None and not account.over
        yield "standing method", "manual" if by_hand else "rules"
        if account.wish is not None:
            yield "override tier", account.wish.tier
        if before in RULES and not by_hand:
            yield "standing rule", RULES[before]


def foretold(scenario: Scenario) -> Oracle:
    """At the end."""
    expected = Oracle(scenario)
    for wave in scenario.waves:
        expected.repairs(wave.repaired)
        expected.wishes(wave.wishes)
        expected.plays(wave)
    for span in AFTERWARDS:
        expected.passes(span)
    return expected
