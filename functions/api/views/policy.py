"""The JSON of policies: the published one, earlier versions, the draft."""

from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

from pydantic import Field

from functions.api.http.problems import ErrorView
from functions.api.http.shapes import AnyField, AnyTier
from functions.api.service.edition import Edition
from functions.api.service.policies import Version
from shared.accounts.values import moment_text
from shared.configuration.policy_templates import PolicyTemplate
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


TEMPLATE_TIERS = (
    "The whole list, highest first, as `PUT /v1/tiers` takes it. Tiers of your own that are still in use go "
    "below them; once the policy is published, `DELETE /v1/tiers/{tier_id}?move_to=` moves what is left in them."
)


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


class TemplateView(TypedDict):
    id: str
    name: str
    description: Annotated[str, Field(description="When to take it, and what to adjust.")]
    tiers: Annotated[list[AnyTier], Field(description=TEMPLATE_TIERS)]
    fields: Annotated[
        list[AnyField], Field(description="What to add to the fields, each as `POST /v1/fields` takes it.")
    ]
    policy: Annotated[PolicyDocument, Field(description="As `PUT /v1/policy/draft` takes it.")]


class TemplatesView(TypedDict):
    """To be applied in the order of their parts: the tiers, the fields, the draft; then the draft is published."""

    items: list[TemplateView]
    next_cursor: None


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


def templates_view(templates: Sequence[PolicyTemplate]) -> TemplatesView:
    return TemplatesView(items=[_template_view(template) for template in templates], next_cursor=None)


def _template_view(template: PolicyTemplate) -> TemplateView:
    return TemplateView(
        id=template.id,
        name=template.name,
        description=template.description,
        tiers=[dict(tier) for tier in template.tiers],
        fields=[dict(entry) for entry in template.fields],
        policy=dict(template.policy),
    )


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
