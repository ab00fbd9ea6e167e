"""The JSON of tiers."""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from pydantic import Field

from shared.tiers.model import Tier, TierModel


class TierView(TypedDict):
    id: str
    name: str
    rank: Annotated[int, Field(description="1 is the highest; the place in the list.")]
    definition: str
    delivery_model: str | None
    targets: Annotated[
        Mapping[str, Any] | None, Field(description="What the team aims at for each account, such as a touch cadence.")
    ]


class TiersView(TypedDict):
    """The tiers, highest first."""

    items: list[TierView]
    next_cursor: None


def tier_view(tier: Tier, model: TierModel) -> TierView:
    return TierView(
        id=tier.id,
        name=tier.name,
        rank=model.rank(tier.id),
        definition=tier.definition,
        delivery_model=tier.delivery_model and tier.delivery_model.value,
        targets=tier.targets,
    )


def tiers_view(model: TierModel) -> TiersView:
    return TiersView(items=[tier_view(tier, model) for tier in model.tiers], next_cursor=None)
