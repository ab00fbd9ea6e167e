"""/v1/accounts/bulk: the same edit of many accounts, as a run."""

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from functions.api.http.bodies import Given, Later
from functions.api.http.describing import operation
from functions.api.http.replays import Middleware
from functions.api.http.replies import reply
from functions.api.http.session import Here
from functions.api.service.bulk import BulkEdits, Many
from functions.api.service.configuration import Configuration
from functions.api.service.runs import cancel
from functions.api.views.bulk import BulkView, bulk_view
from shared.tiers.edits import Action

TAG = "accounts"
ACCEPTED = HTTPStatus.ACCEPTED
MAX_ACCOUNTS = 1_000

Id = Annotated[str, Field(min_length=1, max_length=128)]


class BulkGiven(Given):
    """One edit, and the accounts that it is of: `ids`, `seen` or `when`."""

    action: Annotated[Action, Field(strict=False, description="What is done to each account.")]
    ids: Annotated[list[Id] | None, Field(min_length=1, max_length=MAX_ACCOUNTS)] = None
    seen: Annotated[
        dict[Id, Annotated[str, Field(max_length=128)] | None] | None,
        Field(
            min_length=1,
            max_length=MAX_ACCOUNTS,
            description="With approve and reject in the place of `ids`: each account's id with the tier that it was "
            "seen to be on its way to. Where it is another by now, the account is refused.",
        ),
    ] = None
    when: Annotated[
        dict[str, Any] | None,
        Field(description="A condition on any number of accounts: asked of each when its turn comes."),
    ] = None
    dry_run: Annotated[bool, Field(description="Counts and refuses, and writes nothing.")] = False
    tier: Annotated[str | None, Field(min_length=1, max_length=128, description="Of set_override.")] = None
    reason: Annotated[str | None, Field(min_length=1, max_length=1_000, description="Of set_override and reject.")] = (
        None
    )
    expires_at: Annotated[
        str | None,
        Field(
            max_length=40, description="Of set_override and reject: RFC 3339; null: until cleared; left out: as by one."
        ),
    ] = None
    fields: Annotated[
        dict[str, Any] | None,
        Field(min_length=1, max_length=200, description="Of set_fields: values by field; null clears what was set so."),
    ] = None

    def many(self) -> Many:
        """A key that is null counts as left out, but for `expires_at`, of which null says something."""
        given = {key for key in self.model_fields_set if key == "expires_at" or getattr(self, key) is not None}
        return Many(
            action=self.action,
            given=frozenset(given),
            ids=self.ids,
            seen=self.seen,
            when=self.when,
            dry_run=self.dry_run,
            tier=self.tier,
            reason=self.reason,
            expires_at=self.expires_at,
            fields=self.fields,
        )


class BulkRoutes:
    def __init__(self, edits: BulkEdits, configuration: Configuration) -> None:
        self._edits = edits
        self._configuration = configuration

    def mount(self, app: APIGatewayHttpResolver, replaying: Middleware) -> None:
        one = "/v1/accounts/bulk/<run_id>"
        summary = "Makes one edit of many accounts"
        about = operation("edit_accounts", TAG, summary, status=ACCEPTED, takes_body=True, conflicts=True)
        app.post("/v1/accounts/bulk", **about, middlewares=[replaying])(self.order)
        app.get(one, **operation("read_bulk_edit", TAG, "How far an edit of many accounts came"))(self.run)
        about = operation("cancel_bulk_edit", TAG, "Edits no further accounts; what is done stays", conflicts=True)
        app.delete(one, **about)(self.cancel)

    def order(self, session: Here, body: Annotated[Later[BulkGiven], Body()]) -> Response[BulkView]:
        many = body.checked().many()
        run = self._edits.order(many, self._configuration.published(session.now), session)
        return reply(bulk_view(run), status=ACCEPTED, location=f"/v1/accounts/bulk/{run.id}")

    def run(self, run_id: str) -> BulkView:
        return bulk_view(self._edits.run(run_id))

    def cancel(self, session: Here, run_id: str) -> BulkView:
        return bulk_view(cancel(self._edits.runs, self._edits.run(run_id), session.now))
