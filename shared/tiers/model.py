"""The tier model: the ordered list of tiers, first is highest."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Self

from shared.accounts.identity import TierId

MAX_GONE = 99
"""Deleted tiers that are remembered: an account's next decision, at the latest the walk that a deletion orders, moves
it.
"""


class DeliveryModel(StrEnum):
    HIGH_TOUCH = "high_touch"
    MODERATE_TOUCH = "moderate_touch"
    LOW_TOUCH = "low_touch"
    DIGITAL = "digital"


@dataclass(frozen=True, slots=True)
class Tier:
    id: TierId
    name: str
    definition: str = ""
    delivery_model: DeliveryModel | None = None
    targets: Mapping[str, object] | None = None
    """`touch_cadence`, `accounts_per_csm`, `kpis`: what the team aims at for each account of the tier."""


@dataclass(frozen=True, slots=True)
class GoneTier:
    """A tier that was deleted, and where the accounts move that are still in it, or set to it by hand."""

    id: TierId
    name: str
    move_to: TierId
    deleted_by: str
    deleted_at: datetime
    above: TierId | None = None
    """Of the tiers that are there, the one right below where it stood; None: it was the lowest."""


@dataclass(frozen=True)
class TierModel:
    tiers: Sequence[Tier]
    gone: Sequence[GoneTier] = ()
    """The newest MAX_GONE, oldest first; each moves to one of `tiers`."""

    @cached_property
    def by_id(self) -> Mapping[TierId, Tier]:
        return {tier.id: tier for tier in self.tiers}

    @cached_property
    def gone_by_id(self) -> Mapping[TierId, GoneTier]:
        return {tier.id: tier for tier in self.gone}

    @cached_property
    def ranks(self) -> Mapping[TierId, int]:
        """1 is the highest."""
        return {tier.id: rank for rank, tier in enumerate(self.tiers, start=1)}

    def followed_by(self, tiers: Sequence[Tier], deleted: GoneTier | None = None) -> Self:
        """The model with these tiers in the place of its own.

        What moved to the deleted tier moves on to where that moves; a tier that is there again is gone no longer.
        """
        known = self.gone
        if deleted is not None:
            known = [replace(one, move_to=deleted.move_to) if one.move_to == deleted.id else one for one in known]
            known = [*known, replace(deleted, above=deleted.id)]
        present = {tier.id for tier in tiers}
        gone = [one for one in known if one.id not in present and one.move_to in present]
        placed = tuple(replace(one, above=self._next(one.above, present)) for one in gone[-MAX_GONE:])
        return type(self)(tuple(tiers), placed)

    def _next(self, tier: TierId | None, present: Container[TierId]) -> TierId | None:
        """The first of `present` from `tier` on downwards."""
        return next((one.id for one in self.tiers[self.rank(tier) - 1 :] if one.id in present), None)

    def falls(self, before: TierId | None, after: TierId | None) -> bool:
        """Whether that is a way down; a deleted tier counts as where it stood."""
        return self._place(after) > self._place(before)

    def _place(self, tier: TierId | None) -> tuple[int, bool]:
        gone = None if tier is None else self.gone_by_id.get(tier)
        return (self.rank(tier), True) if gone is None else (self.rank(gone.above), False)

    def rank(self, tier: TierId | None) -> int:
        """No tier, and a tier that is gone, is below all."""
        return len(self.tiers) + 1 if tier is None else self.ranks.get(tier, len(self.tiers) + 1)

    def name(self, tier: TierId | None) -> str:
        """`Tier 1: High touch`, also of a deleted tier that is remembered; `no tier` for None; else the id itself."""
        if tier is None:
            return "no tier"
        known = self.by_id.get(tier) or self.gone_by_id.get(tier)
        return tier if known is None else known.name

    def named(self, text: str) -> TierId | None:
        """The tier that a CRM's value means: its id, else its name, to the letter; None where it means none."""
        if text in self.by_id:
            return TierId(text)
        return next((tier.id for tier in self.tiers if tier.name == text), None)


FRESH = TierModel(
    (
        Tier(
            TierId("tier-1"),
            "Tier 1: High touch",
            "High value, strategic; high-touch engagement and support",
            DeliveryModel.HIGH_TOUCH,
        ),
        Tier(TierId("tier-2"), "Tier 2: Moderate touch", "Standard processes", DeliveryModel.MODERATE_TOUCH),
        Tier(TierId("tier-3"), "Tier 3: Low touch", "Low-touch processes", DeliveryModel.LOW_TOUCH),
    )
)
"""The tiers of a fresh deployment."""
