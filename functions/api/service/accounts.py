"""Accounts' use cases: lists, one account, and the values that people set by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.api.service.refusals import Forbidden, Malformed, NoSuch
from functions.api.service.session import Session
from shared.access.people import UserDirectory
from shared.access.permissions import ROUTES, Reach, reach
from shared.accounts.account import OWNER, Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import AccountId, FieldName, RecordKey, TierId
from shared.accounts.listing import AccountFilter, AccountLists, Page
from shared.accounts.manual import set_by_hand
from shared.accounts.standing import TierChange
from shared.accounts.store import AccountStore
from shared.accounts.values import Json, Value, ValueRefused
from shared.rules.errors import Code, DocumentError
from shared.rules.reading import Reading, escaped

EDIT = "PATCH /v1/accounts/{account_id}"
_CODES = {code.value: code for code in Code}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of accounts is asked for; all that is given must hold."""

    tier: str | None = None
    owner: str | None = None
    stage: str | None = None
    text: str | None = None
    pending: bool | None = None
    requested: bool | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Accounts:
    store: AccountStore
    lists: AccountLists
    users: UserDirectory

    def find(self, account_id: str) -> Account:
        """Raises NoSuch, which tells where an account has gone that was merged."""
        account = self.store.get(AccountId(account_id))
        if account is None:
            raise NoSuch("account of this id")
        if account.merged_into is not None:
            raise NoSuch(f"account of this id any more: it was merged into {account.merged_into}")
        return account

    def page(self, sought: Sought, *, limit: int, cursor: str | None) -> Page[Account]:
        """Raises BadCursor; Malformed for an external id that names no source."""
        where = AccountFilter(
            tier=None if sought.tier is None else TierId(sought.tier),
            owner=None if sought.owner is None else self._owner(sought.owner),
            stage=sought.stage,
            text=sought.text,
            pending=sought.pending,
            requested=sought.requested,
        )
        if sought.external_id is not None:
            return self._linked(sought.external_id, where)
        return self.lists.page(where, limit=limit, cursor=cursor)

    def history(self, account: Account, *, limit: int, cursor: str | None) -> Page[TierChange]:
        """Raises BadCursor."""
        return self.lists.history_page(account.id, limit=limit, cursor=cursor)

    def check_own(self, account: Account, session: Session) -> None:
        """Raises Forbidden where the user may edit only accounts whose CSM they are, and is not this one's."""
        if reach(ROUTES[EDIT], session.actor.roles) is not Reach.OWN:
            return
        user = self.users.find(session.actor.id)
        names = {session.actor.id, *((user.id, user.email.casefold()) if user else ())}
        if account.owner is None or not {account.owner, account.owner.casefold()} & names:
            raise Forbidden("You may edit the accounts whose CSM you are; this is another's.")

    def edit(self, account: Account, fields: Mapping[str, Json], catalogue: Catalogue, session: Session) -> Account:
        """Sets values by hand, and clears those that are null; they wake whoever decides the tier.

        Raises DocumentRefused, AccountMoved, AccountTooLarge.
        """
        reading = Reading()
        values = self.parsed(fields, catalogue, reading)
        reading.done()
        change = set_by_hand(account, values, catalogue, by=session.actor.id, at=session.now)
        return self.store.commit(change)

    def _owner(self, owner: str) -> str:
        user = self.users.find(owner)
        return user.id if user else owner

    def _linked(self, external_id: str, where: AccountFilter) -> Page[Account]:
        try:
            record = RecordKey.parse(external_id)
        except ValueError as error:
            message = "write source:external_id, such as generic:acct_42"
            found = DocumentError("/query/external_id", Code.VALUE_NOT_FOR_TYPE, message)
            raise Malformed("A parameter is not as it should be.", [found]) from error
        link = self.store.links([record]).get(record)
        account = self.store.get(link.account_id) if link else None
        return Page((account,)) if account and where.matches(account) else Page()

    def parsed(
        self, fields: Mapping[str, Json], catalogue: Catalogue, reading: Reading
    ) -> dict[FieldName, Value | None]:
        """The values that the catalogue takes; the others are refused in `reading`, each at its place."""
        values: dict[FieldName, Value | None] = {}
        for name, raw in fields.items():
            pointer = f"/fields/{escaped(name)}"
            if name not in catalogue:
                reading.refuse(pointer, Code.UNKNOWN_FIELD, "the catalogue has no field of this name")
                continue
            if name in catalogue.scores:
                reading.refuse(pointer, Code.UNKNOWN_KEY, "leave it out: it is a score, which is computed")
                continue
            try:
                values[FieldName(name)] = None if raw is None else self._value(FieldName(name), raw, catalogue)
            except ValueRefused as error:
                reading.refuse(pointer, _CODES[error.code], str(error))
        return values

    def _value(self, name: FieldName, raw: Json, catalogue: Catalogue) -> Value:
        """An owner's e-mail address is kept as the user's id."""
        value = catalogue.types[name].parse(raw)
        return self._owner(value) if name == OWNER and isinstance(value, str) else value
