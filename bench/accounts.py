"""Generated accounts: by number the same on every machine, each rule met by some, one value in twelve not known."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from shared.accounts.account import Account
from shared.accounts.catalogue import BILLING, STAGES, Catalogue
from shared.accounts.contribution import Contribution
from shared.accounts.history import History
from shared.accounts.identity import AccountId, FieldName, RecordKey, RuleId, SourceName, TierId, account_id_for
from shared.accounts.kept import Kept
from shared.accounts.merge import ARR, MONTHS, MRR
from shared.accounts.standing import Cause, Method, Standing
from shared.accounts.values import SCALE, Value
from shared.accounts.version import Version
from shared.aws.dynamodb.account_rows import AccountItem, account_attributes
from shared.rules.moment import seconds_of

type Values = dict[FieldName, Value]
type Item = Mapping[str, Any]

CATALOGUE = Catalogue.fresh()
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)

_KEPT = frozenset(name for name, kept in CATALOGUE.kept.items() if kept is not Kept.NONE)
_SEED = 20261122
_UNKNOWN = 1 / 12
_EDGES = tuple(amount * SCALE for amount in (100, 300, 500, 1000, 2000, 5000, 10000))
_PRODUCTS = ("analytics", "api", "mobile", "platform", "sso", "support")


def accounts_values(number: int) -> list[Values]:
    """The values of `number` accounts; of more, the first are the same."""
    random = Random(_SEED)  # noqa: S311 - accounts, not secrets
    return [_values(random, index) for index in range(number)]


def account(values: Values, index: int) -> Account:
    """A stored account that got `values` from a billing system's record and a CRM's, in tier 2 by a rule.

    Of each field whose changes are kept by default the first value is known, of MRR two changes.
    """
    began = NOW - timedelta(days=200)
    billing, crm = _key("recurly", index), _key("salesforce", index)
    return Account(
        id=AccountId(account_id_for(billing)),
        created_at=began,
        version=7,
        records={
            billing: _contribution({name: value for name, value in values.items() if _billed(name)}),
            crm: _contribution({name: value for name, value in values.items() if name != ARR and not _billed(name)}),
        },
        values=values,
        histories={name: _history(name, value, began) for name, value in values.items() if name in _KEPT},
        standing=Standing(TierId("tier-2"), Method.RULES, RuleId("growing"), NOW - timedelta(days=30), 3, 2),
    )


def item(stored: Account) -> Item:
    """The account's item as DynamoDB answers it."""
    return AccountItem(**account_attributes(stored, Cause.TIER)).serialize()


def _history(name: FieldName, value: Value, began: datetime) -> History:
    first = seconds_of(began)
    if name != MRR or not isinstance(value, int):
        return History(((first, value),))
    month = 30 * 86_400
    return History(((first, value - SCALE), (first + month, value + SCALE), (first + 4 * month, value)))


def _values(random: Random, index: int) -> Values:
    known = {name: draw(random) for name, draw in _DRAWS.items() if random.random() >= _UNKNOWN}
    known["name"] = f"Customer {index}"
    mrr = known.get(MRR)
    if isinstance(mrr, int):
        known[ARR] = mrr * MONTHS
    return {FieldName(name): known[name] for name in sorted(known)}


def _amount(random: Random) -> int:
    """Some at a threshold or a cent beside it, the others spread as prices are."""
    if random.random() < 1 / 8:
        return random.choice(_EDGES) + random.choice((-100, 0, 100))
    return int(random.lognormvariate(6.5, 1.3) * 100) * 100


def _one_of(options: Sequence[str]) -> Callable[[Random], Value]:
    return lambda random: random.choice(options)


def _whole(low: int, high: int) -> Callable[[Random], Value]:
    return lambda random: random.randint(low, high) * SCALE


def _products(random: Random) -> Value:
    return tuple(sorted(random.sample(_PRODUCTS, random.randint(0, 5))))


_DRAWS: Mapping[str, Callable[[Random], Value]] = {
    "mrr": _amount,
    "currency": _one_of(("USD", "EUR", "GBP")),
    "plan": _one_of(("free-trial", "starter", "growth-monthly", "growth-yearly", "enterprise", "enterprise-plus")),
    "seats": lambda random: int(random.lognormvariate(4, 1.5)) * SCALE,
    "seats_used": lambda random: int(random.lognormvariate(3.5, 1.5)) * SCALE,
    "renewal_date": lambda random: NOW.date().toordinal() + random.randint(-30, 365),
    "customer_status": _one_of(("prospect", "trial", "active", "active", "active", "churned")),
    "payment_status": _one_of(("ok", "ok", "ok", "past_due", "failed")),
    "stage": _one_of(STAGES),
    "owner": lambda random: f"csm-{random.randint(1, 40)}",
    "industry": _one_of(("finance", "healthcare", "energy", "telecom", "retail", "media", "education", "logistics")),
    "country": _one_of(("US", "US", "GB", "DE", "FR", "JP", "AU", "BR", "IN", "NL")),
    "csm_score": _whole(0, 100),
    "health_score": _whole(0, 100),
    "nps": _whole(-100, 100),
    "products": _products,
    "strategic": lambda random: random.random() < 1 / 5,
}


def _key(source: str, index: int) -> RecordKey:
    return RecordKey(SourceName(source), f"customer-{index}")


def _billed(name: FieldName) -> bool:
    return name != ARR and CATALOGUE.field(name).sources == BILLING


def _contribution(values: Values) -> Contribution:
    received = NOW - timedelta(days=3)
    return Contribution(Version.of_time(received), received, values)
