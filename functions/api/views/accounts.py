"""The JSON of an account: its values with where they come from, its tier with who gave it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, TypedDict

from pydantic import Field

from functions.api.views.decisions import PendingView
from functions.api.views.moments import at
from shared.accounts.account import STAGE, Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.contribution import Contribution
from shared.accounts.identity import MANUAL, FieldName, RecordKey
from shared.accounts.merge import Given, resolve
from shared.accounts.standing import Answer, Override, Pending, Request
from shared.accounts.values import ValueType, moment_text
from shared.accounts.version import UNITS, Version, VersionKind
from shared.tiers.decision import Decision

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

type ValueJson = str | int | bool | list[str]


class GivenView(TypedDict):
    """A value with the record that gave it; of a sum, the one that was changed last."""

    value: ValueJson
    source: str
    external_id: str
    version: Annotated[int | str, Field(description="The record's: a number, or a time.")]
    updated_at: str


class FieldValueView(GivenView):
    others: Annotated[list[GivenView], Field(description="What the sources further down the field's order say.")]


class OverrideView(TypedDict):
    tier: str
    reason: str
    author: Annotated[str, Field(description="A user's id.")]
    approver: Annotated[str | None, Field(description="Who approved it, where its author asked for it.")]
    set_at: str
    expires_at: Annotated[str | None, Field(description="Null: it lasts until it is cleared.")]


class AnswerView(TypedDict):
    approved: bool
    by: Annotated[str, Field(description="A user's id.")]
    at: str
    reason: Annotated[str | None, Field(description="Why it was rejected.")]


class RequestView(TypedDict):
    """An override that a CSM asks for."""

    tier: str
    reason: str
    author: Annotated[str, Field(description="A user's id.")]
    asked_at: str
    expires_at: Annotated[str | None, Field(description="Null: it is to last until it is cleared.")]
    by_default: Annotated[bool, Field(description="It is to last, from its approval on, as long as the settings say.")]
    answer: Annotated[AnswerView | None, Field(description="Null: it waits for one.")]


class AccountTierView(TypedDict):
    id: str | None
    method: str | None
    rule: str | None
    since: str | None
    override: OverrideView | None
    request: Annotated[RequestView | None, Field(description="The last override that was asked for.")]
    shadow: Annotated[dict[str, str | None], Field(description="What the other methods say.")]
    hold: Annotated[str | None, Field(description="Why it keeps its tier though another is due.")]
    pending: PendingView | None


class AccountView(TypedDict):
    id: str
    name: str
    external_ids: Annotated[dict[str, list[str]], Field(description="By source.")]
    fields: dict[str, FieldValueView]
    tier: AccountTierView
    owner: str | None
    stage: str | None
    next_review_at: Annotated[str | None, Field(description="When its tier could change with no new data.")]
    version: int


class AccountsView(TypedDict):
    items: list[AccountView]
    next_cursor: str | None


def account_view(account: Account, decision: Decision, catalogue: Catalogue) -> AccountView:
    """`decision` is the account's of this moment: it has what the other methods say."""
    stage = account.values.get(STAGE)
    return AccountView(
        id=account.id,
        name=account.name,
        external_ids=_external_ids(account),
        fields=_fields(account, catalogue),
        tier=_tier(account, decision),
        owner=account.owner,
        stage=stage if isinstance(stage, str) else None,
        next_review_at=at(account.due_at),
        version=account.version,
    )


def _external_ids(account: Account) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(account.records):
        if key.source != MANUAL:
            found[key.source].append(key.external_id)
    return dict(found)


def _fields(account: Account, catalogue: Catalogue) -> dict[str, FieldValueView]:
    found: dict[str, FieldValueView] = {}
    for name, resolved in resolve(account.records, catalogue).items():
        kind = catalogue.types[name]
        best = _given(name, resolved.given, kind, account.records)
        others = [_given(name, other, kind, account.records) for other in resolved.others]
        found[name] = FieldValueView(**best, others=others)
    return found


def _given(name: FieldName, given: Given, kind: ValueType, records: Mapping[RecordKey, Contribution]) -> GivenView:
    last = max(given.records, key=lambda key: (records[key].received_at, key))
    return GivenView(
        value=kind.to_json(given.value),
        source=given.source,
        external_id=last.external_id,
        version=_version(records[last].version_of(name)),
        updated_at=moment_text(records[last].received_at),
    )


def _version(version: Version) -> int | str:
    match version.kind:
        case VersionKind.NUMBER:
            whole, rest = divmod(version.at, UNITS)
            return whole if rest == 0 else f"{Decimal(version.at) / UNITS:f}"
        case VersionKind.TIME:
            moment = _EPOCH + timedelta(microseconds=version.at // 1000)
            return moment.isoformat().replace("+00:00", "Z")


def _tier(account: Account, decision: Decision) -> AccountTierView:
    standing = account.standing
    return AccountTierView(
        id=standing.tier,
        method=standing.method and standing.method.value,
        rule=standing.rule,
        since=at(standing.since),
        override=override_view(account.override) if account.override else None,
        request=request_view(account.request) if account.request else None,
        shadow={method.value: tier for method, tier in sorted(decision.shadow.items())},
        hold=standing.hold and standing.hold.value,
        pending=pending_view(standing.pending) if standing.pending else None,
    )


def pending_view(pending: Pending) -> PendingView:
    return PendingView(tier=pending.tier, since=moment_text(pending.since))


def override_view(override: Override) -> OverrideView:
    return OverrideView(
        tier=override.tier,
        reason=override.reason,
        author=override.author,
        approver=override.approver,
        set_at=moment_text(override.set_at),
        expires_at=at(override.expires_at),
    )


def request_view(request: Request) -> RequestView:
    return RequestView(
        tier=request.tier,
        reason=request.reason,
        author=request.author,
        asked_at=moment_text(request.asked_at),
        expires_at=at(request.expires_at),
        by_default=request.by_default,
        answer=answer_view(request.answer) if request.answer else None,
    )


def answer_view(answer: Answer) -> AnswerView:
    return AnswerView(approved=answer.approved, by=answer.by, at=moment_text(answer.at), reason=answer.reason)
