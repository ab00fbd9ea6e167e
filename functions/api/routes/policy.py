"""/v1/policy: what is published, earlier versions, the draft, and publishing it."""

from http import HTTPStatus
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from functions.api.http.bodies import Given, Later
from functions.api.http.describing import operation
from functions.api.http.paging import DEFAULT_LIMIT, Cursor, Limit
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.problems import error_view
from functions.api.http.replays import Middleware
from functions.api.http.replies import reply
from functions.api.http.session import Here
from functions.api.http.shapes import AnyPolicy
from functions.api.service.edition import Edition
from functions.api.service.policies import Policies, Version
from functions.api.service.refusals import NoSuch
from functions.api.service.runs import cancel
from functions.api.views.policy import (
    DraftView,
    PolicyView,
    TemplatesView,
    ValidationView,
    VersionsView,
    draft_view,
    policy_view,
    templates_view,
    version_view,
    warning_view,
)
from functions.api.views.runs import RunView, run_view
from shared.configuration.policy_templates import policy_templates
from shared.tiers.skipping import Holds

TAG = "policy"
ACCEPTED = HTTPStatus.ACCEPTED
MAX_DIGITS = 9


class PublishGiven(Given):
    """The draft to publish, named by its ETag so that nothing unseen is put in force."""

    draft_etag: Annotated[str, Field(min_length=1, max_length=40)]
    holds: Annotated[
        Literal["keep", "skip"],
        Field(description="`skip` moves at once what this policy decides otherwise than the one before it."),
    ] = "keep"


class PolicyRoutes:
    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def mount(self, app: APIGatewayHttpResolver, replaying: Middleware) -> None:
        draft, version = "/v1/policy/draft", "/v1/policy/versions/<version>"
        publish = "/v1/policy/publishes/<run_id>"
        app.get("/v1/policy", **operation("read_policy", TAG, "The policy in force"))(self.read)
        app.get("/v1/policy/versions", **operation("list_versions", TAG, "Every policy published"))(self.versions)
        app.get(version, **operation("read_version", TAG, "A policy that was published"))(self.version)
        about = operation("restore_version", TAG, "Makes an earlier version the draft", conflicts=True)
        app.post(f"{version}/restore", **about, middlewares=[replaying])(self.restore)
        about = operation(
            "list_templates", TAG, "Ready-made policies, each with the tiers and fields that it goes with"
        )
        app.get("/v1/policy/templates", **about)(self.templates)
        app.get(draft, **operation("read_draft", TAG, "The draft"))(self.draft)
        about = operation("save_draft", TAG, "Saves the draft", edits=True, takes_body=True)
        app.put(draft, **about)(self.save_draft)
        about = operation("validate_draft", TAG, "What is wrong with the draft, or with a policy sent", takes_body=True)
        app.post(f"{draft}/validate", **about)(self.validate)
        about = operation(
            "publish_policy",
            TAG,
            "Puts the draft in force",
            status=HTTPStatus.ACCEPTED,
            takes_body=True,
            conflicts=True,
        )
        app.post("/v1/policy/publish", **about, middlewares=[replaying])(self.publish)
        app.get(publish, **operation("read_publish", TAG, "How far a publish came"))(self.run)
        about = operation("cancel_publish", TAG, "Decides no further accounts; the policy stays", conflicts=True)
        app.delete(publish, **about)(self.cancel)

    def read(self) -> PolicyView:
        edition = self._policies.read()
        return policy_view(self._policies.in_force(edition))

    def versions(self, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> VersionsView:
        page = self._policies.versions(limit=limit, cursor=cursor)
        return VersionsView(items=[version_view(found) for found in page.items], next_cursor=page.cursor)

    def version(self, version: str) -> PolicyView:
        return policy_view(self._version(version))

    def restore(self, session: Here, version: str) -> Response[DraftView]:
        found = self._version(version)
        return _draft(self._policies.restore(self._policies.read(), found, session))

    def templates(self) -> TemplatesView:
        return templates_view(policy_templates())

    def draft(self) -> Response[DraftView]:
        return _draft(self._policies.read())

    def save_draft(
        self, session: Here, body: Annotated[Later[AnyPolicy], Body()], if_match: IfMatch = None
    ) -> Response[DraftView]:
        edition = self._policies.read()
        precondition(if_match).check(edition.draft_version)
        return _draft(self._policies.save_draft(edition, body.checked(), session))

    def validate(self, body: Annotated[Later[AnyPolicy | None], Body()]) -> ValidationView:
        errors, warnings = self._policies.validate(self._policies.read(), body.checked())
        return ValidationView(
            errors=[error_view(error) for error in errors], warnings=[warning_view(found) for found in warnings]
        )

    def publish(self, session: Here, body: Annotated[Later[PublishGiven], Body()]) -> Response[RunView]:
        edition, given = self._policies.read(), body.checked()
        run = self._policies.publish(edition, given.draft_etag, session, holds=Holds(given.holds))
        return reply(run_view(run), status=ACCEPTED, location=f"/v1/policy/publishes/{run.id}")

    def run(self, run_id: str) -> RunView:
        return run_view(self._policies.run(run_id))

    def cancel(self, session: Here, run_id: str) -> RunView:
        return run_view(cancel(self._policies.retier.runs, self._policies.run(run_id), session.now))

    def _version(self, text: str) -> Version:
        if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
            raise NoSuch("policy of this version")
        return self._policies.version(int(text))


def _draft(edition: Edition) -> Response[DraftView]:
    return reply(draft_view(edition), version=edition.draft_version)
