"""What an edit of many accounts is to do, as its run keeps it: of the accounts named, or of those a condition finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.rules.compile import compile_condition
from shared.rules.condition import Condition
from shared.rules.facts import Test
from shared.rules.parse import parse_condition
from shared.rules.reading import Reading
from shared.tiers.by_hand import Seen
from shared.tiers.edits import Edit
from shared.tiers.rulebook import Rulebook
from shared.tiers.words import facts_with_words, vocabulary


@dataclass(frozen=True, slots=True)
class Order:
    edit: Edit
    dry: bool
    """Nothing is written: it is only counted what would be."""
    ids: Sequence[AccountId] | None
    seen: Mapping[AccountId, TierId | None]
    """The tier that each was seen to be on its way to."""
    when: tuple[Condition, Test] | None
    """In the place of `ids`; asked of each account when its turn comes."""

    @classmethod
    def read(cls, document: Mapping[str, Any], rulebook: Rulebook) -> Self:
        """Raises DocumentRefused, ValueRefused and LookupError where what is published has moved on from what the
        order was checked against.
        """
        reading, when = Reading(), None
        if document["when"] is not None:
            words = vocabulary(rulebook.catalogue, rulebook.tiers)
            condition = parse_condition(document["when"], words, reading, "/when")
            reading.done()
            when = condition, compile_condition(condition)
        edit = Edit.from_json(document["edit"], rulebook.catalogue)
        return cls(edit, document["dry_run"], document["ids"], document["seen"], when)

    def means(self, account: Account, rulebook: Rulebook, now: datetime) -> bool:
        if self.when is None:
            return True
        condition, holds = self.when
        return not account.archived and holds(facts_with_words(condition, account, rulebook, now))

    def seen_of(self, account_id: AccountId) -> Seen | None:
        return Seen(self.seen[account_id]) if account_id in self.seen else None
