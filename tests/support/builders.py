"""Builders with defaults: a test shows only what matters to it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue, Field
from shared.accounts.contribution import RecordUpdate
from shared.accounts.identity import AccountId, FieldName, RecordKey, RuleId, TierId
from shared.accounts.kept import Kept
from shared.accounts.merge import apply
from shared.accounts.standing import Method, Standing
from shared.accounts.values import FieldType, Json, Value
from shared.accounts.version import Version

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
CATALOGUE = Catalogue.fresh()


def with_history(*names: str, kept: Kept = Kept.CHANGES, catalogue: Catalogue = CATALOGUE) -> Catalogue:
    """`catalogue` with this kept of these fields, and nothing of the others; those that it does not know are custom
    texts.
    """
    fields = {name: replace(entry, history=Kept.NONE) for name, entry in catalogue.fields.items()}
    for name in map(FieldName, names):
        known = fields.get(name) or Field(name, FieldType.STRING, label=name, custom=True)
        fields[name] = replace(known, history=kept)
    return replace(catalogue, fields=fields)


def key(text: str = "recurly:acme-1") -> RecordKey:
    return RecordKey.parse(text)


def values(given: Mapping[str, Json], catalogue: Catalogue = CATALOGUE) -> dict[FieldName, Value | None]:
    """JSON values as the catalogue reads them; None stays None."""
    return {
        FieldName(name): None if raw is None else catalogue.types[FieldName(name)].parse(raw)
        for name, raw in given.items()
    }


def update(
    record: str = "recurly:acme-1",
    version: int = 1,
    *,
    deleted: bool = False,
    also_known_as: Iterable[str] = (),
    **given: Json,
) -> RecordUpdate:
    return RecordUpdate(
        key(record),
        Version.of_number(version),
        values(given),
        deleted=deleted,
        also_known_as=tuple(key(other) for other in also_known_as),
    )


def _given(given: Mapping[str, Json]) -> RecordUpdate:
    return RecordUpdate(key(), Version.of_number(1), values(given))


def account(account_id: str = "acme", *updates: RecordUpdate, tier: str | None = None, **given: Json) -> Account:
    """A stored account with the values `given` by one Recurly record, unless `updates` say more; in `tier` by rules."""
    built = Account(id=AccountId(account_id), created_at=NOW - timedelta(days=100), version=1)
    for step in updates or (_given(given),):
        built = apply(built, step, CATALOGUE, NOW - timedelta(days=1)).account
    if tier is None:
        return built
    standing = Standing(
        tier=TierId(tier),
        method=Method.RULES,
        rule=RuleId("high"),
        since=NOW - timedelta(days=30),
        policy_version=1,
        changes=1,
    )
    return replace(built, standing=standing)
