"""The JSON of the breaker."""

from typing import Annotated, TypedDict

from pydantic import Field

from functions.api.views.moments import at
from functions.api.views.settings import LimitsView, limits_view
from shared.accounts.values import moment_text
from shared.tiers.breaker import Limits, Trip


class SuspectView(TypedDict):
    field: str
    source: Annotated[str | None, Field(description="Null: no source gives the field a value.")]
    accounts: Annotated[int, Field(description="Demotions that it was in the way of a higher tier in.")]


class TripView(TypedDict):
    id: str
    tripped_at: str
    demoted: Annotated[int, Field(description="Accounts demoted by data within the span: these went through.")]
    accounts: Annotated[int, Field(description="All accounts, as they were counted then.")]
    suspects: Annotated[list[SuspectView], Field(description="What the demotions hung on, the most frequent first.")]
    resolution: Annotated[str | None, Field(description="`released` or `discarded`; null while it is open.")]
    resolved_at: str | None
    resolved_by: str | None


class BreakerView(TypedDict):
    state: Annotated[str, Field(description="`open` while demotions by data are held, else `closed`.")]
    last: Annotated[TripView | None, Field(description="The last time that it tripped.")]
    limits: LimitsView


def breaker_view(trip: Trip | None, limits: Limits) -> BreakerView:
    return BreakerView(
        state="open" if trip is not None and trip.open else "closed",
        last=None if trip is None else trip_view(trip),
        limits=limits_view(limits),
    )


def trip_view(trip: Trip) -> TripView:
    return TripView(
        id=trip.id,
        tripped_at=moment_text(trip.at),
        demoted=trip.demoted,
        accounts=trip.accounts,
        suspects=[
            SuspectView(field=each.field, source=each.source or None, accounts=count)
            for each, count in trip.suspects.items()
        ],
        resolution=None if trip.resolution is None else trip.resolution.value,
        resolved_at=at(trip.resolved_at),
        resolved_by=trip.resolved_by,
    )
