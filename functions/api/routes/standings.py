"""/v1/accounts/{account_id}/tier and what explains it: overrides, the decision of this moment, the history."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from functions.api.http.bodies import Given, Later
from functions.api.http.describing import operation
from functions.api.http.paging import DEFAULT_LIMIT, Cursor, Limit
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.replies import reply
from functions.api.http.session import Here
from functions.api.service.accounts import Accounts
from functions.api.service.configuration import Configuration
from functions.api.service.overriding import Overriding, Wish
from functions.api.views.accounts import AccountView, account_view
from functions.api.views.decisions import DecisionView, HistoryView, decision_view, history_row
from shared.tiers.engine import decide

TAG = "accounts"


class OverrideGiven(Given):
    """A person's word on an account's tier."""

    tier: Annotated[str, Field(min_length=1, max_length=128)]
    reason: Annotated[str, Field(min_length=1, max_length=1_000)]
    expires_at: Annotated[
        str | None,
        Field(max_length=40, description="RFC 3339; null: until it is cleared; left out: as the settings say."),
    ] = None


class StandingRoutes:
    def __init__(self, accounts: Accounts, overriding: Overriding, configuration: Configuration) -> None:
        self._accounts = accounts
        self._overriding = overriding
        self._configuration = configuration

    def mount(self, app: APIGatewayHttpResolver) -> None:
        one = "/v1/accounts/<account_id>"
        about = operation("set_override", TAG, "Sets the tier by hand", edits=True, takes_body=True)
        app.put(f"{one}/tier", **about)(self.set)
        about = operation("clear_override", TAG, "Clears the override", edits=True)
        app.delete(f"{one}/tier", **about)(self.clear)
        app.get(f"{one}/decision", **operation("decide", TAG, "Decides now and explains; writes nothing"))(self.decide)
        about = operation("list_tier_history", TAG, "Every tier change, newest first")
        app.get(f"{one}/tier-history", **about)(self.history)

    def set(
        self, session: Here, account_id: str, body: Annotated[Later[OverrideGiven], Body()], if_match: IfMatch = None
    ) -> Response[AccountView]:
        account = self._accounts.find(account_id)
        precondition(if_match).check(account.edits)
        given, published = body.checked(), self._configuration.published(session.now)
        wish = Wish(given.tier, given.reason, given.expires_at, "expires_at" in given.model_fields_set)
        override = wish.override(published, session)
        changed = self._overriding.put(account, override, published, session)
        decision = decide(changed, published.rulebook, session.now)
        return reply(account_view(changed, decision, published.catalogue), version=changed.edits)

    def clear(self, session: Here, account_id: str, if_match: IfMatch = None) -> Response[AccountView]:
        account = self._overriding.find_overridden(self._accounts.find(account_id))
        precondition(if_match).check(account.edits)
        published = self._configuration.published(session.now)
        changed = self._overriding.put(account, None, published, session)
        decision = decide(changed, published.rulebook, session.now)
        return reply(account_view(changed, decision, published.catalogue), version=changed.edits)

    def decide(self, session: Here, account_id: str) -> DecisionView:
        account = self._accounts.find(account_id)
        return decision_view(decide(account, self._configuration.published(session.now).rulebook, session.now))

    def history(self, account_id: str, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> HistoryView:
        account = self._accounts.find(account_id)
        page = self._accounts.history(account, limit=limit, cursor=cursor)
        return HistoryView(items=[history_row(change) for change in page.items], next_cursor=page.cursor)
