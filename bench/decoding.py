"""Raw items of DynamoDB: to accounts, and all the way to a decision and fifty conditions."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pynamodb.attributes import MapAttribute, UnicodeAttribute
from pynamodb.models import Model

from bench.accounts import NOW, Item, Values, account, item
from bench.engines.ours import Tierwright, rulebook
from bench.rules import Rules
from bench.timing import Work, Works
from shared.accounts.account import Account
from shared.accounts.encoding import decoded, encoded
from shared.aws.dynamodb.account_rows import AccountItem, account_of
from shared.aws.dynamodb.database import WholeNumber
from shared.tiers.outcome import standing_after
from shared.tiers.rulebook import Rulebook
from shared.tiers.verdict import judge

OURS = "account_of"
BOTO = "boto3's TypeDeserializer"
PYNAMO = "PynamoDB's model"
BOTO_MAPS = f"{BOTO}, on maps, to values alone"
PYNAMO_MAPS = f"{PYNAMO}, on maps, to values alone"
MOVING = 10
DECODE, DECIDE, ALERT = "decode", "+ decide", "+ 50 conditions"


class MapItem(Model):
    """The account as libraries would have it kept: every value a number or text of its own."""

    id = UnicodeAttribute(hash_key=True)
    version = WholeNumber()
    created_at = WholeNumber()
    records = MapAttribute[str, Any]()  # type: ignore[no-untyped-call]
    values = MapAttribute[str, Any]()  # type: ignore[no-untyped-call]
    standing = MapAttribute[str, Any]()  # type: ignore[no-untyped-call]


def by_boto(raw: Item) -> Account:
    row = {name: _DESERIALIZE(typed) for name, typed in raw.items()}
    return decoded({name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()})


def by_pynamo(raw: Item) -> Account:
    return decoded(AccountItem.from_raw_data(dict(raw)).attribute_values)


def maps_by_boto(raw: Item) -> dict[str, Any]:
    return {name: _DESERIALIZE(typed) for name, typed in raw.items()}


def maps_by_pynamo(raw: Item) -> Any:
    return MapItem.from_raw_data(dict(raw)).attribute_values


def map_item(stored: Account) -> Item:
    """The account's item with maps for its texts, its values whole. What is timed of it ends short of an account."""
    known = {name: value for name, value in encoded(stored).items() if name != "differing"}
    told = {**known, "values": json.dumps(stored.values)}
    row = {name: json.loads(str(value)) if name in _TEXTS else value for name, value in told.items()}
    return {name: TypeSerializer().serialize(value) for name, value in row.items()}


def decoders(accounts: Sequence[Values]) -> Works:
    stored = [account(values, index) for index, values in enumerate(accounts)]
    items, maps = [item(one) for one in stored], [map_item(one) for one in stored]
    return {
        OURS: Work(account_of, items),
        BOTO: Work(by_boto, items),
        PYNAMO: Work(by_pynamo, items),
        BOTO_MAPS: Work(maps_by_boto, maps),
        PYNAMO_MAPS: Work(maps_by_pynamo, maps),
    }


def steps(accounts: Sequence[Values]) -> Works:
    """Each step with those before it: the last is the whole. As in a walk over all accounts, one in MOVING moves."""
    rules = rulebook(Rules.policy().document)
    stored = [account(values, index) for index, values in enumerate(accounts)]
    items = [item(one if index % MOVING == 0 else _settled(one, rules)) for index, one in enumerate(stored)]
    alerts = Tierwright().every(Rules.alerts().document)

    def decide(raw: Item) -> None:
        judge(account_of(raw), rules, NOW)

    def all_of_it(raw: Item) -> None:
        found = account_of(raw)
        judge(found, rules, NOW)
        alerts(found.values)

    return {DECODE: Work(account_of, items), DECIDE: Work(decide, items), ALERT: Work(all_of_it, items)}


def _settled(stored: Account, rules: Rulebook) -> Account:
    """Where the rules have put it."""
    verdict = judge(stored, rules, NOW)
    return replace(stored, standing=standing_after(stored.standing, verdict, NOW, rules.policy_version))


_TEXTS = frozenset({"records", "values", "standing"})
_DESERIALIZE = TypeDeserializer().deserialize
