"""What is kept of a field's past values: an admin's setting, or more where published rules read more."""

from enum import StrEnum


class Kept(StrEnum):
    """From least to most: each keeps what those before it keep."""

    NONE = "none"
    LAST = "last"
    """The last known value alone, so that one which went missing is still known."""
    CHANGES = "changes"
    """The times and values of the last changes."""
    DAILY = "daily"
    """Besides, the last value of each day (UTC) on which the account was written, also where it did not change."""


_RANKS = {kept: rank for rank, kept in enumerate(Kept)}


def most(*asked: Kept) -> Kept:
    """What keeps enough for each."""
    return max(asked, key=_RANKS.__getitem__)
