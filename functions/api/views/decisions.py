"""The JSON of decisions and of the tier changes they led to."""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict, cast

from pydantic import Field

from shared.accounts.standing import TierChange
from shared.accounts.values import moment_text
from shared.tiers.decision import Decision


class PendingView(TypedDict):
    """Another tier on its way, while a hold lasts."""

    tier: str | None
    since: str


class DecisionView(TypedDict):
    """The value that a decision returns, with every reason in it."""

    account_id: str
    tier: Annotated[str | None, Field(description="The account's tier after this decision.")]
    previous_tier: str | None
    result: Annotated[str | None, Field(description="What the deciding method says; differs while a hold lasts.")]
    method: str | None
    rule: str | None
    policy_version: int | None
    decided_at: str
    status: Annotated[str, Field(description="`unchanged`, `changed`, `held` or `unassigned`.")]
    hold: str | None
    effective_at: str | None
    pending: PendingView | None
    shadow: dict[str, str | None]
    why: str
    rules: list[dict[str, Any]]
    next_review_at: str | None


HistoryRow = TypedDict(
    "HistoryRow",
    {
        "version": int,
        "from": str | None,
        "to": str | None,
        "at": str,
        "method": str | None,
        "rule": str | None,
        "policy_version": int | None,
        "cause": Annotated[
            str,
            Field(description="`data`, `override`, `expiry`, `date`, `hold`, `approval`, `policy` or `tiers`."),
        ],
        "why": str,
        "decision": Mapping[str, Any],
    },
)


class HistoryView(TypedDict):
    """Every tier change, newest first, gapless; `version` counts from 1."""

    items: list[HistoryRow]
    next_cursor: str | None


def decision_view(decision: Decision) -> DecisionView:
    return cast("DecisionView", decision.to_json())


def history_row(change: TierChange) -> HistoryRow:
    return {
        "version": change.version,
        "from": change.before,
        "to": change.after,
        "at": moment_text(change.at),
        "method": change.method and change.method.value,
        "rule": change.rule,
        "policy_version": change.policy_version,
        "cause": change.cause,
        "why": change.why,
        "decision": change.decision,
    }
