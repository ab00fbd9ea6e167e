"""One world with one thing wrong, by a patch from here: the comparison must see each, or it proves nothing.

`caught_by` is a part of the name of a field that must differ.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.accounts.account import Account
from shared.accounts.standing import TierChange
from shared.accounts.store import AccountChange
from shared.accounts.version import Version
from shared.alerts.notice import Channel
from shared.alerts.store import Evaluation
from shared.aws.dynamodb import accounts as dynamodb_accounts
from shared.aws.dynamodb.account_rows import history_attributes
from shared.memory.accounts import MemoryAccounts
from tests.simulation.mutants.mutant import mutant
from tests.simulation.mutants.state import always, any_version, as_new
from tests.simulation.stores import TableOfAccounts, TableOfAlerts

commit, record = TableOfAccounts.commit, TableOfAlerts.record


def never_stated(self: TableOfAccounts, change: AccountChange) -> Account:
    """As if each record had come by itself."""
    return commit(self, replace(change, links=tuple(replace(link, stated=False) for link in change.links)))


def without_the_topic(self: TableOfAlerts, evaluation: Evaluation) -> None:
    mails = tuple(notice for notice in evaluation.notices if notice.channel is Channel.MAIL)
    record(self, replace(evaluation, notices=mails))


def without_its_rule(row: TierChange) -> Mapping[str, Any]:
    return {**history_attributes(row), "rule": None}


OF_A_TWIN = (
    mutant("drop the version condition", "mailed", MemoryAccounts, "_check_version", any_version),
    mutant("forget who stated a link", "stated", TableOfAccounts, "commit", never_stated),
    mutant("tell the topic nothing", "topic", TableOfAlerts, "record", without_the_topic),
)
OF_DYNAMODB = mutant("lose the rule of a change", "rule", dynamodb_accounts, "history_attributes", without_its_rule)
OF_THE_PRODUCT = (
    mutant("drop dedup", "alert", Version, "newer_than", as_new),
    mutant("arrival order wins", "version", Version, "newer_than", always),
)
