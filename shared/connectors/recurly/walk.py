"""Where a pull of Recurly stands: through the accounts, then the subscriptions, each in the order of their updates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from shared.accounts.values import moment_text, parse_moment
from shared.connectors.recurly.api import Page, listing
from shared.connectors.recurly.documents import moment

OVERLAP = timedelta(minutes=5)
"""Read again before a checkpoint: rows that were committed late, or stamped by another clock."""
SKEW = timedelta(minutes=10)
"""How far our clock may be from Recurly's."""
ACCOUNTS = "accounts"
SUBSCRIPTIONS = "subscriptions"


@dataclass(frozen=True, slots=True)
class Walk:
    """A checkpoint is the greatest `updated_at` of a list that was returned; the overlap before it is read again, as
    are rows of equal times, since repeats write nothing and what is skipped is lost.
    """

    phase: str
    accounts: str | None
    """Checkpoint in RFC 3339; None: from the beginning."""
    subscriptions: str | None
    next: str | None = None
    """The vendor's own cursor within the phase."""
    total: int | None = None

    @classmethod
    def resumed(cls, cursor: Mapping[str, str], now: datetime) -> Self:
        """Where `cursor` stands; {} is a pull of all.

        The accounts of a full pull bring all their subscriptions, so that only those that change meanwhile are left.
        """
        total = cursor.get("total")
        return cls(
            phase=cursor.get("phase", ACCOUNTS),
            accounts=cursor.get(ACCOUNTS),
            subscriptions=cursor.get(SUBSCRIPTIONS) or moment_text(now - SKEW),
            next=cursor.get("next"),
            total=int(total) if total else None,
        )

    def cursor(self) -> Mapping[str, str]:
        members = {
            "phase": self.phase,
            ACCOUNTS: self.accounts,
            SUBSCRIPTIONS: self.subscriptions,
            "next": self.next,
            "total": None if self.total is None else str(self.total),
        }
        return {name: value for name, value in members.items() if value is not None}

    def first(self, phase: str | None = None) -> str:
        """The first page of a phase, or of the present one: from its checkpoint on."""
        checkpoint = self.accounts if (phase or self.phase) == ACCOUNTS else self.subscriptions
        begin = None if checkpoint is None else moment_text(parse_moment(checkpoint) - OVERLAP)
        return listing(f"/{phase or self.phase}", sort="updated_at", begin=begin)

    def past(self, page: Page) -> Self:
        """After `page` was returned. Raises BadRecord where a row has no readable `updated_at`."""
        if self.phase == ACCOUNTS:
            moved = replace(self, accounts=_later(self.accounts, page), next=page.next)
            return moved if page.next else replace(moved, phase=SUBSCRIPTIONS)
        return replace(self, subscriptions=_later(self.subscriptions, page), next=page.next)

    def checkpoint(self) -> Mapping[str, str]:
        """The cursor of the next pull, once this one is done."""
        return {name: at for name, at in ((ACCOUNTS, self.accounts), (SUBSCRIPTIONS, self.subscriptions)) if at}


def _later(checkpoint: str | None, page: Page) -> str | None:
    seen = [at for row in page.rows if (at := moment(row, "updated_at")) is not None]
    return max([*([checkpoint] if checkpoint else []), *map(moment_text, seen)], default=None)
