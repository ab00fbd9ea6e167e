"""The JSON of policies: the published one, earlier versions, the draft."""

from typing import Annotated, Any, TypedDict

from pydantic import Field

from functions.api.http.problems import ErrorView
from functions.api.service.edition import Edition
from functions.api.service.policies import Version
from shared.accounts.values import moment_text
from shared.tiers.lint import Warned

PolicyDocument = Annotated[
    dict[str, Any],
    Field(
        description="Ordered trigger `rules` (`id`, `tier`, `when`), `otherwise`, `requires`, `precedence`.",
        examples=[
            {
                "rules": [{"id": "high", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": 1000}}],
                "otherwise": "tier-3",
            }
        ],
    ),
]


class VersionView(TypedDict):
    version: int
    published_at: Annotated[str | None, Field(description="Null for the policy that a deployment begins with.")]
    published_by: str | None


class VersionsView(TypedDict):
    """Newest first."""

    items: list[VersionView]
    next_cursor: str | None


class PolicyView(VersionView):
    policy: PolicyDocument


class DraftView(TypedDict):
    policy: PolicyDocument
    based_on: Annotated[int, Field(description="The version in force.")]
    saved_at: Annotated[str | None, Field(description="Null where no draft was saved: it is what is published.")]
    saved_by: str | None
    published: Annotated[int | None, Field(description="The version as which it was published, unless saved since.")]


class ValidationView(TypedDict):
    """Errors stand in the way of saving and publishing; warnings, of what is hardly meant, in the way of nothing."""

    errors: list[ErrorView]
    warnings: list[ErrorView]


def version_view(version: Version) -> VersionView:
    saved = version.saved
    return VersionView(
        version=version.number,
        published_at=moment_text(saved.changed_at) if saved else None,
        published_by=saved.changed_by if saved else None,
    )


def policy_view(version: Version) -> PolicyView:
    return PolicyView(**version_view(version), policy=dict(version.policy))


def warning_view(found: Warned) -> ErrorView:
    return ErrorView(pointer=found["pointer"], code=found["code"], message=found["message"])


def draft_view(edition: Edition) -> DraftView:
    draft = edition.draft
    published = draft.body.get("published") if draft else None
    return DraftView(
        policy=dict(edition.draft_policy),
        based_on=edition.policy_version,
        saved_at=moment_text(draft.changed_at) if draft else None,
        saved_by=draft.changed_by if draft else None,
        published=published if isinstance(published, int) else None,
    )
