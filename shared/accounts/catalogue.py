"""The field catalogue: which attributes an account has, of which type, from which sources in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

from shared.accounts.identity import MANUAL, FieldName, SourceName
from shared.accounts.kept import Kept, most
from shared.accounts.money import Currency, exponent
from shared.accounts.values import FieldType, Json, ValueType

US_DOLLAR = Currency("USD")


class Combine(StrEnum):
    """How the records of one source combine into the source's value of a field."""

    SUM = "sum"
    LATEST = "latest"
    """The value with the greatest version, then record key: an order that does not depend on arrival."""


@dataclass(frozen=True, slots=True)
class ScoreTerm:
    when: Json
    """A condition, as its document has it: the rule language reads it."""
    points: int
    """What it gives where it holds, as numbers are kept; may be negative."""


@dataclass(frozen=True, slots=True)
class Field:
    name: FieldName
    type: FieldType
    label: str
    combine: Combine = Combine.LATEST
    sources: tuple[SourceName, ...] = (MANUAL,)
    """Which source wins, first to last; sources not named here come after, by name."""
    options: tuple[str, ...] = ()
    custom: bool = False
    history: Kept = Kept.NONE
    """What admins have kept of its past values, whether rules read them or not."""
    score: tuple[ScoreTerm, ...] = ()
    """Of a score, which takes no values: it is the sum of what its terms give whenever it is asked for, and nowhere
    kept.
    """


def _sources(names: str) -> tuple[SourceName, ...]:
    return (MANUAL, *(SourceName(name) for name in names.split()))


BILLING = _sources("recurly stripe chargebee csv generic salesforce hubspot")
"""Billing systems know best what is billed."""
PROFILE = _sources("salesforce hubspot csv generic recurly stripe chargebee")
"""The CRM knows best who the customer is."""

STAGES = ("prospect", "onboarding", "adoption", "live", "renewal", "churned")


def _built_in(
    names: str, kind: FieldType, sources: tuple[SourceName, ...], combine: Combine = Combine.LATEST
) -> Iterable[Field]:
    for entry in names.split(","):
        name, _, label = entry.strip().partition(" ")
        yield Field(FieldName(name), kind, label, combine, sources)


_FIELDS = (
    *_built_in("name Name", FieldType.STRING, PROFILE),
    *_built_in("mrr MRR, arr ARR, acv ACV", FieldType.MONEY, BILLING, combine=Combine.SUM),
    *_built_in("currency Currency, plan Plan", FieldType.STRING, BILLING),
    *_built_in("seats Seats, seats_used Seats used", FieldType.NUMBER, BILLING, combine=Combine.SUM),
    *_built_in("renewal_date Renewal date, customer_since Customer since", FieldType.DATE, BILLING),
    *_built_in("trial_ends_at Trial ends, past_due_since Past due since", FieldType.TIMESTAMP, BILLING),
    *_built_in("last_login_at Last login, last_touch_at Last touch", FieldType.TIMESTAMP, PROFILE),
    Field(
        FieldName("customer_status"),
        FieldType.ENUM,
        "Customer status",
        sources=BILLING,
        options=("prospect", "trial", "active", "churned"),
    ),
    Field(
        FieldName("payment_status"),
        FieldType.ENUM,
        "Payment status",
        sources=BILLING,
        options=("ok", "past_due", "failed"),
    ),
    Field(FieldName("stage"), FieldType.ENUM, "Lifecycle stage", sources=PROFILE, options=STAGES),
    *_built_in("owner CSM", FieldType.STRING, PROFILE),
    *_built_in("industry Industry, country Country, segment_name Segment", FieldType.STRING, PROFILE),
    *_built_in("csm_score CSM score, health_score Health score, nps NPS, csat CSAT", FieldType.NUMBER, PROFILE),
    *_built_in("products Products", FieldType.LIST, PROFILE),
    *_built_in("strategic Strategic", FieldType.BOOLEAN, PROFILE),
)
_OF_CHANGES = frozenset(
    {
        *("mrr", "arr", "plan", "seats", "seats_used", "renewal_date"),
        *("customer_status", "payment_status", "stage", "owner"),
        *("csm_score", "health_score", "nps", "csat"),
    }
)
"""Whose changes people ask about; the others' would take room in every account's row for nothing."""

BUILT_IN: tuple[Field, ...] = tuple(
    replace(entry, history=Kept.CHANGES) if entry.name in _OF_CHANGES else entry for entry in _FIELDS
)

SYNCED_TIER = Field(FieldName("synced_tier"), FieldType.STRING, "CRM tier", sources=PROFILE)
"""What a CRM says the tier is, as the mapped property gave it: a tier's id or name. Tier rules can't read it."""

TIER_WORDS = frozenset(
    {
        "tier",
        "tier_rank",
        "tier_method",
        "days_in_tier",
        "synced_tier",
        "rules_tier",
        "pending_tier",
        "override_expires_at",
    }
)
"""What alert rules and segments may read of the tier, and tier rules may not: no field bears these names."""


@dataclass(frozen=True)
class Catalogue:
    """The fields by name, built in and custom, for one reporting currency."""

    fields: Mapping[FieldName, Field]
    currency: Currency = US_DOLLAR
    needs: Mapping[FieldName, Kept] = field(default_factory=dict)
    """What the published rules read of fields' past values."""

    @classmethod
    def fresh(cls, currency: Currency = US_DOLLAR) -> Self:
        """The catalogue of a fresh deployment."""
        return cls({entry.name: entry for entry in BUILT_IN}, currency)

    @cached_property
    def types(self) -> Mapping[FieldName, ValueType]:
        """What each field's values may be, the synced tier included."""
        decimals = {FieldType.MONEY: exponent(self.currency)}
        return {
            name: ValueType(entry.type, entry.options, decimals.get(entry.type, 4))
            for name, entry in {**self.fields, SYNCED_TIER.name: SYNCED_TIER}.items()
        }

    @cached_property
    def kept(self) -> Mapping[FieldName, Kept]:
        """What is kept of each field's past values, by name, of those of which anything is: the setting, or what rules
        need where that is more.
        """
        found = {
            name: most(entry.history, self.needs.get(name, Kept.NONE)) for name, entry in sorted(self.fields.items())
        }
        return {name: kept for name, kept in found.items() if kept is not Kept.NONE}

    @cached_property
    def scores(self) -> frozenset[FieldName]:
        """The fields that are computed from others."""
        return frozenset(name for name, entry in self.fields.items() if entry.score)

    @cached_property
    def given(self) -> Mapping[FieldName, ValueType]:
        """`types` of what records give: all but the scores."""
        return {name: kind for name, kind in self.types.items() if name not in self.scores}

    def __contains__(self, name: object) -> bool:
        return name in self.fields

    def field(self, name: FieldName) -> Field:
        """Raises KeyError where there is none; the synced tier is found too."""
        return SYNCED_TIER if name == SYNCED_TIER.name else self.fields[name]

    def with_field(self, entry: Field) -> Self:
        return replace(self, fields={**self.fields, entry.name: entry})
